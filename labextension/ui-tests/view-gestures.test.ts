import { expect, test } from '@jest/globals';
import type { ViewSettings } from '../../src/protocol';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { colorAt, expectPicture } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
/** Colours that say which voxel a pixel shows: red is 4 x, green is 4 y, blue is z. */
const map = volumeOf('uint8', [64, 64, 3], (x, y, z) => [4 * x, 4 * y, z], { components: 3 });
const WHOLE = { index: 1, rotation: 0, zoom: 1, center: [0.5, 0.5, 0.5] } as const;

async function openMap(): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'map', map);
  const filler = Array.from({ length: 30 }, (_, line) => `// line ${String(line)}`).join('\n');
  const notebook = await stand.open([
    `const view = show(load('map'), { index: 1 });
    let told: unknown = null;
    view.on('change', (event) => { told = event; });`,
    filler,
    filler,
  ]);
  await notebook.page.setViewportSize({ width: 800, height: 900 }); // Smaller canvases are compared sooner.
  await notebook.runCell(1);
  await expectPicture(notebook.viewer(), map, WHOLE);
  return [notebook, notebook.viewer()];
}

/** A point of the canvas on the page, given in fractions of it. */
async function pointOf(viewer: ViewerPage, across: number, down: number): Promise<[x: number, y: number]> {
  const box = await viewer.canvas.boundingBox();
  if (box === null) throw new Error('The canvas is not on the page.');
  return [box.x + across * box.width, box.y + down * box.height];
}

/** The voxel that a point of the canvas shows, the point given in fractions of it. */
async function voxelAt(viewer: ViewerPage, across: number, down: number): Promise<[x: number, y: number]> {
  const pixels = await viewer.pixels();
  const [red, green] = colorAt(pixels, Math.floor(across * pixels.width), Math.floor(down * pixels.height));
  return [(red as number) / 4, (green as number) / 4];
}

/** Wait until the notebook was told of settings that `holds` is true for, and the canvas is of these, by value. */
async function settled(
  notebook: NotebookPage,
  viewer: ViewerPage,
  holds: (settings: ViewSettings) => boolean,
): Promise<ViewSettings> {
  return await eventually(async () => {
    const settings = JSON.parse(await notebook.run('console.log(JSON.stringify(told))')) as ViewSettings | null;
    if (settings === null || !holds(settings)) throw new Error(`The notebook was told ${JSON.stringify(settings)}.`);
    const { index, rotation, zoom, center } = settings;
    await expectPicture(viewer, map, { index, rotation, zoom, center }, 500);
    return settings;
  });
}

test('the wheel with Ctrl zooms at the pointer', async () => {
  const [notebook, viewer] = await openMap();
  const { mouse, keyboard } = notebook.page;
  // The middle of voxel (16, 48), where a border is farthest away.
  const at = [16.5 / 64, 48.5 / 64] as const;
  await mouse.move(...(await pointOf(viewer, ...at)));
  await keyboard.down('Control');
  expect(await voxelAt(viewer, ...at)).toEqual([16, 48]);
  let zoom = 1;
  for (const [turns, factor] of [
    [-100, 1.25],
    [-200, 1.25 ** 2],
    [-400, 1.25 ** 4],
    [300, 1.25 ** -3],
  ] as const) {
    await mouse.wheel(0, turns);
    zoom *= factor;
    await settled(notebook, viewer, (settings) => Math.abs(settings.zoom - zoom) < 1e-9);
    expect(await voxelAt(viewer, ...at)).toEqual([16, 48]);
  }
  await keyboard.up('Control');
});

test('the wheel moves slices once the picture has the focus, and stops at the last', async () => {
  const [notebook, viewer] = await openMap();
  const { mouse } = notebook.page;
  const at = await pointOf(viewer, 0.5, 0.5);
  await mouse.click(...at);
  for (const [turn, index] of [
    [100, 2],
    [100, 2],
    [-100, 1],
    [-1000, 0],
  ] as const) {
    await mouse.wheel(0, turn);
    await expectPicture(viewer, map, { ...WHOLE, index });
  }
  for (let turn = 0; turn < 11; turn++) await mouse.wheel(0, 4); // A trackpad: 44 pixels, one slice.
  await expectPicture(viewer, map, { ...WHOLE, index: 1 });
});

test('without the focus the wheel scrolls the notebook, and Escape gives it back', async () => {
  const [notebook, viewer] = await openMap();
  const { mouse, keyboard } = notebook.page;
  const top = async (): Promise<number> => (await viewer.canvas.boundingBox())?.y ?? 0;
  const before = await top();
  await mouse.move(...(await pointOf(viewer, 0.5, 0.5)));
  await mouse.wheel(0, 120);
  await eventually(async () => {
    expect(await top()).toBeLessThan(before - 50);
  });
  await expectPicture(viewer, map, WHOLE);
  await mouse.wheel(0, -120);
  await eventually(async () => {
    expect(await top()).toBeCloseTo(before, 0);
  });

  await viewer.canvas.focus();
  await mouse.wheel(0, -100);
  await settled(notebook, viewer, ({ index }) => index === 0);
  expect(await top()).toBeCloseTo(before, 0);
  await keyboard.press('Escape');
  const shown = await viewer.pixels();
  await mouse.wheel(0, 120);
  await eventually(async () => {
    expect(await top()).toBeLessThan(before - 50);
  });
  expect(Buffer.compare((await viewer.pixels()).data, shown.data)).toBe(0);
});

