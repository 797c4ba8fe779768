import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { fileExists, makeInPlace, type Place } from '../formats';
import { SlicescopeError } from '../protocol';

/** The kinds of files that can be written. */
export type FileFormat = 'png' | 'jpeg' | 'webp' | 'avif' | 'tiff' | 'gif' | 'npy';

const FORMATS: Readonly<Record<string, FileFormat>> = {
  ...{ '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.webp': 'webp', '.avif': 'avif', '.gif': 'gif' },
  ...{ '.tif': 'tiff', '.tiff': 'tiff', '.npy': 'npy' },
};

/** What a file holds: all of it, or what comes one piece after the other and is not all there at once. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

/** Where a file goes. */
export interface Target extends Place {
  readonly format: FileFormat;
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
  if (!overwrite && existsSync(absolute)) throw fileExists(absolute, caller);
  return { path: absolute, format, overwrite };
}

/**
 * Write a file that appears whole or not at all.
 * @throws SlicescopeError `write-failed`, `file-exists`; and what the content throws.
 */
export async function writeWhole(place: Target, content: Content, caller: string): Promise<void> {
  await makeInPlace(place, (target) => writeFile(target, content, { flag: 'wx' }), caller);
}
