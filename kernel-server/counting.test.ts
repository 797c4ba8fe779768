import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ARRAY_OF,
  DTYPES,
  HISTOGRAM_PERCENTS,
  type DType,
  type Padding,
  type Rescale,
  type VoxelArray,
} from '../src/protocol';
import { Volume } from '../src/volume';
import { countValues, type Count } from './counting';

function count(
  dtype: DType,
  values: VoxelArray,
  bins: number,
  rescale: Rescale | null = null,
  padding: Padding | null = null,
): Count {
  // prettier-ignore
  const steps = countValues({ dtype, rescale, padding, length: values.length, read: (use) => { use(values); } }, bins); // prettier-ignore
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function arrayOf(dtype: DType, values: readonly number[]): VoxelArray {
  const array = new ARRAY_OF[dtype](values.length);
  array.set(values);
  return array;
}

/** What is counted, computed in another way: from the sorted values. */
function expectSame(dtype: DType, values: VoxelArray, bins: number): void {
  const { range, edges, counts, percentiles } = count(dtype, values, bins);
  const finite = Array.from(values).filter(Number.isFinite).sort((a, b) => a - b); // prettier-ignore
  expect(range).toEqual([finite[0], finite.at(-1)]);
  expect(counts.length).toBeLessThanOrEqual(bins);
  expect(counts.reduce((sum, own) => sum + own, 0)).toBe(finite.length);
  const width = (edges[1] - edges[0]) / counts.length;
  const bars = new Array<number>(counts.length).fill(0);
  for (const value of finite) {
    const bar = Math.min(counts.length - 1, Math.floor((value - edges[0]) / width));
    bars[bar] = (bars[bar] as number) + 1;
  }
  expect(counts).toEqual(bars);
  const exact = Volume.from(values, [values.length, 1, 1]).percentiles(HISTOGRAM_PERCENTS);
  for (const [at, value] of percentiles.entries()) {
    if (dtype === 'float64') expect(value).toBeCloseTo(exact[at] as number, 3);
    else expect(value).toBeCloseTo(exact[at] as number, 9);
  }
}

/** 70 001 values, so that there is more than one step, and the last one is not full. */
function valuesOf(dtype: DType): VoxelArray {
  const values = new ARRAY_OF[dtype](70_001);
  const spread = { uint8: 256, int8: 256, uint16: 5000, int16: 5000, uint32: 3e9, int32: 3e9, float32: 8, float64: 8 };
  const middle = dtype.startsWith('u') ? 0.5 : 0;
  let state = 7;
  for (let at = 0; at < values.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const value = (state / 2 ** 32 - 0.5 + middle) * spread[dtype];
    values[at] = dtype.startsWith('float') ? Math.fround(value) : Math.floor(value);
  }
  return values;
}

describe.each(DTYPES)('the values of a volume of %s', (dtype) => {
  test.each([
    [[100, 100] as const, [1, 2, 4, 100, 100]],
    [[-3, 0] as const, [0, 0, 1, 2, 4]],
    [[2, 3] as const, [1, 2, 3, 2, 4, 1]],
  ])('are not counted where they are padding: %p', (padding, values) => {
    const rest = values.filter((value) => value < padding[0] || value > padding[1]);
    const counted = count(dtype, arrayOf(dtype, values), 9, null, padding);
    expect(counted).toEqual(count(dtype, arrayOf(dtype, rest), 9));
    expect(count(dtype, arrayOf(dtype, [2, 3]), 9, null, [2, 3])).toMatchObject({ range: null, counts: [] });
  });

  test('are counted, each once', () => {
    expectSame(dtype, valuesOf(dtype), 256);
    expectSame(dtype, valuesOf(dtype), 17);
  });

  test('may all be one', () => {
    const { range, counts, percentiles } = count(dtype, new ARRAY_OF[dtype](9).fill(3), 256);
    expect({ range, counts }).toEqual({ range: [3, 3], counts: [9] });
    expect(percentiles).toEqual(HISTOGRAM_PERCENTS.map(() => 3));
  });

  test('may be the least and the greatest that there are', () => {
    const extremes = {
      uint8: [0, 255],
      int8: [-128, 127],
      uint16: [0, 65_535],
      int16: [-32_768, 32_767],
      uint32: [0, 4_294_967_295],
      int32: [-2_147_483_648, 2_147_483_647],
      float32: [-3.4028234663852886e38, 3.4028234663852886e38],
      float64: [-Number.MAX_VALUE, Number.MAX_VALUE],
    }[dtype] as [number, number];
    const values = new ARRAY_OF[dtype](4);
    values.set([extremes[0], extremes[0], extremes[0], extremes[1]]);
    const { range, counts, percentiles } = count(dtype, values, 2);
    expect({ range, counts }).toEqual({ range: extremes, counts: [3, 1] });
    // The lower half of 64 bits is not looked at.
    const slack = dtype === 'float64' ? 2 ** -20 * Number.MAX_VALUE : 0;
    expect(Math.abs((percentiles[4] as number) - extremes[0])).toBeLessThanOrEqual(slack);
  });
});

test('NaN and infinities are in no bar and no percentile', () => {
  const values = Float32Array.of(NaN, 1, -Infinity, 2, Infinity, 3, NaN);
  const { range, edges, counts, percentiles } = count('float32', values, 4);
  expect({ range, edges, counts }).toEqual({ range: [1, 3], edges: [1, 3], counts: [1, 0, 1, 1] });
  expect(percentiles[4]).toBe(2);
});

test('where no value is finite there is nothing to tell', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const values = new ARRAY_OF[dtype](3).fill(NaN);
    expect(count(dtype, values, 9)).toEqual({ range: null, edges: [0, 1], counts: [], percentiles: [] });
  }
});

