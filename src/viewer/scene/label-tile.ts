import { realValue, type Rescale } from '../../protocol';
import { labelIndex } from '../../shading';
import type { Tile } from '../slice-cache';

const known = new WeakMap<Tile, { readonly rescale: Rescale; readonly labels: Tile }>();

/**
 * A tile of labels whose stored values are not the real ones, as places among a categorical map's colours: floats in a
 * shader can't hold every real value, and these are labels that have the same colours. A tile has one.
 */
export function labelTile(tile: Tile, rescale: Rescale): Tile {
  const before = known.get(tile);
  if (before?.rescale.slope === rescale.slope && before.rescale.intercept === rescale.intercept) return before.labels;
  const data = Uint8Array.from(tile.data, (value) => labelIndex(realValue(value, rescale)));
  const labels: Tile = { ...tile, data, dtype: 'uint8' };
  known.set(tile, { rescale, labels });
  return labels;
}
