import type { Volume } from '../../src/volume';
import { placeIn, type Size } from './places';
import type { ViewerPage } from './viewer-page';
import { volumeOf } from './volumes';

/** What a few points of a canvas showed in one frame that the page painted. */
export interface Sample {
  readonly time: number;
  readonly revision: string;
  readonly index: number;
  readonly canvas: Size;
  /** The gray levels at `POINTS`: -1 where there is nothing, -2 where it is no gray. */
  readonly grays: readonly number[];
}

/** In shares of the canvas. */
const POINTS = [0.02, 0.5, 0.98].flatMap((down) => [0.02, 0.1, 0.4, 0.6, 0.9, 0.98].map((across) => [across, down]));

/** From now on look at a few points of the first picture in every frame that the page paints. */
export async function startSampling({ root }: ViewerPage): Promise<void> {
  await root.evaluate((view, points) => {
    const canvas = view.querySelector('canvas');
    const copy = new OffscreenCanvas(canvas?.width ?? 1, canvas?.height ?? 1);
    const context = copy.getContext('2d', { willReadFrequently: true });
    if (canvas === null || context === null) throw new Error('There is no canvas.');
    const samples: Sample[] = [];
    Object.assign(window, { samples });
    const take = (): void => {
      if (!view.isConnected) return; // The page outlives the view.
      const { width, height } = canvas;
      if (copy.width !== width || copy.height !== height) [copy.width, copy.height] = [width, height];
      context.globalCompositeOperation = 'copy';
      context.drawImage(canvas, 0, 0);
      const grays = points.map(([across, down]) => {
        const { data } = context.getImageData((across ?? 0) * width, (down ?? 0) * height, 1, 1);
        if (data[3] === 0) return -1;
        return data[0] === data[1] && data[0] === data[2] && data[3] === 255 ? Number(data[0]) : -2;
      });
      const { shownRevision: revision = '', shownIndex } = (view as HTMLElement).dataset;
      samples.push({ time: Date.now(), revision, index: Number(shownIndex), canvas: { width, height }, grays });
      requestAnimationFrame(take);
    };
    requestAnimationFrame(take);
  }, POINTS);
}

export async function samplesOf({ root }: ViewerPage): Promise<readonly Sample[]> {
  return await root.page().evaluate(() => (window as unknown as { samples: Sample[] }).samples);
}

/**
 * Two volumes that differ in size, dtype, range and window. Each half of a slice has one gray, which says
 * the volume and the slice; the numbers of one in the other's window are black or white.
 */
export const SMALL = volumeOf('uint8', [64, 64, 40], (x, _y, z) => (x < 32 ? 20 : 90) + z, { window: [0, 255] });
export const LARGE = volumeOf('int16', [48, 36, 25], (x, _y, z) => 100 * ((x < 24 ? 140 : 200) + z), {
  window: [0, 25_500],
});

/** The grays that a sample has if it is of one slice of one of them, and of nothing else. */
export function graysOf(volume: Volume, { index, canvas }: Pick<Sample, 'index' | 'canvas'>): number[] {
  const [left, right] = volume === SMALL ? [20 + index, 90 + index] : [140 + index, 200 + index];
  const [width, height] = volume.shape;
  const placeOf = placeIn(canvas, { width, height });
  const [start, middle, end] = [placeOf(0, 0), placeOf(width / 2, 0), placeOf(width, height)];
  return POINTS.map(([across = 0, down = 0]) => {
    const [x, y] = [Math.floor(across * canvas.width), Math.floor(down * canvas.height)];
    if (x < start[0] || x >= end[0] || y < start[1] || y >= end[1]) return -1;
    return x < middle[0] ? left : right;
  });
}
