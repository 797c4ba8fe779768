import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { CDPSession } from 'playwright-core';
import { recordOf } from './kernels';
import { FIRST, PATIENCE_MS, canvasesHeld, counts, expectSlice, scrolledTo, watch, wave } from './many-views';
import { expectPicture } from '../../tests/browser/pictures';
import { useOwnJupyter } from './stand';
import { stage } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useOwnJupyter();
const VIEWS = 50;

async function setWindowing(windowingMode: string): Promise<void> {
  const response = await fetch(`${stand.server.url}lab/api/settings/@jupyterlab/notebook-extension:tracker`, {
    method: 'PUT',
    headers: { Authorization: `token ${stand.server.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ raw: JSON.stringify({ windowingMode }) }),
  });
  expect(response.status).toBe(204);
}

async function heapMegabytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6;
}

/** Of a process, resident. */
function megabytesOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) / 1000;
}

test('fifty views are drawn in every windowing mode, share one context, and leave nothing when they are closed', async () => {
  stage(stand.server, 'wave', wave);
  const cells = Array.from({ length: VIEWS }, (_, index) => `show(wave, { index: ${String(index)} });`);
  const notebook = await stand.open([`const wave = load('wave');`, ...cells], watch);
  const { page } = notebook;
  await page.setViewportSize({ width: 800, height: 900 });
  await notebook.command('notebook:run-all-cells');
  for (let at = 0; at < VIEWS; at++) await expectSlice(notebook, at, at);
  await notebook.save();
  const { pid } = recordOf(stand.server, await notebook.kernelId());
  const name = await page.evaluate(() => decodeURIComponent(location.pathname.split('/').at(-1) ?? ''));

  for (const mode of ['full', 'none', 'defer']) {
    await setWindowing(mode);
    await page.reload();
    await notebook.ready();
    for (let at = 0; at < VIEWS; at += 1) await expectSlice(notebook, at, at);
    for (const at of [VIEWS - 1, 25, 3, 0]) await expectSlice(notebook, at, at);
    expect([mode, (await counts(page)).contexts]).toEqual([mode, 1]);
  }

  // Moved up by one: it changes places with the cell above.
  await scrolledTo(notebook, 10);
  await notebook.selectCell(FIRST + 10);
  await notebook.command('notebook:move-cell-up');
  await expectSlice(notebook, 9, 10);
  await expectSlice(notebook, 10, 9);
  await notebook.command('notebook:move-cell-down');

  // A split, and its end.
  await notebook.selectCell(FIRST + 20);
  await notebook.command('notebook:create-output-view');
  const beside = notebook.viewerIn('.jp-LinkedOutputView');
  await expectPicture(beside, wave, { index: 20 }, PATIENCE_MS);
  await beside.slider.press('ArrowRight');
  await expectPicture(beside, wave, { index: 21 }, PATIENCE_MS);
  await notebook.command('application:close');
  await page.locator('.jp-LinkedOutputView').waitFor({ state: 'detached' });
  await notebook.activate();
  await expectSlice(notebook, 20, 21);
  await expectSlice(notebook, 0, 0);
  await notebook.save();
  expect((await counts(page)).contexts).toBe(1);

  const session = await page.context().newCDPSession(page);
  const left: { canvases: number; heap: number; companion: number }[] = [];
  for (let cycle = 0; cycle < 3; cycle++) {
    await notebook.command('application:close');
    await page.waitForSelector('.jp-NotebookPanel', { state: 'detached' });
    await eventually(async () => {
      expect((await counts(page)).opened).toBe(0);
    });
    const canvases = await eventually(async () => {
      const held = await canvasesHeld(session);
      expect(held).toBe(0);
      return held;
    });
    left.push({ canvases, heap: await heapMegabytes(session), companion: megabytesOf(pid) });
    await notebook.command('docmanager:open', { path: name });
    await notebook.ready();
    for (const at of [0, 24, VIEWS - 1]) await expectSlice(notebook, at, at);
    for (let at = 0; at < VIEWS; at += 5) await scrolledTo(notebook, at);
  }
  const [, before, after] = left as [object, { heap: number; companion: number }, { heap: number; companion: number }];
  expect(after.heap - before.heap).toBeLessThan(10);
  expect(after.companion - before.companion).toBeLessThan(30);
  expect((await counts(page)).contexts).toBe(1);
}, 600_000);
