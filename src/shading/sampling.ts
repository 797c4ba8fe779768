import { BORDER_BIAS } from './orientation';

/** For each pixel along one axis of a picture, its middle as a share of the slice's axis. */
function middleOf(pixel: number, pixels: number, flip: boolean): number {
  return (flip ? pixels - pixel - 0.5 : pixel + 0.5) / pixels;
}

/** For each pixel along one axis of a picture, the column or row of the slice that its middle lies in. */
export function nearestAlong(pixels: number, voxels: number, flip: boolean): Int32Array {
  const table = new Int32Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    table[pixel] = Math.min(voxels - 1, Math.floor(middleOf(pixel, pixels, flip) * voxels + BORDER_BIAS));
  }
  return table;
}

/** For each pixel along one axis of a picture, the two columns or rows whose middles its own lies between. */
export interface Neighbours {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** What the second one counts for, from 0 to 1; the first one counts for the rest. */
  readonly share: Float64Array;
}

/**
 * Neighbours beyond the border are those at the border. A pixel whose middle is within `BORDER_BIAS` voxels of a voxel's
 * middle shows that voxel alone: whether a NaN beside it counts must not hang on the last bit of a position.
 */
export function neighboursAlong(pixels: number, voxels: number, flip: boolean): Neighbours {
  const first = new Int32Array(pixels);
  const second = new Int32Array(pixels);
  const share = new Float64Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = middleOf(pixel, pixels, flip) * voxels - 0.5;
    const below = Math.floor(at);
    first[pixel] = Math.max(0, below);
    second[pixel] = Math.min(voxels - 1, below + 1);
    share[pixel] = Math.min(1, Math.max(0, (at - below - BORDER_BIAS) / (1 - 2 * BORDER_BIAS)));
  }
  return { first, second, share };
}
