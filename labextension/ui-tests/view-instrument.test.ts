import { expect, test } from '@jest/globals';
import { exactNumber } from '../../src/shading';
import { barHeights, histogramOf } from '../../src/viewer/values/histogram';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { expectPicture } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { noise, stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
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

async function openCt(more = ''): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'ct', ct);
  const notebook = await stand.open([
    `const view = show(load('ct'), { index: 6 });
    const clicks: unknown[] = [];
    ${more}`,
  ]);
  await notebook.page.setViewportSize({ width: 1000, height: 1100 });
  await notebook.runCell(1);
  await expectPicture(notebook.viewer(), ct, { index: 6 });
  return [notebook, notebook.viewer()];
}

const windowOf = async (notebook: NotebookPage): Promise<[number, number]> =>
  JSON.parse(await notebook.run('console.log(JSON.stringify(view.window))')) as [number, number];

test('the panel’s histogram, numbers, presets and colour maps are of the values', async () => {
  const [notebook, viewer] = await openCt();
  const { page } = notebook;
  await viewer.canvas.focus();
  await page.keyboard.press('s');
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
  await eventually(async () => {
    expect((await windowOf(notebook))[1]).toBeGreaterThan(80);
  });
  const box = await panel.locator('.slicescope-handle[data-end="low"]').boundingBox();
  if (box === null) throw new Error('The handle is not on the page.');
  await page.mouse.move(box.x + box.width / 2, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(box.x - 60, box.y + 5, { steps: 5 });
  await page.mouse.up();
  await eventually(async () => {
    expect((await windowOf(notebook))[0]).toBeLessThan(-150);
  });
  await panel.getByLabel('Window', { exact: true }).selectOption({ label: 'CT bone' });
  await panel.locator('.slicescope-summary').click();
  await panel.getByLabel('viridis').check();
  await expectPicture(viewer, ct, { index: 6, window: [-500, 1300], colormap: 'viridis' });
  await page.evaluate(async () => {
    const { jupyterapp } = window as unknown as {
      jupyterapp: { commands: { execute(id: string, args: object): Promise<void> } };
    };
    await jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' });
  });
  await page.waitForTimeout(1000);
  await viewer.root.hover({ position: { x: 100, y: 100 } });
});

test('the probe says voxel, position and exact value of what is under the pointer, also while slices pass', async () => {
  const [notebook, viewer] = await openCt();
  const box = await viewer.canvas.boundingBox();
  if (box === null) throw new Error('The canvas is not on the page.');
  const probe = viewer.root.locator('.slicescope-probe');
  const at = async (x: number, y: number): Promise<void> => {
    await notebook.page.mouse.move(box.x + ((x + 0.5) / 60) * box.width, box.y + ((y + 0.5) / 50) * box.height);
  };
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
    await at(x, y);
    await says(x, y, 6);
  }
  await viewer.canvas.press('PageDown');
  await says(6, 20, 0);
  await notebook.page.mouse.move(box.x + 10, box.y + box.height + 400);
  await eventually(async () => {
    expect(await probe.textContent()).toBe('');
  });
});

test('in a narrow output too the probe’s voxel and value are whole, and the picture stays where it is', async () => {
  const [notebook, viewer] = await openCt();
  await notebook.command('application:toggle-left-area');
  await notebook.page.setViewportSize({ width: 420, height: 1100 });
  const ends = viewer.root.locator('.slicescope-probe-end');
  await eventually(async () => {
    expect((await viewer.canvas.boundingBox())?.width).toBeLessThan(420);
  });
  await notebook.page.waitForTimeout(500);
  const before = await viewer.root.boundingBox();
  await viewer.canvas.hover();
  await eventually(async () => {
    expect(await ends.first().textContent()).toMatch(/^\[\d+, \d+, 6\]$/);
    const room = await viewer.root.locator('.slicescope-probe').boundingBox();
    for (const end of await ends.all()) {
      const box = await end.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(room?.x ?? NaN);
      expect((box?.x ?? NaN) + (box?.width ?? NaN)).toBeLessThanOrEqual((room?.x ?? NaN) + (room?.width ?? NaN) + 0.5);
    }
  });
  expect((await viewer.root.boundingBox())?.height).toBe(before?.height);
});

test('letters, scale bars, tools and pictures never cover each other, in any layout and width', async () => {
  const [notebook, viewer] = await openCt();
  await notebook.command('application:toggle-left-area');
  await viewer.canvas.focus();
  for (const layout of ['slice', 'planes', 'volume']) {
    for (const width of [1000, 560, 420, 340]) {
      await notebook.page.setViewportSize({ width, height: 1100 });
      expect(await notebook.run(`view.set({ layout: '${layout}' })`)).toBe('');
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
  const [notebook, viewer] = await openCt();
  await viewer.canvas.focus();
  await notebook.page.keyboard.press('?');
  const help = viewer.root.getByRole('dialog');
  await help.waitFor();
  await notebook.page.keyboard.press('Escape');
  await help.waitFor({ state: 'hidden' });
  expect(await viewer.canvas.evaluate((canvas) => canvas === document.activeElement)).toBe(true);
});

test('Space plays the slices at about the rate, and stops', async () => {
  const [notebook, viewer] = await openCt();
  await notebook.run('view.set({ rate: 20 })');
  await viewer.canvas.press('Space');
  const seen = new Set<number>();
  const end = Date.now() + 3_000;
  while (Date.now() < end) {
    seen.add(await viewer.shownIndex());
    await notebook.page.waitForTimeout(20);
  }
  expect(seen.size).toBeGreaterThanOrEqual(8); // Of 12; the test looks less often than it plays.
  await viewer.canvas.press('Space');
  await notebook.page.waitForTimeout(300);
  const rested = await viewer.shownIndex();
  await notebook.page.waitForTimeout(500);
  expect(await viewer.shownIndex()).toBe(rested);
  expect(await notebook.run('console.log(view.index)')).toBe(`${String(rested)}\n`);
});