test('dragging moves the picture with the hand, at every zoom', async () => {
  const [notebook, viewer] = await openMap();
  const { mouse } = notebook.page;
  for (const zoom of [1, 4]) {
    await notebook.run(`view.set({ zoom: ${String(zoom)}, center: [0.5, 0.5, 0.5] })`);
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
    const { center } = await settled(notebook, viewer, (settings) => settings.center[0] < 0.5);
    expect(center[0]).toBeCloseTo(0.5 - 0.2 / zoom, 2);
    expect(center[1]).toBeCloseTo(0.5 + 0.2 / zoom, 2);
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
  const [notebook, viewer] = await openMap();
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
  expect(await notebook.page.locator('.jp-Dialog').count()).toBe(0);
});

test('a turned picture turns around its middle, and zoom stops at its limits', async () => {
  const [notebook, viewer] = await openMap();
  await notebook.run('view.set({ zoom: 3, center: [0.2578, 0.7578, 0.5] })');
  await expectPicture(viewer, map, { ...WHOLE, zoom: 3, center: [0.2578, 0.7578, 0.5] });
  const middle = await voxelAt(viewer, 0.5, 0.5);
  await viewer.canvas.press('r');
  await settled(notebook, viewer, ({ rotation }) => rotation === 1);
  expect(await voxelAt(viewer, 0.5, 0.5)).toEqual(middle);
  await viewer.canvas.focus();
  await notebook.page.mouse.move(...(await pointOf(viewer, 0.5, 0.5)));
  await notebook.page.keyboard.down('Control');
  await notebook.page.mouse.wheel(0, -10_000);
  await settled(notebook, viewer, ({ zoom }) => zoom === 256);
  await notebook.page.mouse.wheel(0, 20_000);
  await settled(notebook, viewer, ({ zoom }) => zoom === 1 / 256);
  await notebook.page.keyboard.up('Control');
  await viewer.canvas.press('0');
  await expectPicture(viewer, map, WHOLE);
});

test('zoom, center and rotation are the same in two outputs of a view', async () => {
  const [notebook, first] = await openMap();
  await notebook.selectCell(1);
  await notebook.command('notebook:create-output-view');
  const second = notebook.viewerIn('.jp-LinkedOutputView');
  await expectPicture(second, map, WHOLE);
  await second.canvas.focus();
  await notebook.page.mouse.move(...(await pointOf(second, 0.75, 0.75)));
  await notebook.page.keyboard.down('Control');
  await notebook.page.mouse.wheel(0, -300);
  await notebook.page.keyboard.up('Control');
  await second.canvas.press('r');
  await notebook.activate();
  const settings = await settled(notebook, first, ({ rotation, zoom }) => rotation === 1 && zoom > 1.9);
  const { index, rotation, zoom, center } = settings;
  await expectPicture(second, map, { index, rotation, zoom, center });
});

const ramp = volumeOf('int16', [40, 40, 3], (x, y, z) => 10 * x + y + z - 200, { window: [-200, 200] });

async function openRamp(): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'gesture-ramp', ramp);
  const notebook = await stand.open([
    `const view = show(load('gesture-ramp'), { index: 1 });
    let told: unknown = null;
    view.on('change', (event) => { told = event; });`,
  ]);
  await notebook.page.setViewportSize({ width: 800, height: 900 });
  await notebook.runCell(1);
  await expectPicture(notebook.viewer(), ramp, { index: 1 });
  return [notebook, notebook.viewer()];
}

const windowOf = async (notebook: NotebookPage): Promise<[number, number]> =>
  JSON.parse(await notebook.run('console.log(JSON.stringify(view.window))')) as [number, number];

test.each([
  ['the right button', 'right', null],
  ['Alt', 'left', 'Alt'],
] as const)('a drag with %s changes the window: to the right wider, down darker', async (_, button, key) => {
  const [notebook, viewer] = await openRamp();
  const { mouse, keyboard } = notebook.page;
  const [x, y] = await pointOf(viewer, 0.5, 0.5);
  const drag = async (by: readonly [number, number]): Promise<void> => {
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
  await eventually(async () => {
    expect(await windowOf(notebook)).toEqual([-300, 500]);
  });
  expect(await notebook.page.locator('.lm-Menu').count()).toBe(0);
  // Half a percent of the values is below and above what double click makes of it.
  await mouse.dblclick(x, y);
  await eventually(async () => {
    const [low, high] = await windowOf(notebook);
    expect([Math.abs(low + 191) <= 12, Math.abs(high - 222) <= 12]).toEqual([true, true]);
  });
});

test('a right click that drags nothing opens JupyterLab’s menu', async () => {
  const [notebook, viewer] = await openRamp();
  await notebook.page.mouse.click(...(await pointOf(viewer, 0.5, 0.5)), { button: 'right' });
  await notebook.page.locator('.lm-Menu').first().waitFor();
});

test('keys flip and invert', async () => {
  const [notebook, viewer] = await openRamp();
  for (const [key, flip, invert] of [
    ['h', [true, false], false],
    ['v', [true, true], false],
    ['i', [true, true], true],
  ] as const) {
    await viewer.canvas.press(key);
    await eventually(async () => {
      const settings = JSON.parse(await notebook.run('console.log(JSON.stringify(told))')) as ViewSettings | null;
      expect([settings?.flip, settings?.invert]).toEqual([flip, invert]);
    });
  }
});
