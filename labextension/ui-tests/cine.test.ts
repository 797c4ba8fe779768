import { expect, test } from '@jest/globals';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const DEPTH = 40;
const RATE = 5;
const wave = volumeOf('uint8', [30, 20, DEPTH], (x, y, z) => (x + y + 7 * z) % 256);

/** What a page has shown since it was watched: the slices, and when. */
type Shown = [at: number, index: number][];

async function watch({ page }: NotebookPage): Promise<() => Promise<Shown>> {
  await page.evaluate(() => {
    const root = document.querySelector<HTMLElement>('.slicescope-view');
    if (root === null) throw new Error('There is no viewer on the page.');
    const seen: Shown = [];
    (window as unknown as { seen: Shown }).seen = seen;
    new MutationObserver(() => {
      seen.push([performance.now(), Number(root.dataset.shownIndex)]);
    }).observe(root, { attributes: true, attributeFilter: ['data-shown-index'] });
  });
  return async () => await page.evaluate(() => (window as unknown as { seen: Shown }).seen);
}

async function openWave(): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'wave', wave);
  const notebook = await stand.open([`const view = show(load('wave'), { index: 0, rate: ${String(RATE)} });`]);
  await notebook.page.setViewportSize({ width: 900, height: 900 });
  await notebook.runCell(1);
  await notebook.viewer().shows(0);
  return [notebook, notebook.viewer()];
}

async function nameOf({ page }: NotebookPage): Promise<string> {
  return await page.evaluate(() => {
    const { jupyterapp } = window as unknown as {
      jupyterapp: { shell: { currentWidget: { context: { path: string } } } };
    };
    return jupyterapp.shell.currentWidget.context.path;
  });
}

test('of two pages one plays for both, one slice after the other and not faster than the rate; the other stops it', async () => {
  const [notebook, viewer] = await openWave();
  await notebook.save();
  const { notebook: other } = await stand.openBeside(await nameOf(notebook));
  try {
    const otherViewer = other.viewer();
    await otherViewer.shows(0);
    const [shown, shownThere] = [await watch(notebook), await watch(other)];
    await viewer.canvas.press('Space');
    // Longer than the other page would wait before it played itself.
    await eventually(async () => {
      expect((await shown()).length).toBeGreaterThan(4 * RATE);
      expect((await shownThere()).length).toBeGreaterThan(2 * RATE);
    });
    const steps = await shown();
    const indices = steps.map(([, index]) => index);
    expect(indices).toEqual(indices.map((_, step) => (step + 1) % DEPTH));
    const [[began], [ended]] = [steps[0] as Shown[number], steps.at(-1) as Shown[number]];
    expect((ended - began) / (steps.length - 1)).toBeGreaterThan((0.9 * 1000) / RATE);

    await otherViewer.canvas.press('Space');
    await eventually(async () => {
      expect((await notebook.run('console.log(view.playing)')).trim()).toBe('false');
      const index = Number(await notebook.run('console.log(view.index)'));
      expect([await viewer.shownIndex(), await otherViewer.shownIndex()]).toEqual([index, index]);
    });
  } finally {
    await other.close();
  }
});

test('who wants less motion sees none that code has started, and what they have started themselves', async () => {
  const [notebook, viewer] = await openWave();
  await notebook.page.emulateMedia({ reducedMotion: 'reduce' });
  const shown = await watch(notebook);
  await notebook.run('view.playing = true');
  // A page that may plays after less than a second and a half.
  await notebook.page.waitForTimeout(3000);
  expect(await shown()).toEqual([]);
  await viewer.canvas.press('Space');
  await viewer.canvas.press('Space');
  await eventually(async () => {
    expect((await shown()).map(([, index]) => index).slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
  });
});
