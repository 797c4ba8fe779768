import { expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { PLANE_AXES, type Plane, type Triple, type ViewSettings } from '../../src/protocol';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { colorAt, type Pixels } from '../../tests/browser/pictures';
import { pixelsOf } from '../../tests/browser/canvas';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const SHAPE = [40, 32, 24] as const;
/** Twice as long across z as along x and y. */
const SPACING = [1, 1, 2] as const;
/** Colours that say which voxel a pixel shows. */
const map = volumeOf('uint8', SHAPE, (x, y, z) => [5 * x, 7 * y, 9 * z], { components: 3, spacing: SPACING });

class PanePage {
  readonly root: Locator;
  readonly canvas: Locator;
  readonly plane: Plane;

  constructor(viewer: ViewerPage, plane: Plane) {
    this.plane = plane;
    this.root = viewer.root.locator(`.slicescope-pane[data-plane="${plane}"]`);
    this.canvas = this.root.locator('.slicescope-canvas');
  }

  async shows(index: number): Promise<void> {
    const wanted = `[data-shown-plane="${this.plane}"][data-shown-index="${String(index)}"]`;
    await this.root.and(this.root.page().locator(wanted)).waitFor({ timeout: 10_000 });
  }

  pixels(): Promise<Pixels> {
    return pixelsOf(this.canvas);
  }

  /** The point of the page over the middle of a voxel: the picture fills the pane. */
  async pointOf(voxel: Triple): Promise<[x: number, y: number]> {
    const box = await this.canvas.boundingBox();
    if (box === null) throw new Error(`The pane of ${this.plane} is not on the page.`);
    const [first, second] = PLANE_AXES[this.plane];
    return [
      box.x + (box.width * (voxel[first] + 0.5)) / SHAPE[first],
      box.y + (box.height * (voxel[second] + 0.5)) / SHAPE[second],
    ];
  }
}

/** That every voxel of a slice is where it belongs, by the colour in its middle. */
function expectSlice(pixels: Pixels, plane: Plane, index: number): void {
  const [first, second, normal] = PLANE_AXES[plane];
  const wrong: string[] = [];
  for (let row = 0; row < SHAPE[second]; row++) {
    for (let column = 0; column < SHAPE[first]; column++) {
      const voxel = [0, 0, 0];
      [voxel[first], voxel[second], voxel[normal]] = [column, row, index];
      const x = Math.floor(((column + 0.5) / SHAPE[first]) * pixels.width);
      const y = Math.floor(((row + 0.5) / SHAPE[second]) * pixels.height);
      const want = [5 * voxel[0]!, 7 * voxel[1]!, 9 * voxel[2]!, 255].join(' ');
      const got = colorAt(pixels, x, y).join(' ');
      if (got !== want) wrong.push(`${voxel.join(',')} is ${got}, expected ${want}`);
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
}

async function openMap(): Promise<{ notebook: NotebookPage; viewer: ViewerPage; panes: Record<Plane, PanePage> }> {
  stage(stand.server, 'planes', map);
  const notebook = await stand.open([
    `const view = show(load('planes'), { layout: 'planes' });
    view.set({ position: [10, 20, 6] });
    let told: unknown = null;
    view.on('change', (event) => { told = event; });`,
  ]);
  await notebook.page.setViewportSize({ width: 1200, height: 1200 }); // All three are on the screen.
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  const panes = {
    xy: new PanePage(viewer, 'xy'),
    xz: new PanePage(viewer, 'xz'),
    yz: new PanePage(viewer, 'yz'),
  };
  await expectPosition(panes, [10, 20, 6]);
  return { notebook, viewer, panes };
}

/** Wait until all three panes show the slices of a position, and compare them by value. */
async function expectPosition(panes: Record<Plane, PanePage>, position: Triple): Promise<void> {
  for (const pane of Object.values(panes)) {
    const index = position[PLANE_AXES[pane.plane][2]];
    await pane.shows(index);
    expectSlice(await pane.pixels(), pane.plane, index);
  }
}

async function told(notebook: NotebookPage): Promise<ViewSettings> {
  return JSON.parse(await notebook.run('console.log(JSON.stringify(told))')) as ViewSettings;
}

test('three planes show their slices at the position, to one scale', async () => {
  const { panes } = await openMap();
  const boxes = await Promise.all([panes.xy, panes.xz, panes.yz].map(({ canvas }) => canvas.boundingBox()));
  const [xy, xz, yz] = boxes.map((box) => box ?? { x: 0, y: 0, width: 0, height: 0 }) as [DOMRect, DOMRect, DOMRect];
  // 40 × 32 × 48 of the smallest spacing.
  const scale = xy.width / 40;
  expect(scale).toBeGreaterThan(4);
  for (const [length, units] of [
    [xy.height, 32],
    [xz.width, 40],
    [xz.height, 48],
    [yz.width, 32],
    [yz.height, 48],
  ] as const) {
    expect(Math.abs(length - units * scale)).toBeLessThan(1.5);
  }
  expect([xz.x, yz.y]).toEqual([xy.x, xz.y]); // x is in one column, z in one row.
  expect(xz.y).toBeGreaterThanOrEqual(xy.y + xy.height);
});

test('the scale bars of the three planes have one length, as long as the voxels that it is of', async () => {
  const { panes } = await openMap();
  const bars = await Promise.all(
    Object.values(panes).map(async ({ root }) => {
      const bar = await root.locator('.slicescope-scale-bar').boundingBox();
      const text = await root.locator('.slicescope-scale-text').textContent();
      return { text, length: bar?.width };
    }),
  );
  const picture = await panes.xy.canvas.boundingBox(); // Of 40 voxels.
  const voxels = ((bars[0]?.length ?? NaN) * 40) / (picture?.width ?? NaN);
  expect(bars[0]?.text).toBe(`${String(Math.round(voxels))} mm`);
  expect(bars).toEqual([bars[0], bars[0], bars[0]]);
});

test('a click in one plane moves the other two to the voxel under it, and a drag takes them along', async () => {
  const { notebook, viewer, panes } = await openMap();
  const { mouse } = notebook.page;
  await mouse.click(...(await panes.xy.pointOf([31, 5, 0])));
  await expectPosition(panes, [31, 5, 6]);
  await mouse.click(...(await panes.yz.pointOf([0, 17, 22])));
  await expectPosition(panes, [31, 17, 22]);
  expect(await panes.yz.root.getAttribute('data-active')).toBe('true');
  await viewer.shows(31, 'yz'); // What was clicked is the plane of the slider.
  await mouse.move(...(await panes.xz.pointOf([2, 0, 2])));
  await mouse.down();
  await expectPosition(panes, [2, 17, 2]);
  await mouse.move(...(await panes.xz.pointOf([38, 0, 20])), { steps: 12 });
  await expectPosition(panes, [38, 17, 20]);
  await mouse.move(...(await panes.xz.pointOf([500, 0, -30])), { steps: 3 }); // Outside: the last voxel there is.
  await mouse.up();
  await expectPosition(panes, [39, 17, 0]);
  const { position, plane, index } = await eventually(async () => {
    const settings = await told(notebook);
    expect(settings.position).toEqual([39, 17, 0]);
    return settings;
  });
  expect([position, plane, index]).toEqual([[39, 17, 0], 'xz', 17]);
});

test('the lines cross at the position, and are moved without drawing the picture again', async () => {
  const { notebook, panes } = await openMap();
  const crossing = async (pane: PanePage): Promise<[x: number, y: number]> => {
    const [vertical, horizontal] = await Promise.all(
      ['vertical', 'horizontal'].map((name) => pane.root.locator(`.slicescope-${name}`).boundingBox()),
    );
    return [vertical!.x + vertical!.width / 2, horizontal!.y + horizontal!.height / 2];
  };
  const position = [33, 4, 19] as const;
  const before = await panes.xy.canvas.evaluate((node) => {
    const canvas = node as HTMLCanvasElement & { drawn: number };
    const context = canvas.getContext('bitmaprenderer')!;
    const transfer = context.transferFromImageBitmap.bind(context);
    canvas.drawn = 0;
    context.transferFromImageBitmap = (bitmap) => {
      canvas.drawn += 1;
      transfer(bitmap);
    };
    return canvas.drawn;
  });
  await notebook.page.mouse.click(...(await panes.xy.pointOf([33, 4, 0])));
  await expectPosition(panes, [33, 4, 6]);
  expect(await panes.xy.canvas.evaluate((node) => (node as HTMLCanvasElement & { drawn: number }).drawn)).toBe(before);
  await notebook.run('view.set({ position: [33, 4, 19] })');
  await expectPosition(panes, position);
  for (const pane of Object.values(panes)) {
    const [want, got] = [await pane.pointOf(position), await crossing(pane)];
    expect(Math.abs(want[0] - got[0])).toBeLessThan(1);
    expect(Math.abs(want[1] - got[1])).toBeLessThan(1);
  }
});

test('without a crosshair there are no lines, and a click moves nothing but the active plane', async () => {
  const { notebook, viewer, panes } = await openMap();
  await notebook.run('view.set({ crosshair: false })');
  await eventually(async () => {
    expect(await viewer.root.locator('.slicescope-line:visible').count()).toBe(0);
  });
  await notebook.page.mouse.click(...(await panes.xz.pointOf([3, 0, 3])));
  await viewer.shows(20, 'xz');
  await expectPosition(panes, [10, 20, 6]);
  await notebook.run('view.set({ crosshair: true })');
  await eventually(async () => {
    expect(await viewer.root.locator('.slicescope-line:visible').count()).toBe(6);
  });
});

test('rotation and flips are of each picture, and what is clicked is still the voxel that is seen', async () => {
  const { notebook, panes } = await openMap();
  await notebook.run('view.set({ rotation: 1, flip: [true, false] })');
  const find = async (pane: PanePage, voxel: Triple): Promise<[x: number, y: number]> =>
    await eventually(async () => {
      const pixels = await pane.pixels();
      const box = await pane.canvas.boundingBox();
      if (box === null) throw new Error('no canvas');
      const want = [5 * voxel[0], 7 * voxel[1], 9 * voxel[2], 255].join(' ');
      const at: [number, number][] = [];
      for (let y = 0; y < pixels.height; y++) {
        for (let x = 0; x < pixels.width; x++) if (colorAt(pixels, x, y).join(' ') === want) at.push([x, y]);
      }
      const middle = at[Math.floor(at.length / 2)];
      if (middle === undefined) throw new Error(`${voxel.join(',')} is nowhere in ${pane.plane}.`);
      return [
        box.x + ((middle[0] + 0.5) * box.width) / pixels.width,
        box.y + ((middle[1] + 0.5) * box.height) / pixels.height,
      ];
    });
  await notebook.page.mouse.click(...(await find(panes.xy, [35, 3, 6])));
  await panes.xz.shows(3);
  await panes.yz.shows(35);
  await notebook.page.mouse.click(...(await find(panes.xz, [4, 3, 21])));
  await panes.xy.shows(21);
  await panes.yz.shows(4);
});

test('going from one plane to three and back, each shows what it should, and the last picture stays meanwhile', async () => {
  const { notebook, viewer, panes } = await openMap();
  await notebook.run("view.set({ layout: 'slice', plane: 'xz' })");
  await viewer.shows(20, 'xz');
  await eventually(async () => {
    expect(await viewer.canvas.count()).toBe(1);
    expectSlice(await viewer.pixels(), 'xz', 20);
  });
  await notebook.run("view.set({ layout: 'planes' })");
  await eventually(async () => {
    expect(await viewer.canvas.count()).toBe(3);
  });
  await expectPosition(panes, [10, 20, 6]);
});
