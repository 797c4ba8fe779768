import type { PixelLayout } from './image';

/**
 * Colours as RGB of 8 bits, or of 16 as they are, samples of a pixel next to each other.
 * @param bytes of a frame; of YBR_FULL_422 two luminances for each pair of chrominances.
 */
export function toRgb(
  bytes: Uint8Array,
  { photometric, planar, width, height, bitsAllocated }: PixelLayout,
): Uint8Array {
  const pixels = width * height;
  if (bitsAllocated === 16) return planar ? interleavedWords(bytes, pixels) : bytes;
  if (photometric === 'YBR_FULL_422') return fromYbr(doubled(bytes, pixels));
  const rgb = planar ? interleaved(bytes, pixels) : bytes;
  return photometric === 'YBR_FULL' ? fromYbr(rgb) : rgb;
}

/** Samples of a pixel next to each other, where all of one came before all of the next. */
export function interleaved(bytes: Uint8Array, pixels: number): Uint8Array {
  const out = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    for (let sample = 0; sample < 3; sample++) out[3 * i + sample] = bytes[sample * pixels + i] as number;
  }
  return out;
}

/** The same of samples of 16 bits. */
export function interleavedWords(bytes: Uint8Array, pixels: number): Uint8Array {
  const words = new Uint16Array(Uint8Array.from(bytes).buffer);
  const out = new Uint16Array(pixels * 3);
  for (let i = 0; i < out.length; i++) out[i] = words[(i % 3) * pixels + Math.floor(i / 3)] as number;
  return new Uint8Array(out.buffer);
}

/** Each pair of pixels is stored as Y Y Cb Cr (PS3.3 C.7.6.3.1.2). */
function doubled(bytes: Uint8Array, pixels: number): Uint8Array {
  const out = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    const pair = 4 * (i >> 1);
    out[3 * i] = bytes[pair + (i & 1)] as number;
    out[3 * i + 1] = bytes[pair + 2] as number;
    out[3 * i + 2] = bytes[pair + 3] as number;
  }
  return out;
}

/** In place; the matrix is that of PS3.3 C.7.6.3.1.2, turned around. */
function fromYbr(bytes: Uint8Array): Uint8Array {
  const out = new Uint8ClampedArray(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i + 2 < out.length; i += 3) {
    const y = out[i] as number;
    const b = (out[i + 1] as number) - 128;
    const r = (out[i + 2] as number) - 128;
    out[i] = y + 1.402 * r;
    out[i + 1] = y - (0.114 * 1.772 * b + 0.299 * 1.402 * r) / 0.587;
    out[i + 2] = y + 1.772 * b;
  }
  return bytes;
}
