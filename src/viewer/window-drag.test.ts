import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DTYPES, DTYPE_RANGES, type DType, type Window } from '../protocol';
import { asStored } from './testing/states';
import { draggedWindow, windowAround } from './window-drag';

test.each<[Window, [number, number], DType, Window]>([
  [[0, 100], [0, 0], 'uint16', [0, 100]],
  [[1, 4], [0, 0], 'uint16', [1, 4]],
  [[0, 100], [128, 0], 'uint16', [-50, 150]],
  [[0, 100], [-128, 0], 'uint16', [25, 75]],
  [[0, 100], [0, 256], 'uint16', [100, 200]],
  [[400, 500], [0, -128], 'int16', [350, 450]],
  [[0, 1], [0, 64], 'float32', [0.25, 1.25]],
  [[0, 1], [-256, 0], 'float64', [0.375, 0.625]],
  [[-1e-9, 1e-9], [128, 0], 'float64', [-2e-9, 2e-9]],
])('%o dragged by %o is, for %s, %o', (from, by, dtype, expected) => {
  const [low, high] = draggedWindow(from, by, asStored(dtype));
  expect([low, high]).toEqual([expect.closeTo(expected[0], 12), expect.closeTo(expected[1], 12)]);
});

test('however far it is dragged, a window is one, and of whole numbers for integers', () => {
  const pixels = fc.double({ min: -100_000, max: 100_000, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...DTYPES), fc.nat(), fc.nat(), pixels, pixels, (dtype, start, width, x, y) => {
      const [least, most] = DTYPE_RANGES[dtype];
      const low = Math.max(least, Math.min(most - 1, start % 1000));
      const [a, b] = draggedWindow([low, low + 1 + (width % 500)], [x, y], asStored(dtype));
      expect(a).toBeLessThan(b);
      expect(Number.isFinite(b - a)).toBe(true);
      if (!dtype.startsWith('float')) expect([a, b].every(Number.isInteger)).toBe(true);
      if (dtype === 'float32') expect(Math.fround(a)).toBeLessThan(Math.fround(b));
    }),
  );
});

test('a window is never narrower than one value', () => {
  expect(windowAround(7, 0, asStored('int16'))).toEqual([7, 8]);
  const [low, high] = windowAround(1000, 0, asStored('float32'));
  expect(high - low).toBeCloseTo(1000 * 2 ** -18, 6);
});

test('windows of real values are whole where these are, and reach as far', () => {
  const hounsfield = { dtype: 'uint8', rescale: { slope: 10, intercept: -1000 } } as const;
  expect(draggedWindow([-1000, -900], [0, -1e6], hounsfield)).toEqual([-1050, -950]);
  expect(draggedWindow([-1000, -900], [1e6, 0], hounsfield)).toEqual([-3500, 1600]);
  const fine = { dtype: 'uint8', rescale: { slope: 0.01, intercept: 0 } } as const;
  expect(draggedWindow([0.1, 0.3], [-128, 0], fine)).toEqual([expect.closeTo(0.15), expect.closeTo(0.25)]);
});
