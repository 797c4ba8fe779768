/** The part of a `WheelEvent` that says how far it turned. */
export type Turn = Pick<WheelEvent, 'deltaX' | 'deltaY' | 'deltaMode' | 'timeStamp'>;

/** Pixels of a mouse wheel's notch, and lines where the browser counts these. */
const NOTCH = 100;
const NOTCH_LINES = 3;
/** Pixels of a trackpad's scrolling that make one slice. */
const TRACKPAD = 24;
/** A turn of fewer pixels is no notch; one of a scaled screen's wheel has 50 to 100. */
const LEAST_NOTCH = 50;
/** Milliseconds after a turn of a trackpad in which all turns are taken for its own: its momentum looks like notches. */
const SAME_HAND_MS = 300;
const [LINES, PAGES] = [1, 2];
/** Pixels that a wheel's line counts for when it zooms, and a page. */
const LINE_PIXELS = 100 / NOTCH_LINES;
const PAGE_PIXELS = 300;

/** How far a wheel was turned, in pixels, whatever the browser counts in. */
export function turnedPixels({ deltaY, deltaMode }: Turn): number {
  return deltaY * (deltaMode === LINES ? LINE_PIXELS : deltaMode === PAGES ? PAGE_PIXELS : 1);
}

/**
 * Slices that a wheel's turns are worth: one for each notch of a mouse's wheel; a trackpad's many small turns are
 * gathered, so that none is lost and none counts for more than it is.
 */
export class WheelSlices {
  #gathered = 0;
  #trackpadAt = -Infinity;

  /** Whole slices, positive downwards. What is left over is for the next turn. */
  take(turn: Turn): number {
    const { deltaX, deltaY, timeStamp } = turn;
    if (!this.#isTrackpad(turn)) {
      this.#gathered = 0;
      const pixels = turnedPixels(turn);
      return Math.sign(pixels) * Math.max(1, Math.round(Math.abs(pixels) / NOTCH));
    }
    if (timeStamp - this.#trackpadAt > SAME_HAND_MS || Math.sign(deltaY) !== Math.sign(this.#gathered)) {
      this.#gathered = 0; // Another move of the hand, or back.
    }
    this.#trackpadAt = timeStamp;
    if (Math.abs(deltaX) > Math.abs(deltaY)) return 0; // Sideways.
    this.#gathered += deltaY / TRACKPAD;
    const slices = Math.trunc(this.#gathered) + 0; // Not −0.
    this.#gathered -= slices;
    return slices;
  }

  #isTrackpad({ deltaX, deltaY, deltaMode, timeStamp }: Turn): boolean {
    if (deltaMode !== 0) return false;
    if (timeStamp - this.#trackpadAt <= SAME_HAND_MS) return true;
    return deltaX !== 0 || Math.abs(deltaY) < LEAST_NOTCH;
  }
}
