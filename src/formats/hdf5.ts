import { fstatSync, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Dataset, File } from 'h5wasm' with { 'resolution-mode': 'import' };
import { ARRAY_OF, SlicescopeError, isSlicescopeError, messageOf, type DType, type VoxelArray } from '../protocol';
import { Volume, type VolumeOptions } from '../volume';
import { fileHeader, type FileHeader } from './file-header';
import { corrupt, openFile, unsupported, type Format, type OnFraction } from './format';
import { axesOf } from './npy';
import { spacingOf } from './text-header';
import { MAX_COMPRESSION } from './voxels';

/** The signature, which may have something of its owner's in front. */
const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
const PLACES = [0, 512, 1024, 2048];
/** What is read at once, in bytes, unless a chunk is larger. */
const PART_BYTES = 2 ** 24;
const MOST_OBJECTS = 10_000;
interface Library {
  readonly Dataset: typeof Dataset;
}
/** Of what `FS` is, what is used here. */
interface Files {
  create(path: string, mode: number): void;
  unlink(path: string): void;
  lookupPath(path: string): { node: { usedBytes: number; stream_ops: object } };
}

/**
 * The file as the only one of the library's own file system, so that nothing it refers to can be read: no other file that values may
 * be said to lie in. A failed read is an error; otherwise what happens to be in memory would be taken for values.
 */
async function openHdf5(
  handle: FileHandle,
): Promise<{ readonly h5: Library; readonly file: File; readonly close: () => void }> {
  const h5 = await import('h5wasm');
  const library = await h5.ready;
  (library as unknown as { activate_throwing_error_handler(): void }).activate_throwing_error_handler();
  const files = library.FS as unknown as Files;
  files.create('/file.h5', 0o100_444);
  const { node } = files.lookupPath('/file.h5');
  node.usedBytes = fstatSync(handle.fd).size;
  const read = (_: unknown, buffer: Uint8Array, offset: number, length: number, position: number): number =>
    readSync(handle.fd, buffer, offset, length, position);
  node.stream_ops = { ...node.stream_ops, read };
  const file = new h5.File('/file.h5', 'r');
  const close = (): void => {
    file.close();
    files.unlink('/file.h5');
  };
  return { h5, file, close };
}

function dtypeOf({ metadata: { type, size, signed } }: Dataset): DType | undefined {
  const name = `${type === 1 ? 'float' : type === 0 ? (signed ? 'int' : 'uint') : 'no'}${String(8 * size)}`;
  return Object.hasOwn(ARRAY_OF, name) ? (name as DType) : undefined;
}

/** The arrays in a file that may be volumes, by their paths. A group that holds itself is visited once. */
function arraysOf(h5: Library, file: File): ReadonlyMap<string, Dataset> {
  const found = new Map<string, Dataset>();
  for (const name of file.paths().slice(0, MOST_OBJECTS)) {
    const each = file.get(name);
    if (each instanceof h5.Dataset && (each.shape?.length ?? 0) >= 2) found.set(name, each);
  }
  return found;
}

function chosen(arrays: ReadonlyMap<string, Dataset>, series: string | undefined, path: string): [string, Dataset] {
  const names = [...arrays.keys()];
  const name = series === undefined ? names[0] : series.replace(/^\//, '');
  const array = arrays.get(name ?? '');
  if (name !== undefined && array !== undefined && (series !== undefined || names.length === 1)) return [name, array];
  if (names.length === 0) throw unsupported(path, 'an HDF5 file without arrays of two axes or more');
  const message = `${path}: it has the arrays ${names.slice(0, 20).join(', ')}; choose one: { series: ${JSON.stringify(names[0])} }`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'series' });
}

