import type { FileHandle } from 'node:fs/promises';
import { createUnzip, type Unzip } from 'node:zlib';
import { openFile, readInto } from './format';
import { release } from './release';

/** Bytes that are read, and unpacked, at a time. */
const PIECE_BYTES = 1_048_576;

/** Give it what is packed, always from the same memory: it has taken a piece when it calls back. */
async function feed(unzip: Unzip, file: FileHandle, start: number): Promise<void> {
  const packed = Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (let at = start; ;) {
    const length = await readInto(file, packed, at);
    if (length === 0) break;
    await new Promise<void>((fulfil, reject) => {
      unzip.write(packed.subarray(0, length), (error) => {
        if (error) reject(error);
        else fulfil();
      });
    });
    at += length;
  }
  unzip.end();
}

/**
 * Unpack, piece by piece, what lies behind the first `start` bytes of a file. Each piece is released
 * when the next one is asked for: left to the garbage collector, they would take a third of a volume
 * of 128 MB.
 */
export async function* unzipped(path: string, start: number): AsyncGenerator<Buffer, void, undefined> {
  const file = await openFile(path);
  const unzip = createUnzip({ chunkSize: PIECE_BYTES });
  try {
    feed(unzip, file, start).catch((error: unknown) => unzip.destroy(error as Error));
    for await (const piece of unzip as AsyncIterable<Buffer>) {
      yield piece;
      // Up to its end the memory of a piece is filled with further ones.
      const { buffer, byteOffset, length } = piece;
      if (byteOffset + length === buffer.byteLength) release(new Uint8Array(buffer));
    }
  } finally {
    unzip.destroy();
    await file.close();
  }
}
