import { expect, test } from '@jest/globals';
import type { ViewSettings } from '../../src/protocol';
import { expectPicture, type Expected } from '../../tests/browser/pictures';
import { eventually } from '../../tests/browser/waiting';
import { expectSaved, isDirty, open, pixelsOf, rest, saved, wave, type Output } from './saved-pictures';
import { useJupyter } from './stand';

const stand = useJupyter();

test('the saved picture is the slice that was looked at last, as it was looked at', async () => {
  const notebook = await open(stand, `const view = show(wave, { index: 4 });`);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, { index: 4 });
  await rest(notebook);
  const [first] = await saved(stand, notebook);
  await expectSaved(first, { index: 4 });

  await viewer.slider.press('PageUp');
  await viewer.slider.press('ArrowRight');
  const index = Number(await viewer.slider.inputValue());
  expect(index).toBeGreaterThan(5);
  await expectPicture(viewer, wave, { index });
  await eventually(async () => {
    expect(await isDirty(notebook)).toBe(true);
  });
  const [output] = await saved(stand, notebook);
  await expectSaved(output, { index });
  const pixels = await viewer.pixels();
  expect(await pixelsOf(output as Output)).toEqual(pixels);
  expect(output?.metadata['image/png']).toEqual({ width: pixels.width, height: pixels.height });

  const look: Partial<ViewSettings> = { plane: 'xz', index: 40, colormap: 'viridis', rotation: 1 };
  expect(await notebook.run(`view.set(${JSON.stringify(look)})`)).toBe('');
  await expectPicture(viewer, wave, look as Expected);
  await rest(notebook);
  await expectSaved((await saved(stand, notebook))[0], look as Expected);
});

test('what is saved at once is what is shown, and so is what is hidden at once', async () => {
  const notebook = await open(stand, `const view = show(wave, { index: 4 });`);
  const viewer = notebook.viewer();
  await expectPicture(viewer, wave, { index: 4 });
  await viewer.slider.press('End');
  await viewer.shows(29);
  await expectSaved((await saved(stand, notebook))[0], { index: 29 });
  await rest(notebook);
  expect(await isDirty(notebook)).toBe(false);

  await viewer.slider.press('ArrowLeft');
  await viewer.shows(28);
  await notebook.command('launcher:create');
  await rest(notebook);
  await notebook.activate();
  await expectSaved((await saved(stand, notebook))[0], { index: 28 });
});

test('a cell that moves its view after it has shown it saves what is seen of it', async () => {
  const notebook = await open(
    stand,
    `const view = show(wave, { index: 4 });\nview.set({ index: 17, colormap: 'viridis' });`,
  );
  await expectPicture(notebook.viewer(), wave, { index: 17, colormap: 'viridis' });
  await rest(notebook);
  await expectSaved((await saved(stand, notebook))[0], { index: 17, colormap: 'viridis' });
});
