import { niceBelow } from './numbers';

/** The longest that such a bar is, of the picture's width. */
export const SCALE_BAR_SHARE = 0.25;

/** A bar that shows how long a length is in a picture. */
export interface ScaleLength {
  /** In the pixels that were asked for. */
  readonly pixels: number;
  /** Such as `5 mm`. */
  readonly text: string;
}

/** Metric lengths that are said in a smaller or a larger unit when their number is unhandy. */
const METRIC = ['nm', 'µm', 'mm', 'm'];

function inUnit(length: number, unit: string): string {
  const named = unit === 'um' || unit === 'μm' ? 'µm' : unit;
  let at = METRIC.indexOf(named);
  if (at < 0) return `${String(length)} ${named}`;
  let number = length;
  while (number < 1 && at > 0) [number, at] = [number * 1000, at - 1];
  while (number >= 1000 && at < METRIC.length - 1) [number, at] = [number / 1000, at + 1];
  const isCentimetres = METRIC[at] === 'mm' && number >= 10;
  const [shown, name] = isCentimetres ? [number / 10, 'cm'] : [number, METRIC[at] as string];
  return `${String(Number(shown.toPrecision(3)))} ${name}`;
}

/**
 * The longest of 1, 2, 5 × 10ⁿ units that takes at most `most` pixels, where a unit of the volume takes
 * `pixelsPerUnit`; null where that is no number.
 */
export function scaleLength(pixelsPerUnit: number, unit: string, most: number): ScaleLength | null {
  if (!(pixelsPerUnit > 0) || !Number.isFinite(pixelsPerUnit) || !(most > 0)) return null;
  const length = niceBelow(most / pixelsPerUnit);
  return { pixels: length * pixelsPerUnit, text: inUnit(length, unit) };
}
