import { beforeEach, expect, test } from '@jest/globals';
import { startProxy, type JupyterServer } from './jupyter';
import { recordOf } from './kernels';
import { writeNotebook, type NotebookPage } from './notebook';
import { SHOW_CELL, showsRamp } from '../../tests/browser/ramp';
import { useOwnJupyter } from './stand';
import type { Traffic } from '../../tests/browser/traffic';
import { REMOTE_BASE } from './way';

/** One server, below a base URL, that is reached in both ways. */
const stand = useOwnJupyter({ way: 'proxied', args: ['--ServerApp.allow_origin=*'] });
let server: JupyterServer;
let notebook: NotebookPage;
let traffic: Traffic;
let count = 0;

beforeEach(() => {
  ({ server } = stand);
});

async function open(pageUrl: string): Promise<void> {
  const name = `remote-${String(++count)}.ipynb`;
  writeNotebook(server, name, [SHOW_CELL]);
  ({ notebook, traffic } = await stand.openFresh(name, undefined, { ...server, pageUrl }));
  await notebook.runCell(0);
}

async function openLive(pageUrl: string): Promise<number> {
  await open(pageUrl);
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
  const port = await openLive(server.url);
  await expectScrubbing();
  expect(traffic.companions).toEqual([`ws://127.0.0.1:${String(port)}/`]);
  expect(traffic.lookups).toHaveLength(1);
  expect(new URL(traffic.lookups[0] ?? '').pathname.startsWith(`${REMOTE_BASE}slicescope/api/companions/`)).toBe(true);
});

test('a page from another host is live through Jupyter’s own proxy, without a secure context', async () => {
  const port = await openLive(server.pageUrl);
  await expectScrubbing();
  const { host } = new URL(server.pageUrl);
  expect(traffic.companions).toEqual([`ws://${host}${REMOTE_BASE}proxy/${String(port)}/`]);
  expect(traffic.elsewhere(host)).toEqual([]);
  expect(await notebook.page.evaluate(() => [isSecureContext, 'subtle' in crypto])).toEqual([false, false]);
});

test('behind a proxy that changes the Host header the picture stays, and says what is wrong', async () => {
  const proxy = await startProxy(server, ['--change-origin']);
  try {
    await open(proxy.pageUrl);
    const saved = notebook.page.locator('.slicescope-saved');
    const { host } = new URL(proxy.pageUrl);
    const sentence = `This page’s address is ${host}, but Jupyter’s server was asked for ${new URL(server.url).host}.`;
    await saved.locator('.slicescope-notice').filter({ hasText: sentence }).waitFor();
    await saved.locator('.slicescope-notice').filter({ hasText: 'must pass the Host header on' }).waitFor();
    expect(await saved.locator('img').isVisible()).toBe(true);
    expect(traffic.companions).toEqual([]);
  } finally {
    await proxy.stop();
  }
});

test('behind a proxy that passes the Host header on, a view is live', async () => {
  const proxy = await startProxy(server, []);
  try {
    await openLive(proxy.pageUrl);
    await expectScrubbing();
    expect(traffic.elsewhere(new URL(proxy.pageUrl).host)).toEqual([]);
  } finally {
    await proxy.stop();
  }
});
