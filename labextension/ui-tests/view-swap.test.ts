import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { expectPicture } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();

/**
 * Two volumes that differ in size, dtype, range and window. Each half of a slice has one gray, which says
 * the volume and the slice; the numbers of one in the other's window are black or white.
 */
const small = volumeOf('uint8', [64, 64, 40], (x, _y, z) => (x < 32 ? 20 : 90) + z, { window: [0, 255] });
const large = volumeOf('int16', [48, 36, 25], (x, _y, z) => 100 * ((x < 24 ? 140 : 200) + z), { window: [0, 25_500] });

/** The gray levels of the left and the right half of what a frame of the page showed. */
interface Sample {
  readonly time: number;
  readonly revision: string;
  readonly index: number;
  readonly size: string;
  readonly grays: readonly number[];
}

/** From now on take a few pixels of the first viewer in every frame that the page paints. */
async function startSampling(viewer: ViewerPage): Promise<void> {
  await viewer.root.evaluate((root) => {
    const canvas = root.querySelector('canvas');
    const copy = new OffscreenCanvas(canvas?.width ?? 1, canvas?.height ?? 1);
    const context = copy.getContext('2d', { willReadFrequently: true });
    if (canvas === null || context === null) throw new Error('There is no canvas.');
    const samples: Sample[] = [];
    (window as unknown as { samples: Sample[] }).samples = samples;
    const take = (): void => {
      const { width, height } = canvas;
      if (copy.width !== width || copy.height !== height) [copy.width, copy.height] = [width, height];
      context.globalCompositeOperation = 'copy';
      context.drawImage(canvas, 0, 0);
      const grays: number[] = [];
      for (const down of [0.05, 0.5, 0.95]) {
        for (const across of [0.1, 0.4, 0.6, 0.9]) {
          const [red, green, blue, alpha] = context.getImageData(across * width, down * height, 1, 1).data;
          grays.push(red === green && red === blue && alpha === 255 ? Number(red) : -1);
        }
      }
      const { shownRevision: revision = '', shownIndex } = (root as HTMLElement).dataset;
      const size = `${String(width)} × ${String(height)}`;
      samples.push({ time: Date.now(), revision, index: Number(shownIndex), size, grays });
      requestAnimationFrame(take);
    };
    requestAnimationFrame(take);
  });
}

async function samplesOf(viewer: ViewerPage): Promise<readonly Sample[]> {
  return await viewer.root.page().evaluate(() => (window as unknown as { samples: Sample[] }).samples);
}

/** What all of a picture's grays are if it is of one slice of one volume. */
function graysOf(volume: 'small' | 'large', index: number): number[] {
  const [left, right] = volume === 'small' ? [20 + index, 90 + index] : [140 + index, 200 + index];
  return [0, 1, 2].flatMap(() => [left, left, right, right]);
}

async function openBoth(...cells: string[]): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'small', small);
  stage(stand.server, 'large', large);
  const notebook = await stand.open([
    `const [small, large] = [load('small'), load('large')];
    const view = show(small, { index: 33 });`,
    ...cells,
  ]);
  await notebook.runCell(1);
  await expectPicture(notebook.viewer(), small, { index: 33 });
  return [notebook, notebook.viewer()];
}

test('another volume is in the open view within a second; index is clamped, plane and colour map stay', async () => {
  const [notebook, viewer] = await openBoth(`console.log('swapped at', Date.now()); view.volume = large;`);
  await viewer.root.evaluate((root) => (root.dataset.mark = 'the same'));
  await startSampling(viewer);
  await notebook.runCell(2);
  await expectPicture(viewer, large, { index: 24 });
  const swapped = Number(/swapped at (\d+)/.exec(await notebook.printed())?.[1]);
  const shown = (await samplesOf(viewer)).find(({ grays }) => String(grays) === String(graysOf('large', 24)));
  expect((shown?.time ?? Infinity) - swapped).toBeLessThan(1000);
  expect(await viewer.slider.getAttribute('max')).toBe('24');
  expect(await viewer.slider.inputValue()).toBe('24');
  expect(await viewer.root.getAttribute('data-mark')).toBe('the same');

  await notebook.run(`view.set({ plane: 'yz', index: 47, colormap: 'viridis', rotation: 1 })`);
  await expectPicture(viewer, large, { plane: 'yz', index: 47, colormap: 'viridis', rotation: 1 });
  await notebook.run('view.volume = small');
  await expectPicture(viewer, small, { plane: 'yz', index: 47, colormap: 'viridis', rotation: 1 });
  await notebook.run('view.index = 63; view.volume = large');
  await expectPicture(viewer, large, { plane: 'yz', index: 47, colormap: 'viridis', rotation: 1 });
});

