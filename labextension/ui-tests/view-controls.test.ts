import { expect, test } from '@jest/globals';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { expectPicture } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const COUNT = 25;
/** Each slice has its own numbers, and so have all rows and columns of it. */
const ramp = volumeOf('int16', [20, 60, COUNT], (x, y, z) => 100 * z + 2 * x + y - 300, { window: [-300, 2300] });
const SHOW = `const view = show(load('ramp'), { index: 12 });`;

async function openRamp(...cells: string[]): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'ramp', ramp);
  const notebook = await stand.open([SHOW, ...cells, '// A cell to be selected by mistake.']);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await expectPicture(viewer, ramp, { index: 12 });
  return [notebook, viewer];
}

test('the slider follows the mouse, and the picture the slider', async () => {
  const [notebook, viewer] = await openRamp();
  const { mouse } = notebook.page;
  const before = await notebook.focusOfNotebook();
  await viewer.slider.scrollIntoViewIfNeeded();
  const box = await viewer.slider.boundingBox();
  if (box === null) throw new Error('The slider is not on the page.');
  const thumb = box.height;
  const xOf = (index: number): number => box.x + thumb / 2 + ((box.width - thumb) * index) / (COUNT - 1);
  const y = box.y + box.height / 2;
  await mouse.move(xOf(12), y);
  await mouse.down();
  const seen = new Set<number>();
  for (let step = 0; step <= 18; step++) {
    const wanted = step <= 6 ? 12 + 2 * step : 24 - 2 * (step - 6);
    await mouse.move(xOf(wanted), y);
    const index = Number(await viewer.slider.inputValue());
    expect(Math.abs(index - wanted)).toBeLessThanOrEqual(1);
    await expectPicture(viewer, ramp, { index });
    seen.add(index);
  }
  await mouse.up();
  expect(seen.size).toBeGreaterThanOrEqual(12);
  expect(await notebook.run('console.log(view.index)')).toBe('0\n');
  expect(await notebook.focusOfNotebook()).toEqual(before);
});

/** Where the middle of the drawn thumb is, as a share of the way along the slider. */
async function thumbAt({ root, slider }: ViewerPage): Promise<number> {
  const [track, thumb] = [await slider.boundingBox(), await root.locator('.slicescope-thumb').boundingBox()];
  if (track === null || thumb === null) throw new Error('The slider is not on the page.');
  return (thumb.x - track.x) / (track.width - thumb.width);
}

test('the thumb lies where the slice is, whatever the width of the slider', async () => {
  const [notebook, viewer] = await openRamp();
  const widths = new Set<number>();
  for (const width of [1280, 700]) {
    await notebook.page.setViewportSize({ width, height: 900 });
    for (const index of [0, 7, 24]) {
      await viewer.slider.fill(String(index));
      await expectPicture(viewer, ramp, { index });
      await eventually(async () => {
        expect(await thumbAt(viewer)).toBeCloseTo(index / (COUNT - 1), 2);
      });
    }
    widths.add((await viewer.slider.boundingBox())?.width ?? 0);
  }
  expect(widths.size).toBe(2);
});

test('a fast drag ends at the slice where the hand ends', async () => {
  const [notebook, viewer] = await openRamp();
  const { mouse } = notebook.page;
  await viewer.slider.scrollIntoViewIfNeeded();
  const box = await viewer.slider.boundingBox();
  if (box === null) throw new Error('The slider is not on the page.');
  const y = box.y + box.height / 2;
  await mouse.move(box.x + box.width / 2, y);
  await mouse.down();
  for (let sweep = 0; sweep < 3; sweep++) {
    await mouse.move(box.x + box.width - 2, y, { steps: 60 });
    await mouse.move(box.x + 2, y, { steps: 60 });
  }
  await mouse.move(box.x + 0.6 * box.width, y, { steps: 30 });
  await mouse.up();
  const index = Number(await viewer.slider.inputValue());
  await expectPicture(viewer, ramp, { index });
  expect(await notebook.run('console.log(view.index)')).toBe(`${String(index)}\n`);
});

test('keys on the slider and on the picture move slices, and JupyterLab does not take them', async () => {
  const [notebook, viewer] = await openRamp();
  const { keyboard } = notebook.page;
  const kernel = await notebook.kernelId();
  const steps = [
    ['ArrowRight', 13],
    ['ArrowUp', 14],
    ['ArrowLeft', 13],
    ['ArrowDown', 12],
    ['ArrowDown', 11],
    ['End', 24],
    ['ArrowRight', 24],
    ['ArrowLeft', 23],
    ['Home', 0],
    ['ArrowDown', 0],
    ['ArrowUp', 1],
  ] as const;
  for (const control of [viewer.slider, viewer.canvas]) {
    await notebook.run('view.index = 12');
    await expectPicture(viewer, ramp, { index: 12 });
    await control.focus();
    const before = await notebook.focusOfNotebook();
    for (const [key, index] of steps) {
      await keyboard.press(key);
      await expectPicture(viewer, ramp, { index });
      expect(await notebook.focusOfNotebook()).toEqual(before);
    }
    // How far a page is on a slider is the browser's choice.
    for (const key of ['PageUp', 'PageUp', 'PageDown']) {
      const last = Number(await viewer.slider.inputValue());
      await keyboard.press(key);
      const index = Number(await viewer.slider.inputValue());
      expect(Math.sign(index - last)).toBe(key === 'PageUp' ? 1 : -1);
      await expectPicture(viewer, ramp, { index });
    }
    // In JupyterLab's command mode: restart, interrupt, new cell, cut, delete, Markdown.
    await keyboard.type('00iibaxddm');
    await keyboard.press('Enter');
    expect(await notebook.focusOfNotebook()).toEqual(before);
  }
  expect(await notebook.page.locator('.jp-Dialog').count()).toBe(0);
  expect(await notebook.page.locator('.jp-NotebookPanel .jp-Cell').count()).toBe(3);
  expect(await notebook.kernelId()).toBe(kernel);
  await keyboard.press('Home');
  await expectPicture(viewer, ramp, { index: 0 });
});

test('the number field takes an index, and what is too large is the last slice', async () => {
  const [notebook, viewer] = await openRamp();
  const field = viewer.root.locator('.slicescope-number');
  const before = await notebook.focusOfNotebook();
  for (const [typed, index] of [
    ['7', 7],
    ['24', 24],
    ['999', 24],
    ['0', 0],
    ['-3', 0],
    ['3.6', 4],
  ] as const) {
    await field.fill(typed);
    await field.press('Enter');
    await expectPicture(viewer, ramp, { index });
    expect(await field.inputValue()).toBe(String(index));
  }
  await field.fill('');
  await field.press('Enter');
  await expectPicture(viewer, ramp, { index: 4 });
  await field.press('ArrowUp');
  await field.press('Enter');
  await expectPicture(viewer, ramp, { index: 5 });
  expect(await notebook.focusOfNotebook()).toEqual(before);
  expect(await notebook.run('console.log(view.index)')).toBe('5\n');
});
