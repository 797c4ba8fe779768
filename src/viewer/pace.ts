import { afterFrame } from './after-frame';

/** Pictures that are drawn within so many milliseconds are of one frame. */
const FRAME_MS = 8;
/** Milliseconds from a picture to the next, where they follow each other. */
const STREAM_MS = 100;
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
    if (isStream && performance.now() - drawnAt < STREAM_MS) {
      clearTimeout(timer);
      timer = setTimeout(write, STREAM_MS);
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
  if (passed < FRAME_MS) return;
  drawnAt = now;
  isStream = passed < STREAM_MS;
  if (isStream && now - writtenAt >= READING_MS) write();
}

function write(): void {
  clearTimeout(timer);
  if (waiting.size === 0) return;
  writtenAt = performance.now();
  const due = [...waiting];
  waiting.clear(); // First: should one fail, what is requested later is written all the same.
  for (const pace of due) pace.run();
}
