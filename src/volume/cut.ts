import type { DType, Plane, Projection, VoxelArray } from '../protocol';

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
