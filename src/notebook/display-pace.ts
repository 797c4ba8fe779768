/** Outputs that may follow each other at once. */
const AT_ONCE = 200;
/** Outputs a second after them: what Jupyter's server and a page take in without falling behind. */
const PER_SECOND = 100;

/** Spaces out outputs that a cell makes in great numbers, as in a loop: Jupyter's server drops what comes too fast. */
export class DisplayPace {
  readonly #now: () => number;
  readonly #sleep: (ms: number) => void;
  #left = AT_ONCE;
  #at: number;

  /**
   * @param now in milliseconds.
   * @param sleep waits, and nothing else is done on this thread meanwhile: `show` is synchronous.
   */
  constructor(now: () => number = () => performance.now(), sleep: (ms: number) => void = block) {
    this.#now = now;
    this.#sleep = sleep;
    this.#at = now();
  }

  /** Wait until one more output may go. */
  wait(): void {
    const now = this.#now();
    this.#left = Math.min(AT_ONCE, this.#left + ((now - this.#at) * PER_SECOND) / 1000);
    this.#at = now;
    this.#left -= 1;
    if (this.#left < 0) this.#sleep((-this.#left * 1000) / PER_SECOND);
  }
}

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
