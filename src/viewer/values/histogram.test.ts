import { expect, test } from '@jest/globals';
import { asStored } from '../testing/states';
import { axisOf, barHeights, histogramOf } from './histogram';

test('bars of integers have equally many numbers each, and count all values', () => {
  const values = Float64Array.from({ length: 1024 }, (_, at) => at % 512);
  const histogram = histogramOf(values, asStored('uint16'));
  expect(histogram?.edges).toEqual([-0.5, 511.5]);
  expect(histogram?.counts).toEqual(new Array(256).fill(4));
});

test('few numbers have a bar each', () => {
  expect(histogramOf(Float64Array.of(3, 3, 5, 6, 3), asStored('uint8'))).toEqual({
    edges: [2.5, 6.5],
    counts: [3, 0, 1, 1],
  });
  expect(histogramOf(new Float64Array(0), asStored('uint8'))).toBeNull();
});

test('heights are logarithms: one among a million is still seen', () => {
  const [none, one, million] = barHeights([0, 1, 1_000_000]);
  expect([none, million]).toEqual([0, 1]);
  expect(one).toBeCloseTo(Math.log(2) / Math.log(1_000_001), 12);
});

test('the axis has the window on it, unless that is far away', () => {
  const bars = { edges: [0, 100], counts: [1] } as const;
  expect(axisOf(bars, [20, 130])).toEqual([-2, 132]);
  expect(axisOf(bars, [-1e6, 1e6])).toEqual([-52, 152]);
});

test('bars of stored values are those of the real ones, in the other order where the slope is negative', () => {
  const stored = Float64Array.of(3, 3, 5, 6, 3);
  const kind = { dtype: 'uint8', rescale: { slope: 2, intercept: -10 } } as const;
  expect(histogramOf(stored, kind)).toEqual({ edges: [-5, 3], counts: [3, 0, 1, 1] });
  const turned = { dtype: 'uint8', rescale: { slope: -2, intercept: 0 } } as const;
  expect(histogramOf(stored, turned)).toEqual({ edges: [-13, -5], counts: [1, 1, 0, 3] });
});
