import { expect, test } from '@jest/globals';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { useJupyter } from './stand';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();

const EDGE = 16_384;
/** Fills half a gigabyte a slice; what a voxel's value is can be said without it. */
const SHOW_CELL = `
const huge = Volume.alloc([${String(EDGE)}, ${String(EDGE)}, 2], 'uint16');
for (let z = 0, at = 0; z < 2; z++) {
  for (let y = 0; y < ${String(EDGE)}; y++) for (let x = 0; x < ${String(EDGE)}; x++) huge.data[at++] = ((x >> 5) + 3 * (y >> 5) + 100 * z) & 1023;
}
const view = show(huge, { index: 0, window: [0, 1023] });`;

function valueOf(x: number, y: number, z: number): number {
  return ((x >> 5) + 3 * (y >> 5) + 100 * z) & 1023;
}

const gray = (value: number): number => Math.floor((255 * value) / 1023 + 0.5);

/** Wait until the canvas is exact, and all of it is what `voxelAt` says of each canvas pixel. */
async function expectVoxels(
  viewer: ViewerPage,
  index: number,
  voxelAt: (pixel: number, canvas: number) => number,
): Promise<void> {
  await eventually(async () => {
    await viewer.shows(index);
    expect(await viewer.root.getAttribute('data-quality')).toBe('exact');
    const { width, height, data } = await viewer.pixels();
    const wrong: string[] = [];
    for (let y = 0; y < height && wrong.length < 5; y++) {
      for (let x = 0; x < width; x++) {
        const want = gray(valueOf(voxelAt(x, width), voxelAt(y, height), index));
        const got = data[4 * (y * width + x)] as number;
        if (Math.abs(got - want) > 1)
          wrong.push(`(${String(x)}, ${String(y)}) is ${String(got)}, expected ${String(want)}`);
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });
}

/** The whole slice on the canvas: at level 4 a pixel stands for 16 voxels, of which it shows the middle one. */
function overview(pixel: number, canvas: number): number {
  const ofLevel = Math.floor(((pixel + 0.5) / canvas) * (EDGE / 16));
  return 16 * ofLevel + 8;
}

/** A voxel a canvas pixel, around the middle of the slice. */
function close(pixel: number, canvas: number): number {
  return EDGE / 2 - canvas / 2 + pixel;
}

test('a slice of 16384 × 16384 opens, scrubs and zooms, with the exact values of what the screen can show', async () => {
  const notebook = await stand.open([SHOW_CELL]);
  await notebook.runCell(1);
  expect(await notebook.printed()).toBe('');
  const viewer = notebook.viewer();
  // It is larger than the largest texture here, so no single texture can have been it.
  const largest = await notebook.page.evaluate(() => {
    const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
    return Number(gl?.getParameter(gl.MAX_TEXTURE_SIZE));
  });
  expect(largest).toBeLessThan(EDGE);
  await expectVoxels(viewer, 0, overview);
  await viewer.slider.press('ArrowRight');
  await expectVoxels(viewer, 1, overview);
  const { width } = await viewer.pixels();
  expect(await notebook.run(`view.set({ zoom: ${String(EDGE / width)} })`)).toBe('');
  await expectVoxels(viewer, 1, close);
  await viewer.slider.press('ArrowLeft');
  await expectVoxels(viewer, 0, close);
  await viewer.canvas.press('0');
  await expectVoxels(viewer, 0, overview);
});
