import { expect, test } from '@jest/globals';
import type { NotebookPage, ViewerPage } from './notebook';
import { useJupyter } from './stand';

const stand = useJupyter();

/** What one frame of the page showed: the least and the greatest gray of the whole canvas. */
interface Sample {
  readonly time: number;
  readonly low: number;
  readonly high: number;
  readonly index: number;
}

/** From now on read the canvas' pixels, all of them, in every frame that the page paints. */
async function startSampling(viewer: ViewerPage): Promise<void> {
  await viewer.root.evaluate((root) => {
    const canvas = root.querySelector('canvas');
    const context = new OffscreenCanvas(64, 64).getContext('2d', { willReadFrequently: true });
    if (canvas === null || context === null) throw new Error('There is no canvas.');
    context.imageSmoothingEnabled = false;
    const samples: Sample[] = [];
    (window as unknown as { samples: Sample[] }).samples = samples;
    const take = (): void => {
      context.globalCompositeOperation = 'copy';
      context.drawImage(canvas, 0, 0, 64, 64);
      const { data } = context.getImageData(0, 0, 64, 64);
      let [low, high] = [255, 0];
      for (let at = 0; at < data.length; at += 4) {
        low = Math.min(low, Number(data[at]));
        high = Math.max(high, Number(data[at]));
      }
      samples.push({ time: performance.now(), low, high, index: Number((root as HTMLElement).dataset.shownIndex) });
      requestAnimationFrame(take);
    };
    requestAnimationFrame(take);
  });
}

async function samplesOf(viewer: ViewerPage): Promise<readonly Sample[]> {
  return await viewer.root.page().evaluate(() => (window as unknown as { samples: Sample[] }).samples);
}

/** Each turn all voxels get one value, slowly enough that slices are cut meanwhile; then it is shown. */
const WRITE = `const write = (value: number) => {
  for (let at = 0; at < volume.data.length; at++) volume.data[at] = value;
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
    `while (performance.now() - start < ${String(SECONDS * 1000)}) {
      turns++;
      write(1 + turns % 200);
      while (performance.now() < start + turns * 1000 / 30);
    }`,
  ],
])('a simulation %s shows 30 whole pictures a second, and the slider moves meanwhile', async (_, loop) => {
  const [notebook, viewer] = await openSimulation(loop);
  await startSampling(viewer);
  await notebook.startCell(2);
  await viewer.slider.focus();
  const moved: number[] = [];
  while ((await notebook.page.getByText(/turns \d+ in/).count()) === 0) {
    if (moved.length >= 20) continue;
    const index = 6 + moved.length;
    await notebook.page.keyboard.press('ArrowRight');
    await viewer.shows(index);
    moved.push(index);
  }
  const turns = Number(/turns (\d+) in/.exec(await notebook.printed())?.[1]);
  const last = 1 + (turns % 200);
  await viewer.shows(5 + moved.length);
  await notebook.page.waitForFunction(
    (value) => (window as unknown as { samples: Sample[] }).samples.at(-1)?.low === value,
    last,
  );
  const samples = await samplesOf(viewer);
  expect(samples.filter(({ low, high }) => low !== high).slice(0, 3)).toEqual([]);
  expect(samples.at(-1)).toMatchObject({ low: last, high: last });
  expect(moved.length).toBeGreaterThan(5);
  expect(await notebook.run('console.log(view.index)')).toBe(`${String(5 + moved.length)}\n`);

  // Of 30 written in a second 25 are seen; fewer only where the page itself had fewer frames than that.
  const running = samples.filter(({ low }) => low > 0);
  const frames = running.filter(({ time }) => time < (running[0]?.time ?? 0) + SECONDS * 1000).length;
  const pictures = new Set(running.map(({ low }) => low)).size;
  expect(pictures).toBeGreaterThanOrEqual(Math.min(turns, frames) * (25 / 30));
  expect(await viewer.notice.isHidden()).toBe(true);
});
