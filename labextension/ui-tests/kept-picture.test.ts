import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { VIEW_MIME, type ViewSettings } from '../../src/protocol';
import type { NotebookPage } from './notebook';
import { pixelsOf as canvasPixels } from '../../tests/browser/canvas';
import { colorAt, differences, expectPicture, type Expected, type Pixels } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const wave = volumeOf('uint16', [60, 45, 30], (x, y, z) => (x * 67 + y * 131 + z * 577) % 4000, { window: [0, 4000] });
/** Longer than a view waits for rest, and than it then takes to make a PNG. */
const RESTED_MS = 2500;

/** The parts of JupyterLab that say whether a notebook has changed. */
interface Lab {
  shell: {
    currentWidget: {
      context: {
        path: string;
        model: {
          dirty: boolean;
          contentChanged: { connect(handler: () => void): void };
        };
      };
    };
  };
}

interface Output {
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, { readonly picture?: string; readonly width?: number }>>;
}

async function open(...cells: string[]): Promise<NotebookPage> {
  stage(stand.server, 'wave', wave);
  const notebook = await stand.open([`const wave = load('wave');`, ...cells]);
  await notebook.page.setViewportSize({ width: 900, height: 900 });
  await notebook.runCell(1);
  for (const [at] of cells.entries()) await notebook.runCell(at + 2);
  return notebook;
}

async function isDirty(notebook: NotebookPage): Promise<boolean> {
  return await notebook.page.evaluate(
    () => (window as unknown as { jupyterapp: Lab }).jupyterapp.shell.currentWidget.context.model.dirty,
  );
}

/** Count how often the notebook's content changes from now on. */
async function watchChanges(notebook: NotebookPage): Promise<() => Promise<number>> {
  await notebook.page.evaluate(() => {
    const page = window as unknown as { jupyterapp: Lab; changes: number };
    page.changes = 0;
    page.jupyterapp.shell.currentWidget.context.model.contentChanged.connect(() => {
      page.changes += 1;
    });
  });
  return async () => await notebook.page.evaluate(() => (window as unknown as { changes: number }).changes);
}

/** Save, and read what is in the file then: the outputs of ours. */
async function saved(notebook: NotebookPage): Promise<Output[]> {
  await notebook.save();
  const path = await notebook.page.evaluate(
    () => (window as unknown as { jupyterapp: Lab }).jupyterapp.shell.currentWidget.context.path,
  );
  const name = path.slice(stand.server.prefix.length);
  const { cells } = JSON.parse(readFileSync(join(stand.server.folder, name), 'utf8')) as {
    cells: { outputs?: Output[] }[];
  };
  return cells.flatMap(({ outputs = [] }) => outputs.filter(({ data }) => VIEW_MIME in data));
}

async function pixelsOf({ data }: Output): Promise<Pixels> {
  const png = Buffer.from((data['image/png'] ?? '').replaceAll(/\s/g, ''), 'base64');
  const { data: bytes, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(bytes) };
}

/** The picture that is saved must be this slice, to the pixel. */
async function expectSaved(output: Output | undefined, expected: Expected): Promise<void> {
  if (output === undefined) throw new Error('nothing of ours is saved');
  expect(differences(await pixelsOf(output), wave, expected)).toEqual([]);
}

async function rest(notebook: NotebookPage): Promise<void> {
  await notebook.page.waitForTimeout(RESTED_MS);
}

test('the saved picture is the slice that was looked at last, as it was looked at', async () => {
  const notebook = await open(`const view = show(wave, { index: 4 });`);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, { index: 4 });
  await rest(notebook);
  const [first] = await saved(notebook);
  await expectSaved(first, { index: 4 });

  await viewer.slider.press('PageUp');
  await viewer.slider.press('ArrowRight');
  const index = Number(await viewer.slider.inputValue());
  expect(index).toBeGreaterThan(5);
  await expectPicture(viewer, wave, { index });
  await eventually(async () => {
    expect(await isDirty(notebook)).toBe(true);
  });
  const [output] = await saved(notebook);
  await expectSaved(output, { index });
  const pixels = await viewer.pixels();
  expect(await pixelsOf(output as Output)).toEqual(pixels);
  expect(output?.metadata['image/png']).toEqual({ width: pixels.width, height: pixels.height });

  const look: Partial<ViewSettings> = { plane: 'xz', index: 40, colormap: 'viridis', rotation: 1 };
  expect(await notebook.run(`view.set(${JSON.stringify(look)})`)).toBe('');
  await expectPicture(viewer, wave, look as Expected);
  await rest(notebook);
  await expectSaved((await saved(notebook))[0], look as Expected);
});

