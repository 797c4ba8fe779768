import { expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import type { ChangeEvent } from '../../src/notebook';
import { PLANE_AXES, type Plane, type Triple } from '../../src/protocol';
import { pixelsOf } from '../browser/canvas';
import { usePage, type Shown } from '../browser/page-stand';
import { colorAt, type Pixels } from '../browser/pictures';
import { placeIn, rectOf, type Point, type Rect, type Size } from '../browser/places';
import type { ViewerPage } from '../browser/viewer-page';
import { volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
const SHAPE = [40, 32, 24] as const;
/** Twice as long across z as along x and y. */
const SPACING = [1, 1, 2] as const;
/** Colours that say which voxel a pixel shows. */
const map = volumeOf('uint8', SHAPE, (x, y, z) => [5 * x, 7 * y, 9 * z], { components: 3, spacing: SPACING });

/** Where the middle of a voxel is in a picture of a whole slice. */
function middleOf(picture: Partial<Rect> & Size, plane: Plane, voxel: Triple): Point {
  const [first, second] = PLANE_AXES[plane];
  const length = (axis: 0 | 1 | 2): number => SHAPE[axis] * SPACING[axis];
  const placeOf = placeIn(picture, { width: length(first), height: length(second) });
  return placeOf((voxel[first] + 0.5) * SPACING[first], (voxel[second] + 0.5) * SPACING[second]);
}

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
    await this.root.and(this.root.page().locator(wanted)).waitFor();
  }

  pixels(): Promise<Pixels> {
    return pixelsOf(this.canvas);
  }

  /** The point of the page over the middle of a voxel. */
  async pointOf(voxel: Triple): Promise<Point> {
    return middleOf(await rectOf(this.canvas), this.plane, voxel);
  }
}

