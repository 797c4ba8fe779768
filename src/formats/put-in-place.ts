import { link, mkdir, mkdtemp, open, readFile, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SlicescopeError, isSlicescopeError, messageOf } from '../protocol';
import { MAKING_PREFIX, sweepBeside } from './stale';

/** Where a file, or a folder, goes. */
export interface Place {
  /** Absolute. */
  readonly path: string;
  /** Whether a file, or a Zarr store, that is there is replaced. */
  readonly overwrite: boolean;
  /** The file of values that a header names, if it names one; without it a header has none. */
  readonly valuesFile?: ((header: string) => Promise<string | null>) | undefined;
}

/** What a store of Zarr has at its root. */
const STORE_FILES = ['zarr.json', '.zgroup', '.zarray'] as const;

/** The code of a failed call of the system, such as ENOSPC; empty for any other error. */
function codeOf(error: unknown): string {
  const isCall = typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error;
  return isCall ? String(error.code) : '';
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}

/** The error of a file that is there already. */
export function fileExists(path: string, caller: string): SlicescopeError<'file-exists'> {
  const message = `${caller}: ${path} is there already; choose another name, or replace it with { overwrite: true }`;
  return new SlicescopeError('file-exists', message, { path });
}

/** The error of a file that stands where the values of a header go, and is not that header's own. */
function notItsOwn(path: string, header: string, caller: string): SlicescopeError<'file-exists'> {
  const what = `it is not the file of values that ${basename(header)} names, so it is not replaced`;
  const message = `${caller}: ${path} is there already, and ${what}; choose another name, or move it away`;
  return new SlicescopeError('file-exists', message, { path });
}

/** Whether a folder is a store of Zarr: its root says so. */
async function isStore(path: string): Promise<boolean> {
  for (const name of STORE_FILES) {
    try {
      const said: unknown = JSON.parse(await readFile(join(path, name), 'utf8'));
      if (typeof said === 'object' && said !== null && 'zarr_format' in said) return true;
    } catch {
      // It is not there, or it is something else.
    }
  }
  return false;
}

/**
 * Make sure that a place is free, or has what may be replaced.
 * @throws SlicescopeError `file-exists`; `write-failed` for what is never replaced.
 */
export async function checkPlace({ path, overwrite }: Place, caller: string): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (there === null) return;
  if (!overwrite) throw fileExists(path, caller);
  if (there.isFile() || (there.isDirectory() && (await isStore(path)))) return;
  const what = there.isDirectory() ? 'a folder that is no Zarr store' : 'no ordinary file';
  const message = `${caller}: ${path} can't be written (there is ${what}, which is never replaced); choose another name`;
  throw new SlicescopeError('write-failed', message, { path });
}

/** Put what was made where nothing is. It fails with EEXIST where something is, even if that came a moment ago. */
async function claim(made: string, path: string): Promise<void> {
  if (await isFolder(made)) {
    // A folder takes the place of an empty one, but on Windows of none, and of nothing else.
    const isClaimed = process.platform !== 'win32';
    if (isClaimed) await mkdir(path);
    await rename(made, path).catch(async (error: unknown) => {
      if (isClaimed) await rmdir(path).catch(() => undefined);
      throw error;
    });
    return;
  }
  try {
    await link(made, path);
    return;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
  }
  // Some file systems have no hard links. There an empty file holds the place.
  await (await open(path, 'wx')).close();
  await rename(made, path).catch(async (error: unknown) => {
    await rm(path, { force: true });
    throw error;
  });
}

