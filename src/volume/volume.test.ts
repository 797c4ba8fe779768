import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ARRAY_OF,
  DTYPES,
  PLANES,
  levelSize,
  type DType,
  type ErrorCode,
  type Level,
  type Plane,
  type Shape,
  type TileRect,
  type VoxelArray,
} from '../protocol';
import { failure, refusal } from '../protocol/testing/thrown';
import { Volume, type VolumeOptions } from './index';

/** 0, 1, 2, … as the dtype wraps them; half of them negative for a float. */
function ramp(dtype: DType, count: number): VoxelArray {
  const data = new ARRAY_OF[dtype](count);
  for (let i = 0; i < count; i++) data[i] = dtype.startsWith('float') ? i / 4 - count / 8 : i * 37;
  return data;
}

/** A tile the slow way, by the definitions of planes and levels. */
function referenceTile(
  { data, shape: [w, h, d], components }: Volume,
  plane: Plane,
  index: number,
  [columnLevel, rowLevel]: Level,
  tile: TileRect,
): number[] {
  const voxel = (pixel: number, level: number, count: number): number =>
    Math.min(count - 1, pixel * 2 ** level + Math.floor(2 ** level / 2));
  const [columns, rows] = plane === 'xy' ? [w, h] : plane === 'xz' ? [w, d] : [h, d];
  const values: number[] = [];
  for (let y = tile.y; y < tile.y + tile.height; y++) {
    for (let x = tile.x; x < tile.x + tile.width; x++) {
      const [column, row] = [voxel(x, columnLevel, columns), voxel(y, rowLevel, rows)];
      const at = { xy: [column, row, index], xz: [column, index, row], yz: [index, column, row] }[plane];
      const [vx, vy, vz] = at as [number, number, number];
      for (let c = 0; c < components; c++) values.push(data[((vz * h + vy) * w + vx) * components + c] as number);
    }
  }
  return values;
}

/** A slice the slow way. */
function referenceSlice(volume: Volume, plane: Plane, index: number): number[] {
  const { width, height } = volume.info(1).planes[plane];
  return referenceTile(volume, plane, index, [0, 0], { x: 0, y: 0, width, height });
}

const size = fc.integer({ min: 1, max: 40 });

const isShared = (data: VoxelArray): boolean =>
  Object.prototype.toString.call(data.buffer) === '[object SharedArrayBuffer]';

describe('memory', () => {
  test('an array over a SharedArrayBuffer is used in place, also a part of one', () => {
    const buffer = new SharedArrayBuffer(64);
    const data = new Uint16Array(buffer, 8, 24);
    const volume = Volume.from(data, [2, 3, 4]);
    expect(volume.data).toBe(data);
    data[23] = 7;
    expect(volume.valueAt(1, 2, 3)).toBe(7);
  });

  test('any other array is copied, once, into shared memory', () => {
    const data = ramp('int16', 24);
    const volume = Volume.from(data, [2, 3, 4]);
    expect(isShared(volume.data)).toBe(true);
    expect(volume.data.byteLength).toBe(volume.data.buffer.byteLength);
    expect(Array.from(volume.data)).toEqual(Array.from(data));
    data.fill(0);
    expect(volume.valueAt(1, 0, 0)).toBe(37);
  });

  test('Uint8ClampedArray and Buffer are uint8, in place when they are shared', () => {
    for (const data of [new Uint8ClampedArray([1, 2, 300]), Buffer.from([1, 2, 255])]) {
      const volume = Volume.from(data, [3, 1, 1]);
      expect(volume.dtype).toBe('uint8');
      expect(volume.data.constructor).toBe(Uint8Array);
      expect(Array.from(volume.data)).toEqual([1, 2, 255]);
    }
    const clamped = new Uint8ClampedArray(new SharedArrayBuffer(3));
    const volume = Volume.from(clamped, [3, 1, 1]);
    clamped[2] = 9;
    expect(volume.data.constructor).toBe(Uint8Array);
    expect(volume.valueAt(2, 0, 0)).toBe(9);
  });

  test.each(DTYPES)('alloc gives zeros of %s in shared memory', (dtype) => {
    const volume = Volume.alloc([3, 5, 7], dtype);
    expect(volume.dtype).toBe(dtype);
    expect(isShared(volume.data)).toBe(true);
    expect(volume.data).toHaveLength(105);
    expect(volume.data.every((value) => value === 0)).toBe(true);
    volume.data[1] = 3;
    expect(volume.valueAt(1, 0, 0)).toBe(3);
  });

  test('a part of a volume that is described by it has those of its empty slices that it has', () => {
    const whole = Volume.from(new Uint8Array(24), [2, 3, 4], { emptySlices: [1, 3] });
    expect(Volume.from(whole.data.slice(0, 18), [2, 3, 3], whole).emptySlices).toEqual([1]);
    expect(Volume.from(whole.data, [2, 3, 4], whole.toRecord()).emptySlices).toEqual([1, 3]);
  });

  test('a record takes everything along and leaves the voxels where they are', () => {
    const options: VolumeOptions = {
      spacing: [1, 2, 3],
      origin: [4, 5, 6],
      direction: [0, 0, 1, -1, 0, 0, 0, 1, 0],
      name: 'T1',
      components: 3,
      window: [1, 2],
      invert: true,
      labels: { 1: 'liver', 2: { name: 'spleen', color: '#FF8000' }, 3: { color: '#00ff0080' }, 4: {} },
      notes: ['The gantry was tilted.'],
      emptySlices: [0, 2],
    };
    const volume = Volume.from(new Uint8Array(72), [2, 3, 4], options);
    const record = volume.toRecord();
    const counts = { channels: 1, frames: 1 };
    expect(record).toEqual({
      ...options,
      labels: { 1: { name: 'liver' }, 2: { name: 'spleen', color: '#ff8000' }, 3: { color: '#00ff0080' } },
      ...counts,
      shape: [2, 3, 4],
      unit: 'mm',
      axes: null,
      invert: true,
      padding: null,
      rescale: null,
      channelInfo: null,
      frameTimes: null,
      frameLabels: null,
      data: volume.data,
    });
    const other = Volume.fromRecord(record);
    expect(other.data.buffer).toBe(volume.data.buffer);
    expect(other.toRecord()).toEqual(record);
    expect(other.info(3)).toEqual(volume.info(3));
  });
});

