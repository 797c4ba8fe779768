import { describe, expect, test } from '@jest/globals';
import { ARRAY_OF, DTYPES, type DType, type VoxelArray } from '../protocol';
import { Volume, type VolumeOptions } from './index';
import { PERCENTILE_SAMPLE, RANGE_SAMPLE } from './statistics';

function arrayOf(dtype: DType, values: readonly number[]): VoxelArray {
  const array = new ARRAY_OF[dtype](values.length);
  array.set(values);
  return array;
}

/** The percentile the slow way: sort, then interpolate between neighbours. */
function referencePercentile(values: Iterable<number>, percent: number): number {
  const sorted = [...values].filter(Number.isFinite).sort((a, b) => a - b);
  const position = (percent / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(position)] as number;
  const high = sorted[Math.ceil(position)] as number;
  return low + (high - low) * (position - Math.floor(position));
}

const LIMITS: Record<DType, [min: number, max: number]> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 4_294_967_295],
  int32: [-2_147_483_648, 2_147_483_647],
  float32: [-1, 1],
  float64: [-1e6, 1e6],
};

/** Numbers that look random and are the same each time, over all of a dtype's range. */
function scattered(dtype: DType, count: number): Volume {
  const volume = Volume.alloc([count, 1, 1], dtype);
  const [min, max] = LIMITS[dtype];
  let state = 1;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    volume.data[i] = min + (max - min) * (state / 2 ** 32) ** 3;
  }
  return volume;
}

describe.each(DTYPES)('%s', (dtype) => {
  test('range and percentiles are exact', () => {
    const volume = scattered(dtype, 3001);
    expect(volume.range).toEqual([Math.min(...volume.data), Math.max(...volume.data)]);
    const percents = [0, 0.5, 1, 12.34, 50, 99.5, 100];
    volume.percentiles(percents).forEach((value, i) => {
      const expected = referencePercentile(volume.data, percents[i] as number);
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected)));
    });
  });

  test('the ends of the dtype are counted as they are', () => {
    const ends = LIMITS[dtype];
    const volume = Volume.from(fill(dtype, ends), [2, 1, 1]);
    expect(volume.range).toEqual(ends);
    expect(volume.percentiles([0, 100])).toEqual(ends);
  });

  test('the default window is the 0.5 and 99.5 percentiles, whole for integers', () => {
    const volume = scattered(dtype, 3001);
    const [low, high] = volume.percentiles([0.5, 99.5]) as [number, number];
    expect(volume.defaultWindow).toEqual(dtype.startsWith('float') ? [low, high] : [Math.floor(low), Math.ceil(high)]);
  });

  test('a constant volume has a window that starts at its value', () => {
    expect(Volume.from(fill(dtype, [1, 1, 1]), [3, 1, 1]).defaultWindow).toEqual([1, 2]);
  });
});

function fill(dtype: DType, values: readonly number[]): Volume['data'] {
  const data = new ARRAY_OF[dtype](values.length);
  data.set(values);
  return data;
}

describe('what is not finite', () => {
  test('is left out', () => {
    const volume = Volume.from(Float32Array.of(NaN, -Infinity, 3, 1, 2, Infinity), [6, 1, 1]);
    expect(volume.range).toEqual([1, 3]);
    expect(volume.percentiles([0, 25, 50, 100])).toEqual([1, 1.5, 2, 3]);
  });

  test('may be all there is: the range is NaN, the window is not', () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      const volume = Volume.from(new Float64Array(5).fill(value), [5, 1, 1]);
      expect(volume.range).toEqual([NaN, NaN]);
      expect(volume.percentiles([50])).toEqual([NaN]);
      expect(volume.defaultWindow).toEqual([0, 1]);
    }
  });
});

describe('the default window', () => {
  test('is the one that was given', () => {
    expect(Volume.from(Uint8Array.of(1, 2), [2, 1, 1], { window: [-5, 5] }).defaultWindow).toEqual([-5, 5]);
  });

  test('is [0, 255] for colours', () => {
    expect(Volume.alloc([2, 2, 2], 'uint8', { components: 3 }).defaultWindow).toEqual([0, 255]);
  });

  test('is the range where nearly all values are the same', () => {
    const volume = Volume.alloc([1000, 1, 1], 'uint8');
    volume.data[5] = 9;
    expect(volume.defaultWindow).toEqual([0, 9]);
  });

  test('is finite, with low below high in single precision too, for constants of any size', () => {
    for (const value of [0, -7.5, 1e30, -1e30, 1.7976931348623157e308, -1.7976931348623157e308]) {
      const [low, high] = Volume.from(Float64Array.of(value), [1, 1, 1]).defaultWindow;
      expect(Number.isFinite(low) && Number.isFinite(high) && low < high).toBe(true);
      if (Math.abs(value) < 1e38) expect(Math.fround(low)).toBeLessThan(Math.fround(high));
    }
  });
});

