import { BORDER_BIAS } from './orientation';

/** Some of the pixels along one axis of a picture. */
export type Span = readonly [from: number, count: number];

/** For a pixel along one axis of a picture, its middle as a share of the slice's axis. */
function middleOf(pixel: number, pixels: number, flip: boolean): number {
  return (flip ? pixels - pixel - 0.5 : pixel + 0.5) / pixels;
}

/** For each pixel of a span, the column or row of the slice that its middle lies in. */
export function nearestAlong(
  pixels: number,
  voxels: number,
  flip: boolean,
  [from, count]: Span = [0, pixels],
): Int32Array {
  const table = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    table[i] = Math.min(voxels - 1, Math.floor(middleOf(from + i, pixels, flip) * voxels + BORDER_BIAS));
  }
  return table;
}

/** For each pixel of a span, the two columns or rows whose middles its own lies between. */
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
export function neighboursAlong(pixels: number, voxels: number, flip: boolean, [from, count]: Span): Neighbours {
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  const share = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const at = middleOf(from + i, pixels, flip) * voxels - 0.5;
    const below = Math.floor(at);
    first[i] = Math.max(0, below);
    second[i] = Math.min(voxels - 1, below + 1);
    share[i] = Math.min(1, Math.max(0, (at - below - BORDER_BIAS) / (1 - 2 * BORDER_BIAS)));
  }
  return { first, second, share };
}
