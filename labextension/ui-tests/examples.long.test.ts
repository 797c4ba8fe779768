import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { drawSlice, lookAt, type LookOptions } from '../../src/export';
import { readBack, type ReadBack } from '../../src/export/testing/read-back';
import { readPng } from '../../src/export/testing/read-png';
import { openVolume } from '../../src/formats';
import type { VoxelArray, Window } from '../../src/protocol';
import { Volume } from '../../src/volume';
import { EXAMPLES, openExample, runExample } from './examples';
import { expectExported } from '../../tests/browser/exported';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { expectPicture } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { eventually } from '../../tests/browser/waiting';

type Point = readonly [number, number];

const stand = useJupyter();
const open = (name: string): Promise<Volume> => openVolume(join(EXAMPLES, 'data', name));
const written = (name: string): string => join(stand.server.folder, 'data', name);

/** Click the middle of a pixel of a picture that is whole in its canvas. */
async function clickVoxel({ canvas }: ViewerPage, [width, height]: Point, [x, y]: Point): Promise<void> {
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('The canvas is not on the page.');
  const scale = Math.min(box.width / width, box.height / height);
  const position = {
    x: box.width / 2 + (x + 0.5 - width / 2) * scale,
    y: box.height / 2 + (y + 0.5 - height / 2) * scale,
  };
  await canvas.click({ position, force: true });
}

/** Whether values are those of a slice; a list of what differs would be as long as a slice. */
function isSame(values: readonly number[], slice: VoxelArray): boolean {
  return values.length === slice.length && values.every((value, at) => value === slice[at]);
}

/** What an exported PNG is: the picture that the viewer draws. */
async function expectFile(path: string, volume: Volume, look: LookOptions): Promise<void> {
  const { settings } = lookAt(volume, look, 'test');
  const { width, height, data } = await readPng(path);
  const drawn = await drawSlice(volume, settings);
  expect([width, height]).toEqual([drawn.width, drawn.height]);
  expect(Buffer.compare(data, drawn.data)).toBe(0);
}

test('a CT from DICOM: its presets, its rods in Hounsfield units, and a rod that is clicked', async () => {
  const ct = await open('catphan');
  const notebook = await openExample(stand, 'ct-dicom.ipynb', ['catphan']);
  const viewer = notebook.viewer();
  const shown = (window: Window) => () => expectPicture(viewer, ct, { index: 34, window });
  await runExample(notebook, 'ct-dicom.ipynb', {
    'show(ct': shown([-150, 250]),
    "view.window = 'lung'": shown([-1350, 150]),
    "view.window = 'bone'": shown([-500, 1300]),
    'const rods': async () => {
      const lines = [...(await notebook.printed()).matchAll(/measured +(\S+) +expected (\S+)/g)];
      expect(lines.length).toBe(7);
      for (const [, measured, expected] of lines)
        expect(Math.abs(Number(measured) - Number(expected))).toBeLessThan(20);
    },
    "view.on('click'": async () => {
      await clickVoxel(viewer, [512, 512], [316, 148]);
      await eventually(async () => {
        const [, place, value] = /voxel ([\d, ]+): (-?\d+) HU, around it/.exec(await notebook.printed()) ?? [];
        const [i = 0, j = 0, k = 0] = (place ?? '').split(', ').map(Number);
        expect([Math.hypot(i - 316, j - 148) < 2, k]).toEqual([true, 34]);
        expect(Number(value)).toBe(ct.valueAt(i, j, k));
      });
    },
  });
  await expect(readPng(written('catphan.png'))).resolves.toMatchObject({ width: 500, height: 500 });
});

