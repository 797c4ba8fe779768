import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readPng } from '../../src/export/testing/read-png';
import { colorAt, type Pixels } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { eventually } from '../../tests/browser/waiting';
import { noise, stage, volumeOf } from '../../tests/browser/volumes';

const stand = useJupyter();

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
];

/** The pixels in which a canvas is not the picture, which lies in it from (left, top) on; around it there is nothing. */
function differing(canvas: Pixels, picture: Pixels, left: number, top: number): string[] {
  const found: string[] = [];
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      const [column, row] = [x - left, y - top];
      const isInside = column >= 0 && row >= 0 && column < picture.width && row < picture.height;
      const got = colorAt(canvas, x, y);
      const want = isInside ? colorAt(picture, column, row) : [0, 0, 0, 0];
      if (got.every((part, at) => Math.abs(part - (want[at] as number)) <= 1)) continue;
      found.push(`(${String(x)}, ${String(y)}) is ${got.join(' ')}, expected ${want.join(' ')}`);
    }
  }
  return [String(found.length), ...found.slice(0, 3)];
}

test('an export of a view that is zoomed in has the pixels of its canvas', async () => {
  const next = noise(5);
  const base = volumeOf('int16', [32, 32, 32], () => Math.round(2000 * next() - 1000));
  const labels = volumeOf('uint8', [16, 16, 16], () => Math.floor(3 * next()), { spacing: [2, 2, 2] });
  stage(stand.server, 'base', base);
  stage(stand.server, 'labels', labels);
  const notebook = await stand.open([
    `const views = (${JSON.stringify(LOOKS)} as any[]).map((look) => show(load('base'), {
  ...look, window: [-800, 700], overlays: [{ volume: load('labels'), labels: true, opacity: 0.4 }] }));`,
  ]);
  await notebook.page.setViewportSize({ width: 1100, height: 900 });
  await notebook.runCell(1);
  expect(await notebook.printed()).toBe('');
  const scales = JSON.stringify(LOOKS.map(({ zoom }) => FIT * zoom));
  const exported = `await Promise.all(views.map((view, at) => view.exportSlice('part-' + at + '.png', { scale: ${scales}[at], overwrite: true })))`;
  expect(await notebook.run(`${exported}; undefined`)).toBe('');
  for (const [at, look] of LOOKS.entries()) {
    const viewer = notebook.viewer(at);
    await viewer.shows(16, look.plane === 'xz' ? 'xz' : 'xy', 30_000);
    const picture = await readPng(join(stand.server.folder, `part-${String(at)}.png`));
    // The last one's canvas begins half its width to the left of the slice.
    const isBeside = look.center[0] === 0;
    expect([picture.width, picture.height]).toEqual(isBeside ? [256, 320] : [512, 512]);
    await eventually(async () => {
      const canvas = await viewer.pixels();
      expect([canvas.width, canvas.height]).toEqual([512, 512]);
      expect([at, ...differing(canvas, picture, isBeside ? 256 : 0, 0)]).toEqual([at, '0']);
    });
  }
});
