import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readPng } from '../../src/export/testing/read-png';
import { fitCanvas, usePage } from '../browser/page-stand';
import { unlikePicture } from '../browser/pictures';
import { noise, volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-export-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Canvas pixels for each of the picture at zoom 1, in a canvas of 512 × 512 of slices of 32 × 32. */
const FIT = 16;

/** Parts that begin and end at whole pixels of the canvas. */
const LOOKS = [
  { zoom: 2, center: [0.375, 0.625, 0.5] },
  { zoom: 4, center: [0.5, 0.25, 0.5], interpolation: 'linear', colormap: 'viridis' },
  { zoom: 2, center: [0.375, 0.625, 0.5], rotation: 1, flip: [false, true] },
  { zoom: 4, center: [0.5, 0.625, 0.25], plane: 'xz', rotation: 2, invert: true },
  // Beyond the edges the canvas shows nothing, and the export ends.
  { zoom: 2, center: [0, 0.9375, 0.5] },
] as const;
/** What of these a look leaves out. */
const PLAIN = {
  plane: 'xy',
  index: 16,
  rotation: 0,
  flip: [false, false],
  invert: false,
  interpolation: 'nearest',
  colormap: 'gray',
} as const;

test('an export of a view that is zoomed in has the pixels of its canvas', async () => {
  const next = noise(5);
  const base = volumeOf('int16', [32, 32, 32], () => Math.round(2000 * next() - 1000));
  const labels = volumeOf('uint8', [16, 16, 16], () => Math.floor(3 * next()), { spacing: [2, 2, 2] });
  const overlays = [{ volume: labels, labels: true, opacity: 0.4 }];
  const shown = await stand.show(base, { ...LOOKS[0], window: [-800, 700], overlays });
  const { view, viewer } = shown;
  await viewer.shows(16);
  await fitCanvas(shown, 512, 512);
  for (const [at, look] of LOOKS.entries()) {
    if (at > 0) view.set({ ...PLAIN, ...look });
    const path = join(folder, `part-${String(at)}.png`);
    const picture = await readPng(await view.exportSlice(path, { scale: FIT * look.zoom }));
    // The last one's canvas begins half its width to the left of the slice.
    const isBeside = look.center[0] === 0;
    expect([picture.width, picture.height]).toEqual(isBeside ? [256, 320] : [512, 512]);
    await eventually(async () => {
      expect([at, ...unlikePicture(await viewer.pixels(), picture, isBeside ? 256 : 0, 0)]).toEqual([at]);
    });
  }
});