test('a microscope’s stack: its channels, a projection of one, and what is counted', async () => {
  const { data, shape, channels } = await open('cells.ome.tif');
  const cells = Volume.from(data, shape, { channels, spacing: [0.26, 0.26, 0.29], unit: 'µm' });
  const bright = (cells.at({ channel: 1 }).data as Uint16Array).map((value) => (value > 20_000 ? 1 : 0));
  const mask = Volume.from(Uint8Array.from(bright), shape, { spacing: cells.spacing, unit: 'µm' });
  const notebook = await openExample(stand, 'microscope.ipynb', ['cells.ome.tif']);
  const viewer = notebook.viewer();
  const [magenta, green] = [{ colormap: 'magenta' }, { colormap: 'green' }] as const;
  const look = { index: 30, channels: [{ ...magenta, window: [2000, 30_000] }, green] } as const;
  await runExample(notebook, 'microscope.ipynb', {
    'show(cells': () => expectExported(viewer, cells, { index: 30, channels: [magenta, green] }),
    'only the nuclei': () => expectExported(viewer, cells, { index: 30, channels: [{ visible: false }, green] }),
    'membranes, brighter': () => expectExported(viewer, cells, look),
    'slab: 60': async () => {
      await notebook.run("view.interpolation = 'nearest'"); // Other pictures cannot be compared pixel by pixel.
      await expectExported(viewer, cells, { ...look, slab: 60, projection: 'max' });
    },
    'let bright': async () => {
      const count = bright.reduce((sum, each) => sum + each, 0);
      const volume = (count * 0.26 * 0.26 * 0.29).toFixed(1);
      expect(await notebook.printed()).toContain(`${String(count)} of 336600 voxels are above 20000: ${volume} µm³`);
    },
    'const mask': () =>
      expectExported(viewer, cells, { ...look, overlays: [{ volume: mask, labels: true, opacity: 0.5 }] }),
  });
  await expect(readPng(written('cells.png'))).resolves.toMatchObject({ width: 85 * 6, height: 66 * 6 });
});

test('a label map: the atlas on the scan, the name of the region that is clicked, and a map of numbers', async () => {
  const [t1, atlas] = [await open('icbm152-t1.nii.gz'), await open('desikan-killiany.nii.gz')];
  const names = ['icbm152-t1.nii.gz', 'desikan-killiany.nii.gz', 'desikan-killiany.csv'];
  const notebook = await openExample(stand, 'labels.ipynb', names);
  const viewer = notebook.viewer();
  const hippocampi = Volume.from(
    Uint8Array.from(atlas.data, (value) => (value === 40 || value === 81 ? value : 0)),
    atlas.shape,
    { spacing: atlas.spacing, origin: atlas.origin, direction: atlas.direction ?? undefined },
  );
  await runExample(notebook, 'labels.ipynb', {
    'show(t1': () =>
      expectExported(viewer, t1, { index: 58, overlays: [{ volume: atlas, labels: true, opacity: 0.6 }] }),
    "view.on('click'": async () => {
      // The patient's left, at small x, is on the right of the picture, and anterior, at great y, is up.
      await clickVoxel(viewer, [197, 233], [196 - 72, 232 - 112]);
      await eventually(async () => {
        expect(await notebook.printed()).toContain('left hippocampus: 6.9 mL');
      });
    },
    "'putamen']": async () => {
      expect(await notebook.printed()).toMatch(/hippocampus +left 6.9 mL, right 6.6 mL/);
    },
    'view.setOverlay(0': () =>
      expectExported(viewer, t1, { index: 58, overlays: [{ volume: hippocampi, labels: true, opacity: 0.8 }] }),
    'const distance': async () => {
      // 30 mm beside the middle of the map, and outside of it.
      const values = await notebook.run(
        'console.log(distance.valueAt(102, 112, 56), distance.valueAt(72, 112, 97), view.overlays.length)',
      );
      expect(values).toBe('30 NaN 2\n');
    },
  });
});

/** The example's wave after as many steps. */
function waveAfter(steps: number): Volume {
  const n = 64;
  const volume = Volume.alloc([n, n, n], 'float32', { spacing: [1, 1, 1], unit: 'cm' });
  const now = volume.data as Float32Array;
  for (let i = 0; i < now.length; i++) {
    const [x, y, z] = [i % n, Math.floor(i / n) % n, Math.floor(i / n / n)];
    now[i] = 2 * Math.exp(-((x - 24) ** 2 + (y - 32) ** 2 + (z - 32) ** 2) / 18);
  }
  let before = Float32Array.from(now);
  for (let step = 0; step < steps; step++) {
    const next = Float32Array.from(before);
    for (let i = n * n; i < now.length - n * n; i++) {
      const [x, y] = [i % n, Math.floor(i / n) % n];
      if (x === 0 || x === n - 1 || y === 0 || y === n - 1) continue;
      const here = now[i]!;
      const around = now[i - 1]! + now[i + 1]! + now[i - n]! + now[i + n]! + now[i - n * n]! + now[i + n * n]!;
      next[i] = 2 * here - before[i]! + 0.25 * (around - 6 * here);
    }
    before = Float32Array.from(now);
    now.set(next);
  }
  return volume;
}

