import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser';
import { startJupyter, type JupyterServer } from './jupyter';
import { recordOf, restartKernel, shutDownAll } from './kernels';
import { writeNotebook, type NotebookPage } from './notebook';
import { SHOW_CELL, showsRamp } from './ramp';
import { openWatched, type Traffic } from './traffic';

jest.setTimeout(180_000);

const BASE = '/some/base/';
/** A name that is not loopback's, for the same server: so a page looks that a remote JupyterLab serves. */
const REMOTE_HOST = 'lab.test';

let server: JupyterServer;
let browser: Browser;
let notebook: NotebookPage;
let traffic: Traffic;
let count = 0;

beforeAll(async () => {
  [server, browser] = await Promise.all([
    startJupyter({ baseUrl: BASE, args: ['--ServerApp.allow_remote_access=True'] }),
    launchBrowser([`--host-resolver-rules=MAP ${REMOTE_HOST} 127.0.0.1`]),
  ]);
});

afterEach(async () => {
  await notebook.close();
  await shutDownAll(server);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function openLive(host: string): Promise<number> {
  const url = new URL(server.url);
  url.hostname = host;
  const name = `remote-${String(++count)}.ipynb`;
  writeNotebook(server, name, [SHOW_CELL]);
  ({ notebook, traffic } = await openWatched(browser, { ...server, url: url.href }, name));
  await notebook.runCell(0);
  await showsRamp(notebook.viewer(), { index: 10 });
  return recordOf(server, await notebook.kernelId()).port;
}

/** Both directions, by value. */
async function expectScrubbing(): Promise<void> {
  const viewer = notebook.viewer();
  for (const [key, index] of [
    ['ArrowRight', 11],
    ['ArrowRight', 12],
    ['Home', 0],
    ['End', 19],
  ] as const) {
    await viewer.slider.press(key);
    await showsRamp(viewer, { index });
  }
  await notebook.run(`view.set({ plane: 'yz', index: 47, colormap: 'viridis' })`);
  await showsRamp(viewer, { plane: 'yz', index: 47, colormap: 'viridis' });
}

test('below a base URL a page on loopback connects directly', async () => {
  const port = await openLive('localhost');
  await expectScrubbing();
  expect(traffic.companions).toEqual([`ws://127.0.0.1:${String(port)}/`]);
  expect(traffic.lookups).toHaveLength(1);
  expect(new URL(traffic.lookups[0] ?? '').pathname.startsWith(`${BASE}slicescope/api/companions/`)).toBe(true);
});

test('a page from another host is live through Jupyter’s own proxy, without a secure context', async () => {
  const port = await openLive(REMOTE_HOST);
  await expectScrubbing();
  const { host } = new URL(server.url.replace('localhost', REMOTE_HOST));
  expect(traffic.companions).toEqual([`ws://${host}${BASE}proxy/${String(port)}/`]);
  expect(traffic.elsewhere(host)).toEqual([]);
  expect(await notebook.page.evaluate(() => [isSecureContext, 'subtle' in crypto])).toEqual([false, false]);
});

test('through the proxy too, a restarted kernel’s output says so, and the cell makes a live view', async () => {
  await openLive(REMOTE_HOST);
  await restartKernel(server, await notebook.kernelId());
  const { notice } = notebook.viewer();
  await notice.filter({ hasText: /Run the cell again/ }).waitFor();
  await notebook.ready();
  await notebook.runCell(0);
  await showsRamp(notebook.viewer(), { index: 10 });
  await expectScrubbing();
});
