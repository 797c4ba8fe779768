import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { colorAt } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { eventually } from '../../tests/browser/waiting';

const PYTHON = resolve('.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const [WIDTH, HEIGHT] = [3000, 2600];
const WINDOW = [0, 6000] as const;
const stand = useJupyter();
beforeAll(() => {
  execFileSync(PYTHON, [join(__dirname, 'large-zarr.py'), join(stand.server.folder, 'embryo.zarr')]);
});

/** As large-zarr.py has it. */
function valueAt(x: number, y: number, z: number): number {
  return (7 * x + 13 * y + 31 * z) % 4096;
}

function grayOf(value: number): number {
  return (255 * (value - WINDOW[0])) / (WINDOW[1] - WINDOW[0]);
}

/** What is wrong in pixels of a slice that is shown `zoom` times as large as its whole, around its middle. */
async function wrongPixels(viewer: ViewerPage, zoom: number, expected: (x: number, y: number) => number) {
  const canvas = await viewer.pixels();
  const scale = zoom * Math.min(canvas.width / WIDTH, canvas.height / HEIGHT);
  const wrong: string[] = [];
  for (let row = 20; row < canvas.height - 20; row += 7) {
    for (let column = 20; column < canvas.width - 20; column += 7) {
      const [x, y] = [
        WIDTH / 2 + (column + 0.5 - canvas.width / 2) / scale,
        HEIGHT / 2 + (row + 0.5 - canvas.height / 2) / scale,
      ];
      // Near the border of two voxels a GPU may show either.
      const isNearBorder = [x, y].some((at) => Math.abs(at - Math.round(at)) * scale < 0.1);
      if (x < 2 || y < 2 || x > WIDTH - 2 || y > HEIGHT - 2 || isNearBorder) continue;
      const gray = expected(Math.floor(x), Math.floor(y));
      const [red] = colorAt(canvas, column, row);
      if (Math.abs((red as number) - gray) > 1)
        wrong.push(`(${String(x)}, ${String(y)}): ${String(red)}, not ${String(gray)}`);
    }
  }
  return wrong.slice(0, 5);
}

test('a volume in chunks shows a coarse level, zoomed in its voxels, and says exact values of both', async () => {
  const notebook = await stand.open([
    `const volume = await Volume.open('embryo.zarr');
    const view = show(volume, { index: 3, window: [0, 6000] });
    const clicks: unknown[] = [];
    view.on('click', ({ position, value }) => clicks.push([position, value]));`,
  ]);
  await notebook.page.setViewportSize({ width: 900, height: 1100 });
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await viewer.shows(3);
  await eventually(async () => {
    expect(await wrongPixels(viewer, 1, () => grayOf(5000))).toEqual([]);
  });

  // A click on the coarse picture has the voxel's own value, which is read.
  const box = await viewer.canvas.boundingBox();
  if (box === null) throw new Error('The canvas is not on the page.');
  await notebook.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await eventually(async () => {
    expect(await viewer.root.locator('.slicescope-probe').textContent()).toContain('≈ 5000');
  });
  await eventually(async () => {
    const [[[x, y, z], value]] = JSON.parse(await notebook.run('console.log(JSON.stringify(clicks))')) as [
      [[number, number, number], number],
    ];
    expect(value).toBe(valueAt(x, y, z));
  });

  await notebook.run('view.zoom = 40');
  await eventually(async () => {
    expect(await wrongPixels(viewer, 40, (x, y) => grayOf(valueAt(x, y, 3)))).toEqual([]);
  });
  await notebook.page.mouse.move(box.x + box.width / 2 + 3, box.y + box.height / 2 + 3);
  await eventually(async () => {
    const said = (await viewer.root.locator('.slicescope-probe').textContent()) ?? '';
    const [x, y] = [...said.matchAll(/\d+/g)].map(([digits]) => Number(digits));
    expect(said.endsWith(` ${String(valueAt(x as number, y as number, 3))}`)).toBe(true);
  });

  const read = await notebook.run(`const slice = await volume.readSlice('yz', 1000);
    console.log(slice.data[3 * 2600 + 2000], await volume.readValue(1000, 2000, 3));
    try { volume.data } catch (error) { console.log(error.code) }`);
  const value = String(valueAt(1000, 2000, 3));
  expect(read.trim().split(/\s+/)).toEqual([value, value, 'not-in-memory']);

  await notebook.run('view.index = 5');
  await viewer.shows(5);
  await eventually(async () => {
    expect(await wrongPixels(viewer, 40, (x, y) => grayOf(valueAt(x, y, 5)))).toEqual([]);
  });
});

test('when the files are gone the last picture stays, with a sentence', async () => {
  const notebook = await stand.open([
    `const volume = await Volume.open('embryo.zarr', { cacheBytes: 0 });
    const view = show(volume, { index: 3, window: [0, 6000] });`,
  ]);
  await notebook.page.setViewportSize({ width: 900, height: 1100 });
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await viewer.shows(3);
  rmSync(join(stand.server.folder, 'embryo.zarr'), { recursive: true });
  await notebook.run('view.refresh(); view.index = 4;');
  await eventually(async () => {
    expect(await viewer.root.textContent()).toContain('embryo.zarr');
  });
  expect(await wrongPixels(viewer, 1, () => grayOf(5000))).toEqual([]);
});