test('a live simulation: each part of it shows the wave after as many steps', async () => {
  const notebook = await openExample(stand, 'simulation.ipynb', []);
  const [viewer, film] = [notebook.viewer(), notebook.viewer(1)];
  const look = { index: 32, colormap: 'RdBu', window: [-0.5, 0.5] } as const;
  let steps = 120;
  await runExample(
    notebook,
    'simulation.ipynb',
    {
      'const view = show(wave': async () => {
        await notebook.run("view.interpolation = 'nearest'");
        await expectExported(viewer, waveAfter(0), look);
      },
      'i <= 120': async () => {
        const wave = waveAfter(120);
        await expectExported(viewer, wave, look);
        expect(await notebook.printed()).toContain(`in the middle of the box now: ${String(wave.valueAt(32, 32, 32))}`);
      },
      'playing = show(film': async () => {
        // However many steps there were: in gray, neighbouring colours differ by one, which is what a rounding may change.
        await notebook.run("playing.colormap = 'gray'");
        await expectExported(film, waveAfter(steps + 21), { ...look, colormap: 'gray' });
      },
    },
    {
      'while (isRunning': async () => {
        await eventually(async () => {
          await viewer.canvas.click();
          const [, counted] = /\b(\d+) steps/.exec(await notebook.printed()) ?? [];
          expect(Number(counted)).toBeLessThan(200);
          steps += Number(counted);
        });
      },
    },
  );
  const [animation] = (await readBack(written('wave.webp'))) as [ReadBack];
  expect(animation.shape.slice(0, 3)).toEqual([126, 64, 64]);
});

test('a batch of exports: sheets, slices, values and an animation', async () => {
  const names = ['icbm152-t1.nii.gz', 'catphan', 'cells.ome.tif'];
  const notebook = await openExample(stand, 'exports.ipynb', names);
  const [t1, ct] = [await open('icbm152-t1.nii.gz'), await open('catphan')];
  await runExample(notebook, 'exports.ipynb', {
    'show(t1': () =>
      expectExported(notebook.viewer(), t1, { plane: 'coronal', index: 110, window: [20, 220], colormap: 'viridis' }),
  });
  const folder = written('exports');
  const [axial] = (await readBack(join(folder, 'brain-axial.webp'))) as [ReadBack];
  // Two pixels a millimetre, and the bar of colours below.
  expect([axial.shape[0]! > 2 * 233, axial.shape[1]]).toEqual([true, 2 * 197]);
  for (const index of [40, 60, 180]) {
    await expectFile(join(folder, `coronal/${String(index).padStart(3, '0')}.png`), t1, {
      ...{ plane: 'coronal', index, window: [0, 228] },
    });
  }
  const [pages, slice, cine, sheet] = (await readBack(
    ...['catphan.tif', 'catphan-34.npy', 'brain.webp', 'brain-sheet.png'].map((name) => join(folder, name)),
  )) as [ReadBack, ReadBack, ReadBack, ReadBack];
  expect(pages.shape).toEqual([9, 512, 512]);
  for (let page = 0; page < 9; page++) {
    const values = pages.values.slice(page * 512 * 512, (page + 1) * 512 * 512);
    expect(isSame(values, ct.slice('xy', 30 + page).data)).toBe(true);
  }
  expect(isSame(slice.values, ct.slice('xy', 34).data)).toBe(true);
  expect(cine.shape.slice(0, 3)).toEqual([56, 189, 233]);
  expect(sheet.shape.slice(0, 2)).toEqual([4 * 117 + 3 * 2, 6 * 99 + 5 * 2]);
  expect(readFileSync(join(folder, 'view.png')).length).toBeGreaterThan(1000);
}, 240_000);
