import { describe, expect, test } from '@jest/globals';
import {
  ARRAY_OF,
  DTYPE_RANGES,
  PLANES,
  PROJECTIONS,
  areWhole,
  realDType,
  storedWindow,
  type DType,
  type Labels,
  type Rescale,
} from '../protocol';
import { refusal } from '../protocol/testing/thrown';
import { OverlayGrid, Volume } from './index';

const SHAPE = [6, 5, 4] as const;
const COUNT = 120;
/** Hounsfield units, fractions, values that are turned round, and both. */
const RESCALES: readonly Rescale[] = [
  { slope: 1, intercept: -1024 },
  { slope: 0.1, intercept: 7.3 },
  { slope: -2, intercept: 500 },
  { slope: -0.003, intercept: 1e-3 },
];

/** Stored values over all of a dtype's range, in no order. */
function stored(dtype: DType): Volume['data'] {
  const [least, most] = DTYPE_RANGES[dtype];
  const data = new ARRAY_OF[dtype](COUNT);
  for (let at = 0; at < COUNT; at++)
    data[at] = Math.round(least + ((most - least) * ((at * 77) % COUNT)) / (COUNT - 1));
  return data;
}

const real = (data: Volume['data'], { slope, intercept }: Rescale): Float64Array =>
  Float64Array.from(data, (value) => value * slope + intercept);

describe.each(RESCALES)('with %j', (rescale) => {
  test.each(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32'] as const)(
    'integers of %s stay as they are, and all that is said of them is said of real values',
    (dtype) => {
      const data = stored(dtype);
      const volume = Volume.from(data, SHAPE, { rescale });
      const expected = Volume.from(real(data, rescale), SHAPE);
      expect(volume).toMatchObject({ dtype, rescale });
      expect(volume.data).toEqual(data);
      expect(volume.valueAt(3, 2, 1)).toBe(expected.valueAt(3, 2, 1));
      expect(volume.range).toEqual(expected.range);
      const near = (values: readonly number[]): unknown =>
        values.map((value) => expect.closeTo(value, 9 - Math.ceil(Math.log10(Math.abs(value) + 1))) as unknown);
      expect(volume.percentiles([0, 0.5, 30, 99, 100])).toEqual(near(expected.percentiles([0, 0.5, 30, 99, 100])));
      for (const plane of PLANES) {
        expect(Array.from(volume.slice(plane, 2).data)).toEqual(Array.from(expected.slice(plane, 2).data));
      }
      expect(volume.rangeWindow).toEqual(expected.range);
      const { autoWindow } = expected;
      const isWhole = areWhole(volume);
      expect(volume.autoWindow).toEqual(
        isWhole ? [Math.floor(autoWindow[0]), Math.ceil(autoWindow[1])] : near(autoWindow),
      );
    },
  );

  test('what is seen of several slices is seen of their real values', () => {
    const data = stored('int16');
    const volume = Volume.from(data, SHAPE, { rescale });
    const expected = Volume.from(real(data, rescale), SHAPE);
    for (const projection of PROJECTIONS) {
      const [own, of] = [volume, expected].map((each) => each.slice('xy', 1, { slab: 3, projection }));
      // A mean of stored values has 24 bits.
      const most = projection === 'mean' ? 2 ** -23 * 0x8000 * Math.abs(rescale.slope) + 1e-3 : 0;
      own?.data.forEach((value, at) => {
        expect(Math.abs(value - (of?.data[at] as number))).toBeLessThanOrEqual(most);
      });
    }
  });

  test('a window of real values is the same one in stored values', () => {
    const [low, high] = storedWindow([-3, 40], rescale);
    expect([low, high].map((end) => end * rescale.slope + rescale.intercept)).toEqual([
      expect.closeTo(-3, 9),
      expect.closeTo(40, 9),
    ]);
    expect(low < high).toBe(rescale.slope > 0);
  });
});

test('a window whose ends are whole stored values has these, whatever the rounding', () => {
  expect(0.7 / 0.1).not.toBe(7);
  expect(storedWindow([0, 0.7], { slope: 0.1, intercept: 0 })).toEqual([0, 7]);
  expect(storedWindow([0, 0.8], { slope: -1 / 255, intercept: 1 })).toEqual([255, 51]);
  expect(storedWindow([-1000.1, 0], { slope: 0.1, intercept: -1024 })).toEqual([239, 10_240]);
  const [third] = storedWindow([1, 2], { slope: 3, intercept: 0 });
  expect(third).toBe(1 / 3);
});

test('the least and the greatest of several slices change places where the slope is negative', () => {
  const volume = Volume.from(Uint8Array.of(1, 9, 5), [1, 1, 3], { rescale: { slope: -1, intercept: 10 } });
  const seen = PROJECTIONS.map((projection) => volume.slice('xy', 1, { slab: 3, projection }).data[0]);
  expect(PROJECTIONS).toEqual(['max', 'min', 'mean']);
  expect(seen).toEqual([9, 1, 5]);
});

