import { expect, test } from '@jest/globals';
import { Fingers } from '../../tests/browser/fingers';
import { expectPicture } from '../../tests/browser/pictures';
import { rectOf, type Point } from '../../tests/browser/places';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';
import type { NotebookPage } from './notebook';
import { useJupyter } from './stand';

// What hands do on a picture is tested without JupyterLab (tests/page); here is what they share with it.

const stand = useJupyter();
const map = volumeOf('uint8', [64, 64, 9], (x, y, z) => [4 * x, 4 * y, z], { components: 3 });
const WHOLE = { index: 4, rotation: 0, zoom: 1, center: [0.5, 0.5, 0.5] } as const;

async function openMap(): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'map', map);
  const filler = Array.from({ length: 40 }, (_, line) => `// line ${String(line)}`).join('\n');
  const notebook = await stand.open([`const view = show(load('map'), { index: 4 });`, filler, filler]);
  await notebook.page.setViewportSize({ width: 700, height: 900 });
  await notebook.runCell(1);
  await expectPicture(notebook.viewer(), map, WHOLE);
  return [notebook, notebook.viewer()];
}

/** A point of the canvas on the page, given in shares of it. */
async function pointOf({ canvas }: ViewerPage, across: number, down: number): Promise<Point> {
  const { x, y, width, height } = await rectOf(canvas);
  return [x + across * width, y + down * height];
}

test('without the focus wheel and finger scroll the notebook; with it they are the picture’s, and Escape gives it back', async () => {
  const [notebook, viewer] = await openMap();
  const { mouse, keyboard } = notebook.page;
  const top = async (): Promise<number> => (await rectOf(viewer.canvas)).y;
  const scrolledUp = async (from: number): Promise<void> => {
    await eventually(async () => {
      expect(await top()).toBeLessThan(from - 50);
    });
  };
  const before = await top();
  await mouse.move(...(await pointOf(viewer, 0.5, 0.5)));
  await mouse.wheel(0, 120);
  await scrolledUp(before);
  await expectPicture(viewer, map, WHOLE);
  await mouse.wheel(0, -120);
  await eventually(async () => {
    expect(await top()).toBeCloseTo(before, 0);
  });

  await viewer.canvas.focus();
  await mouse.wheel(0, -100);
  await expectPicture(viewer, map, { ...WHOLE, index: 3 });
  expect(await top()).toBeCloseTo(before, 0);
  await keyboard.press('Escape');
  const shown = await viewer.pixels();
  await mouse.wheel(0, 120);
  await scrolledUp(before);
  expect(Buffer.compare((await viewer.pixels()).data, shown.data)).toBe(0);

  const fingers = await Fingers.on(notebook.page);
  const drag = async (by: number): Promise<void> => {
    const [x, y] = await pointOf(viewer, 0.5, 0.7);
    await fingers.move([
      [x, y],
      [x, y - by],
    ]);
  };
  const between = await top();
  await drag(100);
  await scrolledUp(between);
  await expectPicture(viewer, map, { ...WHOLE, index: 3 });
  await drag(0); // A tap gives the focus.
  await eventually(async () => {
    expect(await viewer.canvas.evaluate((canvas) => canvas === document.activeElement)).toBe(true);
  });
  const rested = await top();
  await drag(74); // 24 pixels a slice.
  await expectPicture(viewer, map, { ...WHOLE, index: 6 });
  expect(await top()).toBe(rested);
  await fingers.leave();
});

test('a right click opens JupyterLab’s menu, and a drag with that button does not; keys are no shortcuts of JupyterLab', async () => {
  const [notebook, viewer] = await openMap();
  const { mouse, keyboard } = notebook.page;
  const menu = notebook.page.locator('.lm-Menu');
  const [x, y] = await pointOf(viewer, 0.5, 0.5);
  await mouse.move(x, y);
  await mouse.down({ button: 'right' });
  await mouse.move(x + 60, y, { steps: 5 });
  await mouse.up({ button: 'right' });
  expect(await menu.count()).toBe(0);
  await mouse.click(x, y, { button: 'right' });
  await menu.first().waitFor();
  await keyboard.press('Escape');
  await menu.first().waitFor({ state: 'detached' });

  // Twice 0 restarts a kernel, and R runs cells or makes them raw.
  const before = await notebook.focusOfNotebook();
  await viewer.canvas.focus();
  for (const key of ['+', '0', '0', 'r', 'R', '+']) await keyboard.press(key);
  await expectPicture(viewer, map, { ...WHOLE, rotation: 2, zoom: 1.25 });
  expect(await notebook.focusOfNotebook()).toEqual(before);
  expect(await notebook.page.locator('.jp-Dialog').count()).toBe(0);
});

test('zoom, center and rotation are the same in two outputs of a view', async () => {
  const [notebook, first] = await openMap();
  await notebook.selectCell(1);
  await notebook.command('notebook:create-output-view');
  const second = notebook.viewerIn('.jp-LinkedOutputView');
  await expectPicture(second, map, WHOLE);
  await second.canvas.focus();
  await notebook.page.mouse.move(...(await pointOf(second, 0.75, 0.75)));
  await notebook.page.keyboard.down('Control');
  await notebook.page.mouse.wheel(0, -300);
  await notebook.page.keyboard.up('Control');
  await second.canvas.press('r');
  await notebook.activate();
  await eventually(async () => {
    const printed = await notebook.run(
      'console.log(JSON.stringify({ index: view.index, zoom: view.zoom, center: view.center, rotation: view.rotation }))',
    );
    const settings = JSON.parse(printed) as typeof WHOLE;
    expect(settings.rotation).toBe(1);
    expect(settings.zoom).toBeCloseTo(1.25 ** 3, 9);
    await expectPicture(first, map, settings, 500);
    await expectPicture(second, map, settings, 500);
  });
});
