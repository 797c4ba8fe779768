import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { NotebookPage } from './notebook';
import { expectPicture } from '../../tests/browser/pictures';
import { useOwnJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';

const stand = useOwnJupyter();
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const wave = volumeOf('int16', [24, 18, 10], (x, y, z) => x * 67 - y * 131 + z * 577, { window: [-2000, 6000] });

/** What axe finds wrong in the page's viewers, a line for each element. */
async function violations(notebook: NotebookPage): Promise<string[]> {
  const found = await notebook.page.evaluate(async (script) => {
    const page = window as unknown as { axe?: { run(where: string): Promise<AxeResults> } };
    if (page.axe === undefined) (0, eval)(script);
    return (await page.axe?.run('.slicescope-view'))?.violations;
  }, AXE);
  if (found === undefined) throw new Error('axe does not run');
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}

test('axe finds nothing in a view, in either theme, in any layout, with its panel open', async () => {
  stage(stand.server, 'wave', wave);
  const notebook = await stand.open([`const view = show(load('wave'), { index: 3 });`]);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, { index: 3 });
  await viewer.canvas.focus();
  await viewer.canvas.press('s'); // The panel, which the key opens.
  const found: Record<string, string[]> = {};
  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await notebook.command('apputils:change-theme', { theme });
    await notebook.page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
    for (const [layout, stage] of [
      ['slice', '[data-layout="slice"]'],
      ['planes', '[data-layout="planes"]'],
      ['volume', '.slicescope-box'],
    ] as const) {
      expect(await notebook.run(`view.set({ layout: '${layout}' })`)).toBe('');
      await notebook.page.locator(stage).waitFor();
      const wrong = await violations(notebook);
      if (wrong.length > 0) found[`${theme}, ${layout}`] = wrong;
    }
  }
  expect(found).toEqual({});
});
