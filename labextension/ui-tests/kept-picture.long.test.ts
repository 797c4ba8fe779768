import { expect, test } from '@jest/globals';
import { pixelsOf as canvasPixels } from '../../tests/browser/canvas';
import { colorAt, expectPicture } from '../../tests/browser/pictures';
import { eventually } from '../../tests/browser/waiting';
import { expectSaved, isDirty, open, pixelsOf, rest, saved, watchChanges, wave, type Output } from './saved-pictures';
import { useJupyter } from './stand';

const stand = useJupyter();

test.each(['planes', 'volume'] as const)('of the layout %s all pictures are saved, where they lie', async (layout) => {
  const notebook = await open(stand, `const view = show(wave, { index: 4 });`);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, { index: 4 });
  await notebook.run(`view.set({ layout: '${layout}', position: [20, 30, 7] })`);
  const canvases = viewer.root.locator('.slicescope-stage .slicescope-canvas');
  await eventually(async () => {
    expect(await canvases.count()).toBe(layout === 'planes' ? 3 : 1);
  });
  await rest(notebook);
  const [output] = await saved(stand, notebook);
  const still = await pixelsOf(output as Output);
  const stage = await viewer.root.locator('.slicescope-stage').boundingBox();
  if (stage === null) throw new Error('The pictures are not on the page.');
  let colored = 0;
  const wrong: unknown[] = [];
  for (const canvas of await canvases.all()) {
    const [box, drawn] = [await canvas.boundingBox(), await canvasPixels(canvas)];
    if (box === null) throw new Error('A picture is not on the page.');
    const [left, top] = [Math.round(box.x - stage.x), Math.round(box.y - stage.y)];
    for (let y = 0; y < drawn.height; y += 3) {
      for (let x = 0; x < drawn.width; x += 3) {
        const want = colorAt(drawn, x, y);
        if (want[3] !== 255) continue; // What is not drawn has the page's background.
        colored += 1;
        const got = colorAt(still, left + x, top + y);
        if (got.join() !== want.join()) wrong.push([x, y, got, want]);
      }
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(colored).toBeGreaterThan(2000);
});

test('at rest the picture is taken once, and one that is as it was is left', async () => {
  const notebook = await open(stand, `const view = show(wave, { index: 4 });`);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, { index: 4 });
  await notebook.save();
  await rest(notebook);
  expect(await isDirty(notebook)).toBe(false);

  const changes = await watchChanges(notebook);
  await viewer.slider.press('Home');
  for (let at = 0; at < 4; at++) await viewer.slider.press('ArrowRight');
  await expectPicture(viewer, wave, { index: 4 });
  await rest(notebook);
  // Where it was: as if nothing had been.
  expect([await changes(), await isDirty(notebook)]).toEqual([0, false]);

  await viewer.slider.press('ArrowRight');
  await eventually(async () => {
    expect(await isDirty(notebook)).toBe(true);
  });
  const once = await changes();
  await rest(notebook);
  expect(await changes()).toBe(once);
  await notebook.save();
  await rest(notebook);
  expect(await isDirty(notebook)).toBe(false);
});

test('who opens a notebook and looks changes nothing in it', async () => {
  const notebook = await open(stand, `const view = show(wave, { index: 4 });`);
  await expectPicture(notebook.viewer(), wave, { index: 4 });
  await notebook.viewer().slider.press('End');
  await expectPicture(notebook.viewer(), wave, { index: 29 });
  await rest(notebook);
  const [before] = await saved(stand, notebook);
  await notebook.page.reload();
  await notebook.ready();
  await notebook.page.setViewportSize({ width: 700, height: 800 }); // Another size is the same picture.
  await expectPicture(notebook.viewer(), wave, { index: 29 });
  await rest(notebook);
  expect(await isDirty(notebook)).toBe(false);
  expect(await saved(stand, notebook)).toEqual([before]);
});

test('several outputs of one view agree, and undo gives cells back but no pictures', async () => {
  const notebook = await open(stand, `const view = show(wave, { index: 4 });`);
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
  await eventually(async () => {
    expect(await changes()).toBeGreaterThan(0);
  });
  await rest(notebook);
  const once = await changes();
  await rest(notebook);
  expect(await changes()).toBe(once);
  await notebook.command('notebook:undo-cell-action');
  await expectSaved((await saved(stand, notebook))[0], { index: 0 });
});
