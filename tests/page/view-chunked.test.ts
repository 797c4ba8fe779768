import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openVolume } from '../../src/formats';
import { usePage } from '../browser/page-stand';
import { colorAt } from '../browser/pictures';
import type { ViewerPage } from '../browser/viewer-page';
import { eventually } from '../browser/waiting';

/** Wider and higher than one tile, and such that the page below draws it from the level of half the size. */
const [WIDTH, HEIGHT, DEPTH] = [2200, 2100, 4];
const CHUNK = [2, 256, 256] as const;
const PAGE = { viewport: { width: 640, height: 740 } };
const WINDOW = [0, 6000] as const;

const stand = usePage();
let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-chunked-'));
  path = join(folder, 'embryo.zarr');
});
beforeEach(() => {
  if (!existsSync(path)) writeEmbryo(path);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function valueAt(x: number, y: number, z: number): number {
  return (7 * x + 13 * y + 31 * z) % 4096;
}

/** An image with three levels: of the finest each voxel has `valueAt`, all of the others 5000 and 6000. */
function writeEmbryo(image: string): void {
  writeLevel(join(image, '0'), [DEPTH, HEIGHT, WIDTH], valueAt);
  writeLevel(join(image, '1'), [DEPTH, HEIGHT / 2, WIDTH / 2], () => 5000);
  writeLevel(join(image, '2'), [DEPTH, HEIGHT / 4, WIDTH / 4], () => 6000);
  const axes = ['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit: 'micrometer' }));
  const datasets = [0, 1, 2].map((level) => ({
    path: String(level),
    coordinateTransformations: [{ type: 'scale', scale: [1, 2 ** level, 2 ** level] }],
  }));
  writeFileSync(join(image, '.zgroup'), JSON.stringify({ zarr_format: 2 }));
  const multiscales = [{ version: '0.4', name: 'embryo', axes, datasets }];
  writeFileSync(join(image, '.zattrs'), JSON.stringify({ multiscales }));
}

function writeLevel(
  level: string,
  shape: readonly [depth: number, height: number, width: number],
  value: (x: number, y: number, z: number) => number,
): void {
  mkdirSync(level, { recursive: true });
  const layout = { dtype: '<u2', order: 'C', fill_value: 0, compressor: null, filters: null };
  writeFileSync(join(level, '.zarray'), JSON.stringify({ zarr_format: 2, shape, chunks: CHUNK, ...layout }));
  const [depth, height, width] = CHUNK;
  const [layers, rows, columns] = shape.map((size, axis) => Math.ceil(size / (CHUNK[axis] as number))) as [
    number,
    number,
    number,
  ];
  const chunk = new Uint16Array(depth * height * width);
  for (let layer = 0; layer < layers; layer++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let at = 0;
        for (let z = layer * depth; z < (layer + 1) * depth; z++) {
          for (let y = row * height; y < (row + 1) * height; y++) {
            for (let x = column * width; x < (column + 1) * width; x++) chunk[at++] = value(x, y, z);
          }
        }
        writeFileSync(join(level, [layer, row, column].join('.')), chunk);
      }
    }
  }
}

function grayOf(value: number): number {
  return (255 * (value - WINDOW[0])) / (WINDOW[1] - WINDOW[0]);
}

/** What is wrong in pixels of a slice that is shown `zoom` times as large as its whole, around its middle. */
async function wrongVoxels(viewer: ViewerPage, zoom: number, expected: (x: number, y: number) => number) {
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
  const volume = await openVolume(path);
  const { view, viewer, page } = await stand.show(volume, { index: 1, window: WINDOW }, PAGE);
  const clicks: { position: readonly number[]; value: unknown }[] = [];
  view.on('click', ({ position, value }) => clicks.push({ position, value }));
  await viewer.shows(1);
  await eventually(async () => {
    expect(await wrongVoxels(viewer, 1, () => grayOf(5000))).toEqual([]);
  });

  // A click on the coarse picture has the voxel's own value, which is read.
  const box = await viewer.canvas.boundingBox();
  if (box === null) throw new Error('The canvas is not on the page.');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await eventually(async () => {
    expect(await viewer.root.locator('.slicescope-probe').textContent()).toContain('≈ 5000');
  });
  await eventually(() => {
    const [[x, y, z]] = clicks.map(({ position }) => position) as [[number, number, number]];
    expect(clicks).toEqual([{ position: [x, y, 1], value: valueAt(x, y, z) }]);
  });

  view.zoom = 40;
  await eventually(async () => {
    expect(await wrongVoxels(viewer, 40, (x, y) => grayOf(valueAt(x, y, 1)))).toEqual([]);
  });
  await page.mouse.move(box.x + box.width / 2 + 3, box.y + box.height / 2 + 3);
  await eventually(async () => {
    const said = (await viewer.root.locator('.slicescope-probe').textContent()) ?? '';
    const [x, y] = [...said.matchAll(/\d+/g)].map(([digits]) => Number(digits));
    expect(said.endsWith(` ${String(valueAt(x as number, y as number, 1))}`)).toBe(true);
  });

  const value = valueAt(1000, 1800, 3);
  const slice = await volume.readSlice('yz', 1000);
  expect([slice.data[3 * HEIGHT + 1800], await volume.readValue(1000, 1800, 3)]).toEqual([value, value]);
  expect(() => volume.data).toThrow(expect.objectContaining({ code: 'not-in-memory' }));

  view.index = 3;
  await viewer.shows(3);
  await eventually(async () => {
    expect(await wrongVoxels(viewer, 40, (x, y) => grayOf(valueAt(x, y, 3)))).toEqual([]);
  });
});

test('when the files are gone the last picture stays, with a sentence', async () => {
  const volume = await openVolume(path, { cacheBytes: 0 });
  const { view, viewer } = await stand.show(volume, { index: 1, window: WINDOW }, PAGE);
  await viewer.shows(1);
  await eventually(async () => {
    expect(await wrongVoxels(viewer, 1, () => grayOf(5000))).toEqual([]);
  });
  rmSync(path, { recursive: true });
  view.refresh();
  view.index = 2;
  await eventually(async () => {
    expect(await viewer.root.textContent()).toContain('embryo.zarr');
  });
  expect(await wrongVoxels(viewer, 1, () => grayOf(5000))).toEqual([]);
});
