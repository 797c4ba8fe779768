import { test } from '@jest/globals';
import { Volume } from '../../src/volume';
import { expectPicture } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { stage } from '../../tests/browser/volumes';

const stand = useJupyter();
const SHAPE = [3000, 2000, 2] as const;

test('a slice of more bytes than one message through a proxy may have is drawn from corner to corner', async () => {
  const values = new Uint16Array(3000 * 2000 * 2);
  for (let at = 0; at < values.length; at++) values[at] = (at * 7 + Math.floor(at / 3000) * 131) % 65_521;
  const volume = stage(stand.server, 'large', Volume.from(values, SHAPE, { window: [0, 65_535] })); // 12 MB a slice.
  const notebook = await stand.open([`const view = show(load('large'), { index: 0 });`]);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await viewer.shows(0, 'xy', 30_000);
  for (const [index, center] of [
    [0, [0.01, 0.01, 0.5]],
    [1, [0.99, 0.01, 0.5]],
    [1, [0.5, 0.5, 0.5]],
    [0, [0.99, 0.99, 0.5]],
  ] as const) {
    await notebook.run(`view.set(${JSON.stringify({ index, zoom: 64, center })})`);
    await expectPicture(viewer, volume, { index, zoom: 64, center }, 30_000);
  }
});
