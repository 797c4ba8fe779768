import { fstatSync, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Dataset, File, Group } from 'h5wasm' with { 'resolution-mode': 'import' };
import {
  SlicescopeError,
  isSlicescopeError,
  messageOf,
  type DType,
  type Shape,
  type Triple,
  type VoxelArray,
} from '../protocol';
import { STORED_TYPES, Volume, bytesOf, collectorOf, isDType, type StoredType, type VolumeOptions } from '../volume';
import { fileHeader, type FileHeader } from './file-header';
import { corrupt, openFile, unsupported, type Format, type OnFraction } from './format';
import { shownUnit } from './lengths';
import { MINC_IMAGE, readMinc } from './minc';
import { axesOf } from './npy';
import { putInOrder, type StoredAxis } from './stored-order';
import { cfRescale } from './scaled';
import { upTo } from './text-end';
import { spacingOf } from './text-header';
import { MAX_COMPRESSION } from './voxels';

/** The signature, which may have something of its owner's in front. */
const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
const PLACES = [0, 512, 1024, 2048];
/** What is read at once, in bytes, unless a chunk is larger. */
const PART_BYTES = 2 ** 24;
const MOST_OBJECTS = 10_000;
/** Groups in groups that are looked into: each path is followed from the root. */
const MOST_DEPTH = 32;
/** In the library's errors: what stands between a place in its code and what was wrong there. */
const PLACE_END = '(): ';
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
 * Open a file as the only one in the library's own file system, so that it can refer to no other file.
 * A failed read is an error; otherwise whatever happens to be in memory would be taken for values.
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

/** HDF5's class of enumerations, as which h5py stores what is true or false. */
const ENUM = 8;

function storedTypeOf({ metadata: { type, size, signed, enum_type: enumeration } }: Dataset): StoredType | undefined {
  const members = Object.entries(enumeration?.members ?? {});
  const isBool = members.length === 2 && members.every(([name, value]) => value === ['FALSE', 'TRUE'].indexOf(name));
  if (type === ENUM) return isBool && size === 1 ? 'uint8' : undefined;
  const name = `${type === 1 ? 'float' : type === 0 ? (signed ? 'int' : 'uint') : 'no'}${String(8 * size)}`;
  return STORED_TYPES.find((known) => known === name);
}

/** What is at a path; null for a link that leads nowhere, or to itself. */
function objectAt(file: File, name: string): ReturnType<File['get']> {
  try {
    return file.get(name);
  } catch (cause) {
    if ((file.get_link(name) as string | null) === null) throw cause;
    return null;
  }
}

/** The paths of what is in a file, but for what lies too deep. A group that holds itself is visited once. */
function pathsIn(file: File, path: string): readonly string[] {
  try {
    return file.paths().filter((name) => name.split('/', MOST_DEPTH + 1).length <= MOST_DEPTH);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw unsupported(
      path,
      'groups in groups, more than can be looked into; copy its array to a file with h5copy',
      cause,
    );
  }
}

/** The arrays in a file that may be volumes, by their paths. */
function arraysOf(h5: Library, file: File, path: string): ReadonlyMap<string, Dataset> {
  const found = new Map<string, Dataset>();
  const names = pathsIn(file, path);
  for (const name of names.slice(0, MOST_OBJECTS)) {
    const each = objectAt(file, name);
    if (each instanceof h5.Dataset && (each.shape?.length ?? 0) >= 2) found.set(name, each);
  }
  return found;
}

function chosen(arrays: ReadonlyMap<string, Dataset>, series: string | undefined, path: string): [string, Dataset] {
  const names = [...arrays.keys()];
  const first = arrays.has(MINC_IMAGE) ? MINC_IMAGE : names[0];
  const name = series === undefined ? first : series.replace(/^\//, '');
  const array = arrays.get(name ?? '');
  if (
    name !== undefined &&
    array !== undefined &&
    (series !== undefined || names.length === 1 || name === MINC_IMAGE)
  ) {
    return [name, array];
  }
  if (names.length === 0)
    throw unsupported(
      path,
      `an HDF5 file without arrays of two axes or more, in groups that lie up to ${String(MOST_DEPTH)} deep`,
    );
  const message = `${path}: it has the arrays ${names.slice(0, 20).join(', ')}; choose one: { series: ${JSON.stringify(names[0])} }`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'series' });
}

