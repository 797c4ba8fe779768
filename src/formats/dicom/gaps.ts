/** Where the slices of a series lie along their normal, and what fills the gaps between them. */

/** How much distances between slices may differ: as a share of their mean, and in mm. */
const EVEN_SHARE = 0.01;
/** The most that one distance may be of the other one, and all slices of the measured ones. */
const MOST_RATIO = 8;
export const EVEN_MM = 0.002;
/**
 * How far a rounded position may be from its place among evenly spaced ones, as a share of their
 * distance. Where a slice is missing, the next one is farther off.
 */
const ROUNDED_SHARE = 0.2;
/**
 * So many large gaps in a row are a second distance, if instance numbers don't tell whether slices are
 * missing.
 */
const SURE_RUN = 3;

/**
 * Where the values of a slice come from: from between two slices of the series, `share` of the way.
 * Null if it is missing.
 */
export type Source = { readonly low: number; readonly high: number; readonly share: number } | null;

export interface Grid {
  /** Of the first slice, along the normal, in mm. */
  readonly start: number;
  /** From one slice to the next, in mm. */
  readonly distance: number;
  /** One for each slice of the volume. */
  readonly sources: readonly Source[];
  /** Both distances, if the slices of the series have two. Otherwise null. */
  readonly distances: readonly [finer: number, coarser: number] | null;
}

/** What is known of the slices, in the order of their positions. */
export interface SliceRow {
  /** Along the normal, in mm, ascending. */
  readonly at: readonly number[];
  /** How far positions may be off, because they are written with few digits, in mm. */
  readonly rounding: number;
  readonly instanceNumbers: readonly number[];
}

const last = (numbers: readonly number[]): number => numbers.at(-1) ?? NaN;
const gapsOf = (at: readonly number[]): readonly number[] => at.slice(1).map((each, i) => each - (at[i] as number));
const itself = (index: number): Source => ({ low: index, high: index, share: 0 });

/** The distance of slices that are evenly spaced. Null if they are not. */
export function evenDistance({ at, rounding }: SliceRow): number | null {
  const mean = (last(at) - (at[0] as number)) / (at.length - 1);
  const gaps = gapsOf(at);
  const least = gaps.reduce((most, gap) => Math.min(most, gap), Infinity);
  const isAlike = gaps.every((gap) => gap - least <= Math.max(EVEN_MM, EVEN_SHARE * mean));
  // A rounded position is off by at most half of its last digit, which does not add up along the stack.
  return isAlike ||
    isOnLine(
      at,
      at.map((_, i) => i),
      mean,
      Math.min(ROUNDED_SHARE * mean, rounding),
    )
    ? mean
    : null;
}

function isOnLine(at: readonly number[], steps: readonly number[], distance: number, tolerance: number): boolean {
  const [first] = at as [number];
  return at.every((each, i) => Math.abs(each - (first + distance * (steps[i] as number))) <= tolerance);
}

/**
 * A grid for slices that are evenly spaced, have gaps where slices are missing, or have two distances.
 * Null for others.
 */
export function gridOf(row: SliceRow): Grid | null {
  const [start] = row.at as [number];
  const distance = evenDistance(row);
  if (distance !== null) return { start, distance, sources: row.at.map((_, i) => itself(i)), distances: null };
  return withMissing(row) ?? withTwoDistances(row);
}

/** A grid with room for missing slices: each gap is a multiple of one distance. */
function withMissing(row: SliceRow): Grid | null {
  const { at, rounding } = row;
  const gaps = gapsOf(at);
  const least = gaps.reduce((most, gap) => Math.min(most, gap), Infinity);
  const near = gaps.filter((gap) => gap < 1.5 * least);
  const guess = near.reduce((sum, gap) => sum + gap, 0) / near.length;
  const multiples = gaps.map((gap) => Math.round(gap / guess));
  const steps = [0];
  for (const multiple of multiples) steps.push(last(steps) + multiple);
  const [start] = at as [number];
  const distance = (last(at) - start) / last(steps);
  const tolerance = Math.max(EVEN_MM, EVEN_SHARE * distance, Math.min(ROUNDED_SHARE * distance, rounding));
  const slices = last(steps) + 1;
  // If more slices are missing than are there, something else is wrong.
  if (!isOnLine(at, steps, distance, tolerance) || slices > 2 * at.length) return null;
  if (!isOfMissing(row, multiples)) return null;
  const sources: Source[] = Array.from({ length: slices }, () => null);
  for (const [i, step] of steps.entries()) sources[step] = itself(i);
  return { start, distance, sources, distances: null };
}

