import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { Relay } from '../../kernel-server/testing/relay';
import type { OwnServer } from './jupyter';
import { KEEP_COMPANIONS, recordOf, shutDownAll } from './kernels';
import { CONTEXT } from './lab';
import { NotebookPage, writeNotebook } from './notebook';
import { SHOW_CELL, looksLikeRamp, showsRamp } from '../../tests/browser/ramp';
import { useOwnJupyter } from './stand';
import { eventually } from '../../tests/browser/waiting';

const stand = useOwnJupyter();

/** Less than heartbeats alone need to find a dead connection, more than the page needs when it asks at once. */
const AT_ONCE_MS = 10_000;
const LOST = 'The connection to the kernel is lost. Trying again.';
const NO_ANSWER = 'The kernel does not answer. Trying again.';
const NO_SERVER = 'Jupyter’s server can’t be reached. Trying again.';
const GONE = 'The kernel was restarted or shut down since. Run the cell again to look at this volume.';

let server: OwnServer;
let context: BrowserContext;
let notebook: NotebookPage;
/** The wire between the page and the companion. */
let relay: Relay;
let count = 0;
/** Playwright's own requests, which stand for the page's, don't know of it. */
let isOffline = false;
/** What must not be read anywhere. */
const secrets = new Set<string>();
let console = '';

beforeEach(() => {
  ({ server } = stand);
});

afterEach(async () => {
  try {
    const page = await notebook.page.content();
    for (const secret of secrets) {
      for (const [where, text] of Object.entries({ page, console, log: server.log() })) {
        expect([where, text.includes(secret)]).toEqual([where, false]);
      }
    }
  } finally {
    await context.close();
    relay.close();
    await shutDownAll(server);
  }
});

/** The page is told the relay's port for the companion's. */
async function interpose(page: Page): Promise<void> {
  await page.route('**/slicescope/api/companions/*', async (route) => {
    const response = await route.fetch().catch(() => null);
    if (response === null || isOffline) {
      await route.abort();
    } else if (!response.ok()) {
      await route.fulfill({ response });
    } else {
      const record = (await response.json()) as { port: number; secret: string };
      secrets.add(record.secret);
      if (relay.target !== record.port) {
        relay.close();
        relay = await Relay.start(record.port);
      }
      await route.fulfill({ response, json: { ...record, port: relay.port } });
    }
  });
}

/** A fresh notebook whose cells have been run, and whose view is live at slice 10. */
async function openLive(
  cells: readonly string[] = [SHOW_CELL],
  prepare?: (page: Page) => Promise<void>,
): Promise<void> {
  const name = `faults-${String(++count)}.ipynb`;
  writeNotebook(server, name, cells);
  context = await stand.browser.newContext(CONTEXT);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('console', (message) => (console += message.text()));
  relay = await Relay.start(1);
  await interpose(page);
  await prepare?.(page);
  await page.goto(`${server.url}lab/tree/${name}?reset&token=${server.token}`);
  notebook = new NotebookPage(page);
  await notebook.ready();
  for (const at of cells.keys()) await notebook.runCell(at);
  await showsRamp(notebook.viewer(), { index: 10 });
}

/** The view is live and follows both sides. */
async function expectLive(index: number): Promise<void> {
  const viewer = notebook.viewer();
  await showsRamp(viewer, { index });
  expect(await viewer.notice.isVisible()).toBe(false);
  await viewer.slider.press('ArrowRight');
  await showsRamp(viewer, { index: index + 1 });
  await eventually(async () => {
    expect(await notebook.run('console.log(view.index)')).toBe(`${String(index + 1)}\n`);
  });
}

/** A slice of it is in no cache, however much was fetched ahead. */
const OTHER_PLANE = `view.plane = 'xz'`;

/** The sentence stands over the picture as it last was. */
async function expectNotice(text: string | RegExp, index: number): Promise<void> {
  await notebook.viewer().notice.filter({ hasText: text }).waitFor();
  await looksLikeRamp(notebook.viewer(), { index });
}

test('a cut connection is told of over the last picture, and comes back by itself with what was done meanwhile', async () => {
  await openLive();
  relay.isDown = true;
  relay.cut();
  await expectNotice(LOST, 10);
  await notebook.run('view.index = 3');
  await looksLikeRamp(notebook.viewer(), { index: 10 });
  relay.isDown = false;
  await expectLive(3);
});

test('what the person does while the connection is lost is kept', async () => {
  await openLive();
  relay.isDown = true;
  relay.cut();
  await expectNotice(LOST, 10);
  await notebook.viewer().slider.press('ArrowRight');
  relay.isDown = false;
  await expectLive(11);
});

test('a half-open connection is found out, and the view comes back by itself', async () => {
  await openLive();
  relay.stall();
  relay.isDown = true;
  await notebook.run('view.index = 3');
  await expectNotice(NO_ANSWER, 10);
  relay.isDown = false;
  await expectLive(3);
});

test('a connection that stalls within a frame shows no part of it, and the slice comes by itself', async () => {
  await openLive();
  const stalled = relay.stallAfter(1500);
  await notebook.run(OTHER_PLANE);
  await stalled;
  await looksLikeRamp(notebook.viewer(), { index: 10 });
  await showsRamp(notebook.viewer(), { plane: 'xz', index: 16 });
});

test('after a sleep in which the link was dropped the view is back at once', async () => {
  await openLive([SHOW_CELL], async (page) => {
    await page.clock.install();
  });
  relay.stall();
  await notebook.run('view.index = 3');
  const begin = performance.now();
  await notebook.page.clock.fastForward('08:00:00');
  await expectLive(3);
  expect(performance.now() - begin).toBeLessThan(AT_ONCE_MS);
});

test('a view that has lost the network is back as soon as the browser has it again', async () => {
  await openLive();
  isOffline = true;
  await context.setOffline(true);
  relay.cut();
  await expectNotice(NO_SERVER, 10);
  // JupyterLab, which asks now and then, says so too, and has the keyboard until it is told that this is known.
  const dialog = notebook.page.getByRole('dialog', { name: 'Server Connection Error' });
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Close' }).click();
  isOffline = false;
  await context.setOffline(false);
  await expectLive(10);
});

test('when the companion’s thread is killed in the middle of a frame, the view is back by itself', async () => {
  await openLive([KEEP_COMPANIONS, SHOW_CELL]);
  const { port } = recordOf(server, await notebook.kernelId());
  const stalled = relay.stallAfter(1500);
  await notebook.run(OTHER_PLANE);
  await stalled;
  await notebook.run('companions[companions.length - 1].terminate()');
  relay.cut();
  await showsRamp(notebook.viewer(), { plane: 'xz', index: 16 });
  expect(await notebook.run('console.log(companions.length)')).toBe('2\n');
  expect(recordOf(server, await notebook.kernelId()).port).toBe(port);
});

test('when Jupyter’s server is restarted, the view says so and what to do; the cell makes a live view', async () => {
  await openLive();
  await notebook.save();
  await server.restart(async () => {
    // A server that ends its kernels first may still say that this one is gone.
    await expectNotice(new RegExp(`${NO_SERVER}|${GONE}`), 10);
  });
  await expectNotice(GONE, 10);
  expect(await notebook.viewer().root.getAttribute('data-state')).toBe('stopped');
  await notebook.page.reload();
  await notebook.ready();
  await notebook.page.locator('.slicescope-saved .slicescope-notice').filter({ hasText: GONE }).waitFor();
  await notebook.runCell(0);
  await expectLive(10);
});
