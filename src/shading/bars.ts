import {
  MAX_BINS,
  isPadding,
  isReversed,
  realRange,
  type Padding,
  type Rescale,
  type VoxelArray,
  type Window,
} from '../protocol';

/** How a histogram's bars lie: `count` of one width, the first from `edges[0]` on, the last up to `edges[1]`. */
export interface Bars {
  readonly edges: Window;
  readonly count: number;
}

/**
 * The bars for values in a range, as many as are asked for at most. Of whole numbers each bar has equally many, so that
 * no bar is higher than its neighbour for having one number more; the edges lie halfway between numbers.
 * @param range the least and the greatest value, finite.
 */
export function barsFor([min, max]: readonly [number, number], bins: number, isWhole: boolean): Bars {
  const most = Math.max(1, Math.min(MAX_BINS, bins));
  if (isWhole) {
    const numbers = max - min + 1;
    const width = Math.ceil(numbers / most);
    const count = Math.ceil(numbers / width);
    return { edges: [min - 0.5, min - 0.5 + count * width], count };
  }
  if (min < max) return { edges: [min, max], count: most };
  const step = Math.max(0.5, Math.abs(min) * 2 ** -20);
  return Number.isFinite(max + step) ? { edges: [min, max + step], count: 1 } : { edges: [min - step, max], count: 1 };
}

/**
 * Count values from element `from` up to below `to` into their bars; NaN, infinities, `padding` and what is beyond the
 * edges are left out.
 * @param counts one for each bar; what is counted is added.
 */
export function countBars(
  counts: Uint32Array,
  values: VoxelArray,
  { edges: [low, high], count }: Bars,
  [from, to]: readonly [number, number] = [0, values.length],
  padding: Padding | null = null,
): void {
  // The distance of two finite numbers may be none.
  const share = Number.isFinite(high - low) ? 1 : 0.5;
  const start = low * share;
  const span = high * share - start;
  const last = count - 1;
  for (let at = from; at < to; at++) {
    const value = values[at] as number;
    if (!(value >= low && value <= high) || isPadding(value, padding)) continue;
    const bar = (((value * share - start) / span) * count) | 0;
    const own = bar < last ? bar : last;
    counts[own] = (counts[own] as number) + 1;
  }
}

/** Bars of stored values as those of the real ones: as many in each, in the other order where the slope is negative. */
export function realBars<C extends { readonly edges: Window; readonly counts: readonly number[] }>(
  counted: C,
  rescale: Rescale | null,
): C {
  const { edges, counts } = counted;
  return {
    ...counted,
    edges: realRange(edges, rescale),
    counts: isReversed(rescale) ? [...counts].reverse() : counts,
  };
}
