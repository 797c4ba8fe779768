import { isPadding, realValue, type Padding, type VoxelArray } from '../../protocol';
import type { LayerSlice, Slice, Tile } from '../slice-cache';

/** Of more values than this an even sample is looked at: enough for percentiles and bars. */
const SAMPLE = 262_144;

/** The part of a slice that is of this volume. */
export function layerOf(slice: Slice | null, layer: number): LayerSlice | null {
  return slice?.layers.find((each) => each.layer === layer) ?? null;
}

/** The tile that has all of the slice, in its own values; null where only a preview is here. */
export function overviewOf(layer: LayerSlice): Tile | null {
  return (
    layer.tiles.find(({ window, rect, level }) => {
      const [columns, rows] = [Math.ceil(layer.width / 2 ** level[0]), Math.ceil(layer.height / 2 ** level[1])];
      return window === null && rect.width === columns && rect.height === rows;
    }) ?? null
  );
}

/** The finite values of a slice that are not in `padding`, as they are stored, or an even sample of them; in no order. */
export function sampleOf(data: VoxelArray, padding: Padding | null = null): Float64Array {
  const stride = Math.max(1, Math.ceil(data.length / SAMPLE));
  // A stride that divides the rows' length would see some columns only.
  const step = stride === 1 ? 1 : stride | 1;
  const values = new Float64Array(Math.ceil(data.length / step));
  let count = 0;
  for (let at = 0; at < data.length; at += step) {
    const value = data[at] as number;
    if (Number.isFinite(value) && !isPadding(value, padding)) values[count++] = value;
  }
  return values.subarray(0, count);
}

/** The real values of a sample. */
export function realSample(values: Float64Array, { rescale }: Pick<LayerSlice, 'rescale'>): Float64Array {
  return rescale === null ? values : values.map((value) => realValue(value, rescale));
}
