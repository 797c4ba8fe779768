/**
 * Polygons as pixels. A pixel is inside if its middle is inside an odd number of polygons, so a polygon in another one is
 * a hole. It is inside too if its middle is on a line of a polygon (PS3.3 C.8.8.6.3).
 */

/** Deviations up to this part of a pixel are those of computing. */
const NEAR = 2 ** -20;
/** What is kept of each pixel: whether inside and outside change there, and whether a line goes through its middle. */
const CHANGES = 1;
const ON_LINE = 2;

/** A coordinate without what computing adds to it. */
function snapped(value: number): number {
  return Math.round(value / NEAR) * NEAR;
}

export class PolygonFiller {
  readonly #width: number;
  readonly #height: number;
  readonly #flags: Uint8Array;
  /** Of each row what is marked: from the first pixel to the last one. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** Rows that have marks. */
  #top: number;
  #bottom = -1;
  #work: number;
  readonly #tooMuch: () => Error;

  /**
   * @param most rows of lines and pixels of rows that may be looked at in all.
   * @param tooMuch makes the error of polygons that would take more.
   */
  constructor(width: number, height: number, most: number, tooMuch: () => Error) {
    this.#width = width;
    this.#height = height;
    this.#flags = new Uint8Array(width * height);
    this.#first = new Int32Array(height).fill(width);
    this.#last = new Int32Array(height).fill(-1);
    this.#top = height;
    this.#work = most;
    this.#tooMuch = tooMuch;
  }

  /** @param points x and y of each corner, in pixels: the middle of the first one is at 0, 0. */
  add(points: Float64Array): void {
    let [x, y] = [snapped(points.at(-2) ?? NaN), snapped(points.at(-1) ?? NaN)];
    for (let at = 0; at < points.length; at += 2) {
      const [nextX, nextY] = [snapped(points[at] as number), snapped(points[at + 1] as number)];
      if (y === nextY) this.#level(Math.min(x, nextX), Math.max(x, nextX), y);
      else if (y < nextY) this.#line(x, y, nextX, nextY);
      else this.#line(nextX, nextY, x, y);
      [x, y] = [nextX, nextY];
    }
  }

  /** Tell each pixel that is inside, by its index, and begin anew. */
  take(put: (index: number) => void): void {
    for (let y = this.#top; y <= this.#bottom; y++) {
      const [first, last] = [this.#first[y] as number, this.#last[y] as number];
      if (first > last) continue;
      this.#spend(last - first + 1);
      let isInside = false;
      for (let at = y * this.#width + first; at <= y * this.#width + last; at++) {
        const flags = this.#flags[at] as number;
        if ((flags & CHANGES) !== 0) isInside = !isInside;
        if (isInside || flags >= ON_LINE) put(at);
        this.#flags[at] = 0;
      }
      this.#first[y] = this.#width;
      this.#last[y] = -1;
    }
    this.#top = this.#height;
    this.#bottom = -1;
  }

  /** A line along a row. */
  #level(from: number, to: number, y: number): void {
    if (!Number.isInteger(y) || y < 0 || y >= this.#height) return;
    const [first, last] = [Math.max(0, Math.ceil(from)), Math.min(this.#width - 1, Math.floor(to))];
    if (first > last) return;
    this.#spend(last - first + 1);
    for (let x = first; x <= last; x++) this.#mark(x, y, ON_LINE);
  }

  /** A line from a row to one below it. */
  #line(x0: number, y0: number, x1: number, y1: number): void {
    // Its lower end belongs to the line that goes on from there, but for the pixel itself.
    if (Number.isInteger(y1) && Number.isInteger(x1)) this.#onLine(x1, y1);
    const [top, bottom] = [Math.max(0, Math.ceil(y0)), Math.min(this.#height, Math.ceil(y1))];
    if (top >= bottom) return;
    this.#spend(bottom - top);
    const slope = (x1 - x0) / (y1 - y0);
    for (let y = top; y < bottom; y++) {
      const x = x0 + (y - y0) * slope;
      const nearest = Math.round(x);
      if (Math.abs(x - nearest) < NEAR) this.#onLine(nearest, y);
      const at = Math.max(0, Math.ceil(x));
      if (at < this.#width) this.#mark(at, y, CHANGES);
      else this.#reach(this.#width - 1, y);
    }
  }

  #onLine(x: number, y: number): void {
    if (x >= 0 && x < this.#width && y >= 0 && y < this.#height) this.#mark(x, y, ON_LINE);
  }

  #mark(x: number, y: number, flag: number): void {
    const at = y * this.#width + x;
    const flags = this.#flags[at] as number;
    this.#flags[at] = flag === CHANGES ? flags ^ CHANGES : flags | flag;
    this.#reach(x, y);
  }

  #reach(x: number, y: number): void {
    if (x < (this.#first[y] as number)) this.#first[y] = x;
    if (x > (this.#last[y] as number)) this.#last[y] = x;
    if (y < this.#top) this.#top = y;
    if (y > this.#bottom) this.#bottom = y;
  }

  #spend(work: number): void {
    this.#work -= work;
    if (this.#work < 0) throw this.#tooMuch();
  }
}
