import { expect, test } from '@jest/globals';
import type { SliceView } from '../../src/notebook';
import { Fingers } from '../browser/fingers';
import { usePage } from '../browser/page-stand';
import { colorAt, expectPicture } from '../browser/pictures';
import { placeIn, rectOf, type Point } from '../browser/places';
import { volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
const SIDE = { width: 64, height: 64 } as const;
/** Colours that say which voxel a pixel shows: red is 4 x, green is 4 y, blue is z. */
const map = volumeOf('uint8', [SIDE.width, SIDE.height, 9], (x, y, z) => [4 * x, 4 * y, z], { components: 3 });

test('one finger moves slices after a tap; two move and zoom the picture', async () => {
  const { view, viewer, page } = await stand.show(map, { index: 4 });
  const fingers = await Fingers.on(page);
  await expectPicture(viewer, map, { index: 4 });
  const hasFocus = async (): Promise<boolean> =>
    await viewer.canvas.evaluate((canvas) => canvas === document.activeElement);
  await viewer.canvas.evaluate((canvas) => {
    canvas.blur();
  });
  /** Wait until the view has settings that `holds` is true for, and the canvas is of these, by value. */
  const settled = async (holds: (settings: SliceView) => boolean): Promise<void> => {
    await eventually(async () => {
      const { index, zoom, center } = view;
      if (!holds(view)) throw new Error(`The view is at ${JSON.stringify({ index, zoom, center })}.`);
      await expectPicture(viewer, map, { index, zoom, center }, 500);
    });
  };
  const place = placeIn(await rectOf(viewer.canvas), SIDE);
  const at = (across: number, down: number): Point => place(across * SIDE.width, down * SIDE.height);
  const voxelAt = async (across: number, down: number): Promise<Point> => {
    const pixels = await viewer.pixels();
    const [x, y] = placeIn(pixels, SIDE)(across * SIDE.width, down * SIDE.height);
    const [red, green] = colorAt(pixels, Math.floor(x), Math.floor(y));
    return [(red as number) / 4, (green as number) / 4];
  };

  // Without the focus a finger is the page's, and the first tap only gives it.
  const [x, y] = at(0.5, 0.5);
  await fingers.move([
    [x, y],
    [x, y - 74],
  ]);
  expect(await hasFocus()).toBe(false);
  await fingers.move([
    [x, y],
    [x, y],
  ]);
  await eventually(async () => {
    expect(await hasFocus()).toBe(true);
  });
  await expectPicture(viewer, map, { index: 4 });
  await fingers.move([
    [x, y],
    [x, y - 74], // 24 pixels a slice.
  ]);
  await settled(({ index, zoom }) => index === 7 && zoom === 1);
  await fingers.move([
    [x, y],
    [x, y + 50],
  ]);
  await settled(({ index }) => index === 5);

  // Two fingers, 0.2 of the picture apart, go to 0.5: what is between them stays.
  const middle = [24.5 / 64, 40.5 / 64] as const;
  const apart = (by: number): readonly [Point, Point] => [
    at(middle[0] - by / 2, middle[1]),
    at(middle[0] + by / 2, middle[1]),
  ];
  const [near, far] = [apart(0.2), apart(0.5)];
  await fingers.move([near[0], far[0]], [near[1], far[1]]);
  await settled(({ zoom }) => Math.abs(zoom - 2.5) < 0.02);
  expect(await voxelAt(...middle)).toEqual([24, 40]);
  await fingers.move([far[0], near[0]], [far[1], near[1]]);
  await settled(({ index, zoom }) => Math.abs(zoom - 1) < 0.01 && index === 5);
  expect(await voxelAt(...middle)).toEqual([24, 40]);

  // Two fingers that keep their distance move the picture by as much.
  const by = [0.15, -0.1] as const;
  const moved = (share: number): readonly [Point, Point] => [
    at(0.4 + share * by[0], 0.5 + share * by[1]),
    at(0.6 + share * by[0], 0.5 + share * by[1]),
  ];
  const [start, end] = [moved(0), moved(1)];
  await fingers.move([start[0], end[0]], [start[1], end[1]]);
  await settled(
    ({ center, zoom }) =>
      Math.abs(center[0] - 0.35) < 0.01 && Math.abs(center[1] - 0.6) < 0.01 && Math.abs(zoom - 1) < 0.02,
  );
});