/** What is done with the chosen array, while the file is open. */
async function withArray<T>(
  path: string,
  series: string | undefined,
  use: (array: Dataset, name: string, fileBytes: number, file: File) => T | Promise<T>,
): Promise<T> {
  const handle = await openFile(path);
  try {
    const { h5, file, close } = await openHdf5(handle);
    try {
      const [name, array] = chosen(arraysOf(h5, file, path), series, path);
      return await use(array, name, fstatSync(handle.fd).size, file);
    } finally {
      close();
    }
  } catch (cause) {
    if (isSlicescopeError(cause)) throw cause;
    // The library's errors are a stack; what it was about is at the end.
    const text = messageOf(cause);
    const [, filter] = /required filter '(.*?)' is not registered/.exec(text) ?? [];
    if (filter !== undefined)
      throw unsupported(path, `it is packed with ${filter}; pack it with gzip: h5repack -f GZIP=4`);
    const place = text.lastIndexOf(PLACE_END);
    const why = place < 0 ? undefined : upTo(text.slice(place + PLACE_END.length), '\n');
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

/** An array of the file, and what of it is read: Imaris pads its arrays to whole chunks. */
interface Part {
  readonly array: Dataset;
  readonly name: string;
  /** As the array's axes follow each other, the slowest first. */
  readonly sizes: readonly number[];
  readonly geometry: VolumeOptions;
}

/** Of Imaris' files: one channel of one time in one level of detail. */
const IMARIS = /^(DataSet\/ResolutionLevel \d+\/TimePoint \d+\/Channel \d+)\/Data$/;

/** Numbers that Imaris writes as arrays of characters. */
function textOf({ attrs }: Group, name: string): string {
  const { value } = attrs[name] ?? {};
  return Array.isArray(value) ? value.map(String).join('') : typeof value === 'string' ? value : '';
}

/** How much of a padded array is the image, and where it lies. Null if the array is not one of Imaris'. */
function imarisPart(file: File, array: Dataset, name: string, path: string): Part | null {
  const [, channel = ''] = IMARIS.exec(name) ?? [];
  if (channel === '') return null;
  const [group, info] = [file.get(channel), file.get('DataSetInfo/Image')];
  if (group === null || info === null || !('attrs' in group) || !('attrs' in info)) return null;
  const sizes = ['Z', 'Y', 'X'].map((axis) => Number(textOf(group as Group, `ImageSize${axis}`)));
  const padded = array.shape as number[];
  if (sizes.length !== padded.length || sizes.some((size, at) => !(size >= 1 && size <= (padded[at] as number)))) {
    throw corrupt(path, `${name} is ${padded.join(' × ')}, and its ImageSize says ${sizes.join(' × ')}`);
  }
  const lengths = [0, 1, 2].map((axis) => {
    const [least, most] = ['ExtMin', 'ExtMax'].map((end) => Number(textOf(info as Group, `${end}${String(axis)}`)));
    return { origin: least as number, spacing: ((most as number) - (least as number)) / (sizes[2 - axis] as number) };
  });
  const spacing = spacingOf(
    lengths.map((each) => each.spacing),
    path,
  );
  // The extent begins at the edge of the first voxel.
  const origin = lengths.map((each, axis) => each.origin + (spacing[axis] as number) / 2) as unknown as Triple;
  return { array, name, sizes, geometry: { spacing, origin, unit: shownUnit(textOf(info as Group, 'Unit') || 'um') } };
}

/** Whether names are those of a volume's axes, each once. */
function areAxes(keys: readonly unknown[], rank: number | undefined): keys is readonly string[] {
  const isKnown = keys.every((key) => typeof key === 'string' && /^[tzyxc]$/.test(key));
  return isKnown && keys.length === rank && new Set(keys).size === keys.length && keys.includes('x');
}

/** An array's axes (`t`, `z`, `y`, `x`, `c`), the slowest first, if ilastik's tags or HDF5's labels name them. */
function axisTagsOf({ attrs, shape }: Dataset, name: string, path: string): readonly string[] | null {
  const said = attrs.axistags?.value;
  if (typeof said !== 'string') {
    const labels: unknown = attrs.DIMENSION_LABELS?.value;
    return Array.isArray(labels) && areAxes(labels, shape?.length) ? labels : null;
  }
  let keys: readonly unknown[] = [];
  try {
    const { axes } = JSON.parse(said) as { axes?: readonly { key?: unknown }[] };
    keys = (axes ?? []).map(({ key }) => key);
  } catch (cause) {
    throw corrupt(path, `the axistags of ${name} are no JSON`, cause);
  }
  if (areAxes(keys, shape?.length)) return keys;
  throw unsupported(
    path,
    `${name} has the axes ${keys.join(', ')} (axistags), of which t, z, y, x and c can be read, each once`,
  );
}

function readArray(
  file: File,
  array: Dataset,
  name: string,
  fileBytes: number,
  path: string,
  onFraction: OnFraction,
): Volume {
  const dtype = storedTypeOf(array);
  if (dtype === undefined) {
    throw unsupported(
      path,
      `${name} holds ${JSON.stringify(array.dtype)}, which no dtype stands for; save it as another, such as float32`,
    );
  }
  const elsewhere = array.metadata.virtual_sources?.find(({ file_name: from }) => from !== '.');
  if (elsewhere !== undefined) {
    const what = `the values of ${name} are in other files, such as ${elsewhere.file_name} (a virtual data set)`;
    throw unsupported(path, `${what}; copy it into one file: h5repack`);
  }
  const all = array.shape as number[];
  const part = imarisPart(file, array, name, path) ?? { array, name, sizes: all, geometry: geometryOf(array, path) };
  const needed = all.reduce((product, size) => product * size, bytesOf(dtype));
  if (needed > fileBytes * MAX_COMPRESSION) {
    throw corrupt(path, `truncated, ${name} needs ${String(needed)} bytes, and the file has ${String(fileBytes)}`);
  }
  if (name === MINC_IMAGE) {
    if (!isDType(dtype)) throw unsupported(path, `its image has values of ${dtype}, which MINC does not know`);
    const whole = { array, name, sizes: all, geometry: {} };
    return readMinc({ file, array, dtype, fileBytes, path }, (allocate) =>
      valuesOf(whole, dtype, path, allocate, onFraction),
    );
  }
  const { scale_factor: factor, add_offset: offset } = array.attrs;
  const rescale = cfRescale(factor?.value, offset?.value, path);
  const title = { name: `${basename(path).replace(/\.(h5|hdf5?|ims)$/i, '')} ${name}` };
  const keys = axisTagsOf(array, name, path);
  const last = part.sizes.at(-1);
  const mayBeColor = dtype === 'uint8' && array.metadata.type !== ENUM;
  const isColor = mayBeColor && keys?.at(-1) === 'c' && (last === 3 || last === 4);
  const isInOrder = keys === null || /^t?z?yxc?$/.test(keys.join(''));
  if (isInOrder && (isColor || keys?.includes('c') !== true)) {
    const { shape, frames, components } = axesOf(
      [...part.sizes].reverse(),
      mayBeColor && (keys === null || isColor),
      path,
    );
    const options = { ...part.geometry, ...title, frames, components, rescale: components === 1 ? rescale : null };
    const values = valuesOf(part, dtype, path, (each) => Volume.alloc(shape, each, options).data, onFraction);
    return Volume.from(values, shape, options);
  }
  const sizeOf = (key: string): number => part.sizes[keys.indexOf(key)] ?? 1;
  const shape: Shape = [sizeOf('x'), sizeOf('y'), sizeOf('z')];
  const counts = { channels: sizeOf('c'), frames: sizeOf('t') };
  const options = { ...part.geometry, ...title, ...counts, rescale };
  const values = valuesOf(part, dtype, path, (each) => Volume.alloc(shape, each, options).data, onFraction);
  putInOrder(values, axesBy(keys, part.sizes));
  return Volume.from(values, shape, options);
}

/** What is to be read of an array, in its order. */
function valuesOf(
  { array, sizes }: Part,
  dtype: StoredType,
  path: string,
  allocate: (dtype: DType) => VoxelArray,
  onFraction: OnFraction,
): VoxelArray {
  const { metadata } = array;
  const collector = collectorOf(dtype, allocate, (what) => unsupported(path, what));
  // The library knows no floats of 16 bits: it gives their bits as integers.
  if (dtype === 'float16') Object.defineProperty(array, 'metadata', { value: { ...metadata, type: 0, signed: false } });
  const [first = 1, ...others] = sizes;
  const elements = others.reduce((product, size) => product * size, 1);
  const chunk = metadata.chunks?.[0] ?? 1;
  const step = Math.max(1, Math.floor(PART_BYTES / (elements * bytesOf(dtype) * chunk))) * chunk;
  for (let at = 0; at < first; at += step) {
    const end = Math.min(first, at + step);
    const values = array.slice([[at, end], ...others.map((size): [number, number] => [0, size])]) as VoxelArray;
    collector.put(values, at * elements);
    onFraction(end / first);
  }
  return collector.values();
}

/** The axes of a volume, t, c, z, y, x, of values whose axes follow each other in another order. */
function axesBy(keys: readonly string[], sizes: readonly number[]): readonly StoredAxis[] {
  const strideOf = (key: string): number => {
    const at = keys.indexOf(key);
    return at < 0 ? 0 : sizes.slice(at + 1).reduce((product, size) => product * size, 1);
  };
  return ['t', 'c', 'z', 'y', 'x'].map((key) => ({ size: sizes[keys.indexOf(key)] ?? 1, stride: strideOf(key) }));
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
  title: 'HDF5 (.h5, .hdf5, .ims, .mnc)',
  several: ['series'],
  matches: (head) => PLACES.some((at) => SIGNATURE.equals(head.subarray(at, at + SIGNATURE.length))),
  read: async ({ paths: [path], series }, onFraction) =>
    await withArray(path, series, (array, name, bytes, file) => readArray(file, array, name, bytes, path, onFraction)),
  header: async ({ paths: [path], series }) => await withArray(path, series, headerOf),
};
