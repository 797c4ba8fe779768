import sharp from 'sharp';
import { pictureSize, rotated } from '../../src/shading';
import type { Volume } from '../../src/volume';
import { differences, expectPicture, type Expected } from './pictures';
import type { ViewerPage } from './viewer-page';
import { volumeOf } from './volumes';
import { eventually } from './waiting';

/**
 * A small volume that is a formula, the same in a notebook's cell and in the tests: what is drawn is compared
 * with the numbers themselves. No two slices of it are alike.
 */
const RAMP = volumeOf('uint16', [48, 32, 20], (x, y, z) => (x * 67 + y * 131 + z * 577) % 4000);
const WINDOW = [0, 4000] as const;
const PATIENCE_MS = 30_000;

/** A cell that shows it in the handle `view`, at slice 10 of xy, with a window that the tests know. */
export const SHOW_CELL = `
import { Volume, show } from 'slicescope';
const values = new Uint16Array(48 * 32 * 20);
values.forEach((_, at) => {
  const [x, y, z] = [at % 48, Math.floor(at / 48) % 32, Math.floor(at / 48 / 32)];
  values[at] = (x * 67 + y * 131 + z * 577) % 4000;
});
const volume = Volume.from(values, [48, 32, 20]);
const view = show(volume, { window: [0, 4000] });`;

/** Wait until the viewer is live and its canvas has the volume's own values. */
export async function showsRamp(viewer: ViewerPage, expected: Expected): Promise<void> {
  await expectPicture(viewer, RAMP, { window: WINDOW, ...expected }, PATIENCE_MS);
}

/** Wait until the canvas has the volume's own values, live or not. */
export async function looksLikeRamp(viewer: ViewerPage, expected: Expected): Promise<void> {
  await eventually(async () => {
    const found = differences(await viewer.pixels(), RAMP, { window: WINDOW, ...expected });
    if (found.length > 0) throw new Error(found.join('\n'));
  });
}

/** A PNG, in base64, must be the slice at scale 1, to the pixel. */
export async function expectPng(base64: string, volume: Volume, expected: Expected): Promise<void> {
  const image = sharp(Buffer.from(base64, 'base64')).ensureAlpha().raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const found = differences({ width, height, data: new Uint8Array(data) }, volume, expected);
  const { orientation, ...grid } = volume.info(0).planes[expected.plane ?? 'xy'];
  const wanted = pictureSize(grid, rotated(orientation, expected.rotation ?? 0));
  if (width !== wanted.width || height !== wanted.height) {
    found.push(
      `${String(width)} × ${String(height)} pixels, expected ${String(wanted.width)} × ${String(wanted.height)}`,
    );
  }
  if (found.length > 0) throw new Error(`the PNG is not the slice:\n${found.join('\n')}`);
}

export async function expectRampPng(base64: string, expected: Expected): Promise<void> {
  await expectPng(base64, RAMP, { window: WINDOW, ...expected });
}

/** Empty the canvas, so that only a new drawing can bring the picture back. */
export async function wipe(viewer: ViewerPage): Promise<void> {
  await viewer.canvas.evaluate((node) => {
    const canvas = node as HTMLCanvasElement;
    canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(null);
  });
}
