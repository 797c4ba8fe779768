import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ARRAY_OF, DTYPES, PLANES, PROJECTIONS, type Projection, type VoxelArray } from '../protocol';
import { refusal } from '../protocol/testing/thrown';
import { Layouts } from '../../kernel-server/layouts';
import { Volume, type SliceOptions } from './index';
import { slabSlices } from './slab';

/** What is seen of values behind each other, as it is defined. */
function seen(values: readonly number[], projection: Projection): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  if (numbers.length === 0) return NaN;
  if (projection === 'mean') return Math.fround(numbers.reduce((sum, value) => sum + value, 0) / numbers.length);
  return projection === 'max' ? Math.max(...numbers) : Math.min(...numbers);
}

const sizes = fc.integer({ min: 1, max: 9 });

test('a slab of any dtype has what is seen of its slices, at every level, with and without blocks', () => {
  fc.assert(
    fc.property(
      fc.tuple(sizes, sizes, sizes),
      fc.constantFrom(...DTYPES),
      fc.constantFrom(...PLANES),
      fc.constantFrom(...PROJECTIONS),
      fc.tuple(fc.nat(), fc.integer({ min: 2, max: 12 }), fc.nat(2), fc.nat(2), fc.integer()),
      fc.boolean(),
      (shape, dtype, plane, projection, [at, slab, columns, rows, seed], hasBlocks) => {
        const data = new ARRAY_OF[dtype](shape[0] * shape[1] * shape[2]);
        const isFloat = dtype.startsWith('float');
        data.forEach((_, i) => {
          const bits = Math.imul(i + 1, 2654435761) ^ seed;
          data[i] = isFloat && bits % 3 === 0 ? NaN : bits;
        });
        const volume = Volume.from(data, shape);
        const { count, width, height } = volume.info(1).planes[plane];
        const index = at % count;
        const level = [columns, rows] as const;
        const tile = { x: 0, y: 0, width: Math.ceil(width / 2 ** columns), height: Math.ceil(height / 2 ** rows) };
        const pixels = tile.width * tile.height;
        const [first, end] = slabSlices(index, slab, count);
        const slices = Array.from({ length: end - first }, (_, i) => {
          const slice = new ARRAY_OF[dtype](pixels);
          volume.copyTile(plane, first + i, level, tile, slice);
          return slice;
        });
        const expected = Array.from({ length: pixels }, (_, i) =>
          seen(
            slices.map((slice) => slice[i] as number),
            projection,
          ),
        );
        const target = new ARRAY_OF[projection === 'mean' ? 'float32' : dtype](pixels);
        const blocks = hasBlocks ? new Layouts(1e6, (step) => step()).of(volume, 1) : null;
        for (let round = 0; round < 2; round++) {
          volume.copySlab(plane, index, level, tile, { slab, projection }, target, blocks);
          expect(Array.from(target)).toEqual(expected);
        }
      },
    ),
    { numRuns: 300 },
  );
});

