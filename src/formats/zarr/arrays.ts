import type { AsyncReadable } from '@zarrita/storage' with { 'resolution-mode': 'import' };
import type { Array as ZarrArray, DataType } from 'zarrita' with { 'resolution-mode': 'import' };
import { ARRAY_OF, DTYPES, type DType, type VoxelArray } from '../../protocol';
import { corrupt, unsupported } from '../format';
import type { Dimension } from './multiscales';
import { release } from '../release';
import { MAX_CHUNK_BYTES, nameOf } from './store';

/** A number for each dimension; 1 or 0 for those that an array does not have. */
export type PerDimension = Readonly<Record<Dimension, number>>;

/** One array whose axes are known. */
export interface Level {
  readonly sizes: PerDimension;
  /** Voxels of a chunk; one at the border is as large, and what it has beyond means nothing. */
  readonly chunk: PerDimension;
  readonly dtype: DType;
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
 * An array as a level of an image.
 * @throws SlicescopeError `unsupported-format`, `file-corrupt`.
 */
export function levelOf(
  array: ZarrArray<DataType, AsyncReadable>,
  axes: readonly Dimension[],
  location: string,
): Level {
  const path = nameOf(location);
  const { shape, chunks } = array;
  const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 1;
  if (shape.length !== axes.length || chunks.length !== axes.length) {
    throw corrupt(path, `its array has ${String(shape.length)} axes, but ${String(axes.length)} are named`);
  }
  if (![...shape, ...chunks].every(isSize)) {
    throw corrupt(path, `its array is ${shape.join(' × ')} in chunks of ${chunks.join(' × ')}`);
  }
  const dtype = DTYPES.find((known) => known === array.dtype);
  if (dtype === undefined) {
    throw unsupported(path, `values of ${array.dtype}; what can be shown is ${DTYPES.join(', ')}`);
  }
  const elements = chunks.reduce((product, each) => product * each, 1);
  const bytes = elements * ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  if (bytes > MAX_CHUNK_BYTES) {
    const most = `${String(MAX_CHUNK_BYTES / 2 ** 20)} MB`;
    throw unsupported(
      path,
      `chunks of ${String(Math.round(bytes / 2 ** 20))} MB; at most ${most} can be read at a time`,
    );
  }
  const read = async (place: PerDimension): Promise<LevelChunk> => {
    const { data, stride } = await array.getChunk(axes.map((axis) => place[axis]));
    if (!(data instanceof ARRAY_OF[dtype]) || data.length !== elements) {
      throw corrupt(path, `a chunk has ${String((data as VoxelArray).length)} values, expected ${String(elements)}`);
    }
    return { data, stride: byDimension(axes, stride, 0) };
  };
  return { sizes: byDimension(axes, shape, 1), chunk: byDimension(axes, chunks, 1), dtype, read };
}

/** Chunks along one dimension. */
export function chunksAlong({ sizes, chunk }: Pick<Level, 'sizes' | 'chunk'>, dimension: Dimension): number {
  return Math.ceil(sizes[dimension] / chunk[dimension]);
}

/** Move a chunk's voxels to where they lie in an array of all, x fastest, then y, z, channel, frame. */
export function moveChunk(
  { sizes, chunk }: Pick<Level, 'sizes' | 'chunk'>,
  place: PerDimension,
  { data, stride }: LevelChunk,
  all: VoxelArray,
): void {
  const start = (dimension: Dimension): number => place[dimension] * chunk[dimension];
  const count = (dimension: Dimension): number => Math.min(chunk[dimension], sizes[dimension] - start(dimension));
  const [width, x] = [count('x'), start('x')];
  for (let frame = 0; frame < count('frame'); frame++) {
    for (let channel = 0; channel < count('channel'); channel++) {
      for (let z = 0; z < count('z'); z++) {
        for (let y = 0; y < count('y'); y++) {
          const part = (start('frame') + frame) * sizes.channel + start('channel') + channel;
          const to = ((part * sizes.z + start('z') + z) * sizes.y + start('y') + y) * sizes.x + x;
          const from = frame * stride.frame + channel * stride.channel + z * stride.z + y * stride.y;
          if (stride.x === 1) all.set(data.subarray(from, from + width), to);
          else for (let each = 0; each < width; each++) all[to + each] = data[from + each * stride.x] as number;
        }
      }
    }
  }
  release(data);
}