test('changed() forgets what was computed', () => {
  const volume = Volume.from(Uint8Array.of(1, 2, 3), [3, 1, 1]);
  expect([volume.range, volume.percentiles([50]), volume.defaultWindow]).toEqual([[1, 3], [2], [1, 3]]);
  volume.data.set([10, 20, 30]);
  expect(volume.range).toEqual([1, 3]);
  volume.changed();
  expect([volume.range, volume.percentiles([50]), volume.defaultWindow]).toEqual([[10, 30], [20], [10, 30]]);
});

test('a percentage that is none is refused', () => {
  const volume = Volume.alloc([1, 1, 1], 'uint8');
  for (const percent of [-1, 100.1, NaN]) {
    expect(() => volume.percentiles([percent])).toThrow(`${String(percent)} percent, expected a number from 0 to 100`);
  }
});

describe('large volumes are sampled', () => {
  test('evenly over all columns, so that percentiles stay close', () => {
    // The value is the column: a stride with a divisor in common with the width would miss most of them.
    const volume = Volume.alloc([512, 512, 8], 'uint16');
    for (let i = 0; i < volume.data.length; i++) volume.data[i] = i % 512;
    expect(volume.data.length).toBeGreaterThan(PERCENTILE_SAMPLE);
    const [low, middle, high] = volume.percentiles([1, 50, 99]) as [number, number, number];
    expect(Math.abs(low - 5)).toBeLessThanOrEqual(1);
    expect(Math.abs(middle - 256)).toBeLessThanOrEqual(1);
    expect(Math.abs(high - 506)).toBeLessThanOrEqual(1);
    expect(volume.range).toEqual([0, 511]);
  });

  test('only above the stated size', () => {
    const volume = Volume.alloc([512, 512, 64], 'uint8');
    expect(volume.data.length).toBe(RANGE_SAMPLE);
    volume.data[12_345_678] = 200;
    expect(volume.range).toEqual([0, 200]);
    const exact = Volume.alloc([64, 64, 64], 'float32');
    expect(exact.data.length).toBe(PERCENTILE_SAMPLE);
    exact.data[200_001] = 5;
    expect(exact.percentiles([100])).toEqual([5]);
  });
});

describe.each(DTYPES)('padding of %s', (dtype) => {
  const volume = (values: readonly number[], padding: readonly [number, number], rescale?: VolumeOptions['rescale']) =>
    Volume.from(arrayOf(dtype, values), [values.length, 1, 1], { padding, rescale });

  test('is left out of the range, percentiles and the automatic window, at the ends and between other values', () => {
    for (const [values, padding] of [
      [
        [1, 2, 4, 100, 100],
        [100, 100],
      ],
      [
        [0, 0, 1, 2, 4],
        [-3, 0],
      ],
      [
        [1, 50, 2, 51, 4],
        [50, 51],
      ],
    ] as const) {
      const own = volume(values, padding);
      expect([own.range, own.percentiles([0, 50, 100]), own.autoWindow]).toEqual([[1, 4], [1, 2, 4], expect.anything()]); // prettier-ignore
      expect(own.autoWindow).toEqual(Volume.from(arrayOf(dtype, [1, 2, 4]), [3, 1, 1]).autoWindow);
    }
  });

  test('is of real values', () => {
    const own = volume([0, 1, 2, 9], [2.5 - 0.3 * 9, 2.5 - 0.3 * 9], { slope: -0.3, intercept: 2.5 });
    expect(own.range).toEqual([2 * -0.3 + 2.5, 2.5]);
    expect(own.percentiles([50])[0]).toBeCloseTo(2.2, 12);
  });

  test('may be all that there is', () => {
    const own = volume([7, 7, 7], [7, 7]);
    expect([own.range, own.percentiles([50]), own.defaultWindow]).toEqual([[NaN, NaN], [NaN], [0, 1]]);
  });
});
