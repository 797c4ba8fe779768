import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** Packs the bytes of a chunk. */
export type Pack = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Node has it from 22.15 on, and packs in threads of its own. */
const { zstdCompress } = zlib as {
  readonly zstdCompress?: (
    bytes: Uint8Array,
    options: { readonly chunkSize: number; readonly params: Readonly<Record<number, number>> },
    done: (error: Error | null, packed: Buffer) => void,
  ) => void;
};
const { ZSTD_c_compressionLevel: LEVEL = 100 } = zlib.constants as { readonly ZSTD_c_compressionLevel?: number };

/** Packs with Zstandard: what zarr takes too if it is not told otherwise. */
export async function zstandard(level: number): Promise<Pack> {
  if (zstdCompress !== undefined) {
    const compress = promisify(zstdCompress);
    return (bytes) => {
      // In one piece, which is not copied: what can't be packed has three bytes for each 128 KB more.
      const chunkSize = bytes.length + (bytes.length >> 12) + 64;
      return compress(bytes, { chunkSize, params: { [LEVEL]: level } });
    };
  }
  const { default: Zstd } = await import('numcodecs/zstd');
  const codec = Zstd.fromConfig({ level });
  return (bytes) => codec.encode(bytes);
}
