import { realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { SlicescopeError, quote, type Triple } from '../protocol';
import { corrupt } from './format';
import { checkName, readHead } from './voxels';

/** A longer header is none; one that names a hundred segments has 64 kB. */
export const MOST_HEADER_BYTES = 1_048_576;

/** Numbers of a header's line, separated by spaces. @throws SlicescopeError `file-corrupt`. */
export function numbersOf(text: string, field: string, path: string): readonly number[] {
  const numbers = text.trim().split(/\s+/).map(Number);
  if (text.trim() !== '' && numbers.every((each) => !Number.isNaN(each) || /nan/i.test(text))) return numbers;
  throw corrupt(path, `its header says ${field} ${JSON.stringify(text.slice(0, 60))}, expected numbers`);
}

/** Sizes, each from 1 on. @throws SlicescopeError `file-corrupt`. */
export function sizesOf(text: string, rank: number, field: string, path: string): readonly number[] {
  const sizes = numbersOf(text, field, path);
  if (sizes.length === rank && sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) return sizes;
  throw corrupt(
    path,
    `its header says ${field} ${sizes.join(' × ')}, expected ${String(rank)} whole numbers from 1 on`,
  );
}

/** Distances of voxels along three axes. @throws SlicescopeError `file-corrupt`. */
export function spacingOf(distances: readonly number[], path: string): Triple {
  const [x = 1, y = 1, z = 1] = distances;
  if ([x, y, z].every((each) => Number.isFinite(each) && each > 0)) return [x, y, z];
  throw corrupt(path, `its header says that voxels are ${[x, y, z].join(' × ')} apart`);
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The path that links lead to. A file that does not exist is where its path says. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(real(dirname(path)), basename(path));
  }
}

/** Whether a file lies in a folder or in one within it, also where links lead. */
export function liesIn(path: string, folder: string): boolean {
  return isInside(path, folder) && isInside(real(path), real(folder));
}

/** Characters of a path at most; no system takes a longer one. */
const MOST_NAME = 4096;

/**
 * The file that a header says its values are in: beside the header, or in a folder there.
 * @throws SlicescopeError `file-corrupt` where it is somewhere else.
 */
export function dataFileOf(name: string, path: string): string {
  const folder = dirname(path);
  const target = resolve(folder, name);
  const isName = name.length <= MOST_NAME && !/^[a-z][a-z0-9+.-]*:\/\//i.test(name);
  if (isName && liesIn(target, folder)) return target;
  throw corrupt(path, `its values are in ${quote(name)}; only files in the folder of ${basename(path)} are read`);
}

/** A file of values alone, and how many bytes it has at most, unpacked. */
export interface DataFile {
  readonly file: string;
  readonly isPacked: boolean;
  readonly most: number;
}

/**
 * The file that has the values of a header which does not name it: the first of `names` that lies beside the header.
 * Its name says whether it is packed, because values may begin as gzip does.
 * @throws SlicescopeError `file-not-found`, and what `dataFileOf` throws.
 */
export async function dataFileBeside(path: string, names: readonly string[]): Promise<DataFile> {
  const there = new Set(await readdir(dirname(path)));
  const found = names.find((name) => there.has(name));
  if (found === undefined) {
    const message = `${path}: its values are in ${names.join(' or ')}, and there is no such file; put it beside its header`;
    throw new SlicescopeError('file-not-found', message, { path });
  }
  const file = dataFileOf(found, path);
  const { isPacked, most } = await readHead(file, /\.gz$/i.test(found) ? 2 : 1);
  checkName(file, isPacked);
  return { file, isPacked, most };
}
