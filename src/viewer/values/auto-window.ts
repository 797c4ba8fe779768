import { HISTOGRAM_PERCENTS, areWhole, type Histogram, type ValueKind, type Window } from '../../protocol';
import { windowAround } from '../window-drag';

/** The percentiles between which the automatic window is. */
export const AUTO_PERCENTS: readonly [number, number] = [0.5, 99.5];

function rounded([low, high]: Window, kind: ValueKind): Window {
  return areWhole(kind) ? [Math.floor(low), Math.ceil(high)] : [low, high];
}

/** The window between two ends that may be one: as `show` makes it of a volume. */
function spanning(inner: Window, range: Window, kind: ValueKind): Window {
  const [low, high] = rounded(inner, kind);
  if (low < high) return [low, high];
  if (range[0] < range[1]) return rounded(range, kind);
  return areWhole(kind) ? [range[0], range[0] + 1] : [range[0], range[0] + Math.max(1, Math.abs(range[0]) * 2 ** -16)];
}

/** The value that `percent` of ascending values lie below, interpolated between neighbours. */
export function percentile(ascending: Float64Array, percent: number): number {
  const position = (percent / 100) * (ascending.length - 1);
  const rank = Math.floor(position);
  const [low, high] = [ascending[rank] as number, ascending[Math.min(ascending.length - 1, rank + 1)] as number];
  return low + (high - low) * (position - rank);
}

/** The window that leaves out half a percent of the real values at either end; null if there are none. */
export function windowOfValues(values: Float64Array, kind: ValueKind): Window | null {
  if (values.length === 0) return null;
  const ascending = values.slice().sort();
  const [low, high] = AUTO_PERCENTS.map((percent) => percentile(ascending, percent)) as [number, number];
  return spanning([low, high], [ascending[0] as number, ascending.at(-1) as number], kind);
}

/** The same of the percentiles that come with a volume's histogram. */
export function windowOfHistogram({ range, percentiles }: Histogram, kind: ValueKind): Window | null {
  if (range === null) return null;
  const [low, high] = AUTO_PERCENTS.map(
    (percent) => percentiles[HISTOGRAM_PERCENTS.findIndex((each) => each === percent)],
  );
  return spanning([low ?? range[0], high ?? range[1]], range, kind);
}

/** A window that was typed, as the values can have it; null if its ends are not two numbers, low < high. */
export function typedWindow(low: number, high: number, kind: ValueKind): Window | null {
  if (!Number.isFinite(low) || !Number.isFinite(high) || !(low < high)) return null;
  if (areWhole(kind) && Number.isInteger(low) && Number.isInteger(high)) return [low, high];
  return areWhole(kind) ? windowAround((low + high) / 2, high - low, kind) : [low, high];
}
