/** Milliseconds from one text to the next: to paint text costs more than to draw a slice, and nobody reads faster. */
const READING_MS = 100;

/** Runs a task that writes what people read: at once, at most ten times a second, and once after the last request. */
export class ReadingPace {
  readonly #task: () => void;
  #ranAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(task: () => void) {
    this.#task = task;
  }

  /** Run it as soon as its time has come. */
  request(): void {
    const left = this.#ranAt + READING_MS - performance.now();
    if (left <= 0) this.run();
    else {
      this.#timer ??= setTimeout(() => {
        this.run();
      }, left);
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
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
