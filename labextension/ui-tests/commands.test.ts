import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { NotebookPage } from './notebook';
import { differences, expectPicture, type Pixels } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const wave = volumeOf('int16', [24, 18, 10], (x, y, z) => x * 67 - y * 131 + z * 577, { window: [-2000, 6000] });

interface Lab {
  commands: { isEnabled(id: string): boolean; execute(id: string): Promise<unknown> };
}

const COMMANDS = ['copy-picture', 'save-picture', 'copy-values', 'reset', 'new-view'].map(
  (name) => `slicescope:${name}`,
);

async function open(look: object): Promise<NotebookPage> {
  stage(stand.server, 'wave', wave);
  const notebook = await stand.open([`const view = show(load('wave'), ${JSON.stringify(look)});`]);
  await notebook.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await notebook.runCell(1);
  return notebook;
}

async function enabled(notebook: NotebookPage): Promise<boolean[]> {
  return await notebook.page.evaluate(
    (ids) => ids.map((id) => (window as unknown as { jupyterapp: Lab }).jupyterapp.commands.isEnabled(id)),
    COMMANDS,
  );
}

async function choose(notebook: NotebookPage, label: string): Promise<void> {
  await notebook.viewer().canvas.click({ button: 'right' });
  const item = notebook.page.locator('.lm-Menu-item').filter({ hasText: label });
  await item.click();
}

async function decode(png: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

test('the context menu copies and saves the picture, copies the values, and shows the whole slice again', async () => {
  const look = { index: 7, colormap: 'viridis', plane: 'xz' } as const;
  const notebook = await open(look);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, look);
  expect(await enabled(notebook)).toEqual(COMMANDS.map(() => false));

  await choose(notebook, 'Copy the Values of the Slice');
  const rows = Array.from({ length: 10 }, (_, z) =>
    Array.from({ length: 24 }, (_, x) => wave.valueAt(x, 7, z)).join('\t'),
  );
  await eventually(async () => {
    expect(await notebook.page.evaluate(() => navigator.clipboard.readText())).toBe(rows.join('\n'));
  });
  expect(await enabled(notebook)).toEqual(COMMANDS.map(() => true));

  await choose(notebook, 'Copy the Picture');
  const base64 = await eventually(
    async () =>
      await notebook.page.evaluate(async () => {
        const [item] = await navigator.clipboard.read();
        const bytes = new Uint8Array(await ((await item?.getType('image/png')) as Blob).arrayBuffer());
        return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
      }),
  );
  expect(differences(await decode(Buffer.from(base64, 'base64')), wave, look)).toEqual([]);

  const [download] = await Promise.all([notebook.page.waitForEvent('download'), choose(notebook, 'Save the Picture')]);
  expect(download.suggestedFilename()).toBe('wave-xz-7.png');
  expect(differences(await decode(readFileSync(await download.path())), wave, look)).toEqual([]);

  expect(await notebook.run('view.set({ zoom: 3, rotation: 1, flip: [true, false] })')).toBe('');
  await eventually(async () => {
    expect(differences(await viewer.pixels(), wave, look)).not.toEqual([]);
  });
  await choose(notebook, 'Show the Whole Slice');
  await expectPicture(viewer, wave, look);
  await eventually(async () => {
    expect(await notebook.run('console.log(view.zoom, view.rotation)')).toBe('1 0\n');
  });
});

test('a new view is a tab of its own, follows the first one, and leaves nothing when it is closed', async () => {
  const notebook = await open({ index: 3 });
  await expectPicture(notebook.viewer(), wave, { index: 3 });
  await notebook.viewer().canvas.click();
  await notebook.command('apputils:activate-command-palette');
  await notebook.page.locator('.lm-CommandPalette-input').fill('slicescope new view');
  await notebook.page.keyboard.press('Enter');
  const panel = notebook.viewerIn('.slicescope-tab');
  await expectPicture(panel, wave, { index: 3 });
  await panel.slider.press('ArrowRight');
  await expectPicture(panel, wave, { index: 4 });
  await expectPicture(notebook.viewerIn('.jp-NotebookPanel'), wave, { index: 4 });
  const tab = notebook.page.locator('.lm-DockPanel-tabBar .lm-TabBar-tab').filter({ hasText: 'wave' });
  await tab.locator('.lm-TabBar-tabCloseIcon').click();
  await notebook.page.locator('.slicescope-tab').waitFor({ state: 'detached' });
  await notebook.activate();
  await notebook.viewer().slider.press('ArrowRight');
  await expectPicture(notebook.viewer(), wave, { index: 5 });
  // The tab was used last; with it gone, the notebook's own view is the one that commands are about.
  expect(await enabled(notebook)).toEqual(COMMANDS.map(() => true));
  await notebook.selectCell(1);
  await notebook.command('notebook:delete-cell');
  await notebook.page.locator('.slicescope-view').waitFor({ state: 'detached' });
  expect(await enabled(notebook)).toEqual(COMMANDS.map(() => false));
});
