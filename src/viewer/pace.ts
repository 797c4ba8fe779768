import { afterFrame } from './after-frame';

/** Milliseconds from one text to the next: to paint text costs more than to draw a slice, and nobody reads faster. */
const READING_MS = 100;

/**
 * Runs a task that writes what people read, as pictures change: after the frame of a picture that comes alone, and where
 * they follow each other with one of them, ten times a second at most, and once after the last. Between two that follow
 * each other it would cost a frame of its own, in the way of the next.
 */
export class ReadingPace {
  readonly #task: () => void;
  #ranAt = -Infinity;
  #requestedAt = -Infinity;
  #forget: (() => void) | null = null;

  constructor(task: () => void) {
    this.#task = task;
  }

  /** Run it when its time has come. */
  request(): void {
    this.stop();
    const now = performance.now();
    const isAlone = now - this.#requestedAt >= READING_MS;
    this.#requestedAt = now;
    const run = (): void => {
      this.run();
    };
    if (isAlone) this.#forget = afterFrame(run);
    else if (now - this.#ranAt >= READING_MS) run();
    else {
      const timer = setTimeout(run, READING_MS);
      this.#forget = () => {
        clearTimeout(timer);
      };
    }
  }

  /** Run it now. */
  run(): void {
    this.stop();
    this.#ranAt = performance.now();
    this.#task();
  }

  /** Forget what was requested. */
  stop(): void {
    this.#forget?.();
    this.#forget = null;
  }
}
