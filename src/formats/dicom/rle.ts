/** Bytes of the header: the number of segments, and where up to 15 of them begin. */
const HEADER_BYTES = 64;

/**
 * Decode a frame of DICOM's RLE: a segment for each byte of a sample, the highest first, each packed with PackBits
 * (PS3.5 annex G).
 * @param samples of a pixel.
 * @param size of a sample, in bytes.
 * @returns samples of a pixel next to each other, the lowest byte of each first; null if the frame is broken.
 */
export function decodeRle(packed: Uint8Array, pixels: number, samples: number, size: number): Uint8Array | null {
  if (packed.length < HEADER_BYTES) return null;
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const segments = view.getUint32(0, true);
  if (segments !== samples * size) return null;
  const out = new Uint8Array(pixels * segments);
  for (let segment = 0; segment < segments; segment++) {
    const from = view.getUint32(4 * (segment + 1), true);
    const to = segment + 1 < segments ? view.getUint32(4 * (segment + 2), true) : packed.length;
    const sample = Math.floor(segment / size);
    const first = sample * size + (size - 1 - (segment % size));
    if (from < HEADER_BYTES || from > to || to > packed.length) return null;
    if (!unpack(packed.subarray(from, to), out, first, segments, pixels)) return null;
  }
  return out;
}

/** Every `step`th byte of `out`, from `first` on. */
function unpack(packed: Uint8Array, out: Uint8Array, first: number, step: number, count: number): boolean {
  let at = 0;
  let done = 0;
  while (done < count && at < packed.length) {
    const control = packed[at++] as number;
    if (control === 128) continue;
    const isRun = control > 128;
    const length = Math.min(isRun ? 257 - control : control + 1, count - done);
    if (at + (isRun ? 1 : length) > packed.length) return false;
    for (let i = 0; i < length; i++) out[first + (done + i) * step] = packed[isRun ? at : at + i] as number;
    at += isRun ? 1 : control + 1;
    done += length;
  }
  return done === count;
}
