import { stat } from 'node:fs/promises';
import type { AsyncReadable } from '@zarrita/storage' with { 'resolution-mode': 'import' };
import type * as Zarrita from 'zarrita' with { 'resolution-mode': 'import' };
import { SlicescopeError, messageOf } from '../../protocol';
import { reasonOf } from '../locate';
import { corrupt, fileError, unsupported } from '../format';
import { FolderStore, MostBytes, fetchAtMost } from './bounded-stores';
import { setCodecs } from './codecs';
import { setHalfFloats } from './half-bits';

/** The largest chunk that is read: it is whole in memory when a voxel of it is. */
export const MAX_CHUNK_BYTES: number = 2 ** 28;

/** The reader, with what it does not check itself. */
export async function loadZarrita(): Promise<typeof Zarrita> {
  const zarrita = await import('zarrita');
  if (!isSet) {
    setCodecs(zarrita.registry);
    setHalfFloats();
  }
  isSet = true;
  return zarrita;
}
let isSet = false;

/** A store that reads no more of a chunk than its array has. */
export interface BoundedStore extends AsyncReadable {
  readonly most: MostBytes;
}

/** Whether a location is in the web. */
export function isUrl(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

/** What sentences call a location: without a query, which may be a secret. */
export function nameOf(location: string): string {
  if (!isUrl(location)) return location;
  const { origin, pathname } = new URL(location);
  return `${origin}${pathname}`;
}

/**
 * The files of a folder, or of a URL.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`.
 */
export async function storeAt(location: string): Promise<BoundedStore> {
  if (isUrl(location)) {
    const { default: FetchStore } = await import('@zarrita/storage/fetch');
    const most = new MostBytes();
    const store = new FetchStore(location, { fetch: (request) => fetchAtMost(request, most, nameOf(request.url)) });
    return Object.assign(store, { most });
  }
  try {
    await stat(location);
  } catch (cause) {
    throw fileError(location, cause);
  }
  return new FolderStore(location);
}

/** What a reader of zarrita throws, as an error of this library. */
export async function zarrError(location: string, cause: unknown): Promise<SlicescopeError> {
  if (cause instanceof SlicescopeError) return cause;
  const { isZarritaError } = await loadZarrita();
  const path = nameOf(location);
  if (isZarritaError(cause, 'NotFoundError')) {
    const where = cause.path?.replace(/\/(zarr\.json|\.z\w+)$/, '').slice(1) ?? '';
    return corrupt(
      path,
      `${where === '' ? 'it' : where} is no array or group of Zarr, or its description is broken`,
      cause,
    );
  }
  if (isZarritaError(cause, 'UnknownCodecError'))
    return unsupported(path, `chunks in ${cause.codec}, which is unknown`, cause);
  if (isZarritaError(cause) || cause instanceof SyntaxError || cause instanceof RangeError) {
    const why = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    return corrupt(path, `it can’t be decoded (${messageOf(why)})`, cause);
  }
  const message = `${path}: cannot be read (${reasonOf(cause)})`;
  return new SlicescopeError('file-unreadable', message, { path }, { cause });
}
