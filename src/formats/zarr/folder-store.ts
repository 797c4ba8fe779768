import { join } from 'node:path';
import type { AbsolutePath, RangeQuery } from '@zarrita/storage' with { 'resolution-mode': 'import' };
import { isSlicescopeError } from '../../protocol';
import { corrupt, openFile, readInto, unsupported } from '../format';
import { ByteLimits, namesIn, type BoundedStore } from './bounds';

/** The files of a folder, by plain names only. */
export class FolderStore implements Required<BoundedStore> {
  readonly limits: ByteLimits = new ByteLimits();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(key: AbsolutePath): Promise<Uint8Array | undefined> {
    return await this.#read(key, this.limits.of(key), (size) => ({ offset: 0, length: size }));
  }

  async getRange(key: AbsolutePath, range: RangeQuery): Promise<Uint8Array | undefined> {
    return await this.#read(key, this.limits.ofPart(key), (size) =>
      'suffixLength' in range ? { offset: size - range.suffixLength, length: range.suffixLength } : range,
    );
  }

  async #read(
    key: AbsolutePath,
    most: number,
    rangeOf: (size: number) => { readonly offset: number; readonly length: number },
  ): Promise<Uint8Array | undefined> {
    const path = join(this.#folder, ...namesIn(key, this.#folder));
    const file = await openFile(path).catch((error: unknown) => {
      if (isSlicescopeError(error, 'file-not-found')) return null;
      throw error;
    });
    if (file === null) return undefined;
    try {
      const { size } = await file.stat();
      const { offset, length } = rangeOf(size);
      if (length > most) {
        throw unsupported(path, `${String(length)} bytes, of at most ${String(most)} for a chunk or a description`);
      }
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
