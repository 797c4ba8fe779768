import { isPadding, type DType, type Padding, type VoxelArray } from '../protocol';
import { integerWords, type IntegerWords } from './integer-words';

/** Above this many values the range is that of an evenly spaced sample of about as many. */
export const RANGE_SAMPLE = 16_777_216;
/** Above this many values percentiles are those of an evenly spaced sample of about as many. */
export const PERCENTILE_SAMPLE = 262_144;

/** Values in ascending order. */
export interface Ordered {
  readonly count: number;
  at(rank: number): number;
}

/** Steps that visit about `limit` of `length` values and share no divisor with it, so that every column is met. */
function strideFor(length: number, limit: number): number {
  if (length <= limit) return 1;
  let stride = Math.ceil(length / limit);
  while (greatestCommonDivisor(stride, length) !== 1) stride++;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** What no value lies in. */
const NO_PADDING: Padding = [NaN, NaN];

/** The least and the greatest finite value that is not in `padding`; NaN twice if there is none. */
export function rangeOf(data: VoxelArray, dtype: DType, padding: Padding | null = null): [min: number, max: number] {
  const stride = strideFor(data.length, RANGE_SAMPLE);
  const integers = integerWords(data, dtype);
  if (integers !== null) return integerRange(integers, stride, padding ?? NO_PADDING);
  return floatRange(data as Float32Array | Float64Array, stride, padding ?? NO_PADDING);
}

function integerRange({ words, sign }: IntegerWords, stride: number, padding: Padding): [number, number] {
  const [first, last] = [padding[0] + sign, padding[1] + sign];
  let min = 0xffff_ffff;
  let max = 0;
  let count = 0;
  for (let i = 0; i < words.length; i += stride) {
    const key = ((words[i] as number) ^ sign) >>> 0;
    if (key >= first && key <= last) continue;
    count += 1;
    if (key < min) min = key;
    if (key > max) max = key;
  }
  return count === 0 ? [NaN, NaN] : [min - sign, max - sign];
}

function floatRange(values: Float32Array | Float64Array, stride: number, [first, last]: Padding): [number, number] {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i += stride) {
    const value = values[i] as number;
    if (value >= first && value <= last) continue;
    if (value < min && value !== -Infinity) min = value;
    if (value > max && value !== Infinity) max = value;
  }
  return min <= max ? [min, max] : [NaN, NaN];
}

/** The finite values that are not in `padding`, in order: counted for 8 and 16-bit integers, sorted for the rest. */
export function order(data: VoxelArray, dtype: DType, padding: Padding | null = null): Ordered {
  const stride = strideFor(data.length, PERCENTILE_SAMPLE);
  const integers = integerWords(data, dtype);
  if (integers !== null && integers.words.BYTES_PER_ELEMENT <= 2) return counted(integers, stride, padding);
  return sorted(data, stride, padding);
}

function counted({ words, sign }: IntegerWords, stride: number, padding: Padding | null): Ordered {
  const counts = new Uint32Array(words.BYTES_PER_ELEMENT === 1 ? 0x100 : 0x1_0000);
  for (let i = 0; i < words.length; i += stride) {
    const key = (words[i] as number) ^ sign;
    counts[key] = (counts[key] as number) + 1;
  }
  const [first, last] = padding === null ? [0, -1] : [padding[0] + sign, padding[1] + sign];
  counts.fill(0, Math.max(0, first), Math.max(0, last + 1));
  return {
    count: counts.reduce((sum, own) => sum + own, 0),
    at(rank) {
      let key = 0;
      for (let below = counts[0] as number; below <= rank; below += counts[key] as number) key++;
      return key - sign;
    },
  };
}

function sorted(data: VoxelArray, stride: number, padding: Padding | null): Ordered {
  const values = new Float64Array(Math.ceil(data.length / stride));
  let count = 0;
  for (let i = 0; i < data.length; i += stride) {
    const value = data[i] as number;
    if (Number.isFinite(value) && !isPadding(value, padding)) values[count++] = value;
  }
  const finite = values.subarray(0, count).sort();
  return { count, at: (rank) => finite[rank] as number };
}

/** The value that `percent` of the values lie below, interpolated between neighbours; NaN without values. */
export function percentileOf(values: Ordered, percent: number): number {
  if (values.count === 0) return NaN;
  const position = (percent / 100) * (values.count - 1);
  const rank = Math.floor(position);
  const low = values.at(rank);
  const share = position - rank;
  return share === 0 ? low : low * (1 - share) + values.at(rank + 1) * share;
}

/**
 * A window for values nobody said anything of: the 0.5 and 99.5 percentiles, else the range where these
 * are equal, else one that starts at the only value. Always finite, and low below high.
 */
export function windowFor(values: Ordered, range: () => readonly [number, number], whole: boolean): [number, number] {
  const round = ([low, high]: readonly [number, number]): [number, number] =>
    whole ? [Math.floor(low), Math.ceil(high)] : [low, high];
  if (values.count === 0) return [0, 1];
  const inner = round([percentileOf(values, 0.5), percentileOf(values, 99.5)]);
  if (inner[0] < inner[1]) return inner;
  return windowOfRange(range(), whole);
}

/** A window from the least to the greatest value, or of some width from the only one on; [0, 1] without values. */
export function windowOfRange([min, max]: readonly [number, number], whole: boolean): [number, number] {
  if (Number.isNaN(min)) return [0, 1];
  if (min < max) return [min, max];
  // Wide enough to be a window in single precision too, in which it is drawn.
  const step = whole ? 1 : Math.max(1, Math.abs(min) * 2 ** -16);
  return Number.isFinite(min + step) ? [min, min + step] : [min - step, min];
}
