import { expect, test } from '@jest/globals';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { useJupyter } from './stand';

const stand = useJupyter();

/** What one frame of the page showed. */
interface Sample {
  readonly time: number;
  readonly revision: number;
  readonly index: number;
  /** The least and the greatest gray of the canvas, where they were read. */
  readonly grays: readonly [low: number, high: number] | null;
}

/** Reading pixels back takes software GL longer than drawing them: done in every frame, there would be fewer frames. */
const READ_EVERY = 6;

/** From now on note what every frame of the page shows, and of some of them the pixels, all over the canvas. */
async function startSampling(viewer: ViewerPage): Promise<void> {
  await viewer.root.evaluate((root, every) => {
    const canvas = root.querySelector('canvas');
    const context = new OffscreenCanvas(64, 64).getContext('2d', { willReadFrequently: true });
    if (canvas === null || context === null) throw new Error('There is no canvas.');
    context.imageSmoothingEnabled = false;
    const samples: Sample[] = [];
    (window as unknown as { samples: Sample[] }).samples = samples;
    const { dataset } = root as HTMLElement;
    const read = (): [number, number] => {
      context.globalCompositeOperation = 'copy';
      context.drawImage(canvas, 0, 0, 64, 64);
      const { data } = context.getImageData(0, 0, 64, 64);
      let [low, high] = [255, 0];
      for (let at = 0; at < data.length; at += 4) {
        low = Math.min(low, Number(data[at]));
        high = Math.max(high, Number(data[at]));
      }
      return [low, high];
    };
    const take = (): void => {
      if (!root.isConnected) return; // The page outlives the view.
      const grays = samples.length % every === 0 ? read() : null;
      const [revision, index] = [Number(dataset.shownRevision), Number(dataset.shownIndex)];
      samples.push({ time: performance.now(), revision, index, grays });
      requestAnimationFrame(take);
    };
    requestAnimationFrame(take);
  }, READ_EVERY);
}

async function samplesOf(viewer: ViewerPage): Promise<readonly Sample[]> {
  return await viewer.root.page().evaluate(() => (window as unknown as { samples: Sample[] }).samples);
}

/** Each turn all voxels get one value, here and there first, so that a slice that is cut meanwhile has two; then it is shown. */
const WRITE = `const write = (value: number) => {
  const { data } = volume;
  for (let start = 0; start < 8; start++) for (let at = start; at < data.length; at += 8) data[at] = value;
  view.refresh();
};`;
const SECONDS = 4;

async function openSimulation(loop: string): Promise<[NotebookPage, ViewerPage]> {
  const notebook = await stand.open([
    `const volume = Volume.alloc([128, 128, 64], 'uint8');
    const view = show(volume, { window: [0, 255], index: 5 });
    ${WRITE}
    write(0);`,
    `const start = performance.now();
    let turns = 0;
    ${loop}
    console.log('turns', turns, 'in', performance.now() - start);`,
  ]);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await viewer.shows(5);
  return [notebook, viewer];
}

test.each([
  [
    'that waits for its next turn',
    `while (performance.now() - start < ${String(SECONDS * 1000)}) {
      turns++;
      write(1 + turns % 200);
      await new Promise((next) => setTimeout(next, Math.max(0, start + turns * 1000 / 30 - performance.now())));
    }`,
  ],
  [
    'that never lets the kernel rest',
    `const sleeper = new Int32Array(new SharedArrayBuffer(4)); // The kernel's event loop stands still all the time.
    while (performance.now() - start < ${String(SECONDS * 1000)}) {
      turns++;
      write(1 + turns % 200);
      Atomics.wait(sleeper, 0, 0, Math.max(0, start + turns * 1000 / 30 - performance.now()));
    }`,
  ],
])(
  'a simulation %s that writes 30 times a second is followed in whole pictures, and the slider moves meanwhile',
  async (_, loop) => {
    const [notebook, viewer] = await openSimulation(loop);
    await startSampling(viewer);
    await notebook.startCell(2);
    await viewer.slider.focus();
    const moved: number[] = [];
    while ((await notebook.page.getByText(/turns \d+ in/).count()) === 0) {
      if (moved.length >= 20) {
        await notebook.page.waitForTimeout(100); // To ask without a pause would be a load of its own.
        continue;
      }
      const index = 6 + moved.length;
      await notebook.page.keyboard.press('ArrowRight');
      await viewer.shows(index);
      moved.push(index);
    }
    const turns = Number(/turns (\d+) in/.exec(await notebook.printed())?.[1]);
    const last = 1 + (turns % 200);
    await viewer.shows(5 + moved.length);
    await notebook.page.waitForFunction(
      (value) => (window as unknown as { samples: Sample[] }).samples.some(({ grays }) => grays?.[0] === value),
      last,
    );
    const samples = await samplesOf(viewer);
    const pixels = samples.flatMap(({ grays }) => (grays === null ? [] : [grays]));
    expect(pixels.filter(([low, high]) => low !== high).slice(0, 3)).toEqual([]);
    expect(pixels.at(-1)).toEqual([last, last]);
    expect(new Set(pixels.map(([low]) => low)).size).toBeGreaterThan(5);
    expect(moved.length).toBeGreaterThan(5);
    expect(await notebook.run('console.log(view.index)')).toBe(`${String(5 + moved.length)}\n`);

    // On an idle machine nearly all that is written is seen; what holds on a busy one too is that it keeps up.
    const first = samples[0]?.revision ?? 0;
    const running = samples.filter(({ revision }) => revision > first);
    const frames = running.filter(({ time }) => time < (running[0]?.time ?? 0) + SECONDS * 1000).length;
    const pictures = new Set(running.map(({ revision }) => revision)).size;
    expect(pictures).toBeGreaterThanOrEqual(Math.min(turns, frames) / 3);
    expect(await viewer.notice.isHidden()).toBe(true);
  },
);
