import {
  ARRAY_OF,
  slabKind,
  type DType,
  type Plane,
  type Projection,
  type TileRect,
  type VoxelArray,
} from '../protocol';
import { checkProjection } from './checks';
import { checkWhole } from './chunked';
import { realValues } from './rescale';
import type { Slab } from './slab';
import { slicesOf } from './slicing';
import type { VolumeProperties } from './volume-properties';

/** One slice of a volume. */
export interface VolumeSlice {
  readonly plane: Plane;
  readonly index: number;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Of `data`: the volume's, unless it has a `rescale` or the slice is the mean of several. */
  readonly dtype: DType;
  readonly components: 1 | 3 | 4;
  /** A copy, row by row: width × height × components real values. */
  readonly data: VoxelArray;
}

/** Which of a volume's 3D volumes. */
export interface Part {
  /** Default 0. */
  readonly frame?: number | undefined;
  /** Default 0. */
  readonly channel?: number | undefined;
}

/** Which slice of a volume, besides its plane and index. */
export interface SliceOptions extends Part {
  /** How many slices around the index are seen through at once, from 1 on. Default 1. */
  readonly slab?: number;
  /** What of them is seen. NaN counts only where there is nothing else. Default `max`. */
  readonly projection?: Projection;
}

/** A slice whose voxels are not there yet. */
export interface EmptySlice {
  /** All of it. */
  readonly rect: TileRect;
  readonly slab: Slab;
  /** Where the stored values are to be put. */
  readonly data: VoxelArray;
  /** The slice, when they are there. */
  readonly filled: () => VolumeSlice;
}

/** @throws SlicescopeError `unknown-plane`, `invalid-argument`; `limit-exceeded` for one that can't be read whole. */
export function emptySlice(
  volume: VolumeProperties,
  plane: Plane,
  index: number,
  { slab = 1, projection = 'max' }: SliceOptions,
  caller: string,
): EmptySlice {
  checkProjection(projection, caller);
  const { width, height } = slicesOf(volume.shape, plane);
  if (volume.chunked) checkWhole({ width, height });
  const { components, rescale } = volume;
  const { dtype } = slabKind(volume, { slab, projection });
  const data = new ARRAY_OF[dtype](width * height * components);
  return {
    rect: { x: 0, y: 0, width, height },
    slab: { slab, projection },
    data,
    filled: () => ({ plane, index, width, height, components, ...realValues(data, { dtype, rescale }) }),
  };
}
