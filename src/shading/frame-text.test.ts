import { expect, test } from '@jest/globals';
import { frameText } from './frame-text';

const texts = (frameTimes: readonly number[] | null, frameLabels: readonly string[] | null = null): string[] =>
  (frameTimes ?? frameLabels ?? ['']).map((_, frame) => frameText({ frameTimes, frameLabels }, frame));

test('times of a volume are in the unit that suits the longest one', () => {
  expect(texts([0, 0.0125, 0.9])).toEqual(['0 ms', '12.5 ms', '900 ms']);
  expect(texts([-2.5, 0, 2.5])).toEqual(['-2.5 s', '0 s', '2.5 s']);
  expect(texts([-61, 0, 600, 7384.6])).toEqual(['−0:01:01', '0:00:00', '0:10:00', '2:03:05']);
});

test('a label follows the time, and nothing is said of what is not known', () => {
  expect(texts([0, 2], ['b = 0 s/mm²', ''])).toEqual(['0 s, b = 0 s/mm²', '2 s']);
  expect(texts(null, ['TE = 5 ms'])).toEqual(['TE = 5 ms']);
  expect(texts(null)).toEqual(['']);
});
