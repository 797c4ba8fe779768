import { MAX_BINS, areWhole, type Histogram, type ValueKind } from '../../protocol';
import { barsFor, countBars, realBars } from '../../shading';

/** A histogram as it is drawn: bars as wide as each other, from `edges[0]` to `edges[1]`. */
export type Counted = Pick<Histogram, 'edges' | 'counts'>;

/** How often which real values are there, of stored ones; null without a value. */
export function histogramOf(values: Float64Array, { dtype, rescale }: ValueKind): Counted | null {
  if (values.length === 0) return null;
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const bars = barsFor([least, most], MAX_BINS, areWhole({ dtype, rescale: null }));
  const counts = new Uint32Array(bars.count);
  countBars(counts, values, bars);
  return realBars({ edges: bars.edges, counts: [...counts] }, rescale);
}

/** Heights of the bars, from 0 to 1: by the logarithm of their counts, so that the few are seen beside the many. */
export function barHeights(counts: readonly number[]): number[] {
  const most = Math.log1p(Math.max(1, ...counts));
  return counts.map((count) => Math.log1p(count) / most);
}

/** What the histogram's axis reaches over: all of its bars, and the window unless it is far beyond them. */
export function axisOf({ edges }: Counted, [low, high]: readonly [number, number]): [number, number] {
  const span = edges[1] - edges[0];
  const clamp = (end: number): number => Math.max(edges[0] - span / 2, Math.min(edges[1] + span / 2, end));
  const margin = span / 50;
  return [Math.min(edges[0], clamp(low)) - margin, Math.max(edges[1], clamp(high)) + margin];
}
