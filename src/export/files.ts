import { link, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { SlicescopeError, messageOf } from '../protocol';

/** The kinds of files that can be written. */
export type FileFormat = 'png' | 'jpeg' | 'webp' | 'avif' | 'tiff' | 'gif' | 'npy';

const FORMATS: Readonly<Record<string, FileFormat>> = {
  ...{ '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.webp': 'webp', '.avif': 'avif', '.gif': 'gif' },
  ...{ '.tif': 'tiff', '.tiff': 'tiff', '.npy': 'npy' },
};

/** What a file holds: all of it, or what comes one piece after the other and is not all there at once. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

/** Where a file goes. */
export interface Target {
  /** Absolute. */
  readonly path: string;
  readonly format: FileFormat;
  /** Whether a file that is there is replaced. */
  readonly overwrite: boolean;
}

function exists(path: string, caller: string): SlicescopeError {
  const message = `${caller}: ${path} is there already; choose another name, or replace it with { overwrite: true }`;
  return new SlicescopeError('file-exists', message, { path });
}

/**
 * Where a file goes, by the ending of its path, which may be anything.
 * @throws SlicescopeError `invalid-argument`, `unsupported-format`, `file-exists`.
 */
export function checkTarget(
  path: unknown,
  allowed: readonly FileFormat[],
  { overwrite = false }: { readonly overwrite?: boolean | undefined },
  caller: string,
): Target {
  if (typeof path !== 'string' || path === '') {
    throw new SlicescopeError('invalid-argument', `${caller}: expected the path of a file to write`, {
      argument: 'path',
    });
  }
  const format = FORMATS[extname(path).toLowerCase()];
  if (format === undefined || !allowed.includes(format)) {
    const endings = Object.keys(FORMATS).filter((each) => allowed.includes(FORMATS[each] as FileFormat));
    const message = `${caller}: ${path} does not end in one of ${endings.join(' ')}, which say what can be written`;
    throw new SlicescopeError('unsupported-format', message, { path });
  }
  const absolute = resolve(path);
  // Before the work; a file that appears meanwhile is not replaced either.
  if (!overwrite && existsSync(absolute)) throw exists(absolute, caller);
  return { path: absolute, format, overwrite };
}

/**
 * Write a file that appears whole or not at all.
 * @throws SlicescopeError `write-failed`, `file-exists`; and what the content throws.
 */
export async function writeWhole({ path, overwrite }: Target, content: Content, caller: string): Promise<void> {
  /** What the content has thrown: it is no fault of the file's. */
  const broken: unknown[] = [];
  async function* watched(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces;
    } catch (cause) {
      broken.push(cause);
      throw cause;
    }
  }
  const partial = `${path}.${String(process.pid)}.${String(performance.now())}.part`;
  try {
    await writeFile(partial, content instanceof Uint8Array ? content : watched(content), { flag: 'wx' });
    if (overwrite) {
      await rename(partial, path);
    } else {
      await link(partial, path);
      await rm(partial);
    }
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    if (broken.length > 0) throw broken[0];
    const isThere = typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'EEXIST';
    if (isThere && !overwrite) throw exists(path, caller);
    const message = `${caller}: ${path} can't be written (${messageOf(cause)}); choose a folder that exists and is yours`;
    throw new SlicescopeError('write-failed', message, { path }, { cause });
  }
}
