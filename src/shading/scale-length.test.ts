import { expect, test } from '@jest/globals';
import { scaleLength } from './scale-length';

test.each([
  [1, 'mm', 100, 100, '10 cm'],
  [2, 'mm', 100, 100, '5 cm'],
  [2.3, 'mm', 100, 46, '2 cm'],
  [30, 'mm', 100, 60, '2 mm'],
  [300, 'mm', 100, 60, '200 µm'],
  [0.05, 'mm', 100, 100, '2 m'],
  [3, 'µm', 120, 60, '20 µm'],
  [0.06, 'um', 120, 120, '2 mm'],
  [500, 'nm', 100, 100, '0.2 nm'],
  [4, 'px', 120, 80, '20 px'],
  [0.01, 'km', 90, 50, '5000 km'],
])('%d CSS pixels a %s, at most %d, are a bar of %d: %s', (pixelsPerUnit, unit, most, pixels, text) => {
  expect(scaleLength(pixelsPerUnit, unit, most)).toEqual({ pixels: expect.closeTo(pixels, 9), text });
});

test('without a scale there is no bar', () => {
  expect([scaleLength(0, 'mm', 100), scaleLength(NaN, 'mm', 100), scaleLength(Infinity, 'mm', 100)]).toEqual([
    null,
    null,
    null,
  ]);
});
