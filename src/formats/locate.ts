import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { SlicescopeError, messageOf, quote } from '../protocol';
import type { FormatName } from './format';
import { fetchPlain, isUrl, mayFollowFile, nameOf, plainAddress, reasonOf, webAddress } from './web';

/** Files that are here. */
export interface Location {
  /** Absolute, or a URL of chunks. */
  readonly paths: readonly [string, ...string[]];
  /** What sentences call it. */
  readonly name: string;
  /** Delete what was fetched. */
  readonly release: () => Promise<void>;
}

/** Whether it is a path, or a list of some. */
export function isPaths(value: unknown): value is string | readonly string[] {
  const paths: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : [value];
  return paths.length > 0 && paths.every((path) => typeof path === 'string' && path !== '');
}

export function absolutePaths(paths: string | readonly string[]): readonly [string, ...string[]] {
  return [paths].flat().map((path) => resolve(path)) as [string, ...string[]];
}

function here(paths: readonly [string, ...string[]]): Location {
  return { paths, name: nameOf(paths[0]), release: () => Promise.resolve() };
}

function isWeb(source: unknown): source is string | URL {
  const text = source instanceof URL ? source.href : source;
  return typeof text === 'string' && isUrl(text);
}

/** Chunks in the web stay there. */
function isOfChunks({ pathname }: URL, format: FormatName | undefined): boolean {
  return format === 'zarr' || (format === undefined && /\.zarr(\/|$)/i.test(pathname));
}

/**
 * The files that a person means: a path, a URL, or several paths. Files on the web are downloaded
 * first; chunks are not.
 * @throws SlicescopeError `invalid-argument`, `file-not-found`, `file-unreadable`; and the signal's
 *   reason.
 */
export async function locate(
  source: unknown,
  { signal, format }: { readonly signal?: AbortSignal | undefined; readonly format?: FormatName | undefined },
): Promise<Location> {
  if (isWeb(source)) {
    const url = webAddress(source);
    return isOfChunks(url, format) ? here([url.href]) : await fetchFile(url, signal);
  }
  const given: readonly unknown[] = Array.isArray(source) ? source : [source];
  const paths = given.map((each) => {
    const isFileUrl =
      each instanceof URL ? each.protocol === 'file:' : typeof each === 'string' && /^file:/i.test(each);
    if (isFileUrl) return pathOf(each as string | URL);
    const isOtherUrl = typeof each === 'string' && /^[a-z][a-z0-9+.-]+:\/\//i.test(each);
    if (typeof each === 'string' && each !== '' && !isOtherUrl) return resolve(each);
    const message = `Volume.open: path is ${quote(each instanceof URL || isOtherUrl ? plainAddress(String(each)) : each)}, expected the path of a file, several of them, or a URL (file:, http:, https:)`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'path' });
  });
  const [first, ...others] = paths;
  if (first !== undefined) return here([first, ...others]);
  throw new SlicescopeError('invalid-argument', 'Volume.open: an empty list, expected the paths of one series', {
    argument: 'path',
  });
}

/** @throws SlicescopeError `invalid-argument` for what names no file of this machine. */
function pathOf(url: string | URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    const message = `Volume.open: path is ${quote(String(url))}, which names no file here (${messageOf(cause)}); give its path`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'path' }, { cause });
  }
}

/** Bytes of a file's name at most. */
const MOST_NAME_BYTES = 200;

/** What a file that is fetched is called here, where its volume has its name from. */
function fileNameOf({ pathname }: URL): string {
  let name = pathname.split('/').at(-1) ?? '';
  try {
    name = decodeURIComponent(name);
  } catch {
    // It is no text in UTF-8: it stays as it is.
  }
  const plain = name.replace(/[\u0000-\u001f\u007f/\\]/g, '_');
  if (/^\.*$/.test(plain)) return 'volume';
  // The end says what it is.
  return Buffer.from(plain)
    .subarray(-MOST_NAME_BYTES)
    .toString('utf8')
    .replace(/^\uFFFD+/, '');
}

/** Of what is free on a disk, the part that a file which is fetched may take. */
const DISK_SHARE = 1 / 2;

async function roomIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.floor(bavail * bsize * DISK_SHARE);
}

async function fetchFile(url: URL, signal: AbortSignal | undefined): Promise<Location> {
  const folder = await mkdtemp(join(tmpdir(), 'slicescope-'));
  const release = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = nameOf(url.href);
  try {
    const answer = await fetchPlain(url, signal === undefined ? {} : { signal }, mayFollowFile(url));
    if (answer.status === 404) {
      throw new SlicescopeError('file-not-found', `${path}: there is no such file (404)`, { path });
    }
    if (!answer.ok || answer.body === null) throw new Error(`status ${String(answer.status)}`);
    const file = join(folder, fileNameOf(url));
    const most = await roomIn(folder);
    const check = (bytes: number): void => {
      if (bytes <= most) return;
      const what = `${path}: ${String(bytes)} bytes or more, and ${String(most)} are what it may take of ${tmpdir()}`;
      throw new SlicescopeError('file-unreadable', `${what}; make room there, or fetch it yourself`, { path });
    };
    check(Number(answer.headers.get('content-length') ?? 0));
    let bytes = 0;
    const counted = async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        bytes += piece.length;
        check(bytes);
        yield piece;
      }
    };
    await pipeline(Readable.fromWeb(answer.body), counted, createWriteStream(file));
    return { paths: [file], name: path, release };
  } catch (cause) {
    await release();
    if (cause instanceof SlicescopeError || signal?.aborted === true) throw cause;
    const message = `${path}: can’t be fetched (${reasonOf(cause)})`;
    throw new SlicescopeError('file-unreadable', message, { path }, { cause });
  }
}
