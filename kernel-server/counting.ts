import {
  HISTOGRAM_PERCENTS,
  isPadding,
  isReversed,
  realRange,
  realValue,
  type DType,
  type Histogram,
  type Padding,
  type Rescale,
  type VoxelArray,
} from '../src/protocol';
import { barsFor, countBars, realBars } from '../src/shading';
import { percentileOf, type Ordered } from '../src/volume';

/** Values that are counted in one step, in a tenth of a millisecond or two. */
const STEP = 16_384;

/** The values of one 3D volume. */
export interface CountedSource {
  readonly dtype: DType;
  /** What the values stand for. */
  readonly rescale: Rescale | null;
  /** Stored values that are not counted. */
  readonly padding?: Padding | null;
  readonly length: number;
  /** The values as they are at this moment; nobody writes into them until `use` returns, once they were refreshed. */
  read(use: (values: VoxelArray) => void): void;
}

/** What a histogram says of the values. */
export type Count = Pick<Histogram, 'range' | 'edges' | 'counts' | 'percentiles'>;

const NOTHING: Count = { range: null, edges: [0, 1], counts: [], percentiles: [] };

function percentilesOf(values: Ordered): number[] {
  return HISTOGRAM_PERCENTS.map((percent) => percentileOf(values, percent));
}

/** Where in a list of counts a rank is: its place, and how many of that place are before it. */
function placeOf(counts: Uint32Array, rank: number): readonly [place: number, within: number] {
  let before = 0;
  for (let place = 0; place < counts.length; place++) {
    const own = counts[place] as number;
    if (before + own > rank) return [place, rank - before];
    before += own;
  }
  return [counts.length - 1, 0];
}

/** Do something with all values, some in each step. */
function* inSteps(
  source: CountedSource,
  work: (values: VoxelArray, from: number, to: number) => void,
): Generator<undefined, void, undefined> {
  for (let from = 0; from < source.length; from += STEP) {
    source.read((values) => {
      work(values, from, Math.min(source.length, from + STEP));
    });
    yield undefined;
  }
}

/**
 * Count all values, a step at a time: between two of them the thread may do something else. Counts are exact, and so
 * are percentiles, but those of `float64`, whose last 32 bits are not looked at. Stored values are counted, and the bars
 * are those of the real ones.
 * @param bins from 1 to 256: bars at most.
 */
export function* countValues(source: CountedSource, bins: number): Generator<undefined, Count, undefined> {
  const { rescale } = source;
  const count = yield* countStored(source, bins);
  if (rescale === null || count.range === null) return count;
  const percentiles = count.percentiles.map((value) => realValue(value, rescale));
  // As many percent lie above each as below it in the other order.
  if (isReversed(rescale)) percentiles.reverse();
  return { ...realBars(count, rescale), range: realRange(count.range, rescale), percentiles };
}

function countStored(source: CountedSource, bins: number): Generator<undefined, Count, undefined> {
  switch (source.dtype) {
    case 'uint8':
    case 'int8':
    case 'uint16':
    case 'int16':
      return countEach(source, source.dtype, bins);
    default:
      return countSorted(source, source.dtype, bins);
  }
}

/** Integers that are few enough to count each of them. */
function* countEach(
  source: CountedSource,
  dtype: 'uint8' | 'int8' | 'uint16' | 'int16',
  bins: number,
): Generator<undefined, Count, undefined> {
  const least = { uint8: 0, int8: -0x80, uint16: 0, int16: -0x8000 }[dtype];
  const each = new Uint32Array(dtype.endsWith('8') ? 0x100 : 0x1_0000);
  yield* inSteps(source, (values, from, to) => {
    for (let at = from; at < to; at++) {
      const place = (values[at] as number) - least;
      each[place] = (each[place] as number) + 1;
    }
  });
  const [first, last] = source.padding ?? [0, -1];
  if (last >= first) each.fill(0, Math.max(0, first - least), Math.max(0, last - least + 1));
  const count = each.reduce((sum, own) => sum + own, 0);
  if (count === 0) return NOTHING;
  let [lowest, highest] = [0, each.length - 1];
  while (each[lowest] === 0) lowest++;
  while (each[highest] === 0) highest--;
  const [min, max] = [lowest + least, highest + least];
  const bars = barsFor([min, max], bins, true);
  const width = (bars.edges[1] - bars.edges[0]) / bars.count;
  const counts = new Array<number>(bars.count).fill(0);
  for (let value = min; value <= max; value++) {
    const bar = Math.floor((value - bars.edges[0]) / width);
    counts[bar] = (counts[bar] as number) + (each[value - least] as number);
  }
  const ranked: Ordered = { count, at: (rank) => placeOf(each, rank)[0] + least };
  return { range: [min, max], edges: bars.edges, counts, percentiles: percentilesOf(ranked) };
}

