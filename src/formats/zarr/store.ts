import { stat } from 'node:fs/promises';
import type * as Zarrita from 'zarrita' with { 'resolution-mode': 'import' };
import { SlicescopeError, messageOf } from '../../protocol';
import { corrupt, fileError, unsupported } from '../format';
import { isUrl, nameOf, reasonOf } from '../web';
import type { BoundedStore } from './bounds';
import { setCodecs } from './codecs';
import { FolderStore } from './folder-store';
import { setHalfFloats } from './half-bits';
import { WebStore } from './web-store';

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

/**
 * The files of a folder, or of a URL.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`.
 */
export async function storeAt(location: string): Promise<BoundedStore> {
  if (isUrl(location)) return new WebStore(location);
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