/** That every voxel of a slice is where it belongs, by the colour in its middle. */
function expectSlice(pixels: Pixels, plane: Plane, index: number): void {
  const [first, second, normal] = PLANE_AXES[plane];
  const wrong: string[] = [];
  for (let row = 0; row < SHAPE[second]; row++) {
    for (let column = 0; column < SHAPE[first]; column++) {
      const voxel: [number, number, number] = [0, 0, 0];
      [voxel[first], voxel[second], voxel[normal]] = [column, row, index];
      const [x, y] = middleOf(pixels, plane, voxel);
      const want = [5 * voxel[0], 7 * voxel[1], 9 * voxel[2], 255].join(' ');
      const got = colorAt(pixels, Math.floor(x), Math.floor(y)).join(' ');
      if (got !== want) wrong.push(`${voxel.join(',')} is ${got}, expected ${want}`);
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
}

interface Trio extends Shown {
  readonly panes: Readonly<Record<Plane, PanePage>>;
}

async function openMap(): Promise<Trio> {
  const shown = await stand.show(map, { layout: 'planes' });
  const { view, viewer } = shown;
  view.set({ position: [10, 20, 6] });
  const panes = { xy: new PanePage(viewer, 'xy'), xz: new PanePage(viewer, 'xz'), yz: new PanePage(viewer, 'yz') };
  await expectPosition(panes, [10, 20, 6]);
  return { ...shown, panes };
}

/** Wait until all three panes show the slices of a position, and compare them by value. */
async function expectPosition(panes: Trio['panes'], position: Triple): Promise<void> {
  for (const pane of Object.values(panes)) {
    const index = position[PLANE_AXES[pane.plane][2]];
    await pane.shows(index);
    expectSlice(await pane.pixels(), pane.plane, index);
  }
}

test('three planes show their slices at the position, to one scale', async () => {
  const { panes } = await openMap();
  const [xy, xz, yz] = [await rectOf(panes.xy.canvas), await rectOf(panes.xz.canvas), await rectOf(panes.yz.canvas)];
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
  expect(yz.x).toBeGreaterThanOrEqual(xz.x + xz.width);

  // Their scale bars have one length, that of the voxels they stand for.
  const bars = await Promise.all(
    Object.values(panes).map(async ({ root }) => {
      const { width } = await rectOf(root.locator('.slicescope-scale-bar'));
      return { text: await root.locator('.slicescope-scale-text').textContent(), width };
    }),
  );
  const voxels = (bars[0]?.width ?? NaN) / scale;
  expect(bars[0]?.text).toBe(`${String(Math.round(voxels))} mm`);
  expect(bars).toEqual([bars[0], bars[0], bars[0]]);
});

test('a click in one plane moves the other two to the voxel under it, and a drag takes them along', async () => {
  const { view, viewer, page, panes } = await openMap();
  let told: ChangeEvent | null = null as ChangeEvent | null;
  view.on('change', (event) => (told = event));
  const { mouse } = page;
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
  await eventually(() => {
    expect(told).toMatchObject({ position: [39, 17, 0], plane: 'xz', index: 17 });
  });
});

test('the lines cross at the position, and are moved without drawing the picture again', async () => {
  const { view, page, panes } = await openMap();
  const crossing = async ({ root }: PanePage): Promise<Point> => {
    const [vertical, horizontal] = [
      await rectOf(root.locator('.slicescope-vertical')),
      await rectOf(root.locator('.slicescope-horizontal')),
    ];
    return [vertical.x + vertical.width / 2, horizontal.y + horizontal.height / 2];
  };
  await panes.xy.canvas.evaluate((node) => {
    const canvas = node as HTMLCanvasElement & { drawn: number };
    const context = canvas.getContext('bitmaprenderer')!;
    const transfer = context.transferFromImageBitmap.bind(context);
    canvas.drawn = 0;
    context.transferFromImageBitmap = (bitmap) => {
      canvas.drawn += 1;
      transfer(bitmap);
    };
  });
  const drawn = async (): Promise<number> =>
    await panes.xy.canvas.evaluate((node) => (node as HTMLCanvasElement & { drawn: number }).drawn);
  await page.mouse.click(...(await panes.xy.pointOf([33, 4, 0])));
  await expectPosition(panes, [33, 4, 6]);
  expect(await drawn()).toBe(0);
  view.set({ position: [33, 4, 19] });
  await expectPosition(panes, [33, 4, 19]);
  expect(await drawn()).toBeGreaterThan(0);
  for (const pane of Object.values(panes)) {
    const [want, got] = [await pane.pointOf([33, 4, 19]), await crossing(pane)];
    expect(Math.abs(want[0] - got[0])).toBeLessThan(1);
    expect(Math.abs(want[1] - got[1])).toBeLessThan(1);
  }
});

test('without a crosshair there are no lines, and a click moves nothing but the active plane', async () => {
  const { view, viewer, page, panes } = await openMap();
  const expectLines = async (count: number): Promise<void> => {
    await eventually(async () => {
      expect(await viewer.root.locator('.slicescope-line:visible').count()).toBe(count);
    });
  };
  await expectLines(6);
  view.set({ crosshair: false });
  await expectLines(0);
  await page.mouse.click(...(await panes.xz.pointOf([3, 0, 3])));
  await viewer.shows(20, 'xz');
  await expectPosition(panes, [10, 20, 6]);
  view.set({ crosshair: true });
  await expectLines(6);
});

/** The point of the page over the middle of the pixels that show a voxel, wherever they are. */
async function find({ canvas, plane }: PanePage, [x, y, z]: Triple): Promise<Point> {
  return await eventually(async () => {
    const [{ width, height, data }, box] = [await pixelsOf(canvas), await rectOf(canvas)];
    const at: number[] = [];
    for (let pixel = 0; pixel < width * height; pixel++) {
      if (data[4 * pixel] === 5 * x && data[4 * pixel + 1] === 7 * y && data[4 * pixel + 2] === 9 * z) at.push(pixel);
    }
    const middle = at[Math.floor(at.length / 2)];
    if (middle === undefined) throw new Error(`${String([x, y, z])} is nowhere in ${plane}.`);
    return [
      box.x + (((middle % width) + 0.5) * box.width) / width,
      box.y + ((Math.floor(middle / width) + 0.5) * box.height) / height,
    ];
  });
}

test('rotation and flips are of each picture, and what is clicked is still the voxel that is seen', async () => {
  const { view, page, panes } = await openMap();
  view.set({ rotation: 1, flip: [true, false] });
  await eventually(async () => {
    // z runs across now, and x down.
    const { width, height } = await rectOf(panes.xz.canvas);
    expect(height / width).toBeCloseTo(40 / 48, 1);
  });
  await page.mouse.click(...(await find(panes.xy, [35, 3, 6])));
  await panes.xz.shows(3);
  await panes.yz.shows(35);
  await page.mouse.click(...(await find(panes.xz, [4, 3, 21])));
  await panes.xy.shows(21);
  await panes.yz.shows(4);
});

test('going from one plane to three and back, each shows what it should, and the last picture stays meanwhile', async () => {
  const { view, viewer, page, panes } = await openMap();
  // In the middle of one of the pictures at least there is something in each frame that the page paints.
  await viewer.root.evaluate((root) => {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('no 2D context');
    const seen = { frames: 0, empty: 0 };
    Object.assign(window, { seen });
    const look = (): void => {
      const isEmpty = [...root.querySelectorAll('canvas')].every((canvas) => {
        context.globalCompositeOperation = 'copy';
        context.drawImage(canvas, -Math.floor(canvas.width / 2), -Math.floor(canvas.height / 2));
        return context.getImageData(0, 0, 1, 1).data[3] === 0;
      });
      seen.frames += 1;
      if (isEmpty) seen.empty += 1;
      requestAnimationFrame(look);
    };
    look();
  });
  view.set({ layout: 'slice', plane: 'xz' });
  await viewer.shows(20, 'xz');
  await eventually(async () => {
    expect(await viewer.canvas.count()).toBe(1);
    expectSlice(await viewer.pixels(), 'xz', 20);
  });
  view.set({ layout: 'planes' });
  await eventually(async () => {
    expect(await viewer.canvas.count()).toBe(3);
  });
  await expectPosition(panes, [10, 20, 6]);
  const seen = await page.evaluate(() => (window as unknown as { seen: { frames: number; empty: number } }).seen);
  expect(seen.frames).toBeGreaterThan(2);
  expect(seen.empty).toBe(0);
});
