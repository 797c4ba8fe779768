/** A step of more slices than this is a jump, and says nothing of where the hand goes next. */
const LONGEST_STEP = 12;
/** Milliseconds without a step after which the hand rests. */
export const REST_MS = 150;
/** Milliseconds of rest after which there is time for slices far away. */
export const IDLE_MS = 1_000;
/** Slices on either side at rest, and the fewest ahead when the hand moves. */
const NEAR = 3;
const MOST_AHEAD = 24;
/** Milliseconds that slices are fetched ahead of the hand. */
const AHEAD_MS = 300;
/** After a step other than expected, so many as expected until slices are fetched ahead of the hand again. */
const TRUSTED_STEPS = 5;

/**
 * What the hand on the slider does, told from the slices that were asked for: its step, its speed, and
 * whether it rests. All times are in milliseconds of one clock.
 */
export class Motion {
  #index: number;
  #at: number;
  /** Signed, in slices; 0 before there were two steps in one direction. */
  #step = 0;
  #before = 0;
  /** Steps that have to be as expected before the next one is foretold. */
  #untrusted = 0;
  /** Milliseconds from one step to the next, smoothed. */
  #interval = REST_MS;

  constructor(index: number, at: number) {
    this.#index = index;
    this.#at = at;
  }

  moved(index: number, at: number): void {
    const step = index - this.#index;
    if (step === 0) return;
    const interval = at - this.#at;
    const goesOn = Math.sign(step) === Math.sign(this.#before) && interval < REST_MS && Math.abs(step) <= LONGEST_STEP;
    if (!goesOn) this.#untrusted = 0;
    else if (this.#step !== 0 && step !== this.#step) this.#untrusted = TRUSTED_STEPS;
    else this.#untrusted = Math.max(0, this.#untrusted - 1);
    this.#step = goesOn ? step : 0;
    this.#interval = goesOn ? 0.7 * this.#interval + 0.3 * interval : REST_MS;
    this.#before = step;
    this.#index = index;
    this.#at = at;
  }

  /** Milliseconds since the last step. */
  restedAt(now: number): number {
    return now - this.#at;
  }

  /**
   * Slices that may be needed next, the likeliest first, of `count` there are. At rest those around; in a steady
   * move those ahead, as the hand steps. None right after a jump, because the next one may go anywhere, and while steps
   * are long and short in turn: what was fetched for another step than comes is in the way of what is needed.
   */
  next(now: number, count: number): number[] {
    const rests = this.restedAt(now) >= REST_MS;
    if (!rests && (this.#step === 0 || this.#untrusted > 0)) return [];
    const isThere = (index: number): boolean => index >= 0 && index < count;
    if (rests) return around(this.#index, NEAR).filter(isThere);
    const ahead = Math.min(MOST_AHEAD, Math.max(NEAR, Math.ceil(AHEAD_MS / Math.max(1, this.#interval))));
    return Array.from({ length: ahead }, (_, k) => this.#index + (k + 1) * this.#step).filter(isThere);
  }
}

/** The `distance` indices on either side, the nearest first. */
export function around(index: number, distance: number): number[] {
  return Array.from({ length: 2 * distance }, (_, k) => index + (k % 2 === 0 ? 1 : -1) * (Math.floor(k / 2) + 1));
}