test('a window that was given stays where it meets the new volume, and else gives way', async () => {
  const [notebook, viewer] = await openBoth();
  await notebook.run('view.window = [50, 20000]; view.volume = large');
  await expectPicture(viewer, large, { index: 24, window: [50, 20_000] });
  await notebook.run('view.window = [10000, 20000]; view.volume = small');
  await expectPicture(viewer, small, { index: 24, window: [0, 255] });
});

test('swaps in the middle of scrubbing never show a mixture of two volumes', async () => {
  const swapping = `
    for (let turn = 0; turn < 40; turn++) {
      view.volume = turn % 2 === 0 ? large : small;
      await new Promise((next) => setTimeout(next, 90 + 20 * (turn % 5)));
    }
    console.log('swapped');`;
  const [notebook, viewer] = await openBoth(swapping);
  const { mouse } = notebook.page;
  await viewer.slider.scrollIntoViewIfNeeded();
  const box = await viewer.slider.boundingBox();
  if (box === null) throw new Error('The slider is not on the page.');
  const first = await viewer.root.getAttribute('data-shown-revision');
  await startSampling(viewer);
  const y = box.y + box.height / 2;
  await mouse.move(box.x + 0.8 * box.width, y);
  await mouse.down();
  await notebook.startCell(2);
  let sweeps = 0;
  do {
    await mouse.move(box.x + 4, y, { steps: 40 });
    await mouse.move(box.x + box.width - 4, y, { steps: 40 });
    sweeps++;
  } while ((await notebook.page.getByText('swapped', { exact: true }).count()) === 0);
  await mouse.up();
  const index = Number(await viewer.slider.inputValue());
  await expectPicture(viewer, small, { index });
  expect(await viewer.notice.isHidden()).toBe(true);

  const samples = await samplesOf(viewer);
  // Every swap takes the next revision.
  const volumeOfSample = ({ revision }: Sample): 'small' | 'large' =>
    (Number(revision) - Number(first)) % 2 === 0 ? 'small' : 'large';
  const mixtures = samples.filter((sample) => {
    const expected = graysOf(volumeOfSample(sample), sample.index);
    return sample.grays.some((gray, at) => Math.abs(gray - (expected[at] as number)) > 1);
  });
  expect(mixtures.slice(0, 3)).toEqual([]);
  expect(new Set(samples.map((sample) => `${volumeOfSample(sample)} ${sample.size}`)).size).toBe(2);
  for (const volume of ['small', 'large']) {
    const indices = samples.filter((sample) => volumeOfSample(sample) === volume).map((sample) => sample.index);
    expect(new Set(indices).size).toBeGreaterThan(1);
  }
  expect(sweeps).toBeGreaterThan(0);
});

test('while a cell spins for five seconds scrubbing goes on', async () => {
  const spinning = `
    writeFileSync('spinning', '');
    const end = Date.now() + 5000;
    while (true) if (Date.now() > end) break;
    console.log('spun until', Date.now());`;
  const [notebook, viewer] = await openBoth(spinning);
  await notebook.startCell(2);
  await eventually(() => readFileSync(join(stand.server.folder, 'spinning')));
  const started = Date.now();
  await viewer.slider.focus();
  await startSampling(viewer);
  // Each of them for the first time: none was in the page's cache.
  const shown: number[] = [];
  let index = Number(await viewer.slider.inputValue());
  while (shown.length < 20 && Date.now() < started + 4000) {
    await notebook.page.keyboard.press('ArrowLeft');
    await viewer.shows(--index);
    shown.push(Date.now());
  }
  await notebook.page.locator('pre', { hasText: /spun until \d/ }).waitFor();
  const ended = Number(/spun until (\d+)/.exec(await notebook.printed())?.[1]);
  expect(ended - started).toBeGreaterThan(4000);
  expect(shown.filter((time) => time < ended).length).toBeGreaterThan(5);
  const samples = (await samplesOf(viewer)).filter(({ time }) => time < ended);
  expect(samples.filter((sample) => String(sample.grays) !== String(graysOf('small', sample.index)))).toEqual([]);
  expect(samples.length).toBeGreaterThan(0);
  await expectPicture(viewer, small, { index });
});
