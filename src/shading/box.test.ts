import { expect, test } from '@jest/globals';
import { boxOf, pointInBox, sliceInBox } from './box';

const plain = { shape: [40, 20, 10], spacing: [1, 1, 2], direction: null } as const;

test('a box is to scale: its longest side is 1, and its middle the origin', () => {
  const box = boxOf(plain);
  expect(box.edges).toEqual([
    [1, 0, 0],
    [0, 0.5, 0],
    [0, 0, 0.5],
  ]);
  expect(pointInBox(box, [0, 0, 0])).toEqual([-0.5, -0.25, -0.25]);
  expect(pointInBox(box, [0.5, 0.5, 0.5])).toEqual([0, 0, 0]);
  expect(pointInBox(box, [1, 1, 1])).toEqual([0.5, 0.25, 0.25]);
});

test('without a direction y runs down; with one the box stands as the patient does', () => {
  expect(boxOf(plain).up).toEqual([0, -1, 0]);
  // x runs to the back, y to the feet, z to the right.
  const direction = [0, 0, -1, 1, 0, 0, 0, -1, 0];
  const box = boxOf({ ...plain, direction });
  expect(box.up).toEqual([0, 0, 1]);
  expect(pointInBox(box, [1, 0.5, 0.5])).toEqual([0, 0.5, 0]);
  expect(pointInBox(box, [0.5, 1, 0.5])).toEqual([0, 0, -0.25]);
  expect(pointInBox(box, [0.5, 0.5, 1])).toEqual([-0.25, 0, 0]);
});

test('a slice lies in the middle of its voxels, its columns along the first axis and its rows along the second', () => {
  const box = boxOf(plain);
  expect(sliceInBox(box, 'xy', 0, 10)).toEqual({
    corner: [-0.5, -0.25, expect.closeTo(-0.225)],
    columns: [1, 0, 0],
    rows: [0, 0.5, 0],
  });
  expect(sliceInBox(box, 'yz', 39, 40)).toEqual({
    corner: [expect.closeTo(0.4875), -0.25, -0.25],
    columns: [0, 0.5, 0],
    rows: [0, 0, 0.5],
  });
});
