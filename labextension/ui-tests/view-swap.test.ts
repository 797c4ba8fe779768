import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { expectPicture } from '../../tests/browser/pictures';
import { LARGE, SMALL, graysOf, samplesOf, startSampling } from '../../tests/browser/sampling';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { stage } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';
import type { NotebookPage } from './notebook';
import { useJupyter } from './stand';

const stand = useJupyter();

async function openSmall(...cells: string[]): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'small', SMALL);
  const notebook = await stand.open([`const view = show(load('small'), { index: 33 });`, ...cells]);
  await notebook.runCell(1);
  await expectPicture(notebook.viewer(), SMALL, { index: 33 });
  return [notebook, notebook.viewer()];
}

test('a volume that a cell sets is in the open view within three seconds, and under the cell there is no other view', async () => {
  const [notebook, viewer] = await openSmall(
    `const large = load('large'); console.log('swapped at', Date.now()); view.volume = large;`,
  );
  stage(stand.server, 'large', LARGE);
  await viewer.root.evaluate((root) => (root.dataset.mark = 'the same'));
  await startSampling(viewer);
  await notebook.runCell(2);
  await expectPicture(viewer, LARGE, { index: 24 });
  const swapped = Number(/swapped at (\d+)/.exec(await notebook.printed())?.[1]);
  const shown = (await samplesOf(viewer)).find(
    (sample) => sample.index === 24 && String(sample.grays) === String(graysOf(LARGE, sample)),
  );
  expect((shown?.time ?? Infinity) - swapped).toBeLessThan(3000);
  expect(await viewer.root.getAttribute('data-mark')).toBe('the same');
  expect(await notebook.page.locator('.slicescope-view').count()).toBe(1);
});

test('while a cell spins for five seconds scrubbing goes on', async () => {
  const spinning = `
    writeFileSync('spinning', '');
    const end = Date.now() + 5000;
    while (true) if (Date.now() > end) break;
    console.log('spun until', Date.now());`;
  const [notebook, viewer] = await openSmall(spinning);
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
  expect(samples.filter((sample) => String(sample.grays) !== String(graysOf(SMALL, sample)))).toEqual([]);
  expect(samples.length).toBeGreaterThan(0);
  await expectPicture(viewer, SMALL, { index });
});
