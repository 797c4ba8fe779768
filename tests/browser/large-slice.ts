import { expect } from '@jest/globals';
import { Volume } from '../../src/volume';
import type { PageStand } from './page-stand';
import { grayWord, wrongPixels } from './pictures';
import type { ViewerPage } from './viewer-page';
import { eventually } from './waiting';

/** Voxels along x: more than a texture may have. */
const WIDTH = 16_384;
/** Pixels whose middle is this near to the border of two voxels may show either: a GPU's grid is 1/16 pixel. */
const BORDER_PIXELS = 0.07;
/** Each voxel. */
const EACH = [1, 1] as const;

/** Another one every eight voxels, so that a picture of a level has its own voxels only. */
function valueOf(x: number, y: number, z: number): number {
  return (37 * (x >> 3) + 61 * (y >> 3) + 100 * z) & 1023;
}

type Steps = readonly [x: number, y: number];

function volumeOfHeight(height: number): Volume {
  const volume = Volume.alloc([WIDTH, height, 2], 'uint16');
  let at = 0;
  for (let z = 0; z < 2; z++) {
    for (let y = 0; y < height; y++) for (let x = 0; x < WIDTH; x++) volume.data[at++] = valueOf(x, y, z);
  }
  return volume;
}

/** For each pixel along an axis of the canvas: the voxel it shows, -1 beside the picture, -2 near a border. */
function voxelsAlong(pixels: number, voxels: number, scale: number, step: number): Int32Array {
  return Int32Array.from({ length: pixels }, (_, pixel) => {
    const at = (voxels / 2 + (pixel + 0.5 - pixels / 2) / scale) / step;
    if (Math.abs(at - Math.round(at)) * step * scale < BORDER_PIXELS) return -2;
    if (at < 0 || at * step > voxels) return -1;
    return step * Math.floor(at) + Math.floor(step / 2);
  });
}

/**
 * Open a volume of slices of 16384 × `height` and 16 bits, scrub and zoom, and compare all of the canvas with the values of the
 * voxels that it can show.
 * @param steps of how many voxels along x and y the picture of a whole slice has the middle one
 */
export async function expectLargeSlices(stand: PageStand, height: number, steps: Steps): Promise<void> {
  const volume = volumeOfHeight(height);
  const { view, viewer, page } = await stand.show(volume, { index: 0, window: [0, 1023] });
  // It is larger than the largest texture here, so no single texture can have been it.
  const largest = await page.evaluate(() => {
    const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
    return Number(gl?.getParameter(gl.MAX_TEXTURE_SIZE));
  });
  expect(largest).toBeLessThan(WIDTH);
  const fitted = async (): Promise<number> => {
    const canvas = await viewer.pixels();
    return Math.min(canvas.width / WIDTH, canvas.height / height);
  };
  const overview = async (index: number): Promise<void> => {
    await expectVoxels(viewer, height, index, await fitted(), steps);
  };
  await viewer.shows(0);
  await overview(0);
  await viewer.slider.press('ArrowRight');
  await overview(1);
  view.set({ zoom: 1 / (await fitted()) });
  await expectVoxels(viewer, height, 1, 1, EACH);
  await viewer.slider.press('ArrowLeft');
  await expectVoxels(viewer, height, 0, 1, EACH);
  await viewer.canvas.press('0');
  await overview(0);
}

/** Wait until the canvas shows a slice around its middle, in exact values. */
async function expectVoxels(
  viewer: ViewerPage,
  height: number,
  index: number,
  scale: number,
  [stepX, stepY]: Steps,
): Promise<void> {
  await viewer.shows(index);
  await eventually(async () => {
    expect(await viewer.root.getAttribute('data-quality')).toBe('exact');
    const canvas = await viewer.pixels();
    const across = voxelsAlong(canvas.width, WIDTH, scale, stepX);
    const down = voxelsAlong(canvas.height, height, scale, stepY);
    const wrong = wrongPixels(canvas, (x, y) => {
      const [column, row] = [across[x] as number, down[y] as number];
      if (column === -2 || row === -2) return null;
      if (column < 0 || row < 0) return 0;
      return grayWord(Math.floor((255 * valueOf(column, row, index)) / 1023 + 0.5));
    });
    expect(wrong).toEqual([]);
  });
}