/**
 * Whether slices are missing where a gap is a whole multiple of the distance. Otherwise it is a second
 * distance.
 */
function isOfMissing({ instanceNumbers }: SliceRow, multiples: readonly number[]): boolean {
  const steps = gapsOf(instanceNumbers).map(Math.abs);
  const unit = steps[multiples.indexOf(1)] ?? 1;
  const isCounted = unit > 0 && multiples.every((multiple, i) => multiple > 1 || steps[i] === unit);
  if (isCounted && multiples.every((multiple, i) => steps[i] === multiple * unit)) return true;
  if (new Set(multiples).size > 2) return true;
  const isNumberedOn = isCounted && steps.every((step) => step === unit);
  return longestRun(multiples.map((multiple) => multiple > 1)) < (isNumberedOn ? 2 : SURE_RUN);
}

/** The length of the longest run of true. */
function longestRun(flags: readonly boolean[]): number {
  return runsOf(flags).reduce((longest, { length }) => Math.max(longest, length), 0);
}

function runsOf(flags: readonly boolean[]): readonly { readonly from: number; readonly length: number }[] {
  const runs: { from: number; length: number }[] = [];
  for (const [i, flag] of flags.entries()) {
    if (!flag) continue;
    const run = runs.at(-1);
    if (run !== undefined && run.from + run.length === i) run.length += 1;
    else runs.push({ from: i, length: 1 });
  }
  return runs;
}

/**
 * A grid for slices with two distances. It has the smaller one, and keeps the longest run of finer
 * slices as it is.
 */
function withTwoDistances({ at, rounding }: SliceRow): Grid | null {
  const gaps = gapsOf(at);
  const least = gaps.reduce((most, gap) => Math.min(most, gap), Infinity);
  const most = gaps.reduce((greatest, gap) => Math.max(greatest, gap), 0);
  const tolerance = Math.max(EVEN_MM, EVEN_SHARE * least, Math.min(ROUNDED_SHARE * least, rounding));
  const isFine = gaps.map((gap) => gap - least <= tolerance);
  const isCoarse = gaps.map((gap) => most - gap <= tolerance);
  if (gaps.some((_, i) => isFine[i] !== true && isCoarse[i] !== true)) return null;
  // A single gap of two distances or more is not a second distance: nothing was measured there.
  if (longestRun(isCoarse) < 2 && most >= 2 * least - tolerance) return null;
  const [run] = [...runsOf(isFine)].sort((one, other) => other.length - one.length);
  if (run === undefined) return null;
  const anchor = at[run.from] as number;
  const distance = ((at[run.from + run.length] as number) - anchor) / run.length;
  // The volume ends less than half a slice from where the series does.
  const stepsIn = (length: number): number => Math.ceil(length / distance - 0.5);
  const before = stepsIn(anchor - (at[0] as number));
  const slices = before + stepsIn(last(at) - anchor) + 1;
  if (most > MOST_RATIO * least || slices > MOST_RATIO * at.length) return null; // Too little of it was measured.
  const start = anchor - before * distance;
  let low = 0;
  const sources = Array.from({ length: slices }, (_, z): Source => {
    const place = start + z * distance;
    while (low < at.length - 2 && place > (at[low + 1] as number)) low += 1;
    const share = (place - (at[low] as number)) / (gaps[low] as number);
    // The volume may end up to half a distance beyond the first or the last slice, which then counts.
    const near = tolerance / (gaps[low] as number);
    if (share <= near) return itself(low);
    return share >= 1 - near ? itself(low + 1) : { low, high: low + 1, share };
  });
  const coarse = gaps.filter((_, i) => isCoarse[i]);
  return { start, distance, sources, distances: [distance, coarse.reduce((sum, gap) => sum + gap, 0) / coarse.length] };
}
