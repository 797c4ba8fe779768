import { expect, test } from '@jest/globals';
import { writeNotebook } from './notebook';
import { useOwnJupyter } from './stand';
import { eventually } from '../../tests/browser/waiting';

const stand = useOwnJupyter();

/** Half a megabyte a slice; the slice's index is the value of its voxels. */
const SHOW_CELL = `
import { Volume, show } from 'slicescope';
const volume = Volume.alloc([512, 512, 200], 'uint16');
for (let z = 0; z < 200; z++) volume.data.fill(z, 512 * 512 * z, 512 * 512 * (z + 1));
const view = show(volume, { index: 100, window: [0, 255] });`;
/** The indices at the offset that docs/protocol.md gives them. */
const INDEX_AT = 16;
/** Longer than any pause between two lists of wishes while there is something left to wish for. */
const QUIET_MS = 4_000;

/** The settings of the user, as JupyterLab's settings editor writes them. */
async function setSettings(settings: object): Promise<void> {
  const url = `${stand.server.url}lab/api/settings/@slicescope/labextension:plugin`;
  const headers = { Authorization: `token ${stand.server.token}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ raw: JSON.stringify(settings) });
  const response = await fetch(url, { method: 'PUT', headers, body });
  expect(response.ok).toBe(true);
}

test('slices around the shown one are fetched before they are needed, as many as the setting of the cache says', async () => {
  await setSettings({ cacheMegabytes: 16 });
  writeNotebook(stand.server, 'prefetch.ipynb', [SHOW_CELL]);
  const { notebook } = await stand.openFresh('prefetch.ipynb');
  const fetched: number[] = [];
  let last = 0;
  notebook.page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload === 'string' || !/^ws:\/\/127\.0\.0\.1:\d+\/$/.test(socket.url())) return;
      fetched.push(payload.readUInt32LE(INDEX_AT));
      last = Date.now();
    });
  });
  const quiet = async (): Promise<void> => {
    await eventually(() => {
      expect(Date.now() - last).toBeGreaterThan(QUIET_MS);
    });
  };
  await notebook.runCell(0);
  const viewer = notebook.viewer();
  await viewer.shows(100);
  await quiet();
  // A quarter of 16 MB is eight slices: four on either side. Each comes once.
  expect([...fetched].sort((a, b) => a - b)).toEqual([96, 97, 98, 99, 100, 101, 102, 103, 104]);
  expect(fetched.slice(0, 7)).toEqual([100, 101, 99, 102, 98, 103, 97]);

  // The next ones are there already: what comes now is farther away.
  fetched.length = 0;
  last = Date.now();
  await viewer.slider.press('ArrowRight');
  await viewer.shows(101);
  const { width, data } = await viewer.pixels();
  expect(data[4 * (width * 256 + 256)]).toBe(101);
  await quiet();
  expect(fetched).toEqual([105]);
});
