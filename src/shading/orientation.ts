import type { Edges, Orientation } from '../protocol';

/**
 * `orientation` followed by quarter turns clockwise. A quarter turn clockwise is a transposition followed
 * by a horizontal flip, and a transposition exchanges the flips that come before it.
 */
export function rotated(orientation: Orientation, quarterTurns: number): Orientation {
  let { transpose, flipX, flipY } = orientation;
  for (let turn = 0; turn < quarterTurns; turn++) {
    [transpose, flipX, flipY] = [!transpose, !flipY, flipX];
  }
  return { transpose, flipX, flipY };
}

/** The letters at the edges after quarter turns clockwise: what was on the left comes to the top. */
export function rotatedEdges(edges: Edges, quarterTurns: number): Edges {
  let { left, right, top, bottom } = edges;
  for (let turn = 0; turn < quarterTurns; turn++) {
    [top, right, bottom, left] = [left, top, right, bottom];
  }
  return { left, right, top, bottom };
}

/** A slice's size, in pixels, and the distance between its columns and its rows. */
export interface SliceGrid {
  readonly width: number;
  readonly height: number;
  readonly spacing: readonly [columns: number, rows: number];
}

/**
 * The size of a slice's picture at scale 1, in pixels: drawn to scale, so that the smaller of its two
 * spacings takes one pixel.
 */
export function pictureSize(grid: SliceGrid, orientation: Orientation): { width: number; height: number } {
  const [columns, rows] = grid.spacing;
  const pixel = Math.min(columns, rows);
  const width = Math.max(1, Math.round((grid.width * columns) / pixel));
  const height = Math.max(1, Math.round((grid.height * rows) / pixel));
  return orientation.transpose ? { width: height, height: width } : { width, height };
}

/**
 * Added to a position, in voxels, before it is rounded down to a voxel's index: where a pixel's middle lies
 * on the border of two voxels, the shader's 32-bit floats and the export's 64-bit ones then choose the same.
 */
export const BORDER_BIAS: number = 1 / 1024;
