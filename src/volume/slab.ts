import {
  ARRAY_OF,
  PLANE_AXES,
  type DType,
  type Projection,
  type Shape,
  type TileRect,
  type VoxelArray,
} from '../protocol';
import type { BlockSource } from './blocks';
import { integerWords, type IntegerWords } from './integer-words';
import { BAND_BYTES, keep } from './keeping';
import { copyTile, type TileOfSlice } from './slicing';

/** Several neighbouring slices, seen through at once. */
export interface Slab {
  /** How many slices, from 1 on; those beyond the volume are left out. */
  readonly slab: number;
  readonly projection: Projection;
}

/** The slices of a slab around `index`: from `first` to `end` − 1. */
export function slabSlices(index: number, slab: number, count: number): [first: number, end: number] {
  const first = index - Math.floor((slab - 1) / 2);
  return [Math.max(0, first), Math.min(count, first + slab)];
}

/** What slabs are cut from in memory. */
export interface Voxels {
  readonly data: VoxelArray;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly components: number;
}

/**
 * Project a tile of a slab's slices into `target`, which is exactly as large. Nothing is checked here.
 * @param tile of the slice in the slab's middle.
 */
export function copySlab(
  { data, dtype, shape, components }: Voxels,
  tile: TileOfSlice,
  { slab, projection }: Slab,
  target: VoxelArray,
  blocks: BlockSource | null,
): void {
  const [first, end] = slabSlices(tile.index, slab, shape[PLANE_AXES[tile.plane][2]]);
  for (const { rect, from } of bands(tile.rect, components * data.BYTES_PER_ELEMENT)) {
    const band = target.subarray(from * components, (from + rect.width * rect.height) * components);
    const { slice, add, finish } = projecting(projection, dtype, band);
    for (let index = first; index < end; index++) {
      copyTile(data, shape, components, { ...tile, index, rect }, slice, blocks);
      add();
    }
    finish();
  }
}

/** Slices that are projected one after the other: each is put into `slice`, and added. */
export interface Projecting {
  /** Of the slices' dtype, and as long as the target. */
  readonly slice: VoxelArray;
  readonly add: () => void;
  /** Put the projection into the target. */
  readonly finish: () => void;
}

/**
 * Project slices into `target`. NaN counts only where there is nothing else; of colours each component is by itself.
 * @param dtype of the slices.
 * @param target of the same dtype, into which a mean is rounded, or of float32 for a mean.
 */
export function projecting(projection: Projection, dtype: DType, target: VoxelArray): Projecting {
  const slice = new ARRAY_OF[dtype](target.length);
  return projection === 'mean' ? averaging(slice, dtype, target) : choosing(slice, dtype, target, projection === 'max');
}

function averaging(slice: VoxelArray, dtype: DType, target: VoxelArray): Projecting {
  const sums = new Float64Array(target.length);
  const integers = integerWords(slice, dtype);
  const counts = integers === null ? new Uint32Array(target.length) : null;
  let slices = 0;
  const add = (): void => {
    slices += 1;
    if (counts === null) addIntegers(sums, integers as IntegerWords);
    else addFloats(sums, counts, slice as Float32Array | Float64Array);
  };
  const finish = (): void => {
    const sign = integers?.sign ?? 0;
    const half = target instanceof Float32Array ? 0 : 0.5;
    for (let i = 0; i < sums.length; i++) target[i] = (sums[i] as number) / (counts?.[i] ?? slices) - sign + half;
  };
  return { slice, add, finish };
}

function choosing(slice: VoxelArray, dtype: DType, target: VoxelArray, isMax: boolean): Projecting {
  let isFirst = true;
  const add = (): void => {
    if (isFirst) target.set(slice);
    else keep(target, slice, dtype, isMax);
    isFirst = false;
  };
  return { slice, add, finish: () => undefined };
}

/** A tile in bands of pixels that lie together in it, each so small that its slices are projected within the first cache. */
function* bands(tile: TileRect, pixelBytes: number): Generator<{ readonly rect: TileRect; readonly from: number }> {
  const pixels = Math.max(1, Math.floor(BAND_BYTES / pixelBytes));
  const width = Math.min(tile.width, pixels);
  const height = Math.floor(pixels / width);
  for (let row = 0; row < tile.height; row += height) {
    for (let column = 0; column < tile.width; column += width) {
      const rect = {
        x: tile.x + column,
        y: tile.y + row,
        width: Math.min(width, tile.width - column),
        height: Math.min(height, tile.height - row),
      };
      yield { rect, from: row * tile.width + column };
    }
  }
}

/** Adds the words themselves: their sign is taken off the mean. */
function addIntegers(sums: Float64Array, { words, sign }: IntegerWords): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (((words[i] as number) ^ sign) >>> 0);
}

function addFloats(sums: Float64Array, counts: Uint32Array, values: Float32Array | Float64Array): void {
  for (let i = 0; i < sums.length; i++) {
    const value = values[i] as number;
    if (value !== value) continue; // NaN
    sums[i] = (sums[i] as number) + value;
    counts[i] = (counts[i] as number) + 1;
  }
}