describe('a slab', () => {
  const volume = Volume.from(Int16Array.of(-5, 300, 7, -1, 20, -300), [2, 1, 3]);
  const slice = (index: number, options: SliceOptions, of = volume): VoxelArray => of.slice('xy', index, options).data;

  test('is of the slices around its index, one more after it where they are even, and ends with the volume', () => {
    expect(slabSlices(10, 1, 99)).toEqual([10, 11]);
    expect(slabSlices(10, 3, 99)).toEqual([9, 12]);
    expect(slabSlices(10, 4, 99)).toEqual([9, 13]);
    expect(slabSlices(0, 4, 99)).toEqual([0, 3]);
    expect(slabSlices(98, 5, 99)).toEqual([96, 99]);
    expect(slabSlices(1, 500, 3)).toEqual([0, 3]);
  });

  test('keeps the dtype, but for the mean, which has fractions', () => {
    expect(slice(1, { slab: 3 })).toEqual(Int16Array.of(20, 300));
    expect(slice(1, { slab: 3, projection: 'min' })).toEqual(Int16Array.of(-5, -300));
    expect(slice(1, { slab: 2, projection: 'mean' })).toEqual(Float32Array.of(13.5, -150.5));
    expect(volume.slice('xy', 0, { slab: 3, projection: 'mean' }).dtype).toBe('float32');
    expect(slice(1, { projection: 'mean' })).toEqual(Int16Array.of(7, -1));
  });

  test('of whole numbers up to 32 bits is exact', () => {
    const large = Volume.from(Uint32Array.of(4294967295, 1, 4294967293, 3), [2, 1, 2]);
    expect(slice(0, { slab: 2 }, large)).toEqual(Uint32Array.of(4294967295, 3));
    expect(slice(0, { slab: 2, projection: 'mean' }, large)).toEqual(Float32Array.of(4294967294, 2));
    const low = Volume.from(Int32Array.of(-2147483648, 5, 2147483647, -6), [2, 1, 2]);
    expect(slice(0, { slab: 2 }, low)).toEqual(Int32Array.of(2147483647, 5));
    expect(slice(0, { slab: 2, projection: 'min' }, low)).toEqual(Int32Array.of(-2147483648, -6));
    expect(slice(0, { slab: 2, projection: 'mean' }, low)).toEqual(Float32Array.of(-0.5, -0.5));
  });

  test.each([3, 4] as const)(
    'of colours is that of each of %d components, and a mean of them is rounded',
    (components) => {
      const data = Uint8Array.from({ length: 3 * 2 * components }, (_, at) => (97 * at) % 256);
      const colors = Volume.from(data, [2, 1, 3], { components });
      const behind = Array.from({ length: 2 * components }, (_, at) =>
        [0, 1, 2].map((z) => data[z * 2 * components + at] as number),
      );
      expect(Array.from(slice(1, { slab: 3 }, colors))).toEqual(behind.map((values) => Math.max(...values)));
      expect(Array.from(slice(1, { slab: 3, projection: 'min' }, colors))).toEqual(
        behind.map((values) => Math.min(...values)),
      );
      const mean = colors.slice('xy', 1, { slab: 3, projection: 'mean' });
      expect(mean).toMatchObject({ dtype: 'uint8', components });
      expect(Array.from(mean.data)).toEqual(behind.map(([a = 0, b = 0, c = 0]) => Math.round((a + b + c) / 3)));
    },
  );

  test.each([
    [[100, 90, 3], 'uint16'],
    [[9000, 3, 3], 'uint16'],
    [[2051, 1, 3], 'float64'],
  ] as const)('of a slice of %p, more than is folded at once, has each pixel where it belongs', (shape, dtype) => {
    const pixels = shape[0] * shape[1];
    const data = new ARRAY_OF[dtype](3 * pixels).map((_, at) => Math.imul(at + 1, 2654435761) >>> 17);
    const large = Volume.from(data, shape);
    for (const projection of PROJECTIONS) {
      const expected = Array.from({ length: pixels }, (_, at) =>
        seen(
          [0, 1, 2].map((z) => data[z * pixels + at] as number),
          projection,
        ),
      );
      expect(Array.from(slice(1, { slab: 3, projection }, large))).toEqual(expected);
    }
  });

  test('is of the frame and channel that is asked for', () => {
    const data = Uint8Array.of(1, 2, 3, 4, 9, 8, 7, 6);
    const series = Volume.from(data, [1, 1, 2], { frames: 2, channels: 2 });
    expect(slice(0, { slab: 2, frame: 1, channel: 0 }, series)).toEqual(Uint8Array.of(9));
    expect(slice(0, { slab: 2, frame: 1, channel: 1, projection: 'min' }, series)).toEqual(Uint8Array.of(6));
  });

  test.each<[SliceOptions, string]>([
    [{ slab: 0 }, 'slice: slab is 0, expected a whole number from 1 on'],
    [{ slab: 1.5 }, 'slice: slab is 1.5, expected a whole number from 1 on'],
    [{ slab: 2, projection: 'sum' as 'max' }, 'slice: projection is "sum", expected one of max, min, mean'],
  ])('is not %p', (options, message) => {
    expect(refusal(() => volume.slice('xy', 0, options), 'invalid-argument').message).toBe(message);
  });
});