describe('slices are exact', () => {
  const shapes: Shape[] = [
    [7, 5, 3],
    [1, 5, 3],
    [7, 1, 3],
    [7, 5, 1],
    [1, 1, 1],
    [2, 9, 4],
  ];

  test.each(DTYPES)('of %s, on every plane at every index', (dtype) => {
    for (const shape of shapes) {
      const volume = Volume.from(ramp(dtype, shape[0] * shape[1] * shape[2]), shape);
      for (const plane of PLANES) {
        const { count, width, height } = volume.info(1).planes[plane];
        for (let index = 0; index < count; index++) {
          const slice = volume.slice(plane, index);
          expect(slice).toMatchObject({ plane, index, width, height, dtype, components: 1 });
          expect(slice.data.constructor).toBe(ARRAY_OF[dtype]);
          expect(Array.from(slice.data)).toEqual(referenceSlice(volume, plane, index));
        }
      }
    }
  });

  test('of RGB and RGBA', () => {
    for (const components of [3, 4] as const) {
      const volume = Volume.from(ramp('uint8', 105 * components), [7, 5, 3], { components });
      for (const plane of PLANES) {
        for (const index of [0, 2]) {
          const { data } = volume.slice(plane, index);
          expect(Array.from(data)).toEqual(referenceSlice(volume, plane, index));
        }
      }
    }
  });

  test('the sizes are w × h, w × d and h × d', () => {
    const sizes = PLANES.map((plane) => {
      const { width, height } = Volume.alloc([7, 5, 3], 'uint8').slice(plane, 0);
      return [width, height];
    });
    expect(sizes).toEqual([
      [7, 5],
      [7, 3],
      [5, 3],
    ]);
  });

  test('a slice is a copy that shares nothing', () => {
    const volume = Volume.from(ramp('uint8', 105), [7, 5, 3]);
    const { data } = volume.slice('xy', 0);
    expect(isShared(data)).toBe(false);
    data.fill(99);
    expect(volume.valueAt(0, 0, 0)).toBe(0);
  });

  test('any tile of any slice at any level is cut, and nothing beside it', () => {
    fc.assert(
      fc.property(
        fc.tuple(size, size, size),
        fc.oneof(
          fc.record({ dtype: fc.constantFrom(...DTYPES), components: fc.constant<1>(1) }),
          fc.record({ dtype: fc.constant<DType>('uint8'), components: fc.constantFrom<(3 | 4)[]>(3, 4) }),
        ),
        fc.constantFrom(...PLANES),
        fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
        fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat(), fc.nat()),
        (shape, { dtype, components }, plane, level, [a, b, c, d, e]) => {
          const data = ramp(dtype, shape[0] * shape[1] * shape[2] * components);
          const volume = Volume.from(data, shape, { components });
          const { count, ...slice } = volume.info(1).planes[plane];
          const whole = levelSize(slice, level);
          const [x, y] = [a % whole.width, b % whole.height];
          const tile = { x, y, width: (c % (whole.width - x)) + 1, height: (d % (whole.height - y)) + 1 };
          const expected = referenceTile(volume, plane, e % count, level, tile);
          const target = new ARRAY_OF[dtype](expected.length + 1).fill(99);
          volume.copyTile(plane, e % count, level, tile, target);
          expect(Array.from(target)).toEqual([...expected, 99]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a tile without rows or columns is cut to nothing', () => {
    const target = new Uint8Array(1).fill(9);
    Volume.alloc([7, 5, 3], 'uint8').copyTile('yz', 0, [0, 0], { x: 5, y: 0, width: 0, height: 3 }, target);
    expect(target[0]).toBe(9);
  });

  describe('copyTile refuses', () => {
    const volume = Volume.alloc([7, 5, 3], 'uint16');
    const whole = { x: 0, y: 0, width: 7, height: 5 };
    const cut =
      (plane: Plane, index: number, level: Level, tile: Partial<TileRect>, target: VoxelArray = new Uint16Array(35)) =>
      () => {
        volume.copyTile(plane, index, level, { ...whole, ...tile }, target);
      };

    test.each<[string, () => void, ErrorCode, string]>([
      [
        'a target that is too small',
        cut('xy', 0, [0, 0], {}, new Uint16Array(34)),
        'invalid-argument',
        'slice: the target has 34 elements of uint16, expected 35 of uint16',
      ],
      [
        'a target of another dtype',
        cut('xy', 0, [0, 0], {}, new Int16Array(35)),
        'invalid-argument',
        'slice: the target has 35 elements of int16, expected 35 of uint16',
      ],
      [
        'a tile too wide',
        cut('xy', 0, [0, 0], { x: 1 }),
        'invalid-argument',
        'slice: a tile of 1, 0, 7, 5, but the slice has 7 × 5 pixels',
      ],
      [
        'a tile too high for its level',
        cut('xz', 0, [1, 1], { width: 4, height: 3 }),
        'invalid-argument',
        'slice: a tile of 0, 0, 4, 3, but the slice has 4 × 2 pixels',
      ],
      [
        'a tile that begins outside',
        cut('xy', 0, [0, 0], { y: -1 }),
        'invalid-argument',
        'slice: a tile of 0, -1, 7, 5, but the slice has 7 × 5 pixels',
      ],
      [
        'half a pixel',
        cut('xy', 0, [0, 0], { x: 0.5, width: 3 }),
        'invalid-argument',
        'slice: a tile of 0.5, 0, 3, 5, but the slice has 7 × 5 pixels',
      ],
      [
        'an index',
        cut('yz', 7, [0, 0], {}),
        'index-out-of-range',
        'slice: index of plane yz is 7, expected a whole number from 0 to 6',
      ],
      [
        'a plane',
        cut('zz' as Plane, 0, [0, 0], {}),
        'unknown-plane',
        'plane is "zz", expected xy, xz, yz, axial, coronal or sagittal',
      ],
    ])('%s', (_, run, code, message) => {
      expect(failure(run)).toMatchObject({ code, message });
    });
  });
});

describe('valueAt', () => {
  test('is a number, or as many as there are components', () => {
    const data = ramp('uint8', 105 * 3);
    expect(Volume.from(data.slice(0, 105), [7, 5, 3]).valueAt(6, 4, 2)).toBe(data[104]);
    expect(Volume.from(data, [7, 5, 3], { components: 3 }).valueAt(6, 4, 2)).toEqual(Array.from(data.slice(-3)));
  });

  test('names the axis that is out of range', () => {
    const volume = Volume.alloc([7, 5, 3], 'uint8');
    expect(failure(() => volume.valueAt(7, 0, 0))).toMatchObject({
      code: 'index-out-of-range',
      message: 'valueAt: x is 7, expected a whole number from 0 to 6',
      details: { index: 7, count: 7 },
    });
    expect(failure(() => volume.valueAt(0, -1, 0)).message).toBe(
      'valueAt: y is -1, expected a whole number from 0 to 4',
    );
    expect(failure(() => volume.valueAt(0, 0, 0.5)).message).toBe(
      'valueAt: z is 0.5, expected a whole number from 0 to 2',
    );
  });
});

describe('what is said of a volume', () => {
  test('one line, in the console too', () => {
    const volume = Volume.alloc([197, 233, 189], 'uint8', { name: 'T1', spacing: [1, 0.5, 1 / 3] });
    const inspect = (volume as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')];
    const line = 'Volume "T1": 197 × 233 × 189 uint8, 1 × 0.5 × 0.3333 mm';
    expect(inspect?.call(volume)).toBe(line);
    expect(String(volume)).toBe(line);
    expect(String(Volume.alloc([1, 2, 3], 'uint8', { components: 4 }))).toBe(
      'Volume: 1 × 2 × 3 uint8 RGBA, 1 × 1 × 1 px',
    );
  });

  test('the names of axes are at the ends to which they lead, where there is no direction', () => {
    const named = Volume.alloc([7, 5, 3], 'int16', { axes: ['θ', 'r', 'depth'] });
    const { xy, xz, yz } = named.info(1).planes;
    expect(xy.edges).toEqual({ left: '', right: 'θ', top: '', bottom: 'r' });
    expect(xz.edges).toEqual({ left: '', right: 'θ', top: '', bottom: 'depth' });
    expect(yz.edges).toEqual({ left: '', right: 'r', top: '', bottom: 'depth' });
    expect(Volume.fromRecord(named.toRecord()).axes).toEqual(['θ', 'r', 'depth']);
    const direction = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    const patient = Volume.alloc([7, 5, 3], 'int16', { axes: ['θ', 'r', 'depth'], direction });
    expect(patient.info(1).planes.xy.edges).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
    for (const axes of [['x', 'y'], ['x', 'y', ''], ['x', 'y', 3], 'xyz', ['x', 'y', 'z'.repeat(17)]] as never[]) {
      expect(refusal(() => Volume.alloc([7, 5, 3], 'int16', { axes }), 'invalid-argument').details).toEqual({
        argument: 'axes',
      });
    }
  });

  test('info has each plane’s count, size and spacing', () => {
    const volume = Volume.alloc([7, 5, 3], 'int16', { spacing: [1, 2, 3], name: 'a' });
    const plain = { orientation: { transpose: false, flipX: false, flipY: false }, edges: null };
    expect(volume.info(9)).toEqual({
      chunked: false,
      frames: 1,
      frameTimes: null,
      frameLabels: null,
      channels: 1,
      channelNames: null,
      spacing: [1, 2, 3],
      origin: [0, 0, 0],
      direction: null,
      unit: 'mm',
      revision: 9,
      name: 'a',
      shape: [7, 5, 3],
      dtype: 'int16',
      rescale: null,
      components: 1,
      planes: {
        xy: { count: 3, width: 7, height: 5, spacing: [1, 2], ...plain },
        xz: { count: 5, width: 7, height: 3, spacing: [1, 3], ...plain },
        yz: { count: 7, width: 5, height: 3, spacing: [2, 3], ...plain },
      },
    });
  });
});

describe('arrays of types that no dtype stands for', () => {
  test.each([
    [[-(2n ** 31n), 5n, 2n ** 31n - 1n], 'int32'],
    [[0n, 5n, 2n ** 31n], 'uint32'],
    [[2n ** 32n - 1n, 0n], 'uint32'],
    [[2n ** 31n, -1n], 'float64'],
    [[-1n, 2n ** 31n, 3n], 'float64'],
    [[3n, 2n ** 32n, 2n ** 53n, -(2n ** 53n)], 'float64'],
    [[-(2n ** 31n) - 1n], 'float64'],
  ] as const)('64-bit integers %p are %s', (values, dtype) => {
    const signed = Volume.from(BigInt64Array.from(values), [values.length, 1, 1]);
    expect([signed.dtype, Array.from(signed.data)]).toEqual([dtype, values.map(Number)]);
    if (values.some((value) => value < 0n)) return;
    const unsigned = Volume.from(BigUint64Array.from(values), [values.length, 1, 1]);
    expect([unsigned.dtype, Array.from(unsigned.data)]).toEqual([dtype, values.map(Number)]);
  });

  test('integers beyond 2⁵³ are refused with the least and the greatest', () => {
    const message = (data: BigInt64Array | BigUint64Array): string => {
      try {
        return String(Volume.from(data, [data.length, 1, 1]));
      } catch (error) {
        return String(error);
      }
    };
    const range = (data: BigInt64Array | BigUint64Array): string | undefined =>
      /go from (-?\d+ to -?\d+), and/.exec(message(data))?.[1];
    expect(range(BigInt64Array.of(3n, 2n ** 53n + 1n, -7n))).toBe('-7 to 9007199254740993');
    expect(range(BigInt64Array.of(-(2n ** 53n) - 1n, 4n))).toBe('-9007199254740993 to 4');
    expect(range(BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n))).toBe('-9223372036854775808 to 9223372036854775807');
    expect(range(BigUint64Array.of(2n ** 53n, 2n ** 64n - 1n))).toBe('9007199254740992 to 18446744073709551615');
  });
});
