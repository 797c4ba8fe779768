import { expect, test } from '@jest/globals';
import type { TileRect } from '../protocol';
import { MAX_TEXT_VOXELS, sliceText } from './slice-text';
import type { Slice, Tile } from './slice-cache';

const UPRIGHT = { transpose: false, flipX: false, flipY: false };

function tile(rect: TileRect, values: readonly number[], more: Partial<Tile> = {}): Tile {
  return { level: [0, 0], rect, data: Int16Array.from(values), dtype: 'int16', components: 1, window: null, ...more };
}

function sliceOf(width: number, height: number, tiles: readonly Tile[]): Slice {
  const layers = [{ layer: 0, revision: 1, rescale: null, width, height, tiles }];
  return { revision: 1, plane: 'xy', index: 0, frame: 0, width, height, layers, quality: 'exact' };
}

const plain = sliceOf(3, 2, [tile({ x: 0, y: 0, width: 3, height: 2 }, [1, 2, 3, -4, 5, 6])]);

test('a line for each row, and tabs between the columns', () => {
  expect(sliceText(plain, UPRIGHT)).toBe('1\t2\t3\n-4\t5\t6');
});

test('the values lie as they do on the screen', () => {
  expect(sliceText(plain, { ...UPRIGHT, flipX: true })).toBe('3\t2\t1\n6\t5\t-4');
  expect(sliceText(plain, { ...UPRIGHT, flipY: true })).toBe('-4\t5\t6\n1\t2\t3');
  expect(sliceText(plain, { ...UPRIGHT, transpose: true })).toBe('1\t-4\n2\t5\n3\t6');
  expect(sliceText(plain, { transpose: true, flipX: true, flipY: false })).toBe('-4\t1\n5\t2\n6\t3');
});

test('several tiles are one slice; coarser levels and previews are not read', () => {
  const coarse = tile({ x: 0, y: 0, width: 2, height: 1 }, [9, 9], { level: [1, 1] });
  const left = tile({ x: 0, y: 0, width: 2, height: 2 }, [1, 2, -4, 5]);
  const right = tile({ x: 2, y: 0, width: 1, height: 2 }, [3, 6]);
  expect(sliceText(sliceOf(3, 2, [coarse, left, right]), UPRIGHT)).toBe('1\t2\t3\n-4\t5\t6');
  expect(() => sliceText(sliceOf(3, 2, [coarse, left]), UPRIGHT)).toThrow(/Not all values/);
  const preview = tile({ x: 0, y: 0, width: 3, height: 2 }, [0, 0, 0, 0, 0, 0], { window: [0, 255] });
  expect(() => sliceText(sliceOf(3, 2, [preview]), UPRIGHT)).toThrow(/Not all values/);
});

test('floats are exact, NaN is NaN, and colours are separated by commas', () => {
  const rect = { x: 0, y: 0, width: 2, height: 1 };
  const floats = tile(rect, [], { data: Float64Array.of(0.1, NaN), dtype: 'float64' });
  expect(sliceText(sliceOf(2, 1, [floats]), UPRIGHT)).toBe('0.1\tNaN');
  const colours = tile(rect, [], { data: Uint8Array.of(1, 2, 3, 4, 5, 6), dtype: 'uint8', components: 3 });
  expect(sliceText(sliceOf(2, 1, [colours]), UPRIGHT)).toBe('1,2,3\t4,5,6');
});

test('too many values are refused, with what can be done', () => {
  const [width, height] = [MAX_TEXT_VOXELS / 512, 513];
  expect(() => sliceText(sliceOf(width, height, []), UPRIGHT)).toThrow(
    'The slice has 2048 × 513 values; at most 1048576 can be copied. In the notebook, volume.slice(plane, index) has them all.',
  );
});

test('values are real ones where the stored ones stand for others', () => {
  const layers = plain.layers.map((layer) => ({ ...layer, rescale: { slope: 0.5, intercept: -1024 } }));
  expect(sliceText({ ...plain, layers }, UPRIGHT)).toBe('-1023.5\t-1023\t-1022.5\n-1026\t-1021.5\t-1021');
});
