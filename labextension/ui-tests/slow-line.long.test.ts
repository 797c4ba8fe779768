import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { writeNotebook, type NotebookPage } from './notebook';
import { expectPicture } from '../../tests/browser/pictures';
import { startSlowLine } from '../../tests/browser/slow-line';
import { useOwnJupyter } from './stand';
import { volumeOf } from '../../tests/browser/volumes';

const stand = useOwnJupyter({ way: 'proxied' });
jest.setTimeout(240_000);

const WINDOW = [0, 4000] as const;
const NO_NUMBERS = 64;
/** Exactly sent, a slice of it takes about 200 ms. */
const VOLUME = volumeOf('uint16', [512, 512, 24], (x, y, z) => (x * 5 + y * 3 + z * 90) % 4000);
/** The same volume; in the other dtype it has no numbers in its first columns. */
const showCell = (dtype: 'uint16' | 'float32'): string => `
import { Volume, show } from 'slicescope';
const volume = Volume.alloc([512, 512, 24], '${dtype}');
volume.data.forEach((_, at) => {
  const [x, y, z] = [at % 512, Math.floor(at / 512) % 512, Math.floor(at / 512 / 512)];
  volume.data[at] = ${dtype === 'float32' ? `x < ${String(NO_NUMBERS)} ? NaN : ` : ''}(x * 5 + y * 3 + z * 90) % 4000;
});
const view = show(volume, { index: 0, window: [0, 4000] });`;

/** A picture that was drawn, and the red and the opacity of a row in its middle. */
interface Drawn {
  readonly index: number;
  readonly quality: string;
  readonly label: string;
  readonly row: number[];
  readonly alpha: number[];
}

let line: Awaited<ReturnType<typeof startSlowLine>>;
let notebook: NotebookPage;

beforeAll(async () => {
  line = await startSlowLine(Number(new URL(stand.server.url).port));
});
afterAll(async () => {
  await line.stop();
});

async function openLive(dtype: 'uint16' | 'float32'): Promise<void> {
  writeNotebook(stand.server, 'slow.ipynb', [showCell(dtype)]);
  const slow = new URL(stand.server.pageUrl);
  slow.port = String(line.port);
  ({ notebook } = await stand.openFresh('slow.ipynb', undefined, { ...stand.server, pageUrl: slow.href }));
  await notebook.runCell(0);
  await notebook.page.locator('.slicescope-view[data-quality="exact"]').waitFor({ timeout: 60_000 });
  // Every picture from now on.
  await notebook.viewer().root.evaluate((root) => {
    const all: Drawn[] = [];
    Object.assign(window, { drawn: all });
    const note = (): void => {
      const canvas = root.querySelector<HTMLCanvasElement>('.slicescope-canvas');
      const context = new OffscreenCanvas(512, 1).getContext('2d');
      if (canvas === null || context === null) return;
      context.drawImage(canvas, 0, 256, 512, 1, 0, 0, 512, 1);
      const { data } = context.getImageData(0, 0, 512, 1);
      const row = Array.from({ length: 512 }, (_, x) => data[4 * x] ?? 0);
      const alpha = Array.from({ length: 512 }, (_, x) => data[4 * x + 3] ?? 0);
      const { shownIndex, quality } = (root as HTMLElement).dataset;
      const label = root.querySelector('.slicescope-quality')?.textContent ?? '';
      all.push({ index: Number(shownIndex), quality: quality ?? '', label, row, alpha });
    };
    new MutationObserver(note).observe(root, {
      attributes: true,
      attributeFilter: ['data-quality', 'data-shown-index'],
    });
  });
}

function rowOf(index: number): number[] {
  const { data } = VOLUME.slice('xy', index);
  return Array.from({ length: 512 }, (_, x) => Math.floor((255 * (data[512 * 256 + x] as number)) / 4000 + 0.5));
}

function meanDifference(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? NaN)), 0) / one.length;
}

/** Go to the last slice; the pictures of it. */
async function jump(): Promise<Drawn[]> {
  await notebook.viewer().slider.press('End');
  await notebook.page.waitForFunction(() => {
    const { drawn } = window as unknown as { drawn: Drawn[] };
    return drawn.at(-1)?.quality === 'exact';
  });
  return await notebook.page.evaluate(() => (window as unknown as { drawn: Drawn[] }).drawn);
}

test('on a slow line a slice is there as a preview first, which says so, and then exactly', async () => {
  await openLive('uint16');
  const drawn = await jump();
  await expectPicture(notebook.viewer(), VOLUME, { index: 23, window: WINDOW }, 30_000);
  expect(drawn.map(({ index, quality, label }) => [index, quality, label])).toEqual([
    [23, 'preview', 'preview'],
    [23, 'exact', ''],
  ]);
  const [preview, exact] = drawn.map(({ row }) => row);
  expect(meanDifference(preview!, rowOf(23))).toBeLessThan(6);
  expect(meanDifference(exact!, rowOf(23))).toBeLessThanOrEqual(1);
});

test('a preview is transparent where the slice has no numbers, as the slice itself', async () => {
  await openLive('float32');
  const drawn = await jump();
  expect(drawn.map(({ quality }) => quality)).toEqual(['preview', 'exact']);
  for (const { alpha, row } of drawn) {
    expect(new Set(alpha.slice(0, NO_NUMBERS - 1))).toEqual(new Set([0]));
    expect(new Set(alpha.slice(NO_NUMBERS + 1))).toEqual(new Set([255]));
    expect(meanDifference(row.slice(NO_NUMBERS + 8), rowOf(23).slice(NO_NUMBERS + 8))).toBeLessThan(6);
  }
});