/** How the upper 32 bits of a value become a key: a number that is in the same order as the values. */
interface Keys {
  /** Words of 32 bits a value has, the upper one last. */
  readonly words: 1 | 2;
  /** Of what is no finite number all of these bits are set. */
  readonly notFinite: number;
  /** What the bits are combined with by XOR, with the first bit unset and set. */
  readonly flips: readonly [number, number];
}

/** Negative floats are in reverse order. */
const FLOAT_FLIPS = [0x8000_0000, 0xffff_ffff] as const;
const KEYS: { readonly [D in 'uint32' | 'int32' | 'float32' | 'float64']: Keys } = {
  uint32: { words: 1, notFinite: 0, flips: [0, 0] },
  int32: { words: 1, notFinite: 0, flips: [0x8000_0000, 0x8000_0000] },
  float32: { words: 1, notFinite: 0x7f80_0000, flips: FLOAT_FLIPS },
  float64: { words: 2, notFinite: 0x7ff0_0000, flips: FLOAT_FLIPS },
};

/** The value whose upper 32 bits have this key. */
function valueOf(dtype: keyof typeof KEYS, key: number): number {
  const [unset, set] = KEYS[dtype].flips;
  const view = new DataView(new ArrayBuffer(8));
  // A key's first bit is set where that of the value is not, but for uint32, where both flips are the same.
  view.setUint32(0, key ^ (key >>> 31 === 1 ? unset : set));
  const read = { uint32: 'getUint32', int32: 'getInt32', float32: 'getFloat32', float64: 'getFloat64' } as const;
  return view[read[dtype]](0);
}

/**
 * Count the keys of some values by their lower half in the table of their upper half, if that has one. Without
 * tables they are counted by their upper half, in `upper`.
 */
function sortKeys(
  values: VoxelArray,
  [from, to]: readonly [number, number],
  { words, notFinite, flips: [unset, set] }: Keys,
  upper: Uint32Array,
  tables: readonly (Uint32Array | undefined)[] | null,
  padding: Padding | null,
): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length * words);
  for (let at = from * words + words - 1; at < to * words; at += words) {
    const word = bits[at] as number;
    if (notFinite !== 0 && (word & notFinite) === notFinite) continue;
    if (padding !== null && isPadding(values[Math.floor(at / words)] as number, padding)) continue;
    const key = word ^ (word >>> 31 === 1 ? set : unset);
    const place = key >>> 16;
    if (tables === null) {
      upper[place] = (upper[place] as number) + 1;
      continue;
    }
    const table = tables[place];
    if (table !== undefined) table[key & 0xffff] = (table[key & 0xffff] as number) + 1;
  }
}

/** The range of some values, and of those before. */
function widen(
  range: [number, number],
  values: VoxelArray,
  [from, to]: readonly [number, number],
  padding: Padding | null,
): void {
  let [min, max] = range;
  for (let at = from; at < to; at++) {
    const value = values[at] as number;
    if (isPadding(value, padding)) continue;
    if (value < min && value !== -Infinity) min = value;
    if (value > max && value !== Infinity) max = value;
  }
  range[0] = min;
  range[1] = max;
}

/**
 * Values of 32 and 64 bits, in two passes: the first sorts their keys by the upper half, the second by the lower half
 * those that share an upper half with a percentile. Which bars there are is known after the first.
 */
function* countSorted(
  source: CountedSource,
  dtype: keyof typeof KEYS,
  bins: number,
): Generator<undefined, Count, undefined> {
  const { padding = null } = source;
  const upper = new Uint32Array(0x1_0000);
  const range: [number, number] = [Infinity, -Infinity];
  yield* inSteps(source, (values, from, to) => {
    sortKeys(values, [from, to], KEYS[dtype], upper, null, padding);
    widen(range, values, [from, to], padding);
  });
  const count = upper.reduce((sum, own) => sum + own, 0);
  if (count === 0) return NOTHING;
  const tables = new Array<Uint32Array | undefined>(0x1_0000).fill(undefined);
  const want = (rank: number): number => {
    tables[placeOf(upper, rank)[0]] ??= new Uint32Array(0x1_0000);
    return 0;
  };
  percentilesOf({ count, at: want });
  yield undefined;
  const bars = barsFor(range, bins, !dtype.startsWith('float'));
  const counts = new Uint32Array(bars.count);
  yield* inSteps(source, (values, from, to) => {
    sortKeys(values, [from, to], KEYS[dtype], upper, tables, padding);
    countBars(counts, values, bars, [from, to], padding);
  });
  const [min, max] = range;
  const at = (rank: number): number => {
    const [place, within] = placeOf(upper, rank);
    const [rest] = placeOf(tables[place] as Uint32Array, within);
    return Math.max(min, Math.min(max, valueOf(dtype, ((place << 16) | rest) >>> 0)));
  };
  return { range, edges: bars.edges, counts: Array.from(counts), percentiles: percentilesOf({ count, at }) };
}
