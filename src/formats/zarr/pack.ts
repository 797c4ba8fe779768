import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type * as Zstandard from '@bokuweb/zstd-wasm';

/** Packs the bytes of a chunk. */
export type Pack = (bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array;

/** Node has it from 22.15 on, and packs in threads of its own. */
const { zstdCompress } = zlib as {
  readonly zstdCompress?: (
    bytes: Uint8Array,
    options: { readonly chunkSize: number; readonly params: Readonly<Record<number, number>> },
    done: (error: Error | null, packed: Buffer) => void,
  ) => void;
};
const { ZSTD_c_compressionLevel: LEVEL = 100 } = zlib.constants as { readonly ZSTD_c_compressionLevel?: number };

/** Whether what packs chunks leaves this thread free: a further thread packs no sooner then. */
export function packsElsewhere(level: number): boolean {
  return level === 0 || zstdCompress !== undefined;
}

/**
 * Packs with Zstandard: what zarr takes too if it is not told otherwise.
 * @param level 0 for chunks that are not packed.
 */
export async function packerOf(level: number): Promise<Pack> {
  if (level === 0) return (bytes) => bytes;
  if (zstdCompress !== undefined) {
    const compress = promisify(zstdCompress);
    return (bytes) => {
      // In one piece, which is not copied: what can't be packed has three bytes for each 128 KB more.
      const chunkSize = bytes.length + (bytes.length >> 12) + 64;
      return compress(bytes, { chunkSize, params: { [LEVEL]: level } });
    };
  }
  const { compress } = await (byWebAssembly ??= loadWebAssembly());
  return (bytes) => compress(bytes, level);
}

/** Once in a thread: to load it again would take its memory away while it packs. */
let byWebAssembly: ReturnType<typeof loadWebAssembly> | undefined;

async function loadWebAssembly(): Promise<Pick<typeof Zstandard, 'compress'>> {
  const zstandard = await import('@bokuweb/zstd-wasm');
  await zstandard.init();
  return zstandard;
}
