import { writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { ARRAY_OF, type VoxelArray } from '../protocol';
import { bytesIn, type OnFraction } from './format';
import type { Content } from './writer';

/** Bytes of values that are written at a time, about. */
const PIECE_BYTES = 4 * 1_048_576;

/** Bytes of one call of the system. With 1 MB or more, one file in four took up to four times as long (Linux, ext4). */
const MOST_AT_ONCE = 524_288;

/** The order of this machine's bytes, in which values are written. */
export const IS_LITTLE_ENDIAN: boolean = endianness() === 'LE';

/** All values of a file, x fastest, the channels of each frame after one another, a few slices or rows at a time. */
export async function* piecesOf(content: Content, onFraction: OnFraction): AsyncGenerator<VoxelArray> {
  const { frames, channels, components, dtype, shape } = content;
  const [width, height, depth] = shape;
  const rowBytes = width * components * ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  const rows = Math.max(1, Math.min(height, Math.floor(PIECE_BYTES / rowBytes)));
  const slices = rows < height ? 1 : Math.max(1, Math.floor(PIECE_BYTES / (rowBytes * height)));
  let done = 0;
  for (let part = 0; part < frames * channels; part++) {
    const place = { frame: Math.floor(part / channels), channel: part % channels };
    for (let z = 0; z < depth; z += slices) {
      for (let y = 0; y < height; y += rows) {
        const size = [width, Math.min(rows, height - y), Math.min(slices, depth - z)] as const;
        yield await content.values(place, [0, y, z], size);
        done += size[1] * size[2];
        onFraction(done / (height * depth * frames * channels));
      }
    }
  }
}

/**
 * Write all of it, at `at` if that is said. On this thread, which has nothing else to do: a promise would wait for one of Node's
 * threads, which pack meanwhile.
 */
export function writeAll(file: Pick<FileHandle, 'fd'>, bytes: Uint8Array, at: number | null = null): void {
  for (let from = 0; from < bytes.length;) {
    const place = at === null ? null : at + from;
    from += writeSync(file.fd, bytes, from, Math.min(MOST_AT_ONCE, bytes.length - from), place);
  }
}

/** Write values behind what is in a file. */
export async function writeValues(file: FileHandle, content: Content, onFraction: OnFraction): Promise<void> {
  for await (const values of piecesOf(content, onFraction)) writeAll(file, bytesIn(values));
}

/** A new file. */
export async function writeFileWith<T>(target: string, write: (file: FileHandle) => Promise<T> | T): Promise<T> {
  const file = await open(target, 'wx');
  try {
    return await write(file);
  } finally {
    await file.close();
  }
}
