import { expect, test } from '@jest/globals';
import type { Orientation, Plane } from '../protocol';
import type { Surface } from './host';
import { voxelAt, voxelOf } from './surface';
import { viewState } from './testing/states';

/** A canvas of 400 × 300 pixels, half as large on the page and at (10, 20) there, with the picture in its middle. */
function surface(plane: Plane, orientation: Orientation): Surface {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [400, 300];
  canvas.getBoundingClientRect = () => new DOMRect(10, 20, 200, 150);
  const placed = { left: 40, top: 60, width: 320, height: 180 };
  return { canvas, plane, size: { width: 4, height: 3 }, orientation, placed };
}

const upright = { transpose: false, flipX: false, flipY: false };
/** 4 × 3 × 5 voxels, at (2, 1, 3). */
const state = { ...viewState(1, 'xy', 3), position: [2, 1, 3] as const };
/** The page's point over a share of the picture. */
const over = (x: number, y: number): { clientX: number; clientY: number } => ({
  clientX: 10 + (40 + x * 320) / 2,
  clientY: 20 + (60 + y * 180) / 2,
});

test('a pointer is over the voxel that is drawn there, in voxels and parts of them', () => {
  expect(voxelAt(surface('xy', upright), state, over(0.5, 0.25))).toEqual([2, 0.75, 3.5]);
  expect(voxelAt(surface('yz', upright), state, over(0, 1))).toEqual([2.5, 0, 5]);
});

test('turned and flipped pictures lead back to the same voxels', () => {
  const turned = surface('xz', { transpose: true, flipX: true, flipY: false });
  // Columns run down, rows to the left.
  expect(voxelAt(turned, state, over(0.1, 0.25))).toEqual([1, 1.5, expect.closeTo(4.5)]);
});

test('outside the picture it is the nearest voxel, and across the plane always the one of the position', () => {
  const place = surface('xy', upright);
  const at = (x: number, y: number): unknown => voxelOf(voxelAt(place, state, over(x, y)), 'xy', state);
  expect(at(0.01, 0.99)).toEqual([0, 2, 3]);
  expect(at(-3, 7)).toEqual([0, 2, 3]);
  expect(at(3, -7)).toEqual([3, 0, 3]);
});