/** Whether what was at `path` is at `to` now; not where nothing was. */
async function moveAside(path: string, to: string): Promise<boolean> {
  try {
    await rename(path, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * @param old where what was there is kept.
 * @param taken makes the error for a place that is taken.
 * @returns what undoes it.
 */
async function put(
  made: string,
  { path, overwrite }: Place,
  old: string,
  taken: () => Error,
): Promise<() => Promise<void>> {
  const wasThere = overwrite && (await moveAside(path, old));
  const restore = async (): Promise<void> => {
    if (wasThere) await rename(old, path);
  };
  await claim(made, path).catch(async (error: unknown) => {
    await restore();
    throw codeOf(error) === 'EEXIST' ? taken() : error;
  });
  return async () => {
    await rm(path, { recursive: true, force: true });
    await restore();
  };
}

/** The folders of a file that is being made: what is new, and what was there. */
interface Making {
  readonly fresh: string;
  readonly old: string;
}

/** The file of values of the header that is there; null if it names none, or is no header. */
async function namedValues({ path, valuesFile }: Place): Promise<string | null> {
  try {
    return (await valuesFile?.(path)) ?? null;
  } catch {
    return null;
  }
}

/**
 * Put all that was made in its place: the other files first, and the one at `place.path` last. If any
 * of it fails, everything is as it was before.
 */
async function putAll({ fresh, old }: Making, place: Place, caller: string): Promise<void> {
  const { path, overwrite } = place;
  const [name, parent] = [basename(path), dirname(path)];
  const others = (await readdir(fresh)).filter((each) => each !== name);
  const own = overwrite && others.length > 0 ? await namedValues(place) : null;
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const other of others) {
      // Only what the header names that is replaced: another file of this name is somebody else's.
      const beside = { path: join(parent, other), overwrite: own === join(parent, other) };
      const taken = (): Error => notItsOwn(beside.path, path, caller);
      if (!beside.overwrite && (await stat(beside.path).catch(() => null)) !== null) throw taken();
      await checkPlace(beside, caller);
      undo.push(await put(join(fresh, other), beside, join(old, other), taken));
    }
    await checkPlace(place, caller);
    const made = join(fresh, name);
    // A file takes the place of one, or of none, in one step.
    if (overwrite && !(await isFolder(made)) && !(await isFolder(path))) await rename(made, path);
    else await put(made, place, join(old, name), () => fileExists(path, caller));
  } catch (error) {
    for (const each of undo.reverse()) await each();
    throw error;
  }
}

/**
 * Make a file, or a folder, which appears whole or not at all.
 * @param make writes it to where it is told, and what belongs beside it there; its name is that of the place.
 * @returns how many bytes it has, with all that is beside it.
 * @throws SlicescopeError `file-exists`, `write-failed`; and what `make` throws that is no failed call of the system.
 */
export async function makeInPlace(
  place: Place,
  make: (target: string) => Promise<void>,
  caller: string,
): Promise<number> {
  const { path } = place;
  let folder = '';
  try {
    await sweepBeside(path);
    folder = await mkdtemp(join(dirname(path), MAKING_PREFIX));
    const making = { fresh: join(folder, 'new'), old: join(folder, 'old') };
    for (const each of Object.values(making)) await mkdir(each);
    await make(join(making.fresh, basename(path)));
    const bytes = await bytesOf(making.fresh);
    await putAll(making, place, caller);
    await remove(folder);
    return bytes;
  } catch (cause) {
    // What was there and could not be put back is kept.
    const kept = folder === '' ? [] : await readdir(join(folder, 'old')).catch(() => []);
    await remove(folder === '' || kept.length === 0 ? folder : join(folder, 'new'));
    if (kept.length === 0 && (isSlicescopeError(cause) || codeOf(cause) === '')) throw cause;
    const why = folder === '' ? messageOf(cause) : messageOf(cause).replaceAll(join(folder, 'new'), dirname(path));
    const what = kept.length === 0 ? 'choose a folder that exists and is yours' : `what was there is in ${folder}`;
    const message = `${caller}: ${path} can't be written (${why}); ${what}`;
    throw new SlicescopeError('write-failed', message, { path }, { cause });
  }
}

async function remove(folder: string): Promise<void> {
  if (folder !== '') await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

async function bytesOf(path: string): Promise<number> {
  const there = await stat(path);
  if (!there.isDirectory()) return there.size;
  let bytes = 0;
  for (const name of await readdir(path)) bytes += await bytesOf(join(path, name));
  return bytes;
}
