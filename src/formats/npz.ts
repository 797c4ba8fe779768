import type { Readable } from 'node:stream';
import { basename } from 'node:path';
import type { Entry, ZipFile } from 'yauzl';
import { SlicescopeError, isSlicescopeError, messageOf } from '../protocol';
import type { Volume } from '../volume';
import { corrupt, openFile, type Format, type OnFraction } from './format';
import { isNpy, npyHeader, readNpy } from './npy';
import { MAX_COMPRESSION } from './voxels';

const HEAD_BYTES = 20_000;
const MOST_ENTRIES = 10_000;

async function entriesOf(zip: ZipFile, path: string): Promise<Entry[]> {
  if (zip.entryCount > MOST_ENTRIES) throw corrupt(path, `a zip of ${String(zip.entryCount)} files`);
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) if (/\.npy$/i.test(entry.fileName)) entries.push(entry);
  return entries;
}

function chosen(entries: readonly Entry[], series: string | undefined, path: string): Entry {
  const names = entries.map(({ fileName }) => fileName.replace(/\.npy$/i, ''));
  const at = series === undefined ? 0 : names.indexOf(series);
  const entry = entries[at];
  if (entry !== undefined && (series !== undefined || entries.length === 1)) return entry;
  if (entries.length === 0) throw corrupt(path, 'a zip without arrays (.npy)');
  const message = `${path}: it has the arrays ${names.join(', ')}; choose one: { series: ${JSON.stringify(names[0])} }`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'series' });
}

async function headOf(source: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(chunks);
}

/** One array of an archive, while that is open. */
interface Opened {
  readonly entry: Entry;
  readonly head: Uint8Array;
  readonly unpacked: () => Promise<Readable>;
}

async function withArray<T>(
  path: string,
  series: string | undefined,
  use: (array: Opened) => T | Promise<T>,
): Promise<T> {
  const { fromFdPromise } = await import('yauzl');
  const file = await openFile(path);
  try {
    const zip = await fromFdPromise(file.fd, { autoClose: false }).catch((cause: unknown) => {
      throw corrupt(path, `no whole zip (${messageOf(cause)})`, cause);
    });
    const entry = chosen(await entriesOf(zip, path), series, path);
    const unpacked = (): Promise<Readable> => zip.openReadStreamPromise(entry);
    const head = await headOf(await unpacked());
    if (!isNpy(head)) throw corrupt(path, `${entry.fileName} in it is no array`);
    return await use({ entry, head, unpacked });
  } catch (cause) {
    throw isSlicescopeError(cause) ? cause : corrupt(path, `its zip is broken (${messageOf(cause)})`, cause);
  } finally {
    await file.close();
  }
}

async function readNpz(path: string, series: string | undefined, onFraction: OnFraction): Promise<Volume> {
  return await withArray(path, series, async ({ entry, head, unpacked }) => {
    const name = `${basename(path).replace(/\.npz$/i, '')} ${entry.fileName.replace(/\.npy$/i, '')}`;
    // The zip's reader gives neither more nor less than the size that the zip says.
    const most = Math.min(entry.uncompressedSize, (entry.compressedSize + 1) * MAX_COMPRESSION);
    return await readNpy(head, { path, isPacked: true, unpacked, most, name }, onFraction);
  });
}

export const npz: Format = {
  name: 'npz',
  title: 'NumPy’s archives (.npz)',
  several: ['series'],
  matches: (head, name) => head[0] === 0x50 && head[1] === 0x4b && name.endsWith('.npz'),
  read: async ({ paths: [path], series }, onFraction) => await readNpz(path, series, onFraction),
  header: async ({ paths: [path], series }) => await withArray(path, series, ({ head }) => npyHeader(head, path)),
};
