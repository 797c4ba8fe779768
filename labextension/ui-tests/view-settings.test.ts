import { expect, test } from '@jest/globals';
import { expectExported } from '../../tests/browser/exported';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
/** No two voxels of a slice are alike. */
const wave = volumeOf('int16', [24, 18, 5], (x, y, z) => x * 67 - y * 131 + z * 577, { window: [-2000, 4000] });
const head = volumeOf('int16', [24, 18, 5], (x, y, z) => x * 67 - y * 131 + z * 577, {
  window: [-2000, 4000],
  direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
});

async function open(name: string, ...cells: readonly string[]): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'wave', wave);
  stage(stand.server, 'head', head);
  const notebook = await stand.open([`const view = show(load('${name}'), { index: 2 });`, ...cells]);
  await notebook.runCell(1);
  await expectExported(notebook.viewer(), name === 'head' ? head : wave, { index: 2 });
  return [notebook, notebook.viewer()];
}

test('linked views keep step, also while a cell runs; what is not linked stays', async () => {
  const [notebook, viewer] = await open(
    'wave',
    `import { link } from 'slicescope';
    const other = show(load('wave'), { index: 2 });
    const stop = link([view, other], ['index', 'window']);`,
    `{ const end = Date.now() + 8000; while (Date.now() < end); console.log('done'); }`,
  );
  await notebook.runCell(2);
  const second = notebook.viewer(1);
  await expectExported(second, wave, { index: 2 });
  await notebook.startCell(3);
  await viewer.canvas.focus();
  for (const key of ['ArrowRight', 'i', 'w']) await viewer.canvas.press(key);
  await second.shows(3);
  expect(await notebook.printed()).not.toContain('done');
  await eventually(async () => {
    expect(await notebook.printed()).toContain('done');
  });
  const [window, linked] = JSON.parse(
    await notebook.run('console.log(JSON.stringify([view.window, other.window]))'),
  ) as [[number, number], [number, number]];
  expect(window).not.toEqual([-2000, 4000]);
  expect(linked).toEqual(window);
  await expectExported(viewer, wave, { index: 3, window, invert: true });
  await expectExported(second, wave, { index: 3, window });
  await notebook.run('stop()');
  await viewer.canvas.press('ArrowRight');
  await expectExported(viewer, wave, { index: 4, window, invert: true });
  await expectExported(second, wave, { index: 3, window });
});

test('the convention mirrors picture and letters of a volume with a direction, and one without has no choice', async () => {
  const [notebook, viewer] = await open('head');
  await viewer.canvas.press('s');
  const convention = viewer.root.getByLabel('Convention');
  const letters = async (): Promise<(string | null)[]> =>
    await Promise.all(['left', 'right'].map((side) => viewer.root.locator(`.slicescope-${side}`).textContent()));
  expect(await letters()).toEqual(['R', 'L']);
  await convention.selectOption('neurological');
  await expectExported(viewer, head, { index: 2, convention: 'neurological' });
  expect(await letters()).toEqual(['L', 'R']);
  expect(await notebook.run('console.log(view.convention)')).toBe('neurological\n');
  await notebook.run(`view.volume = load('wave')`);
  await expectExported(viewer, wave, { index: 2 });
  expect(await letters()).toEqual(['', 'x']);
  await convention.waitFor({ state: 'hidden' });
});

test('slices are played back and forth or in a loop, each of them', async () => {
  const [notebook, viewer] = await open('wave');
  for (const [playback, expected] of [
    ['bounce', '0 1 2 3 4 3 2 1 0 1'],
    ['loop', '0 1 2 3 4 0 1 2 3 4'],
  ] as const) {
    await notebook.run(`view.set({ playback: '${playback}', rate: 6, index: 0 })`);
    await viewer.shows(0);
    await viewer.root.evaluate((root) => {
      const seen = ['0'];
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const { shownIndex = '' } = (root as HTMLElement).dataset;
        if (seen.at(-1) !== shownIndex) seen.push(shownIndex);
      }).observe(root, { attributes: true, attributeFilter: ['data-shown-index'] });
    });
    await viewer.canvas.press('Space');
    await eventually(async () => {
      const seen = await notebook.page.evaluate(() => (window as unknown as { seen: string[] }).seen);
      expect(seen.slice(0, 10).join(' ')).toBe(expected);
    });
    await viewer.canvas.press('Space');
    await eventually(async () => {
      expect(await notebook.run('console.log(view.playing)')).toBe('false\n');
    });
  }
});

