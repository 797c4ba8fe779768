/** An exact slice that takes longer than this is preceded by a preview. */
const PATIENCE_MS = 100;
/** Frames of fewer bytes say more of the round trip than of the throughput. */
const LEAST_BYTES = 4_096;
/** A measured transfer is never counted as shorter: the clocks of pages are coarse. */
const LEAST_MS = 1;
/** How much an earlier measurement counts against the next one. */
const MEMORY = 0.8;
/** What a line with a round trip like that of a distant machine is taken for before anything is measured, in bytes a millisecond. */
const DISTANT_RTT_MS = 10;
const DISTANT_BYTES_PER_MS = 2_500;
/** On a slower line packing pays, in bytes a millisecond; docs/architecture.md has the measurement. */
const PACKING_PAYS_BELOW = 12_000;
/** What previews have on a fast line. */
const BEST_QUALITY = 85;
/** Bytes a millisecond below which their quality is lowered, and the qualities. */
const QUALITIES: readonly (readonly [bytesPerMs: number, quality: number])[] = [
  [1_000, 50],
  [4_000, 75],
  [Infinity, BEST_QUALITY],
];

/** What the feeds want to know of a line. */
export interface LineSpeed {
  /** An exact tile of so many bytes is worth a preview before it. */
  isSlowFor(bytes: number): boolean;
  /** Exact tiles arrive sooner when they are packed. */
  readonly packs: boolean;
  readonly previewQuality: number;
}

/**
 * Throughput and round trip of one connection, measured from the frames themselves. A frame can't have begun
 * to arrive before the one ahead of it was there, nor sooner than a round trip after it was asked for: what is
 * left of its time was its transfer. On the same machine nothing is measured and nothing is slow.
 */
export class Line implements LineSpeed {
  /** Whether the companion is on the same machine. */
  readonly isLocal: boolean;
  readonly #rtt: number;
  #bytes = 0;
  #ms = 0;
  #lastArrival = -Infinity;

  /** @param rtt of the handshake, in milliseconds. */
  constructor(isLocal: boolean, rtt: number) {
    this.isLocal = isLocal;
    this.#rtt = rtt;
  }

  /** A frame that was asked for at `asked` is here, `now`. */
  arrived(bytes: number, asked: number, now: number): void {
    const began = Math.max(this.#lastArrival, asked + this.#rtt);
    this.#lastArrival = now;
    if (bytes < LEAST_BYTES) return;
    this.#bytes = MEMORY * this.#bytes + bytes;
    this.#ms = MEMORY * this.#ms + Math.max(LEAST_MS, now - began);
  }

  /** Null where it does not matter. */
  get bytesPerMs(): number | null {
    if (this.isLocal) return null;
    if (this.#ms > 0) return this.#bytes / this.#ms;
    return this.#rtt < DISTANT_RTT_MS ? null : DISTANT_BYTES_PER_MS;
  }

  isSlowFor(bytes: number): boolean {
    const speed = this.bytesPerMs;
    return speed !== null && bytes / speed > PATIENCE_MS;
  }

  get packs(): boolean {
    const speed = this.bytesPerMs;
    return speed !== null && speed < PACKING_PAYS_BELOW;
  }

  get previewQuality(): number {
    const speed = this.bytesPerMs ?? Infinity;
    return QUALITIES.find(([bytesPerMs]) => speed <= bytesPerMs)?.[1] ?? BEST_QUALITY;
  }
}