test.each<[DType, number, number, DType]>([
  ['int16', 1, -1024, 'int32'],
  ['uint8', 1, -100, 'int16'],
  ['uint8', 100, 0, 'uint16'],
  ['uint8', -1, 255, 'uint8'],
  ['uint16', 1, -0x8000, 'int16'],
  ['int32', 1, 1, 'float64'],
  ['int16', 0.5, 0, 'float64'],
  ['float32', 2, 1, 'float64'],
])('real values of %s × %d + %d are held by %s', (dtype, slope, intercept, expected) => {
  expect(realDType({ dtype, rescale: { slope, intercept } })).toBe(expected);
  const slice = Volume.alloc([2, 3, 1], dtype, { rescale: { slope, intercept } }).slice('xy', 0);
  expect(slice).toMatchObject({ dtype: expected, data: new ARRAY_OF[expected](6).fill(intercept) });
});

test('NaN and infinities of floats are left out as ever', () => {
  const data = Float32Array.of(NaN, 2, Infinity, 4, -Infinity, 3);
  const volume = Volume.from(data, [6, 1, 1], { rescale: { slope: -10, intercept: 1 } });
  expect(volume.range).toEqual([-39, -19]);
  expect(volume.percentiles([0, 50, 100])).toEqual([-39, -29, -19]);
  expect(Array.from(volume.slice('xy', 0).data)).toEqual([NaN, -19, -Infinity, -39, Infinity, -29]);
});

test('parts, records and what a page learns have it; after a change the range is a new one', () => {
  const rescale = { slope: 2, intercept: 1 };
  const volume = Volume.from(Uint8Array.of(0, 1, 2, 3), [2, 1, 1], { frames: 2, rescale });
  const part = volume.at({ frame: 1 });
  expect([part.rescale, part.range, volume.valueAt(1, 0, 0, { frame: 1 })]).toEqual([rescale, [5, 7], 7]);
  expect(Volume.fromRecord(volume.toRecord()).range).toEqual([1, 7]);
  expect(volume.info(1)).toMatchObject({ dtype: 'uint8', rescale });
  volume.data[0] = 100;
  volume.changed();
  expect(volume.range).toEqual([3, 201]);
  expect(volume.at({ frame: 0 }).rangeWindow).toEqual([3, 201]);
});

test('a rescale that changes nothing is none', () => {
  expect(Volume.alloc([1, 1, 1], 'uint8', { rescale: { slope: 1, intercept: 0 } }).rescale).toBeNull();
  expect(Volume.alloc([1, 1, 1], 'uint8', { rescale: null }).rescale).toBeNull();
});

test.each([
  [{ slope: 0, intercept: 1 }, 'slope 0 and intercept 1'],
  [{ slope: NaN, intercept: 1 }, 'slope NaN and intercept 1'],
  [{ slope: 1, intercept: Infinity }, 'slope 1 and intercept Infinity'],
  [{ slope: '2', intercept: 1 }, 'slope "2" and intercept 1'],
  [[2, 1], 'slope undefined and intercept undefined'],
  [7, 'slope undefined and intercept undefined'],
])('%j is refused', (given, said) => {
  const alloc = (): Volume => Volume.alloc([1, 1, 1], 'uint8', { rescale: given as Rescale });
  expect(refusal(alloc, 'invalid-argument')).toEqual({
    message: `Volume.alloc: rescale has ${said}, expected finite numbers, the slope not 0`,
    details: { argument: 'rescale' },
  });
});

test('colours have no rescale', () => {
  const alloc = (): Volume => Volume.alloc([1, 1, 1], 'uint8', { components: 3, rescale: { slope: 2, intercept: 0 } });
  expect(refusal(alloc, 'invalid-argument')).toEqual({
    message: 'Volume.alloc: a rescale of 3 components; colours have none',
    details: { argument: 'rescale' },
  });
});

describe('an overlay', () => {
  const base = Volume.alloc([4, 1, 1], 'uint8');
  const place = { origin: [1, 0, 0] as const, spacing: [1, 1, 1] as const };

  function cut(overlay: Volume, labels: Labels | null): { values: number[]; grid: OverlayGrid } {
    const grid = new OverlayGrid(base, { volume: overlay, labels });
    const target = new ARRAY_OF[grid.kind.dtype](4);
    grid.copyTile(overlay, 'xy', 0, [0, 0], { x: 0, y: 0, width: 4, height: 1 }, target);
    return { values: Array.from(target), grid };
  }

  test('of numbers comes as it is stored, with what it stands for', () => {
    const rescale = { slope: 0.5, intercept: -3 };
    const shifted = Volume.from(Uint16Array.of(10, 20), [2, 1, 1], { ...place, rescale });
    const { values, grid } = cut(shifted, null);
    expect(values).toEqual([NaN, 10, 20, NaN]);
    expect(grid.info(1)).toMatchObject({ dtype: 'float32', rescale });
    const same = Volume.from(Uint16Array.of(1, 2, 3, 4), [4, 1, 1], { rescale });
    expect(cut(same, null).values).toEqual([1, 2, 3, 4]);
    expect(cut(same, null).grid.info(1)).toMatchObject({ dtype: 'uint16', rescale });
  });

  test('of labels comes as its real values: beside it is no label, whatever a stored 0 stands for', () => {
    const rescale = { slope: 100, intercept: 5 };
    const shifted = Volume.from(Uint8Array.of(0, 3), [2, 1, 1], { ...place, rescale });
    const { values, grid } = cut(shifted, {});
    expect(values).toEqual([0, 5, 305, 0]);
    expect(grid.info(1)).toMatchObject({ dtype: 'uint16', rescale: null });
    expect(cut(Volume.from(Uint8Array.of(0, 1, 2, 3), [4, 1, 1], { rescale }), {}).values).toEqual([5, 105, 205, 305]);
  });
});
