import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exactNumber, niceBelow, roundedNumber, ticks } from './numbers';

test.each<[number, string | undefined, string]>([
  [0, 'uint8', '0'],
  [-1024, 'int16', '−1024'],
  [4294967295, 'uint32', '4294967295'],
  [Math.fround(0.1), 'float32', '0.1'],
  [Math.fround(1 / 3), 'float32', '0.33333334'],
  [Math.fround(3.4e38), 'float32', '3.4e38'],
  [0.1, 'float64', '0.1'],
  [-1.5e-300, 'float64', '−1.5e−300'],
  [NaN, 'float32', 'NaN'],
  [-Infinity, 'float64', '−∞'],
])('%d of %s is written %s', (value, dtype, expected) => {
  expect(exactNumber(value, dtype)).toBe(expected);
});

test('what is written of a single-precision value is read as the same value', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = exactNumber(value, 'float32').replaceAll('−', '-');
      expect(Math.fround(Number(text))).toBe(value === 0 ? 0 : value);
    }),
  );
});

test.each([
  [0.30000000000000004, 0.1, '0.3'],
  [-0.04, 0.1, '0.0'],
  [1500, 500, '1500'],
  [-150, 50, '−150'],
  [2e9, 5e8, '2e9'],
  [2.5e-8, 5e-9, '2.5e−8'],
  [0, 1e9, '0'],
])('%d, a step of %d from its neighbours, is %s', (value, step, expected) => {
  expect(roundedNumber(value, step)).toBe(expected);
});

test.each([
  [10, 10],
  [9.99, 5],
  [4.9, 2],
  [0.3, 0.2],
  [0.1, 0.1],
  [1999, 1000],
  [5e-7, 5e-7],
])('the round number not above %d is %d', (most, expected) => {
  expect(niceBelow(most)).toBe(expected);
});

test('ticks are round, within the range, and about as many as asked for', () => {
  expect(ticks(0, 255, 5)).toEqual({ values: [0, 50, 100, 150, 200, 250], step: 50 });
  expect(ticks(-1, 1, 4)).toEqual({ values: [-1, -0.5, 0, 0.5, 1], step: 0.5 });
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      (low, span) => {
        const { values } = ticks(low, low + span, 5);
        expect(values.length).toBeGreaterThanOrEqual(3);
        expect(values.length).toBeLessThanOrEqual(13);
        const slack = 1e-8 * (Math.abs(low) + span);
        expect(Math.min(...values)).toBeGreaterThanOrEqual(low - slack);
        expect(Math.max(...values)).toBeLessThanOrEqual(low + span + slack);
      },
    ),
  );
});
