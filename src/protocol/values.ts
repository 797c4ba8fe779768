import type { DType, Padding, Rescale, Window } from './types';

/** The least and the greatest finite value of each dtype. */
export const DTYPE_RANGES: { readonly [D in DType]: readonly [least: number, most: number] } = {
  uint8: [0, 0xff],
  int8: [-0x80, 0x7f],
  uint16: [0, 0xffff],
  int16: [-0x8000, 0x7fff],
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  float32: [-3.4028234663852886e38, 3.4028234663852886e38],
  float64: [-Number.MAX_VALUE / 4, Number.MAX_VALUE / 4],
};

/** The integer dtypes, the smaller ones first. */
const INTEGERS = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32'] as const;

/** What decides which values there can be: how they are stored, and what of them is the real one. */
export interface ValueKind {
  readonly dtype: DType;
  readonly rescale: Rescale | null;
}

/** The real value of a stored one: rounded to 64 bits after the product and after the sum, as NumPy does it. */
export function realValue(stored: number, rescale: Rescale | null): number {
  return rescale === null ? stored : stored * rescale.slope + rescale.intercept;
}

/** The real values of the ends of a range, ascending again where a negative slope turns them round. */
export function realRange([least, most]: readonly [number, number], rescale: Rescale | null): [number, number] {
  const ends: [number, number] = [realValue(least, rescale), realValue(most, rescale)];
  return isReversed(rescale) ? [ends[1], ends[0]] : ends;
}

/** Whether the order of real values is the reverse of that of the stored ones. */
export function isReversed(rescale: Rescale | null): boolean {
  return rescale !== null && rescale.slope < 0;
}

/** Of a sum and a quotient, what rounding may have added or taken away, as a share of what went into them. */
const ROUNDING = 2 ** -50;

/** The stored value, not always whole, that stands for a real one. */
function storedValue(real: number, { slope, intercept }: Rescale): number {
  const stored = (real - intercept) / slope;
  // What was a whole number or another 32-bit float but for rounding is one again: a shader computes with these, and
  // values that lie half-way between two colours then take the same one everywhere.
  const single = Math.fround(stored);
  const noise = (ROUNDING * (Math.abs(real) + Math.abs(intercept))) / Math.abs(slope);
  return Math.abs(single - stored) <= noise ? single : stored;
}

/**
 * The stored values that stand for the ends of a window of real ones. Where the slope is negative, the first is the
 * greater one. Pictures are made by it: what is between is the same affine map.
 */
export function storedWindow([low, high]: Window, rescale: Rescale | null): Window {
  if (rescale === null) return [low, high];
  return [storedValue(low, rescale), storedValue(high, rescale)];
}

/** Of a stored integer, what rounding may have made of it. */
const NEARLY = 2 ** -10;

/** The stored values, from the first to the last, that stand for nothing; null where there are none. */
export function storedPadding(padding: Padding | null, { dtype, rescale }: ValueKind): Padding | null {
  if (padding === null) return null;
  const [one, other] = storedWindow(padding, rescale);
  const [first, last] = isReversed(rescale) ? [other, one] : [one, other];
  if (dtype === 'float64') return [first, last];
  if (dtype === 'float32') return [Math.fround(first), Math.fround(last)];
  return [Math.ceil(first - NEARLY), Math.floor(last + NEARLY)];
}

/** Whether a stored value stands for nothing. */
export function isPadding(stored: number, padding: Padding | null): boolean {
  return padding !== null && stored >= padding[0] && stored <= padding[1];
}

/** The least and the greatest real value that there can be. */
export function valueRange({ dtype, rescale }: ValueKind): readonly [least: number, most: number] {
  return realRange(DTYPE_RANGES[dtype], rescale);
}

/** Whether all real values are whole numbers. */
export function areWhole({ dtype, rescale }: ValueKind): boolean {
  if (dtype.startsWith('float')) return false;
  return rescale === null || (Number.isInteger(rescale.slope) && Number.isInteger(rescale.intercept));
}

/** The smallest dtype that holds every real value there can be; `float64` where they are not whole or too many. */
export function realDType(kind: ValueKind): DType {
  if (kind.rescale === null) return kind.dtype;
  if (!areWhole(kind)) return 'float64';
  const [least, most] = valueRange(kind);
  const fits = INTEGERS.find((dtype) => DTYPE_RANGES[dtype][0] <= least && most <= DTYPE_RANGES[dtype][1]);
  return fits ?? 'float64';
}