/** What is done with the chosen array, while the file is open. */
async function withArray<T>(
  path: string,
  series: string | undefined,
  use: (array: Dataset, name: string, fileBytes: number) => T,
): Promise<T> {
  const handle = await openFile(path);
  try {
    const { h5, file, close } = await openHdf5(handle);
    const [name, array] = chosen(arraysOf(h5, file), series, path);
    const used = use(array, name, fstatSync(handle.fd).size);
    close();
    return used;
  } catch (cause) {
    if (isSlicescopeError(cause)) throw cause;
    // The library's errors are a stack; what it was about is at the end.
    const text = messageOf(cause);
    const [, filter] = /required filter '(.*?)' is not registered/.exec(text) ?? [];
    if (filter !== undefined)
      throw unsupported(path, `it is packed with ${filter}; pack it with gzip: h5repack -f GZIP=4`);
    const [, why] = /.*\(\): ([^\n]+)/s.exec(text) ?? [];
    throw corrupt(path, `its HDF5 can’t be read (${why ?? text.slice(0, 200)})`, cause);
  } finally {
    await handle.close();
  }
}

/** Micrometres along z, y and x, as ilastik and Fiji write them. */
function geometryOf(array: Dataset, path: string): VolumeOptions {
  const { element_size_um: size } = array.attrs;
  const lengths = size === undefined ? [] : Array.from(size.value as ArrayLike<number>, Number);
  return lengths.length === 3 ? { spacing: spacingOf(lengths.reverse(), path), unit: 'µm' } : {};
}

function readArray(array: Dataset, name: string, fileBytes: number, path: string, onFraction: OnFraction): Volume {
  const dtype = dtypeOf(array);
  if (dtype === undefined) {
    throw unsupported(
      path,
      `${name} holds ${JSON.stringify(array.dtype)}, which no dtype stands for; save it as another, such as float32`,
    );
  }
  const sizes = array.shape as number[];
  const { shape, frames, components } = axesOf([...sizes].reverse(), dtype === 'uint8', path);
  const count = sizes.reduce((product, size) => product * size, 1);
  const { BYTES_PER_ELEMENT: bytes } = ARRAY_OF[dtype];
  if (count * bytes > fileBytes * MAX_COMPRESSION) {
    throw corrupt(
      path,
      `truncated, ${name} needs ${String(count * bytes)} bytes, and the file has ${String(fileBytes)}`,
    );
  }
  const options = {
    ...geometryOf(array, path),
    frames,
    components,
    name: `${basename(path).replace(/\.(h5|hdf5?)$/i, '')} ${name}`,
  };
  const volume = Volume.alloc(shape, dtype, options);
  const [first = 1] = sizes;
  const elements = count / first;
  const chunk = array.metadata.chunks?.[0] ?? 1;
  const step = Math.max(1, Math.floor(PART_BYTES / (elements * bytes * chunk))) * chunk;
  for (let at = 0; at < first; at += step) {
    const end = Math.min(first, at + step);
    const part = array.slice([[at, end], ...sizes.slice(1).map((size): [number, number] => [0, size])]) as VoxelArray;
    volume.data.subarray(at * elements, end * elements).set(part);
    onFraction(end / first);
  }
  return volume;
}

function headerOf(array: Dataset, name: string): FileHeader {
  const { shape, dtype, filters, metadata, attrs } = array;
  const own = Object.entries(attrs).map(([key, { value }]) => [key, value] as const);
  const packed = filters.map((filter) => filter.name);
  return fileHeader([
    ['dataset', name],
    ['shape', shape],
    ['dtype', dtype],
    ['chunks', metadata.chunks],
    ['filters', packed],
    ...own,
  ]);
}

/** HDF5: one array of a file. */
export const hdf5: Format = {
  name: 'hdf5',
  title: 'HDF5 (.h5, .hdf5)',
  several: 'series',
  matches: (head) => PLACES.some((at) => SIGNATURE.equals(head.subarray(at, at + SIGNATURE.length))),
  read: async ({ paths: [path], series }, onFraction) =>
    await withArray(path, series, (array, name, bytes) => readArray(array, name, bytes, path, onFraction)),
  header: async ({ paths: [path], series }) => await withArray(path, series, headerOf),
};
