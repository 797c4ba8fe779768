import { expect, test } from '@jest/globals';
import { usePage } from '../browser/page-stand';
import { noise, volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
/** A little longer than a hand must rest before a page fetches what is around. */
const QUIET_MS = 1200;

test('window, colour map, interpolation, invert and zoom change the picture, and ask for no slice', async () => {
  const next = noise(4);
  const volume = volumeOf('uint16', [40, 30, 4], () => Math.floor(next() * 4096));
  let wishes: string[] = [];
  let frames = 0;
  const { view, viewer, page } = await stand.show(volume, { index: 1, window: [0, 4095] });
  page.on('websocket', (socket) => {
    // On a slow machine the page before its reload opens one, too, and gets some slices.
    [wishes, frames] = [[], 0];
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string') frames++;
    });
    socket.on('framesent', ({ payload }) => {
      if (typeof payload === 'string' && payload.includes('"wishes"')) wishes.push(payload);
    });
  });
  await page.reload();
  await viewer.shows(1);
  // All four slices are here then, and there is nothing more to wish for.
  await eventually(() => {
    expect(frames).toBe(4);
  });
  expect(wishes).not.toEqual([]);

  const picture = async (): Promise<Buffer> => Buffer.from((await viewer.pixels()).data);
  const changes: readonly (() => unknown)[] = [
    () => (view.window = [500, 1500]),
    () => (view.colormap = 'coolwarm'),
    () => {
      view.set({ interpolation: 'linear' });
    },
    () => viewer.canvas.press('i'),
    () => viewer.canvas.press('+'),
    () => {
      view.set({ zoom: 7, center: [0.2, 0.4, 0.5] });
    },
    () => viewer.canvas.press('h'),
    () => viewer.canvas.press('w'),
  ];
  const asked = wishes.length;
  let before = await picture();
  for (const [at, change] of changes.entries()) {
    await change();
    const last = before;
    await eventually(async () => {
      before = await picture();
      expect([at, before.equals(last)]).toEqual([at, false]);
    });
  }
  // That nothing is asked for shows only in time.
  await page.waitForTimeout(QUIET_MS);
  expect(wishes.slice(asked)).toEqual([]);
});
