import { expect, test } from '@jest/globals';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { expectPicture } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const ramp = volumeOf('int16', [20, 60, 25], (x, y, z) => 100 * z + 2 * x + y - 300, { window: [-300, 2300] });

async function openRamp(...cells: string[]): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'ramp', ramp);
  const notebook = await stand.open([`const view = show(load('ramp'), { index: 12 });`, ...cells]);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await expectPicture(viewer, ramp, { index: 12 });
  return [notebook, viewer];
}

test("the slider's moves reach on('change') in the notebook, and stop when told to", async () => {
  const listen = `const stop = view.on('change', (event) => {
    console.log('moved to', event.index, event.plane, event.changed.join());
  });`;
  const [notebook, viewer] = await openRamp(listen, 'stop();');
  await notebook.runCell(2);
  await viewer.slider.focus();
  await notebook.page.keyboard.press('ArrowRight');
  await notebook.page.getByText('moved to 13 xy index').waitFor();
  await notebook.page.keyboard.press('End');
  await notebook.page.getByText('moved to 24 xy index').waitFor();
  await viewer.canvas.press('r');
  await notebook.page.getByText('moved to 24 xy rotation').waitFor();
  expect(await notebook.run('console.log(view.index)')).toBe('24\n');
  await notebook.runCell(3);
  const printed = await notebook.printed();
  await viewer.canvas.press('Home');
  await expectPicture(viewer, ramp, { index: 0, rotation: 1 });
  expect(await notebook.run('console.log(view.index)')).toBe('0\n');
  expect(await notebook.printed()).toBe(printed);
});

test("what the notebook sets itself is no 'change', and a listener that throws stops nothing", async () => {
  const [notebook, viewer] = await openRamp(
    `view.on('change', () => { throw new Error('a listener of the test'); });
    view.on('change', (event) => console.log('heard', event.index));
    view.index = 3;`,
  );
  await notebook.runCell(2);
  await expectPicture(viewer, ramp, { index: 3 });
  await viewer.canvas.press('ArrowRight');
  await notebook.page.getByText('heard 4').waitFor();
  const printed = await notebook.printed();
  expect(printed).toContain('a listener of the test');
  expect(printed).not.toContain('heard 3');
});

test('a view is let go of when its cell runs again, and not when the page is loaded anew', async () => {
  stage(stand.server, 'ramp', ramp);
  const notebook = await stand.open([
    `const shown: ReturnType<typeof show>[] = [];`,
    `shown.push(show(load('ramp'), { index: 12 }));`,
  ]);
  const closed = async (): Promise<string> =>
    await notebook.run(`console.log(shown.map((each) => String(each).endsWith(': closed')).join());`);
  await notebook.runCell(1);
  await notebook.runCell(2);
  await expectPicture(notebook.viewer(), ramp, { index: 12 });
  await notebook.runCell(2);
  await expectPicture(notebook.viewer(), ramp, { index: 12 });
  await eventually(async () => {
    expect(await closed()).toBe('true,false\n');
  });
  const refused = await notebook.run(`try { shown[0].index = 1; } catch (error) { console.log(error.message); }`);
  expect(refused).toBe('view.index: the view is closed, because its output was replaced or cleared; call show again\n');
  await notebook.save();
  await notebook.page.reload();
  await notebook.ready();
  await expectPicture(notebook.viewer(), ramp, { index: 12 });
  expect(await closed()).toBe('true,false\n');
});

test('index, plane, window, colormap and set move slider and picture', async () => {
  const [notebook, viewer] = await openRamp();
  const slider = async (): Promise<string[]> => [
    await viewer.slider.inputValue(),
    (await viewer.slider.getAttribute('max')) ?? '',
    await viewer.root.locator('.slicescope-number').inputValue(),
  ];
  await notebook.run('view.index = 20');
  await expectPicture(viewer, ramp, { index: 20 });
  expect(await slider()).toEqual(['20', '24', '20']);
  await notebook.run(`view.colormap = 'viridis'`);
  await expectPicture(viewer, ramp, { index: 20, colormap: 'viridis' });
  await notebook.run('view.window = [1600.5, 1800]');
  await expectPicture(viewer, ramp, { index: 20, colormap: 'viridis', window: [1600.5, 1800] });
  await notebook.run(`view.set({ plane: 'yz', index: 19, window: [0, 2000], colormap: 'gray', rotation: 3 })`);
  await expectPicture(viewer, ramp, { plane: 'yz', index: 19, window: [0, 2000], rotation: 3 });
  expect(await slider()).toEqual(['19', '19', '19']);
  await notebook.run(`view.plane = 'xz'`);
  await expectPicture(viewer, ramp, { plane: 'xz', index: 30, window: [0, 2000], rotation: 3 });
  expect(await slider()).toEqual(['30', '59', '30']);
});

