import { expect, test } from '@jest/globals';
import type { ChangeEvent } from '../../src/notebook';
import { expectExported } from '../browser/exported';
import { usePage, type Shown } from '../browser/page-stand';
import { colorAt, expectPicture } from '../browser/pictures';
import { placeIn, rectOf, type Point } from '../browser/places';
import type { ViewerPage } from '../browser/viewer-page';
import { volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
const SIDE = { width: 64, height: 64 } as const;
/** Colours that say which voxel a pixel shows: red is 4 x, green is 4 y, blue is z. */
const map = volumeOf('uint8', [SIDE.width, SIDE.height, 3], (x, y, z) => [4 * x, 4 * y, z], { components: 3 });
const WHOLE = { index: 1, rotation: 0, zoom: 1, center: [0.5, 0.5, 0.5] } as const;

interface Map extends Shown {
  /** What `change` has told last. */
  readonly told: () => ChangeEvent | null;
}

async function openMap(): Promise<Map> {
  const shown = await stand.show(map, { index: 1 });
  let told: ChangeEvent | null = null;
  shown.view.on('change', (event) => (told = event));
  await expectPicture(shown.viewer, map, WHOLE);
  return { ...shown, told: () => told };
}

/** A point of the whole picture on the page, given in shares of it. */
async function pointOf({ canvas }: ViewerPage, across: number, down: number): Promise<Point> {
  return placeIn(await rectOf(canvas), SIDE)(across * SIDE.width, down * SIDE.height);
}

/** The voxel that is seen where the whole picture has this point, given in shares of it. */
async function voxelAt(viewer: ViewerPage, across: number, down: number): Promise<Point> {
  const pixels = await viewer.pixels();
  const [x, y] = placeIn(pixels, SIDE)(across * SIDE.width, down * SIDE.height);
  const [red, green] = colorAt(pixels, Math.floor(x), Math.floor(y));
  return [(red as number) / 4, (green as number) / 4];
}

/** Wait until `change` told of settings that `holds` is true for, and the canvas is of these, by value. */
async function settled({ viewer, told }: Map, holds: (settings: ChangeEvent) => boolean): Promise<ChangeEvent> {
  return await eventually(async () => {
    const settings = told();
    if (settings === null || !holds(settings)) throw new Error(`The view was told ${JSON.stringify(settings)}.`);
    const { index, rotation, zoom, center } = settings;
    await expectPicture(viewer, map, { index, rotation, zoom, center }, 500);
    return settings;
  });
}

test('the wheel with Ctrl zooms at the pointer', async () => {
  const shown = await openMap();
  const { viewer, page } = shown;
  // The middle of voxel (16, 48), where a border is farthest away.
  const at = [16.5 / 64, 48.5 / 64] as const;
  await page.mouse.move(...(await pointOf(viewer, ...at)));
  await page.keyboard.down('Control');
  expect(await voxelAt(viewer, ...at)).toEqual([16, 48]);
  let zoom = 1;
  for (const [turns, factor] of [
    [-100, 1.25],
    [-200, 1.25 ** 2],
    [-400, 1.25 ** 4],
    [300, 1.25 ** -3],
  ] as const) {
    await page.mouse.wheel(0, turns);
    zoom *= factor;
    await settled(shown, (settings) => Math.abs(settings.zoom - zoom) < 1e-9);
    expect(await voxelAt(viewer, ...at)).toEqual([16, 48]);
  }
});

test('the wheel moves slices once the picture has the focus, and stops at the last', async () => {
  const { viewer, page } = await openMap();
  await page.mouse.click(...(await pointOf(viewer, 0.5, 0.5)));
  for (const [turn, index] of [
    [100, 2],
    [100, 2],
    [-100, 1],
    [-1000, 0],
  ] as const) {
    await page.mouse.wheel(0, turn);
    await expectPicture(viewer, map, { ...WHOLE, index });
  }
  for (let turn = 0; turn < 11; turn++) await page.mouse.wheel(0, 4); // A trackpad: 44 pixels, one slice.
  await expectPicture(viewer, map, { ...WHOLE, index: 1 });
});

test('dragging moves the picture with the hand, at every zoom', async () => {
  const shown = await openMap();
  const { view, viewer, page } = shown;
  const { mouse } = page;
  for (const zoom of [1, 4]) {
    view.set({ zoom, center: [0.5, 0.5, 0.5] });
    await expectPicture(viewer, map, { ...WHOLE, zoom });
    const [from, to] = [
      [0.52, 0.52],
      [0.72, 0.32],
    ] as const;
    const held = await voxelAt(viewer, ...from);
    await mouse.move(...(await pointOf(viewer, ...from)));
    await mouse.down();
    await mouse.move(...(await pointOf(viewer, ...to)), { steps: 20 });
    await mouse.up();
    const far = 0.2 / zoom;
    await settled(
      shown,
      ({ center: [x, y] }) => Math.abs(x - (0.5 - far)) < 0.005 && Math.abs(y - (0.5 + far)) < 0.005,
    );
    const now = await voxelAt(viewer, ...to);
    expect(Math.abs(now[0] - held[0])).toBeLessThanOrEqual(1);
    expect(Math.abs(now[1] - held[1])).toBeLessThanOrEqual(1);
  }
  // The hand that let go no longer moves anything.
  const rested = await viewer.pixels();
  await mouse.move(...(await pointOf(viewer, 0.1, 0.1)), { steps: 5 });
  expect(Buffer.compare((await viewer.pixels()).data, rested.data)).toBe(0);
});

test('buttons and keys zoom, rotate clockwise and reset', async () => {
  const { viewer } = await openMap();
  const press = async (title: string): Promise<void> => {
    await viewer.root.getByTitle(title).click();
  };
  await press('Zoom in (+)');
  await expectPicture(viewer, map, { ...WHOLE, zoom: 1.25 });
  await press('Zoom out (−)');
  await press('Zoom out (−)');
  await expectPicture(viewer, map, { ...WHOLE, zoom: 0.8 });
  await press('Show the whole slice (0)');
  await expectPicture(viewer, map, WHOLE);
  await press('Rotate by 90° (R)');
  await expectPicture(viewer, map, { ...WHOLE, rotation: 1 });
  // What was at the bottom left is at the top left.
  expect(await voxelAt(viewer, 0.01, 0.01)).toEqual([0, 63]);
  await viewer.canvas.press('R');
  await viewer.canvas.press('r');
  await expectPicture(viewer, map, { ...WHOLE, rotation: 3 });
  await viewer.canvas.press('+');
  await viewer.canvas.press('+');
  await viewer.canvas.press('-');
  await expectPicture(viewer, map, { ...WHOLE, rotation: 3, zoom: 1.25 });
  await viewer.canvas.press('r');
  await expectPicture(viewer, map, { ...WHOLE, zoom: 1.25 });
  await viewer.canvas.press('0');
  await expectPicture(viewer, map, WHOLE);
});

test('a turned picture turns around its middle, and zoom stops at its limits', async () => {
  const shown = await openMap();
  const { view, viewer, page } = shown;
  const placed = { zoom: 3, center: [0.2578, 0.7578, 0.5] } as const;
  view.set(placed);
  await expectPicture(viewer, map, { ...WHOLE, ...placed });
  const middle = await voxelAt(viewer, 0.5, 0.5);
  await viewer.canvas.press('r');
  await settled(shown, ({ rotation }) => rotation === 1);
  expect(await voxelAt(viewer, 0.5, 0.5)).toEqual(middle);
  await page.mouse.move(...(await pointOf(viewer, 0.5, 0.5)));
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -10_000);
  await settled(shown, ({ zoom }) => zoom === 256);
  await page.mouse.wheel(0, 20_000);
  await settled(shown, ({ zoom }) => zoom === 1 / 256);
  await page.keyboard.up('Control');
  await viewer.canvas.press('0');
  await expectPicture(viewer, map, WHOLE);
});