test('the colour bar has numbers where their values are, and there is none for labels', async () => {
  const [notebook, viewer] = await open('wave');
  const bar = viewer.root.locator('.slicescope-color-bar');
  const expectTicks = async ([low, high]: readonly [number, number], numbers: readonly number[]): Promise<void> => {
    await eventually(async () => {
      const strip = await bar.locator('.slicescope-strip').boundingBox();
      const ticks = await bar.locator('.slicescope-tick').evaluateAll((nodes) =>
        nodes.map((node) => {
          const { left, width } = node.getBoundingClientRect();
          return [Number(node.textContent.replace('−', '-')), left + width / 2];
        }),
      );
      const places = numbers.map((value) => {
        const x = (strip?.x ?? NaN) + ((value - low) / (high - low)) * (strip?.width ?? NaN);
        return [value, expect.closeTo(x, -0.4)];
      });
      expect(ticks).toEqual(places);
    });
  };
  await expectTicks([-2000, 4000], [-2000, 0, 2000, 4000]);
  await notebook.run(`view.set({ window: [0, 50], colormap: 'viridis' })`);
  await expectTicks([0, 50], [0, 10, 20, 30, 40, 50]);
  expect(await bar.getAttribute('aria-label')).toBe('viridis from 0 to 50');
  await notebook.run(`view.colormap = 'labels'`);
  await bar.waitFor({ state: 'hidden' });
});

test('a screen reader hears of slice and value when the hand rests, and of the picture by its name', async () => {
  const [notebook, viewer] = await open('wave');
  const spoken = viewer.root.getByRole('status').and(notebook.page.locator('.slicescope-spoken'));
  await viewer.canvas.press('ArrowRight');
  const middle = [12, 9, 3] as const;
  await eventually(async () => {
    const value = String(wave.valueAt(...middle)).replace('-', '−');
    expect(await spoken.textContent()).toBe(`xy slice 3 of 4, value ${value} at ${middle.join(', ')}`);
  });
  expect(await spoken.getAttribute('aria-live')).toBe('polite');
  expect(await viewer.canvas.getAttribute('aria-label')).toBe('wave, xy slice 3 of 4');
  await notebook.run(`view.layout = 'volume'`);
  await viewer.root.getByRole('img', { name: 'wave, the slices of the three planes at 12, 9, 3 in its box' }).waitFor();
});

test('what a person reads is in JupyterLab’s language', async () => {
  const locale = async (name: string): Promise<void> => {
    const url = `${stand.server.url}lab/api/settings/@jupyterlab/translation-extension:plugin`;
    const headers = { Authorization: `token ${stand.server.token}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ raw: JSON.stringify({ locale: name }) });
    expect((await fetch(url, { method: 'PUT', headers, body })).status).toBe(204);
  };
  stage(stand.server, 'wave', wave);
  await locale('de_DE');
  const notebook = await stand.open([`const view = show(load('wave'), { index: 2 });`], () => {
    const { fetch } = window;
    const catalog = {
      '': { domain: 'slicescope', language: 'de-DE', plural_forms: 'nplurals=2; plural=(n != 1);' },
      'Zoom in': ['Vergrößern'],
      '%1, %2 slice %3 of %4': ['%1, Schicht %3 von %4 in %2'],
    };
    window.fetch = async (...asked) => {
      const url = asked[0] instanceof Request ? asked[0].url : String(asked[0]);
      if (!url.includes('/translations/de_DE')) return await fetch(...asked);
      return new Response(JSON.stringify({ data: { slicescope: catalog }, message: '' }), {
        headers: { 'Content-Type': 'application/json' },
      });
    };
  });
  await locale('default');
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await viewer.shows(2);
  expect(await viewer.canvas.getAttribute('aria-label')).toBe('wave, Schicht 2 von 4 in xy');
  await viewer.root.getByRole('button', { name: 'Vergrößern' }).waitFor();
});
