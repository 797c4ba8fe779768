import { test } from '@jest/globals';
import { Volume } from '../../src/volume';
import { expectLargeSlices } from '../browser/large-slice';
import { usePage } from '../browser/page-stand';
import { expectPicture } from '../browser/pictures';

const stand = usePage();

test('a slice of 16384 × 2560 opens, scrubs and zooms, with the exact values of what the screen can show', async () => {
  // What is the first to be shown, as one tile, has enough for the page.
  await expectLargeSlices(stand, 2560, [8, 2]);
});

test('a slice of more bytes than one message through a proxy may have is drawn from corner to corner', async () => {
  const values = new Uint16Array(3000 * 2000 * 2);
  for (let at = 0; at < values.length; at++) values[at] = (at * 7 + Math.floor(at / 3000) * 131) % 65_521;
  const volume = Volume.from(values, [3000, 2000, 2], { window: [0, 65_535] }); // 12 MB a slice.
  const { view, viewer } = await stand.show(volume, { index: 0 });
  await viewer.shows(0);
  for (const [index, center] of [
    [0, [0.01, 0.01, 0.5]],
    [1, [0.99, 0.01, 0.5]],
    [1, [0.5, 0.5, 0.5]],
    [0, [0.99, 0.99, 0.5]],
  ] as const) {
    view.set({ index, zoom: 64, center });
    await expectPicture(viewer, volume, { index, zoom: 64, center });
  }
});