test('refresh shows what was written in place, and close says so over the last picture', async () => {
  const [notebook, viewer] = await openRamp();
  await notebook.run(
    'for (let at = 0; at < view.volume.data.length; at++) view.volume.data[at] += 250; view.refresh()',
  );
  const written = volumeOf('int16', [20, 60, 25], (x, y, z) => 100 * z + 2 * x + y - 50, { window: [-300, 2300] });
  await expectPicture(viewer, written, { index: 12 });
  await viewer.canvas.press('ArrowLeft');
  await expectPicture(viewer, written, { index: 11 });
  const last = await viewer.pixels();
  await notebook.run('view.close()');
  await viewer.notice.getByText('The kernel closed this view').waitFor();
  expect(await viewer.root.getAttribute('data-state')).toBe('stopped');
  expect(await viewer.slider.isDisabled()).toBe(true);
  expect(Buffer.compare((await viewer.pixels()).data, last.data)).toBe(0);
  expect(await notebook.run('view.index = 1')).toContain('view.index: the view is closed; call show again');
});

test('what a cell asks for in vain is a sentence, and the view goes on', async () => {
  const [notebook, viewer] = await openRamp();
  const sentences: Record<string, string> = {
    'view.index = 25': 'view.index: index is 25, expected a whole number from 0 to 24',
    'view.index = -1': 'view.index: index is -1, expected a whole number from 0 to 24',
    'view.index = 1.5': 'view.index: index is 1.5, expected',
    'view.index = NaN': 'view.index: index is NaN, expected',
    'view.window = [5, 5]': 'view.window: the window [5, 5] has no width; low must be less than high',
    'view.window = [9, 5]': 'view.window: the window [9, 5] is reversed; give it as [low, high]',
    'view.window = [NaN, 5]': 'has an end that is not finite',
    "view.plane = 'zz' as any": 'zz',
    "view.colormap = 'mud' as any": 'view.colormap: there is no colour map "mud"; choose one of gray',
    'view.set({ index: 3, window: [2, 1] })': 'view.set: the window [2, 1] is reversed',
    'view.volume = 7 as any': 'view.volume: 7 is no volume',
    'view.frame = 1': 'view.frame: frame is 1, expected a whole number from 0 to 0',
    "view.window = 'lungs' as any": 'view.window: there is no window "lungs"; give [low, high], or one of',
    'show(7 as any)': 'show: 7 is no volume',
    "show(load('ramp'), { index: 25 })": 'show: index is 25, expected a whole number from 0 to 24',
    'Volume.from(new Uint8Array(7), [2, 2, 2])': 'Volume.from: data has 7 elements, but shape 2 × 2 × 2 needs 8',
  };
  for (const [code, sentence] of Object.entries(sentences)) {
    // For a moment after an error tslab drops what it is asked to run.
    await eventually(async () => {
      expect(await notebook.run(code)).toContain(sentence);
    });
  }
  await eventually(async () => {
    expect(await notebook.run('console.log(view.index, view.plane, view.window.join())')).toBe('12 xy -300,2300\n');
  });
  await expectPicture(viewer, ramp, { index: 12 });
  await viewer.canvas.press('ArrowRight');
  await expectPicture(viewer, ramp, { index: 13 });
});

test('two outputs of one view stay in step, two views are independent', async () => {
  const [notebook, first] = await openRamp(`const other = show(load('ramp'), { index: 5, plane: 'xz' });`);
  await notebook.runCell(2);
  const other = notebook.viewer(1);
  await expectPicture(other, ramp, { plane: 'xz', index: 5 });
  await notebook.selectCell(1);
  await notebook.command('notebook:create-output-view');
  const second = notebook.viewerIn('.jp-LinkedOutputView');
  await expectPicture(second, ramp, { index: 12 });

  await second.slider.focus();
  await notebook.page.keyboard.press('End');
  for (const viewer of [first, second]) await expectPicture(viewer, ramp, { index: 24 });
  await first.canvas.press('ArrowLeft');
  for (const viewer of [first, second]) await expectPicture(viewer, ramp, { index: 23 });
  await second.canvas.press('r');
  await second.canvas.press('+');
  for (const viewer of [first, second]) await expectPicture(viewer, ramp, { index: 23, rotation: 1, zoom: 1.25 });
  await other.canvas.press('Home');
  await expectPicture(other, ramp, { plane: 'xz', index: 0 });
  for (const viewer of [first, second]) await expectPicture(viewer, ramp, { index: 23, rotation: 1, zoom: 1.25 });

  await notebook.activate();
  await notebook.run('view.set({ index: 2, rotation: 0, zoom: 1 })');
  for (const viewer of [first, second]) await expectPicture(viewer, ramp, { index: 2 });
  await expectPicture(other, ramp, { plane: 'xz', index: 0 });
});

test('a cell that prints seven hundred lines at once ends, and each of them is there', async () => {
  const [notebook] = await openRamp();
  const printed = await notebook.run('for (let line = 0; line < 700; line++) console.log(line);');
  expect(printed).toBe(Array.from({ length: 700 }, (_, line) => `${String(line)}\n`).join(''));
});
