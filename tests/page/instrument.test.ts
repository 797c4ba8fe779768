import { expect, test } from '@jest/globals';
import { exactNumber } from '../../src/shading';
import { barHeights, histogramOf } from '../../src/viewer/values/histogram';
import { usePage, type PageOptions, type Shown } from '../browser/page-stand';
import { expectPicture } from '../browser/pictures';
import { placeIn, rectOf } from '../browser/places';
import type { ViewerPage } from '../browser/viewer-page';
import { noise, volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
const random = noise(7);
/** A head of a kind, in CT numbers: no two slices and no two rows are alike. */
const ct = volumeOf(
  'int16',
  [60, 50, 12],
  (x, y, z) => {
    const r = Math.hypot((x - 30) / 24, (y - 25) / 20);
    const inside = r > 1 ? -1000 : r > 0.88 ? 900 : 30 + 4 * z + 10 * Math.sin(x / 5);
    return Math.round(inside + 12 * random());
  },
  { window: [-1000, 1000], spacing: [2, 2, 5], origin: [-60, -50, 10], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
);

async function openCt(options: PageOptions = {}): Promise<Shown> {
  const shown = await stand.show(ct, { index: 6 }, options);
  await expectPicture(shown.viewer, ct, { index: 6 });
  return shown;
}

test('the panel’s histogram, numbers, presets and colour maps are of the values', async () => {
  const { view, viewer, page } = await openCt({ viewport: { width: 850, height: 640 } }); // The panel is beside the picture.
  await viewer.canvas.press('s');
  const panel = viewer.root.locator('.slicescope-panel');
  const bars = panel.locator('.slicescope-bars');
  const drawn = async (): Promise<number[]> =>
    [...((await bars.getAttribute('d')) ?? '').matchAll(/V([\d.]+)H/g)].map(([, y]) => 1 - Number(y) / 64);
  const expectBars = async (values: Float64Array): Promise<void> => {
    const heights = barHeights(histogramOf(values, ct)?.counts ?? []);
    await eventually(async () => {
      const shown = await drawn();
      expect(shown).toHaveLength(heights.length);
      expect(shown.every((height, bar) => Math.abs(height - (heights[bar] as number)) < 0.001)).toBe(true);
    });
  };
  await expectBars(Float64Array.from(ct.data));
  await panel.getByLabel('Histogram of').selectOption('slice');
  await expectBars(Float64Array.from(ct.slice('xy', 6).data));
  await viewer.canvas.press('ArrowRight');
  await expectBars(Float64Array.from(ct.slice('xy', 7).data));
  await viewer.canvas.press('ArrowLeft');

  await panel.getByLabel('Window', { exact: true }).selectOption({ label: 'CT brain' });
  await expectPicture(viewer, ct, { index: 6, window: [0, 80] });
  const low = panel.getByRole('spinbutton', { name: 'Low end of the window' });
  await low.fill('-100');
  await low.press('Enter');
  await expectPicture(viewer, ct, { index: 6, window: [-100, 80] });
  await panel.locator('.slicescope-handle[data-end="high"]').press('ArrowRight');
  await eventually(() => {
    expect(view.window[1]).toBeGreaterThan(80);
  });
  const handle = await rectOf(panel.locator('.slicescope-handle[data-end="low"]'));
  await page.mouse.move(handle.x + handle.width / 2, handle.y + 5);
  await page.mouse.down();
  await page.mouse.move(handle.x - 60, handle.y + 5, { steps: 5 });
  await page.mouse.up();
  await eventually(() => {
    expect(view.window[0]).toBeLessThan(-150);
  });
  await panel.getByLabel('Window', { exact: true }).selectOption({ label: 'CT bone' });
  await panel.locator('.slicescope-summary').click();
  await panel.getByLabel('viridis').check();
  await expectPicture(viewer, ct, { index: 6, window: [-500, 1300], colormap: 'viridis' });
});

test('the probe says voxel, position and exact value of what is under the pointer, also while slices pass', async () => {
  const { viewer, page } = await openCt();
  const placeOf = placeIn(await rectOf(viewer.canvas), { width: 60, height: 50 });
  const probe = viewer.root.locator('.slicescope-probe');
  const says = async (x: number, y: number, z: number): Promise<void> => {
    const value = exactNumber(ct.valueAt(x, y, z) as number);
    const place = [2 * x - 60, 2 * y - 50, 5 * z + 10].map((mm) => mm.toFixed(2).replace('-', '−')).join(', ');
    await eventually(async () => {
      expect(await probe.textContent()).toBe(`[${[x, y, z].join(', ')}]   ${place} mm   ${value}`);
    });
  };
  for (const [x, y] of [
    [30, 25],
    [0, 0],
    [59, 49],
    [6, 20],
  ] as const) {
    await page.mouse.move(...placeOf(x + 0.5, y + 0.5));
    await says(x, y, 6);
  }
  await viewer.canvas.press('PageDown');
  await says(6, 20, 0);
  await viewer.slider.hover();
  await eventually(async () => {
    expect(await probe.textContent()).toBe('');
  });
});

test('in a narrow window too the probe’s voxel and value are whole, and the picture stays where it is', async () => {
  const { viewer } = await openCt({ viewport: { width: 420, height: 640 } });
  const before = await rectOf(viewer.canvas);
  expect(before.width).toBeLessThan(420);
  await viewer.canvas.hover();
  const ends = viewer.root.locator('.slicescope-probe-end');
  await eventually(async () => {
    expect(await ends.first().textContent()).toMatch(/^\[\d+, \d+, 6\]$/);
    const room = await rectOf(viewer.root.locator('.slicescope-probe'));
    for (const end of await ends.all()) {
      const { x, width } = await rectOf(end);
      expect(x).toBeGreaterThanOrEqual(room.x);
      expect(x + width).toBeLessThanOrEqual(room.x + room.width + 0.5);
    }
  });
  expect(await rectOf(viewer.canvas)).toEqual(before);
});

test('letters, scale bars, tools and pictures never cover each other, in any layout and width', async () => {
  const { view, viewer, page } = await openCt();
  for (const width of [1000, 560, 420, 340]) {
    await page.setViewportSize({ width, height: 640 });
    for (const layout of ['slice', 'planes', 'volume'] as const) {
      view.set({ layout });
      await eventually(async () => {
        expect(await viewer.canvas.count()).toBe(layout === 'planes' ? 3 : 1);
        const boxes = await boxesOf(viewer, MARKS);
        expect(boxes.length).toBeGreaterThan(4);
        expect(boxes.flatMap((box, at) => boxes.slice(at + 1).filter((other) => meets(box, other)))).toEqual([]);
      });
    }
  }
});

const MARKS = '.slicescope-edge:not(:empty), .slicescope-scale, .slicescope-tools, .slicescope-bar';

interface NamedBox {
  readonly name: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of the elements that are seen. */
async function boxesOf({ root }: ViewerPage, selector: string): Promise<NamedBox[]> {
  const boxes = await root.locator(selector).evaluateAll((nodes) =>
    nodes.map((node) => {
      const { left, right, top, bottom } = node.getBoundingClientRect();
      return { name: `${node.getAttribute('class') ?? ''} ${node.textContent}`, left, right, top, bottom };
    }),
  );
  return boxes.filter(({ left, right }) => right > left);
}

function meets(one: NamedBox, other: NamedBox): boolean {
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return across > 0 && down > 0;
}

test('the help shows every key over the picture, and gives the focus back', async () => {
  const { viewer, page } = await openCt();
  await viewer.canvas.press('?');
  const help = viewer.root.getByRole('dialog');
  await help.waitFor();
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'hidden' });
  expect(await viewer.canvas.evaluate((canvas) => canvas === document.activeElement)).toBe(true);
});
