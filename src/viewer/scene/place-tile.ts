import type { Orientation } from '../../protocol';
import type { Slice, Tile } from '../slice-cache';

/** Where the slice's picture lies on the canvas, in pixels from its top left. */
interface Placed {
  readonly orientation: Orientation;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The part of an axis, as a share of it, that a tile's pixels stand for; the last one may stand for less than 2^level. */
function share(start: number, pixels: number, level: number, voxels: number): [number, number] {
  return [(start * 2 ** level) / voxels, Math.min(voxels, (start + pixels) * 2 ** level) / voxels];
}

function flipped([from, to]: [number, number], flip: boolean): [number, number] {
  return flip ? [1 - to, 1 - from] : [from, to];
}

/**
 * Where a tile lies on the canvas, left, top, right and bottom in pixels, and how many of its own pixels that is
 * along its columns and rows.
 */
export function placeTile(
  { rect, level }: Tile,
  slice: Pick<Slice, 'width' | 'height'>,
  { orientation, left, top, width, height }: Placed,
): { box: [number, number, number, number]; extent: [number, number] } {
  const columns = share(rect.x, rect.width, level[0], slice.width);
  const rows = share(rect.y, rect.height, level[1], slice.height);
  const { transpose, flipX, flipY } = orientation;
  const across = flipped(transpose ? rows : columns, flipX);
  const down = flipped(transpose ? columns : rows, flipY);
  return {
    box: [left + across[0] * width, top + down[0] * height, left + across[1] * width, top + down[1] * height],
    extent: [
      ((columns[1] - columns[0]) * slice.width) / 2 ** level[0],
      ((rows[1] - rows[0]) * slice.height) / 2 ** level[1],
    ],
  };
}
