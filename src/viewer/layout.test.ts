import { expect, test } from '@jest/globals';
import { boxSize, placePicture } from './layout';

const picture = { width: 200, height: 100 };
const canvas = { width: 800, height: 600 };

test('the canvas has the proportions of the picture and is no wider than the page', () => {
  expect(boxSize({ width: 256, height: 256 }, 1000)).toEqual({ width: 512, height: 512 });
  expect(boxSize({ width: 200, height: 100 }, 1000)).toEqual({ width: 1000, height: 500 });
  expect(boxSize({ width: 256, height: 256 }, 300)).toEqual({ width: 300, height: 300 });
});

test('a slice of one row still has a canvas that can be handled', () => {
  expect(boxSize({ width: 500, height: 1 }, 900)).toEqual({ width: 900, height: 300 });
  expect(boxSize({ width: 1, height: 500 }, 900)).toEqual({ width: 171, height: 513 });
});

test('at zoom 1 the whole picture is in the middle of the canvas', () => {
  expect(placePicture(picture, canvas, 1, [0.5, 0.5])).toEqual({
    left: 0,
    top: 100,
    width: 800,
    height: 400,
  });
});

test('the center is the point of the picture in the middle of the canvas', () => {
  const { left, top, width, height } = placePicture(picture, canvas, 2, [0.25, 1]);
  expect([left + 0.25 * width, top + height]).toEqual([400, 300]);
});
