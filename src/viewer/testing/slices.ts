import { ARRAY_OF, PLANE_AXES, type Level, type Plane, type VoxelArray } from '../../protocol';
import type { LayerSlice, Slice, Tile } from '../slice-cache';
import { volumeInfo } from './states';

/** Whole tile of a slice of the test volume, whose values are `value(column, row)` of full resolution. */
export function tileOf(
  plane: Plane,
  value: (column: number, row: number) => number,
  { level = [0, 0], data }: { level?: Level; data?: VoxelArray } = {},
): Tile {
  const [first, second] = PLANE_AXES[plane];
  const { shape } = volumeInfo(1);
  const [width, height] = [Math.ceil(shape[first] / 2 ** level[0]), Math.ceil(shape[second] / 2 ** level[1])];
  const values = new ARRAY_OF.uint16(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = Math.min(shape[first] - 1, column * 2 ** level[0] + Math.floor(2 ** level[0] / 2));
      const y = Math.min(shape[second] - 1, row * 2 ** level[1] + Math.floor(2 ** level[1] / 2));
      values[row * width + column] = value(x, y);
    }
  }
  const rect = { x: 0, y: 0, width, height };
  return { level, rect, data: data ?? values, dtype: 'uint16', components: 1, window: null };
}

/** A slice of the test volume as it is here, with these tiles for each layer from 0 on. */
export function sliceOf(plane: Plane, index: number, ...layers: readonly (readonly Tile[])[]): Slice {
  const { width, height } = volumeInfo(1).planes[plane];
  const parts = layers.map((tiles, layer): LayerSlice => ({
    layer,
    revision: 1,
    rescale: null,
    width,
    height,
    tiles,
  }));
  return { revision: 1, plane, index, frame: 0, width, height, layers: parts, quality: 'exact' };
}
