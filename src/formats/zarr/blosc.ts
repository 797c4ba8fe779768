/** The sizes in a block's header; https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst */
const HEADER_BYTES = 16;
const UNPACKED_AT = 4;
const PACKED_AT = 12;

/** @throws Error where a block is not as long as it says, or is larger than a chunk may be when it is unpacked. */
export function checkBlosc(bytes: Uint8Array, mostBytes: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed = bytes.length < HEADER_BYTES ? HEADER_BYTES : view.getUint32(PACKED_AT, true);
  if (bytes.length < packed) {
    throw new Error(`a Blosc block of ${String(packed)} bytes, of which ${String(bytes.length)} are there`);
  }
  const unpacked = view.getUint32(UNPACKED_AT, true);
  if (unpacked > mostBytes) {
    throw new Error(
      `a Blosc block that is ${String(unpacked)} bytes when it is unpacked; a chunk has at most ${String(mostBytes)}`,
    );
  }
}
