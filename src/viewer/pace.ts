import { afterFrame } from './after-frame';

/** Milliseconds from a picture to the next, where they follow each other; those that are nearer are of one frame. */
const STREAM_MS = [8, 100] as const;
/** Milliseconds from one writing to the next while they do: to paint text costs more than to draw a slice, and nobody reads faster. */
const READING_MS = 200;

const waiting: Set<ReadingPace> = new Set();
let drawnAt = -Infinity;
let isStream = false;
let writtenAt = -Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Runs a task that writes what people read, as pictures change: after the frame of a picture that comes alone, and where they
 * follow each other with one of them, five times a second, and once after the last. Between two that follow each other it
 * would cost a frame of its own, in the way of the next; so all that is written on a page is written together.
 */
export class ReadingPace {
  readonly #task: () => void;

  constructor(task: () => void) {
    this.#task = task;
  }

  /** Run it when its time has come. */
  request(): void {
    const isFirst = waiting.size === 0;
    waiting.add(this);
    if (isStream && performance.now() - drawnAt < STREAM_MS[1]) {
      clearTimeout(timer);
      timer = setTimeout(write, STREAM_MS[1]);
    } else if (isFirst) afterFrame(write);
  }

  /** Run it now. */
  run(): void {
    this.stop();
    this.#task();
  }

  /** Forget what was requested. */
  stop(): void {
    waiting.delete(this);
  }
}

/** A picture was drawn just now: what waits is written with it, if it is time. */
export function pictureDrawn(): void {
  const now = performance.now();
  const passed = now - drawnAt;
  if (passed < STREAM_MS[0]) return;
  drawnAt = now;
  isStream = passed < STREAM_MS[1];
  if (isStream && now - writtenAt >= READING_MS) write();
}

function write(): void {
  clearTimeout(timer);
  if (waiting.size === 0) return;
  writtenAt = performance.now();
  for (const pace of [...waiting]) pace.run();
}
