/** Bytes of sent frames that are kept for the next ones: four slices of 512 × 512 and 16 bits, as many as are under way. */
const MOST_BYTES = 2_400_000;

/**
 * The memory of frames that were sent, for the next ones of the same size. Fresh memory comes from the system page
 * by page, zeroed, which takes longer than to cut a slice into memory that has just been used.
 */
export class FramePool {
  readonly #free: Buffer<ArrayBuffer>[] = [];
  #bytes = 0;

  /** So many bytes, with anything in them. */
  take(bytes: number): Buffer<ArrayBuffer> {
    const at = this.#free.findIndex(({ byteLength }) => byteLength === bytes);
    const [frame] = at < 0 ? [] : this.#free.splice(at, 1);
    if (frame === undefined) return Buffer.allocUnsafeSlow(bytes);
    this.#bytes -= bytes;
    return frame;
  }

  /** Nobody reads this any more. */
  give(frame: Buffer<ArrayBuffer>): void {
    this.#free.push(frame);
    this.#bytes += frame.byteLength;
    while (this.#bytes > MOST_BYTES) this.#bytes -= (this.#free.shift() as Buffer).byteLength;
  }
}

/** One for all clients: they look at slices of few sizes. */
export const framePool: FramePool = new FramePool();
