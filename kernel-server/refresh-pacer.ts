/** A client is told of refreshes at most about once per frame of its display, in milliseconds. */
const FRAME_MS = 16;

/**
 * Tells one client of one view's refreshes, no faster than it follows: of the newest revision only, and only
 * when it has got a slice of the one before. So however fast a cell refreshes, a client has at most one such
 * message and one slice under way, each message is followed by its picture, and the last revision always comes.
 *
 * That a client asks for a slice of every revision that it is told of is certain, because no revision is told
 * twice, and so none is in its cache.
 */
export class RefreshPacer {
  readonly #tell: () => void;
  #told: number;
  #newest: number;
  #hasFollowed = true;
  #toldAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `revision` is what the client was told when it opened the view; `tell` tells it the newest one. */
  constructor(revision: number, tell: () => void) {
    this.#told = revision;
    this.#newest = revision;
    this.#tell = tell;
  }

  /** What the client was told last, and so the only revision that it can be waiting for. */
  get told(): number {
    return this.#told;
  }

  /** There is a newer revision. */
  refreshed(revision: number): void {
    this.#newest = revision;
    this.#tellInTime();
  }

  /** The client was told of this revision: because of `tell`, or with a whole state. */
  sent(revision: number): void {
    this.#newest = Math.max(this.#newest, revision);
    if (revision === this.#told) return;
    clearTimeout(this.#timer);
    this.#told = revision;
    this.#hasFollowed = false;
    this.#toldAt = performance.now();
  }

  /** A request for a slice of `revision` was served, or answered with an error. */
  answered(revision: number): void {
    if (revision !== this.#told) return;
    this.#hasFollowed = true;
    this.#tellInTime();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #tellInTime(): void {
    clearTimeout(this.#timer);
    if (!this.#hasFollowed || this.#newest === this.#told) return;
    const left = this.#toldAt + FRAME_MS - performance.now();
    if (left <= 0) this.#tell();
    else this.#timer = setTimeout(this.#tell, left);
  }
}
