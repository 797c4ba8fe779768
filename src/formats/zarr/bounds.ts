/** What holds for stores of files and of what is in the web: nothing beside the image is read, and nothing endlessly. */
import type { AsyncReadable } from '@zarrita/storage' with { 'resolution-mode': 'import' };
import type { Location } from 'zarrita' with { 'resolution-mode': 'import' };
import { corrupt } from '../format';
import { nameOf } from '../web';

/** Bytes of what describes a group or an array, such as zarr.json, at most. */
const MOST_METADATA_BYTES = 2 ** 24;
/** Bytes of anything else that is no chunk, such as OME-XML or the index of a shard, at most. */
const MOST_OTHER_BYTES = 2 ** 26;

/** A store that reads no more of a chunk than its array can have. */
export interface BoundedStore extends AsyncReadable {
  readonly limits: ByteLimits;
}

/** How many bytes are read at once. */
export class ByteLimits {
  /** Bytes that the chunks of an array have at most, by the array's path. */
  readonly #ofChunks: Map<string, number> = new Map();

  /** Packed chunks may be a little larger than what they hold. */
  setChunk(arrayPath: string, chunkBytes: number): void {
    this.#ofChunks.set(`${arrayPath === '/' ? '' : arrayPath}/`, Math.ceil(1.125 * chunkBytes) + 65_536);
  }

  /** Bytes of what has a key, at most. */
  of(key: string): number {
    if (/\/(zarr\.json|\.z\w+)$/.test(key)) return MOST_METADATA_BYTES;
    for (const [prefix, most] of this.#ofChunks) if (key.startsWith(prefix)) return most;
    return MOST_OTHER_BYTES;
  }

  /** Bytes of a part of it, at most: in a shard, its index is one. */
  ofPart(key: string): number {
    return Math.max(this.of(key), MOST_OTHER_BYTES);
  }
}

/** Whether a name leads to what lies in its folder, and nowhere else, also where zarrita takes it for a part of an address. */
function isPlain(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[\\%?#\u0000-\u001f\u007f]/.test(name);
}

/** Whether a path leads to what lies in a folder, or in one within it. */
export function isPlainPath(path: string): boolean {
  return path.split('/').every(isPlain);
}

/** @throws SlicescopeError `file-corrupt` for a path that a file says, or how it is made of numbers, which may lead elsewhere. */
function namesOf(path: string, location: string): readonly string[] {
  if (isPlainPath(path)) return path.split('/');
  throw corrupt(nameOf(location), `it names ${JSON.stringify(path)}, which is no path of plain names in it`);
}

/**
 * The names in a key of zarrita's, such as `/0/c/1/2`.
 * @throws SlicescopeError `file-corrupt` where they may lead elsewhere.
 */
export function namesIn(key: string, location: string): readonly string[] {
  return namesOf(key.replace(/^\//, ''), location);
}

/**
 * What lies at a path that a file says, below the group or the root that it is said in.
 * @throws SlicescopeError `file-corrupt` where it may lie elsewhere.
 */
export function within<Store extends AsyncReadable>(
  group: Location<Store>,
  path: string,
  location: string,
): Location<Store> {
  // In the part of an address a colon may mean something.
  return group.resolve(namesOf(path, location).map(encodeURIComponent).join('/'));
}
