/** Units of time: seconds of one, and the names that files have for it. */
const UNITS: readonly (readonly [seconds: number, names: readonly string[]])[] = [
  [1e-9, ['ns', 'nsec', 'nanosecond', 'nanoseconds']],
  [1e-6, ['µs', 'μs', 'us', 'usec', 'microsecond', 'microseconds']],
  [1e-3, ['ms', 'msec', 'millisecond', 'milliseconds']],
  [1, ['s', 'sec', 'second', 'seconds']],
  [60, ['min', 'minute', 'minutes']],
  [3600, ['h', 'hr', 'hour', 'hours']],
  [86_400, ['d', 'day', 'days']],
];

const SECONDS = new Map(UNITS.flatMap(([seconds, names]) => names.map((name) => [name, seconds] as const)));

/** Seconds of one of a unit, by the name that a file has for it; null if it is no unit of time. */
export function secondsIn(unit: string): number | null {
  return SECONDS.get(unit.trim()) ?? SECONDS.get(unit.trim().toLowerCase()) ?? null;
}

/** A number as it was meant: without what its arithmetic added behind the twelfth digit. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** Frames that are given times at most: a header may say any number of them before it is found to be wrong. */
export const MOST_FRAMES = 1_000_000;

/**
 * When evenly spaced frames were taken.
 * @param step between frames, in seconds.
 * @returns null where there is one frame only, or more than a million, or the step is none.
 */
export function evenTimes(frames: number, step: number, start = 0): readonly number[] | null {
  if (frames === 1 || frames > MOST_FRAMES || !Number.isFinite(step) || step <= 0) return null;
  const first = Number.isFinite(start) ? start : 0;
  return Array.from({ length: frames }, (_, frame) => tidy(first + frame * step));
}
