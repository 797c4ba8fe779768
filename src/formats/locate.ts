import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { SlicescopeError, messageOf, quote } from '../protocol';
import type { FormatName } from './format';

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
  const [name] = paths;
  return { paths, name, release: () => Promise.resolve() };
}

function isWeb(source: unknown): source is string | URL {
  const text = source instanceof URL ? source.href : source;
  return typeof text === 'string' && /^https?:\/\//i.test(text);
}

/** Chunks in the web stay there. */
function isOfChunks({ pathname }: URL, format: FormatName | undefined): boolean {
  return format === 'zarr' || (format === undefined && /\.zarr(\/|$)/i.test(pathname));
}

/**
 * The files that a person means: a path, a URL, or several paths. What is in the web is fetched into a file first, but for chunks.
 * @throws SlicescopeError `invalid-argument`, `file-not-found`, `file-unreadable`; and the signal's reason.
 */
export async function locate(
  source: unknown,
  { signal, format }: { readonly signal?: AbortSignal | undefined; readonly format?: FormatName | undefined },
): Promise<Location> {
  if (isWeb(source)) {
    const url = new URL(source);
    return isOfChunks(url, format) ? here([url.href]) : await fetchFile(url, signal);
  }
  const given: readonly unknown[] = Array.isArray(source) ? source : [source];
  const paths = given.map((each) => {
    const isFileUrl =
      each instanceof URL ? each.protocol === 'file:' : typeof each === 'string' && /^file:/i.test(each);
    if (isFileUrl) return fileURLToPath(each as string | URL);
    const isOtherUrl = typeof each === 'string' && /^[a-z][a-z0-9+.-]+:\/\//i.test(each);
    if (typeof each === 'string' && each !== '' && !isOtherUrl) return resolve(each);
    const message = `Volume.open: path is ${quote(each instanceof URL ? each.href : each)}, expected the path of a file, several of them, or a URL (file:, http:, https:)`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'path' });
  });
  const [first, ...others] = paths;
  if (first !== undefined) return here([first, ...others]);
  throw new SlicescopeError('invalid-argument', 'Volume.open: an empty list, expected the paths of one series', {
    argument: 'path',
  });
}

/** fetch says that it has failed, and its cause why. */
export function reasonOf(error: unknown): string {
  const hasCause = typeof error === 'object' && error !== null && 'cause' in error && error.cause !== undefined;
  return messageOf(hasCause && messageOf(error).endsWith('fetch failed') ? error.cause : error);
}

async function fetchFile(url: URL, signal: AbortSignal | undefined): Promise<Location> {
  const folder = await mkdtemp(join(tmpdir(), 'slicescope-'));
  const release = (): Promise<void> => rm(folder, { recursive: true, force: true });
  // Without the query, which may be a secret.
  const path = `${url.origin}${url.pathname}`;
  try {
    const answer = await fetch(url, signal === undefined ? {} : { signal });
    if (answer.status === 404) {
      throw new SlicescopeError('file-not-found', `${path}: there is no such file (404)`, { path });
    }
    if (!answer.ok || answer.body === null) throw new Error(`status ${String(answer.status)}`);
    const file = join(folder, basename(decodeURIComponent(url.pathname)) || 'volume');
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(file));
    return { paths: [file], name: path, release };
  } catch (cause) {
    await release();
    if (cause instanceof SlicescopeError || signal?.aborted === true) throw cause;
    const message = `${path}: can’t be fetched (${reasonOf(cause)})`;
    throw new SlicescopeError('file-unreadable', message, { path }, { cause });
  }
}
