import { realValue, type Rescale } from '../../protocol';
import { labelIndex, type LayerLook, type Palette } from '../../shading';
import type { Tile } from '../slice-cache';

interface Known {
  readonly rescale: Rescale | null;
  readonly palette: Palette | null;
  readonly places: Tile;
}

const known = new WeakMap<Tile, Known>();

/**
 * A tile of labels as places in a table of colours, for labels that a shader can't look up itself: those with colours of their own, of
 * any values, and those whose stored values are not the real ones, which floats in a shader can't hold. A tile has one.
 */
export function labelTile(tile: Tile, { rescale, palette }: Pick<LayerLook, 'rescale' | 'palette'>): Tile {
  const before = known.get(tile);
  const isSame = before?.rescale?.slope === rescale?.slope && before?.rescale?.intercept === rescale?.intercept;
  if (before !== undefined && isSame && before.palette === palette) return before.places;
  const placeOf = (value: number): number => (palette === null ? labelIndex(value) : palette.indexOf(value));
  const data = palette === null ? new Uint8Array(tile.data.length) : new Uint16Array(tile.data.length);
  for (let at = 0; at < data.length; at++) data[at] = placeOf(realValue(tile.data[at] as number, rescale));
  const places: Tile = { ...tile, data, dtype: palette === null ? 'uint8' : 'uint16' };
  known.set(tile, { rescale, palette, places });
  return places;
}
