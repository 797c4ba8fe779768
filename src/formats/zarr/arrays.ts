import type { Array as ZarrArray, DataType } from 'zarrita' with { 'resolution-mode': 'import' };
import { ARRAY_OF, type DType, type VoxelArray } from '../../protocol';
import { STORED_TYPES, bytesOf, collectorOf, isDType, type StoredType } from '../../volume';
import { corrupt, unsupported } from '../format';
import { MOST_FRAMES } from '../times';
import type { Dimension } from './multiscales';
import { nameOf } from '../web';
import { within, type BoundedStore } from './bounds';
import { MAX_CHUNK_BYTES, loadZarrita, storeAt } from './store';

/** A number for each dimension; 1 or 0 for those that an array does not have. */
export type PerDimension = Readonly<Record<Dimension, number>>;

/** Channels that can be shown at most. */
const MOST_CHANNELS = 65_536;

/** Where an array is, for each thread that opens it. */
export interface LevelSource {
  /** The absolute path of a folder, or a URL. */
  readonly location: string;
  /** Of the array, in there. */
  readonly path: string;
  /** What each axis of the array is. */
  readonly axes: readonly Dimension[];
}

/** How voxels are divided into chunks. */
export interface Grid {
  readonly sizes: PerDimension;
  /** Voxels of a chunk; one at the border is as large, and what it has beyond means nothing. */
  readonly chunk: PerDimension;
}

/** One array whose axes are known. */
export interface Level extends Grid {
  readonly source: LevelSource;
  /** Of its chunks when they are read: 64-bit integers are floats then, because no chunk knows what others hold. */
  readonly dtype: DType;
  /** Whether they are 64-bit integers. */
  readonly isWide: boolean;
  /** @param place of the chunk among the others. */
  readonly read: (place: PerDimension) => Promise<LevelChunk>;
}

export interface LevelChunk {
  readonly data: VoxelArray;
  /** From one voxel to the next along each dimension. */
  readonly stride: PerDimension;
}

/** By dimension what is given by axis. */
export function byDimension(
  axes: readonly Dimension[],
  values: readonly number[],
  otherwise: number,
): Record<Dimension, number> {
  const found = { x: otherwise, y: otherwise, z: otherwise, channel: otherwise, frame: otherwise };
  for (const [at, axis] of axes.entries()) found[axis] = values[at] as number;
  return found;
}

/**
 * Open one array of an image, whose axes are known.
 * @throws what zarrita does (`zarrError` makes an error of this library of it), and what `levelOf` does.
 */
export async function openLevel({ location, path, axes }: LevelSource): Promise<Level> {
  const zarr = await loadZarrita();
  const root = zarr.root(await storeAt(location));
  return levelOf(
    await zarr.open(/^\/?$/.test(path) ? root : within(root, path, location), { kind: 'array' }),
    axes,
    location,
  );
}

/**
 * An array as a level of an image.
 * @throws SlicescopeError `unsupported-format`, `file-corrupt`.
 */
export function levelOf(array: ZarrArray<DataType, BoundedStore>, axes: readonly Dimension[], location: string): Level {
  const path = nameOf(location);
  const { shape, chunks } = array;
  const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 1;
  if (shape.length !== axes.length || chunks.length !== axes.length) {
    throw corrupt(path, `its array has ${String(shape.length)} axes, but ${String(axes.length)} are named`);
  }
  if (![...shape, ...chunks].every(isSize)) {
    throw corrupt(path, `its array is ${shape.join(' × ')} in chunks of ${chunks.join(' × ')}`);
  }
  const type = array.dtype === 'bool' ? 'uint8' : STORED_TYPES.find((known) => known === array.dtype);
  if (type === undefined) {
    throw unsupported(path, `values of ${array.dtype}; what can be shown is bool, ${STORED_TYPES.join(', ')}`);
  }
  const isWide = type === 'int64' || type === 'uint64';
  checkFill(array.fillValue, isWide, path);
  const dtype = isDType(type) ? type : isWide ? 'float64' : 'float32';
  const elements = chunks.reduce((product, each) => product * each, 1);
  const bytes = elements * Math.max(bytesOf(type), ARRAY_OF[dtype].BYTES_PER_ELEMENT);
  if (bytes > MAX_CHUNK_BYTES) {
    const most = `${String(MAX_CHUNK_BYTES / 2 ** 20)} MB`;
    throw unsupported(
      path,
      `chunks of ${String(Math.round(bytes / 2 ** 20))} MB; at most ${most} can be read at a time`,
    );
  }
  const sizes = byDimension(axes, shape, 1);
  if (sizes.channel > MOST_CHANNELS || sizes.frame > MOST_FRAMES) {
    const what = `${String(sizes.channel)} channels and ${String(sizes.frame)} frames`;
    throw unsupported(path, `it has ${what}; at most ${String(MOST_CHANNELS)} and ${String(MOST_FRAMES)} can be shown`);
  }
  array.store.limits.setChunk(array.path, bytes);
  const read = async (place: PerDimension): Promise<LevelChunk> => {
    const at = axes.map((axis) => place[axis]);
    const { data: chunk, stride } = await array.getChunk(at);
    // Of a type that was opened: zarrita has arrays of others too, such as text.
    const { buffer, byteOffset, length } = chunk as VoxelArray;
    if (length !== elements) {
      throw corrupt(path, `a chunk has ${String(length)} values, expected ${String(elements)}`);
    }
    const refuse = (what: string): Error => unsupported(path, `in the chunk ${at.join(', ')} ${what}`);
    const data = isDType(type)
      ? new ARRAY_OF[type](buffer, byteOffset, length)
      : converted(chunk as VoxelArray, type, refuse);
    return { data, stride: byDimension(axes, stride, 0) };
  };
  const source = { location, path: array.path.replace(/^\//, ''), axes };
  return { source, sizes, chunk: byDimension(axes, chunks, 1), dtype, isWide, read };
}

/** What stands for chunks that were never written. @throws SlicescopeError `unsupported-format` where it would be another value. */
function checkFill(value: unknown, isWide: boolean, path: string): void {
  const isLost = isWide && Math.abs(Number(value ?? 0)) >= 2 ** 53;
  if (!isLost && typeof value !== 'string') return;
  const what = isLost ? 'beyond ±2⁵³, which no dtype holds' : `${JSON.stringify(value)}, which is no number`;
  throw unsupported(path, `its fill value (fill_value) is ${what}; set another one`);
}

/** The values of a chunk that no dtype stands for, all chunks in one dtype. */
function converted(chunk: VoxelArray, type: Exclude<StoredType, DType>, refuse: (what: string) => Error): VoxelArray {
  const collector = collectorOf(type, (each) => new ARRAY_OF[each](chunk.length), refuse);
  collector.put(chunk, 0);
  const values = collector.values();
  return values instanceof Float32Array || values instanceof Float64Array ? values : Float64Array.from(values);
}

/** Chunks along one dimension. */
export function chunksAlong({ sizes, chunk }: Grid, dimension: Dimension): number {
  return Math.ceil(sizes[dimension] / chunk[dimension]);
}