const ramp = volumeOf('int16', [40, 40, 3], (x, y, z) => 10 * x + y + z - 200, { window: [-200, 200] });

test.each([
  ['the right button', 'right', null],
  ['Alt', 'left', 'Alt'],
] as const)('a drag with %s changes the window: to the right wider, down darker', async (_, button, key) => {
  const { view, viewer, page } = await stand.show(ramp, { index: 1 });
  await expectPicture(viewer, ramp, { index: 1 });
  const { mouse, keyboard } = page;
  const [x, y] = await pointOf(viewer, 0.5, 0.5);
  const drag = async (by: Point): Promise<void> => {
    await mouse.move(x, y);
    if (key !== null) await keyboard.down(key);
    await mouse.down({ button });
    await mouse.move(x + by[0], y + by[1], { steps: 8 });
    await mouse.up({ button });
    if (key !== null) await keyboard.up(key);
  };
  await drag([128, 0]);
  await expectPicture(viewer, ramp, { index: 1, window: [-400, 400] });
  await drag([0, 32]);
  await expectPicture(viewer, ramp, { index: 1, window: [-300, 500] });
  await eventually(() => {
    expect(view.window).toEqual([-300, 500]);
  });
  // Half a percent of the values is below and above what double click makes of it.
  await mouse.dblclick(x, y);
  await eventually(() => {
    const [low, high] = view.window;
    expect(Math.abs(low + 191)).toBeLessThanOrEqual(12);
    expect(Math.abs(high - 222)).toBeLessThanOrEqual(12);
  });
});

test('keys flip and invert', async () => {
  const { view, viewer } = await stand.show(ramp, { index: 1 });
  for (const [key, flip, invert] of [
    ['h', [true, false], false],
    ['v', [true, true], false],
    ['i', [true, true], true],
  ] as const) {
    await viewer.canvas.press(key);
    await expectExported(viewer, ramp, { index: 1, flip, invert });
    await eventually(() => {
      expect([view.flip, view.invert]).toEqual([flip, invert]);
    });
  }
});