test.each(['planes', 'volume'] as const)('of the layout %s all pictures are saved, where they lie', async (layout) => {
  const notebook = await open(`const view = show(wave, { index: 4 });`);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, { index: 4 });
  await notebook.run(`view.set({ layout: '${layout}', position: [20, 30, 7] })`);
  const canvases = viewer.root.locator('.slicescope-stage .slicescope-canvas');
  await eventually(async () => {
    expect(await canvases.count()).toBe(layout === 'planes' ? 3 : 1);
  });
  await rest(notebook);
  const [output] = await saved(notebook);
  const still = await pixelsOf(output as Output);
  const stage = await viewer.root.locator('.slicescope-stage').boundingBox();
  if (stage === null) throw new Error('The pictures are not on the page.');
  let colored = 0;
  for (const canvas of await canvases.all()) {
    const [box, drawn] = [await canvas.boundingBox(), await canvasPixels(canvas)];
    if (box === null) throw new Error('A picture is not on the page.');
    const [left, top] = [Math.round(box.x - stage.x), Math.round(box.y - stage.y)];
    for (let y = 0; y < drawn.height; y += 3) {
      for (let x = 0; x < drawn.width; x += 3) {
        const want = colorAt(drawn, x, y);
        if (want[3] !== 255) continue; // What is not drawn has the page's background.
        colored += 1;
        expect([x, y, ...colorAt(still, left + x, top + y)]).toEqual([x, y, ...want]);
      }
    }
  }
  expect(colored).toBeGreaterThan(2000);
});

test('while the view moves nothing is taken; at rest it is once; and a picture that is as it was is left', async () => {
  const notebook = await open(`const view = show(wave, { index: 4 });`);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, { index: 4 });
  await notebook.save();
  await rest(notebook);
  expect(await isDirty(notebook)).toBe(false);

  const changes = await watchChanges(notebook);
  const start = Date.now();
  while (Date.now() - start < 4000) {
    await viewer.slider.press('ArrowRight');
    await notebook.page.waitForTimeout(100);
  }
  expect(await changes()).toBe(0);
  await viewer.slider.press('Home');
  for (let at = 0; at < 4; at++) await viewer.slider.press('ArrowRight');
  await expectPicture(viewer, wave, { index: 4 });
  await rest(notebook);
  // Where it was: as if nothing had been.
  expect([await changes(), await isDirty(notebook)]).toEqual([0, false]);

  await viewer.slider.press('ArrowRight');
  await rest(notebook);
  expect(await isDirty(notebook)).toBe(true);
  const once = await changes();
  await rest(notebook);
  expect(await changes()).toBe(once);
  await notebook.save();
  await rest(notebook);
  expect(await isDirty(notebook)).toBe(false);
});

test('who opens a notebook and looks changes nothing in it', async () => {
  const notebook = await open(`const view = show(wave, { index: 4 });`);
  await expectPicture(notebook.viewer(), wave, { index: 4 });
  await notebook.viewer().slider.press('End');
  await expectPicture(notebook.viewer(), wave, { index: 29 });
  await rest(notebook);
  const [before] = await saved(notebook);
  await notebook.page.reload();
  await notebook.ready();
  await notebook.page.setViewportSize({ width: 700, height: 800 }); // Another size is the same picture.
  await expectPicture(notebook.viewer(), wave, { index: 29 });
  await rest(notebook);
  expect(await isDirty(notebook)).toBe(false);
  expect(await saved(notebook)).toEqual([before]);
});

test('what is saved at once is what is shown, and so is what is hidden at once', async () => {
  const notebook = await open(`const view = show(wave, { index: 4 });`);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, { index: 4 });
  await viewer.slider.press('End');
  await viewer.shows(29);
  await expectSaved((await saved(notebook))[0], { index: 29 });
  await rest(notebook);
  expect(await isDirty(notebook)).toBe(false);

  await viewer.slider.press('ArrowLeft');
  await viewer.shows(28);
  await notebook.command('launcher:create');
  await rest(notebook);
  await notebook.activate();
  await expectSaved((await saved(notebook))[0], { index: 28 });
});

test('a cell that moves its view after it has shown it saves what is seen of it', async () => {
  const notebook = await open(`const view = show(wave, { index: 4 });\nview.set({ index: 17, colormap: 'viridis' });`);
  await expectPicture(notebook.viewer(), wave, { index: 17, colormap: 'viridis' });
  await rest(notebook);
  await expectSaved((await saved(notebook))[0], { index: 17, colormap: 'viridis' });
});

test('several outputs of one view agree, and undo gives cells back but no pictures', async () => {
  const notebook = await open(`const view = show(wave, { index: 4 });`);
  await expectPicture(notebook.viewer(), wave, { index: 4 });
  await notebook.selectCell(2);
  await notebook.command('notebook:create-output-view');
  await notebook.activate();
  await notebook.save();
  await rest(notebook);
  expect(await isDirty(notebook)).toBe(false);
  await notebook.command('notebook:delete-cell');
  await notebook.command('notebook:undo-cell-action');
  await expectPicture(notebook.viewer(), wave, { index: 4 });
  await notebook.save();

  const changes = await watchChanges(notebook);
  await notebook.viewer().slider.press('Home');
  await expectPicture(notebook.viewer(), wave, { index: 0 });
  await rest(notebook);
  const once = await changes();
  expect(once).toBeGreaterThan(0);
  await rest(notebook);
  expect(await changes()).toBe(once);
  await notebook.command('notebook:undo-cell-action');
  await expectSaved((await saved(notebook))[0], { index: 0 });
});