test('percentiles of 32 bits are exact, whatever the values', () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(fc.array(float, { minLength: 1, maxLength: 50 }), (values) => {
      const data = Float32Array.from(values);
      const exact = Volume.from(data, [data.length, 1, 1]).percentiles(HISTOGRAM_PERCENTS);
      const { percentiles } = count('float32', data, 256);
      for (const [at, value] of percentiles.entries()) expect(value).toBeCloseTo(exact[at] as number, 9);
    }),
    { numRuns: 50 },
  );
});

test('values that change meanwhile are counted in some way, and the counting ends', () => {
  const values = Float32Array.from({ length: 70_000 }, (_, at) => at);
  const about = { dtype: 'float32', rescale: null, length: values.length } as const;
  const steps = countValues({ ...about, read: (use) => { use(values); } }, 64); // prettier-ignore
  for (let left = 1000; left > 0; left--) {
    values.fill(left);
    const { done, value } = steps.next();
    if (done !== true) continue;
    expect(value.counts.every((own) => own >= 0)).toBe(true);
    return;
  }
  throw new Error('it does not end');
});

test.each([
  { slope: 0.5, intercept: -1024 },
  { slope: -3, intercept: 7 },
])('with %j ranges, bars and percentiles are of real values', (rescale) => {
  for (const dtype of ['int16', 'uint32', 'float32'] as const) {
    const stored = new ARRAY_OF[dtype](999);
    for (let at = 0; at < stored.length; at++) stored[at] = (at * at) % 7001;
    const { range, edges, counts, percentiles } = count(dtype, stored, 64, rescale);
    const volume = Volume.from(stored, [999, 1, 1], { rescale });
    expect(range).toEqual(volume.range);
    const width = (edges[1] - edges[0]) / counts.length;
    const bars = new Array<number>(counts.length).fill(0);
    for (const value of volume.slice('xy', 0).data) {
      // A value at the edge of two bars of floats is in the lower one of the stored values.
      const place = (value - edges[0]) / width;
      const bar = rescale.slope < 0 && Number.isInteger(place) ? place - 1 : Math.floor(place);
      const own = Math.max(0, Math.min(counts.length - 1, bar));
      bars[own] = (bars[own] as number) + 1;
    }
    expect(counts).toEqual(bars);
    const exact = volume.percentiles(HISTOGRAM_PERCENTS);
    expect(percentiles).toEqual(exact.map((value) => expect.closeTo(value, 6) as unknown));
  }
});
