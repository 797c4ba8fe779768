import { HISTOGRAM_PERCENTS, type DType, type Histogram, type Window } from '../../protocol';
import { isWhole } from '../../shading';
import { windowAround } from '../window-drag';

/** The percentiles between which the automatic window is. */
export const AUTO_PERCENTS: readonly [number, number] = [0.5, 99.5];

function rounded([low, high]: Window, dtype: DType): Window {
  return isWhole(dtype) ? [Math.floor(low), Math.ceil(high)] : [low, high];
}

/** The window between two ends that may be one: as `show` makes it of a volume. */
function spanning(inner: Window, range: Window, dtype: DType): Window {
  const [low, high] = rounded(inner, dtype);
  if (low < high) return [low, high];
  if (range[0] < range[1]) return rounded(range, dtype);
  return isWhole(dtype) ? [range[0], range[0] + 1] : [range[0], range[0] + Math.max(1, Math.abs(range[0]) * 2 ** -16)];
}

/** The value that `percent` of ascending values lie below, interpolated between neighbours. */
export function percentile(ascending: Float64Array, percent: number): number {
  const position = (percent / 100) * (ascending.length - 1);
  const rank = Math.floor(position);
  const [low, high] = [ascending[rank] as number, ascending[Math.min(ascending.length - 1, rank + 1)] as number];
  return low + (high - low) * (position - rank);
}

/** The window that leaves out half a percent of the values at either end; null if there are none. */
export function windowOfValues(values: Float64Array, dtype: DType): Window | null {
  if (values.length === 0) return null;
  const ascending = values.slice().sort();
  const [low, high] = AUTO_PERCENTS.map((percent) => percentile(ascending, percent)) as [number, number];
  return spanning([low, high], [ascending[0] as number, ascending.at(-1) as number], dtype);
}

/** The same of the percentiles that come with a volume's histogram. */
export function windowOfHistogram({ range, percentiles }: Histogram, dtype: DType): Window | null {
  if (range === null) return null;
  const [low, high] = AUTO_PERCENTS.map(
    (percent) => percentiles[HISTOGRAM_PERCENTS.findIndex((each) => each === percent)],
  );
  return spanning([low ?? range[0], high ?? range[1]], range, dtype);
}

/** A window that was typed, as the dtype can have it; null if its ends are not two numbers, low < high. */
export function typedWindow(low: number, high: number, dtype: DType): Window | null {
  if (!Number.isFinite(low) || !Number.isFinite(high) || !(low < high)) return null;
  if (isWhole(dtype) && Number.isInteger(low) && Number.isInteger(high)) return [low, high];
  return isWhole(dtype) ? windowAround((low + high) / 2, high - low, dtype) : [low, high];
}
