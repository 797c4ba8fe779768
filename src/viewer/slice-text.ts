import { SlicescopeError, realValue, type Orientation } from '../protocol';
import type { LayerSlice, Slice } from './slice-cache';
import { text } from './text';

/** The most voxels that are made a text of: more than a spreadsheet takes, and some megabytes. */
export const MAX_TEXT_VOXELS: number = 2 ** 20;

/**
 * The values of a slice's first volume, exact, as they lie on the screen: a line for each row, with tabs between the
 * columns. The values of RGB and RGBA are separated by commas.
 * @throws SlicescopeError `limit-exceeded` for more than `MAX_TEXT_VOXELS`; `invalid-argument` where not all of its
 * voxels are here.
 */
export function sliceText(slice: Slice, { transpose, flipX, flipY }: Orientation): string {
  const [layer] = slice.layers;
  if (layer === undefined)
    throw new SlicescopeError('invalid-argument', text('No volume is shown.'), { argument: 'slice' });
  const { width, height } = layer;
  if (width * height > MAX_TEXT_VOXELS) {
    const sentence = text(
      'The slice has %1 × %2 values; at most %3 can be copied. In the notebook, volume.slice(plane, index) has them all.',
      width,
      height,
      MAX_TEXT_VOXELS,
    );
    throw new SlicescopeError('limit-exceeded', sentence, { limit: 'MAX_TEXT_VOXELS', value: MAX_TEXT_VOXELS });
  }
  const valueAt = reader(layer);
  const [columns, rows] = transpose ? [height, width] : [width, height];
  return Array.from({ length: rows }, (_, y) => {
    const down = flipY ? rows - 1 - y : y;
    return Array.from({ length: columns }, (_, x) => {
      const across = flipX ? columns - 1 - x : x;
      return transpose ? valueAt(down, across) : valueAt(across, down);
    }).join('\t');
  }).join('\n');
}

/** Reads voxels in whichever tile they are, as real values. */
function reader({ width, height, tiles, rescale }: LayerSlice): (column: number, row: number) => string {
  const whole = tiles.filter(({ level, window }) => window === null && level[0] === 0 && level[1] === 0);
  const voxels = whole.reduce((sum, { rect }) => sum + rect.width * rect.height, 0);
  if (voxels < width * height) {
    const sentence = text('Not all values of this slice are here. Show the whole slice, larger, and try again.');
    throw new SlicescopeError('invalid-argument', sentence, { argument: 'slice' });
  }
  return (column, row) => {
    for (const { rect, data, components } of whole) {
      const [x, y] = [column - rect.x, row - rect.y];
      if (x < 0 || y < 0 || x >= rect.width || y >= rect.height) continue;
      const at = components * (y * rect.width + x);
      const values = Array.from(data.subarray(at, at + components), (value) => realValue(value, rescale));
      return values.join(',');
    }
    return '';
  };
}
