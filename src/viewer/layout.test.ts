import { expect, test } from '@jest/globals';
import { boxFrame, boxSize, placePicture, soloFrame, trioFrames } from './layout';

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

const size = (width: number, height: number): { width: number; height: number } => ({ width, height });
const room = (width: number): { width: number; height: null } => ({ width, height: null });

test('in a room with a height, as a window has, the pictures fill it', () => {
  expect(soloFrame(picture, { width: 900, height: 700 }).box).toEqual(size(900, 700));
  expect(boxFrame({ width: 900, height: 700 })).toEqual(size(900, 700));
  expect(boxFrame(room(900))).toEqual(size(512, 512));
  const pictures = { xy: size(100, 100), xz: size(100, 50), yz: size(100, 50) };
  const { xy, xz, yz } = trioFrames(pictures, { width: 2000, height: 1503 });
  expect([xy.box, xz.box, yz.box]).toEqual([size(998, 998), size(998, 499), size(998, 499)]);
});

test('three panes are to one scale, those in a row or a column are equal, and they take the room that there is', () => {
  // 64 × 32 × 16 voxels of 1, 2 and 4: 64 × 64 × 64 pixels.
  const pictures = { xy: size(64, 64), xz: size(64, 64), yz: size(64, 64) };
  const { xy, xz, yz } = trioFrames(pictures, room(403));
  expect([xy, xz, yz].map(({ box, scale }) => [box.width, box.height, scale])).toEqual(
    Array(3).fill([200, 200, 3.125]),
  );
  const flat = trioFrames({ xy: size(200, 100), xz: size(200, 50), yz: size(100, 50) }, room(603));
  expect([flat.xy.box, flat.xz.box, flat.yz.box]).toEqual([size(400, 200), size(400, 100), size(200, 100)]);
  const high = trioFrames({ xy: size(100, 100), xz: size(100, 300), yz: size(100, 300) }, room(10_000));
  expect([high.xy.box, high.xz.box, high.yz.box]).toEqual([size(159, 159), size(159, 477), size(159, 477)]);
});

test('a plane of one voxel still has a pane that can be handled, and the others keep their scale', () => {
  const { xy, xz, yz } = trioFrames({ xy: size(400, 1), xz: size(400, 200), yz: size(1, 200) }, room(451));
  expect([xy.box, xz.box, yz.box]).toEqual([size(400, 48), size(400, 200), size(48, 200)]);
  expect([xy.scale, xz.scale, yz.scale]).toEqual([1, 1, 1]);
  const { xy: other } = trioFrames({ xy: size(5000, 1), xz: size(5000, 1), yz: size(1, 1) }, room(60));
  expect(other.box.width).toBeGreaterThanOrEqual(48);
});
