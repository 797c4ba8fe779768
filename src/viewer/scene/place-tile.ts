import type { Orientation } from '../../protocol';
import type { LayerSlice, Tile } from '../slice-cache';

/** Where the slice's picture lies on the canvas, in pixels from its top left. */
export interface Placed {
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

/** A tile's part of a picture. */
export interface PlacedTile {
  /** Left, top, right and bottom on the canvas, in pixels from its top left. */
  readonly box: [number, number, number, number];
  /**
   * Along the picture's x and y: the canvas pixel at which the tile's own pixels begin, and how many of them, towards
   * the right or the bottom, a canvas pixel takes.
   */
  readonly edge: [x: number, y: number];
  readonly slope: [x: number, y: number];
}

/** Where a tile lies on the canvas. */
export function placeTile(
  { rect, level }: Tile,
  slice: Pick<LayerSlice, 'width' | 'height'>,
  { orientation, left, top, width, height }: Placed,
): PlacedTile {
  const columns = share(rect.x, rect.width, level[0], slice.width);
  const rows = share(rect.y, rect.height, level[1], slice.height);
  const { transpose, flipX, flipY } = orientation;
  const across = flipped(transpose ? rows : columns, flipX);
  const down = flipped(transpose ? columns : rows, flipY);
  const box = [left + across[0] * width, top + down[0] * height, left + across[1] * width, top + down[1] * height];
  const pixels = [slice.width / 2 ** level[0], slice.height / 2 ** level[1]] as const;
  const [wide, high] = transpose ? [pixels[1], pixels[0]] : pixels;
  return {
    box: box as [number, number, number, number],
    edge: [box[flipX ? 2 : 0] as number, box[flipY ? 3 : 1] as number],
    slope: [(flipX ? -wide : wide) / width, (flipY ? -high : high) / height],
  };
}
