import { expect, test } from '@jest/globals';
import { useJupyter } from './stand';
import { noise, stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
/** Longer than a page waits before it fetches what is around. */
const QUIET_MS = 2500;

test('window, colour map, interpolation, invert and zoom change the picture, and ask for no slice', async () => {
  const next = noise(4);
  const volume = volumeOf('uint16', [40, 30, 4], () => Math.floor(next() * 4096));
  stage(stand.server, 'quiet', volume);
  const notebook = await stand.open([`const view = show(load('quiet'), { index: 1, window: [0, 4095] });`]);
  const wishes: string[] = [];
  notebook.page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      if (typeof payload === 'string' && payload.includes('"wishes"')) wishes.push(payload);
    });
  });
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await viewer.shows(1);
  await notebook.page.waitForTimeout(QUIET_MS); // The four slices are all here then.
  expect(wishes).not.toEqual([]);
  const asked = wishes.length;

  const picture = async (): Promise<string> => Buffer.from((await viewer.pixels()).data).toString('base64');
  let before = await picture();
  const changes: readonly (() => Promise<unknown>)[] = [
    () => notebook.run('view.window = [500, 1500]'),
    () => notebook.run(`view.colormap = 'coolwarm'`),
    () => notebook.run(`view.set({ interpolation: 'linear' })`),
    () => viewer.canvas.press('i'),
    () => viewer.canvas.press('+'),
    () => notebook.run('view.set({ zoom: 7, center: [0.2, 0.4, 0.5] })'),
    () => viewer.canvas.press('h'),
    () => viewer.canvas.press('w'),
  ];
  for (const change of changes) {
    await change();
    const last = before;
    await eventually(async () => {
      before = await picture();
      expect(before === last).toBe(false);
    });
  }
  await notebook.page.waitForTimeout(QUIET_MS);
  expect(wishes.slice(asked)).toEqual([]);
});
