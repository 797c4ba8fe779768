/** Stores of files and of what is in the web, which read no more of anything than it may have. */
import { join } from 'node:path';
import type { AbsolutePath, AsyncReadable, RangeQuery } from '@zarrita/storage' with { 'resolution-mode': 'import' };
import { isSlicescopeError } from '../../protocol';
import { corrupt, openFile, readInto, unsupported } from '../format';

/** Bytes that a description may have, and anything before it is known how large a chunk is. */
const METADATA_BYTES = 2 ** 25;

/** How much is read of one thing at most. */
export class MostBytes {
  #most = METADATA_BYTES;

  /** Let there be chunks of so many bytes. One that is packed in vain is a little larger. */
  allow(chunkBytes: number): void {
    this.#most = Math.max(this.#most, chunkBytes + chunkBytes / 8);
  }

  /** @throws SlicescopeError `unsupported-format`. */
  check(path: string, bytes: number): void {
    if (bytes <= this.#most) return;
    throw unsupported(path, `${String(bytes)} bytes, of at most ${String(this.#most)} for a chunk or a description`);
  }
}

/** Files of a folder. */
export class FolderStore implements AsyncReadable {
  readonly most: MostBytes = new MostBytes();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(key: AbsolutePath): Promise<Uint8Array | undefined> {
    return await this.#read(key, (size) => ({ offset: 0, length: size }));
  }

  async getRange(key: AbsolutePath, range: RangeQuery): Promise<Uint8Array | undefined> {
    return await this.#read(key, (size) =>
      'suffixLength' in range ? { offset: size - range.suffixLength, length: range.suffixLength } : range,
    );
  }

  async #read(
    key: AbsolutePath,
    rangeOf: (size: number) => { readonly offset: number; readonly length: number },
  ): Promise<Uint8Array | undefined> {
    const path = join(this.#folder, key.slice(1));
    const file = await openFile(path).catch((error: unknown) => {
      if (isSlicescopeError(error, 'file-not-found')) return null;
      throw error;
    });
    if (file === null) return undefined;
    try {
      const { size } = await file.stat();
      const { offset, length } = rangeOf(size);
      this.most.check(path, length);
      if (offset < 0 || offset + length > size) {
        throw corrupt(path, `truncated, it has ${String(size)} bytes, and ${String(offset + length)} are needed`);
      }
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, await readInto(file, bytes, offset));
    } finally {
      await file.close();
    }
  }
}

/** `fetch`, of no more than may be. @param name of what is fetched, in sentences. */
export async function fetchAtMost(request: Request, most: MostBytes, name: string): Promise<Response> {
  const answer = await fetch(request);
  if (!answer.ok || answer.body === null) return answer;
  most.check(name, Number(answer.headers.get('content-length') ?? 0));
  let bytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      bytes += piece.length;
      most.check(name, bytes);
      controller.enqueue(piece);
    },
  });
  const { status, headers } = answer;
  return new Response(answer.body.pipeThrough(counted), { status, headers });
}
