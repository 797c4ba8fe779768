import type { PixelKind } from './tiles';
/** Stub. */
export function unpacked(_kind: PixelKind, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes;
}
