import { expect, test } from '@jest/globals';
import type { Camera, Triple } from '../protocol';
import { FARTHEST, NEAREST, approached, orbited } from './camera';

const camera: Camera = { position: [0, -2, 0], target: [0, 0, 0] };
const UP = [0, 0, 1] as const;
const close = (triple: Triple): unknown => triple.map((each) => expect.closeTo(each, 9));

test('a quarter turn to the right is where the right side was', () => {
  expect(orbited(camera, UP, Math.PI / 2, 0).position).toEqual(close([2, 0, 0]));
  expect(orbited(camera, UP, -Math.PI / 2, 0).position).toEqual(close([-2, 0, 0]));
  expect(orbited(camera, UP, 2 * Math.PI, 0).position).toEqual(close([0, -2, 0]));
});

test('going up keeps the distance, and stops before the picture turns over', () => {
  const above = orbited(camera, UP, 0, Math.PI / 6);
  expect(above.position).toEqual(close([0, -Math.sqrt(3), 1]));
  const top = orbited(camera, UP, 0, 10).position;
  expect(top[2]).toBeCloseTo(2, 4);
  expect(top[1]).toBeLessThan(0);
  expect(orbited({ position: [0, 0, 2], target: [0, 0, 0] }, UP, 1, -1).position[2]).toBeLessThan(2);
});

test('the target stays, wherever it is, and so does another way up', () => {
  const moved: Camera = { position: [1, 0, 3], target: [1, 1, 1] };
  const { position, target } = orbited(moved, [0, -1, 0], 0.7, 0.2);
  expect(target).toEqual([1, 1, 1]);
  expect(Math.hypot(position[0] - 1, position[1] - 1, position[2] - 1)).toBeCloseTo(Math.hypot(0, 1, 2), 9);
});

test('coming nearer and going back is where it began, within its limits', () => {
  expect(approached(camera, 1.25).position).toEqual(close([0, -1.6, 0]));
  expect(approached(approached(camera, 1.25), 1 / 1.25).position).toEqual(close([0, -2, 0]));
  expect(approached(camera, 1e9).position).toEqual(close([0, -NEAREST, 0]));
  expect(approached(camera, 1e-9).position).toEqual(close([0, -FARTHEST, 0]));
});
