import { expect, test } from '@jest/globals';
import type { Histogram } from '../../protocol';
import { asStored } from '../testing/states';
import { percentile, typedWindow, windowOfHistogram, windowOfValues } from './auto-window';

test('percentiles are interpolated between neighbours', () => {
  const values = Float64Array.of(0, 10, 20, 30);
  expect([percentile(values, 0), percentile(values, 50), percentile(values, 100)]).toEqual([0, 15, 30]);
});

test('the window of values leaves out half a percent at either end', () => {
  const values = Float64Array.from({ length: 1001 }, (_, at) => 1000 - at);
  expect(windowOfValues(values, asStored('uint16'))).toEqual([5, 995]);
  expect(windowOfValues(values, asStored('float32'))).toEqual([expect.closeTo(5), expect.closeTo(995)]);
});

test('where nearly all values are one, the window is their range; where all are, it starts there', () => {
  const mostly = new Float64Array(1000).fill(7);
  mostly[3] = 90;
  expect(windowOfValues(mostly, asStored('uint8'))).toEqual([7, 90]);
  expect(windowOfValues(new Float64Array(9).fill(7), asStored('uint8'))).toEqual([7, 8]);
  expect(windowOfValues(new Float64Array(9).fill(0.25), asStored('float32'))).toEqual([0.25, 1.25]);
  expect(windowOfValues(new Float64Array(0), asStored('float32'))).toBeNull();
});

test('a volume’s window is of the percentiles that come with its histogram', () => {
  const histogram: Histogram = {
    kind: 'histogram',
    revision: 1,
    layer: 0,
    frame: 0,
    range: [-10, 900],
    edges: [-10.5, 900.5],
    counts: [5, 6],
    percentiles: [1.5, 2, 3, 4, 50, 95, 96, 97, 98.25],
  };
  expect(windowOfHistogram(histogram, asStored('int16'))).toEqual([1, 99]);
  expect(windowOfHistogram(histogram, asStored('float32'))).toEqual([1.5, 98.25]);
  const flat = { ...histogram, percentiles: new Array<number>(9).fill(3) };
  expect(windowOfHistogram(flat, asStored('int16'))).toEqual([-10, 900]);
  expect(windowOfHistogram({ ...histogram, range: null, counts: [], percentiles: [] }, asStored('int16'))).toBeNull();
});

test.each([
  [0, 80, 'int16', [0, 80]],
  [0.4, 80.2, 'int16', [0, 80]],
  [0.5, 0.7, 'float32', [0.5, 0.7]],
  [5, 5, 'int16', null],
  [9, 5, 'int16', null],
  [NaN, 5, 'int16', null],
  [0, Infinity, 'float32', null],
] as const)('what is typed as %d and %d for %s is the window %j', (low, high, dtype, expected) => {
  expect(typedWindow(low, high, asStored(dtype))).toEqual(expected);
});
