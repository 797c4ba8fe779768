import { expect, test } from '@jest/globals';
import { sliceOf, tileOf } from '../testing/slices';
import { layerOf, overviewOf, sampleOf } from './slice-values';

test('the overview is the tile with all of the slice, not a preview', () => {
  const whole = tileOf('xy', (x, y) => 10 * y + x);
  const preview = { ...whole, window: [0, 1] as const };
  const part = { ...whole, rect: { x: 0, y: 0, width: 2, height: 3 } };
  const coarse = tileOf('xy', (x, y) => 10 * y + x, { level: [1, 1] });
  const found = (...tiles: (typeof whole)[]) => {
    const layer = layerOf(sliceOf('xy', 2, tiles), 0);
    return layer === null ? undefined : overviewOf(layer);
  };
  expect(found(preview)).toBeNull();
  expect(found(part, whole)).toBe(whole);
  expect(found(coarse, part)).toBe(coarse);
  expect(layerOf(sliceOf('xy', 2, [whole]), 1)).toBeNull();
  expect(layerOf(null, 0)).toBeNull();
});

test('values that are no numbers are left out, and of many only a sample is looked at', () => {
  expect([...sampleOf(Float32Array.of(1, NaN, 2, Infinity, 3))]).toEqual([1, 2, 3]);
  expect([...sampleOf(Int16Array.of(-9, 1, 2, 3), [-9, 1])]).toEqual([2, 3]);
  const many = Uint16Array.from({ length: 2 ** 20 }, (_, at) => at % 1024);
  const sample = sampleOf(many);
  expect(sample.length).toBeLessThanOrEqual(262_144);
  expect(sample.length).toBeGreaterThan(200_000);
  expect(new Set(sample).size).toBe(1024);
});
