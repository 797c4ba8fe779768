import { describe, expect, test } from '@jest/globals';
import type { DType, ErrorCode, Plane, Shape } from '../protocol';
import { failure } from '../protocol/testing/thrown';
import { Volume, type VolumeOptions } from './index';

describe('bad input is refused with a sentence', () => {
  const from = (
    shape: unknown,
    options: unknown = {},
    data: unknown = new Uint8Array(24),
  ): { code: ErrorCode; message: string } =>
    failure(() => Volume.from(data as Uint8Array, shape as Shape, options as VolumeOptions));

  test('an index and a plane', () => {
    const volume = Volume.alloc([7, 5, 3], 'uint8');
    expect(failure(() => volume.slice('xz', 5))).toMatchObject({
      code: 'index-out-of-range',
      message: 'slice: index of plane xz is 5, expected a whole number from 0 to 4',
    });
    for (const plane of ['zx', 'toString', undefined]) {
      expect(failure(() => volume.slice(plane as Plane, 0)).code).toBe('unknown-plane');
    }
    expect(failure(() => volume.resolvePlane('zx'))).toMatchObject({
      code: 'unknown-plane',
      message: 'plane is "zx", expected xy, xz, yz, axial, coronal or sagittal',
    });
  });

  test.each([
    [{ notes: 'one' }, 'notes is "one", expected up to 16 sentences of 1 to 500 characters'],
    [{ notes: [''] }, 'notes is [""], expected up to 16 sentences'],
    [{ notes: ['x'.repeat(501)] }, 'expected up to 16 sentences of 1 to 500 characters'],
    [{ notes: Array<string>(17).fill('x') }, 'expected up to 16 sentences'],
    [{ emptySlices: 1 }, 'emptySlices is 1, expected ascending whole numbers from 0 to 3'],
    [{ emptySlices: [4] }, 'emptySlices is [4], expected ascending whole numbers from 0 to 3'],
    [{ emptySlices: [1, 1] }, 'emptySlices is [1, 1], expected ascending whole numbers from 0 to 3'],
  ])('notes and empty slices: %p', (options, sentence) => {
    const error = from([2, 3, 4], options);
    expect(error.code).toBe('invalid-argument');
    expect(error.message).toContain(sentence);
  });

  test('data that does not fill the shape', () => {
    expect(failure(() => Volume.from(new Uint8Array(1000), [10, 10, 11]))).toMatchObject({
      code: 'shape-mismatch',
      message: 'Volume.from: data has 1000 elements, but shape 10 × 10 × 11 needs 1100',
      details: { elements: 1000, expected: 1100 },
    });
    expect(from([2, 3, 4], { components: 3 }).message).toBe(
      'Volume.from: data has 24 elements, but shape 2 × 3 × 4 of 3 components needs 72',
    );
  });

  test.each([
    [[0, 3, 4], '0 × 3 × 4'],
    [[2, -3, 4], '2 × -3 × 4'],
    [[2, 3, 1.5], '2 × 3 × 1.5'],
    [[NaN, 3, 4], 'NaN × 3 × 4'],
    [[2, 3, Infinity], '2 × 3 × Infinity'],
    [[2, '3', 4], '2 × "3" × 4'],
    [[2, 12], '2 × 12'],
    [[1, 2, 3, 4], '1 × 2 × 3 × 4'],
    [24, '24'],
    [undefined, 'undefined'],
  ])('shape %p', (shape, shown) => {
    expect(from(shape)).toMatchObject({
      code: 'invalid-shape',
      message: `Volume.from: shape is ${shown}, expected three whole numbers from 1 on`,
    });
  });

  test('shapes that nothing can hold, before memory is taken', () => {
    expect(failure(() => Volume.alloc([65_536, 65_536, 2], 'uint8'))).toMatchObject({
      code: 'invalid-shape',
      message:
        'Volume.alloc: shape is 65536 × 65536 × 2, which is 8589934592 values; a volume holds at most 4294967296',
    });
    expect(failure(() => Volume.alloc([1e200, 1e200, 1e200], 'uint8')).code).toBe('invalid-shape');
  });

  test('data that is no typed array of a dtype', () => {
    expect(from([2, 3, 4], {}, [1, 2, 3])).toMatchObject({
      code: 'invalid-argument',
      message: 'Volume.from: data is a plain array, expected a typed array, for instance Uint16Array.from(values)',
    });
    expect(from([2, 3, 4], {}, new ArrayBuffer(24)).message).toContain('data is ArrayBuffer, expected a typed array');
    expect(from([2, 3, 4], {}, new DataView(new ArrayBuffer(24))).code).toBe('invalid-argument');
    expect(from([2, 3, 4], {}, null).message).toContain('data is null, expected');
    expect(from([1, 1, 2], {}, BigInt64Array.of(-3n, 2n ** 53n + 1n))).toMatchObject({
      code: 'unknown-dtype',
      details: { dtype: 'int64' },
      message:
        'Volume.from: its 64-bit integers go from -3 to 9007199254740993, and those beyond ±2⁵³ (9007199254740992) are held by no dtype; save them as smaller ones',
    });
    expect(failure(() => Volume.alloc([2, 3, 4], 'float16' as DType))).toMatchObject({
      code: 'unknown-dtype',
      message:
        'Volume.alloc: dtype is "float16", expected one of uint8, int8, uint16, int16, uint32, int32, float32, float64',
    });
  });

  test('an option that there is not', () => {
    expect(from([2, 3, 4], { spaceing: [1, 1, 1] })).toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(
        /^Volume.from: there is no option "spaceing", expected one of spacing, origin,/,
      ) as unknown,
      details: { argument: 'spaceing' },
    });
  });

  test('nothing of another volume, which gives what it says of itself', () => {
    const volume = Volume.alloc([2, 3, 4], 'int16', { spacing: [1, 2, 3], name: 'T1' });
    const smooth = Volume.from(new Float32Array(24), volume.shape, volume);
    expect(smooth).toMatchObject({ dtype: 'float32', spacing: [1, 2, 3], name: 'T1' });
  });

  test('spacing, origin, direction, components, name and window', () => {
    const spacing = 'expected three numbers over 0';
    expect(from([2, 3, 4], { spacing: [1, 0, 1] }).message).toBe(`Volume.from: spacing is [1, 0, 1], ${spacing}`);
    expect(from([2, 3, 4], { spacing: [1, NaN, 1] }).message).toBe(`Volume.from: spacing is [1, NaN, 1], ${spacing}`);
    expect(from([2, 3, 4], { spacing: 2 }).message).toBe(`Volume.from: spacing is 2, ${spacing}`);
    expect(from([2, 3, 4], { origin: [0, 0] }).message).toBe(
      'Volume.from: origin is [0, 0], expected three finite numbers',
    );
    expect(from([2, 3, 4], { direction: [1, 0, 0] }).message).toBe(
      'Volume.from: direction is [1, 0, 0], expected nine finite numbers, a 3 × 3 matrix row by row',
    );
    for (const direction of [
      [1, 1, 0, 0, 0, 0, 0, 0, 1],
      [2, 0, 0, 0, 1, 0, 0, 0, 1],
    ]) {
      expect(from([2, 3, 4], { direction }).message).toContain(
        'expected columns of length 1 that do not lie in one plane',
      );
    }
    expect(from([2, 3, 4], { components: 2 }).message).toBe('Volume.from: components is 2, expected 1, 3 or 4');
    expect(from([2, 3, 4], { components: 3 }, new Float32Array(72)).message).toBe(
      'Volume.from: 3 components of float32; RGB and RGBA volumes are uint8 or uint16',
    );
    expect(from([2, 3, 4], { name: 5 }).message).toBe('Volume.from: name is 5, expected a string');
    const padding = '[low, high], finite, high not below low';
    expect(from([2, 3, 4], { padding: [3, 2] }).message).toBe(`Volume.from: padding is [3, 2], expected ${padding}`);
    expect(from([2, 3, 4], { padding: 3 }).message).toBe(`Volume.from: padding is 3, expected ${padding}`);
    expect(from([2, 3, 4], { padding: [3, 3], components: 3 }, new Uint8Array(72)).message).toBe(
      'Volume.from: padding is [3, 3], expected none, because a voxel has 3 components',
    );
    expect(from([2, 3, 4], { invert: 'yes' }).message).toBe('Volume.from: invert is "yes", expected true or false');
    for (const window of [[3, 3], [4, 3], [NaN, 3], [0, Infinity], [1]]) {
      expect(from([2, 3, 4], { window }).code).toBe('invalid-window');
    }
    expect(from([2, 3, 4], { window: [4, 3] }).message).toBe(
      'Volume.from: window is [4, 3], expected [low, high], finite, low below high',
    );
  });
});
