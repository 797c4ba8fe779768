import { beforeEach, expect, test } from '@jest/globals';
import type { JupyterServer } from './jupyter';
import {
  KEEP_COMPANIONS,
  filesOf,
  interruptKernel,
  isRunning,
  kernelState,
  recordOf,
  restartKernel,
  shutDownKernel,
} from './kernels';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { SHOW_CELL, looksLikeRamp, showsRamp, wipe } from '../../tests/browser/ramp';
import { useJupyter } from './stand';
import type { Traffic } from '../../tests/browser/traffic';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();

/** What the person reads when the kernel that had the view is gone. */
const RUN_AGAIN = /Run the cell again/;

let server: JupyterServer;
let notebook: NotebookPage;
let traffic: Traffic;

beforeEach(() => {
  ({ server } = stand);
});

/** @returns the notebook's path on the server */
async function open(...cells: string[]): Promise<string> {
  const opened = await stand.openMortal(cells);
  ({ notebook, traffic } = opened);
  return `${server.prefix}${opened.name}`;
}

/** A fresh notebook whose first cell has been run and whose view is live. */
async function openLive(openCells: (...cells: string[]) => Promise<string> = open): Promise<string> {
  const path = await openCells(SHOW_CELL);
  await notebook.runCell(0);
  await showsRamp(notebook.viewer(), { index: 10 });
  return path;
}

/** In a page that is loaded anew with the notebook in its address, and so has it again after a reload. */
async function openFresh(...cells: string[]): Promise<string> {
  const opened = await stand.openCells(cells);
  ({ notebook, traffic } = opened);
  return `${server.prefix}${opened.name}`;
}

async function scrub(viewer: ViewerPage, key: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time++) await viewer.slider.press(key);
}

/** Move and colour the view in every way that it keeps. */
async function arrange(): Promise<void> {
  const viewer = notebook.viewer();
  expect(await notebook.run(`view.set({ plane: 'xz', index: 10, colormap: 'viridis' })`)).toBe('');
  await showsRamp(viewer, { index: 10, plane: 'xz', colormap: 'viridis' });
  await scrub(viewer, 'ArrowRight', 7);
  await viewer.root.hover();
  await viewer.root.getByRole('button', { name: 'Zoom in (+)' }).click();
  await showsRamp(viewer, ARRANGED);
}
const ARRANGED = { index: 17, plane: 'xz', colormap: 'viridis', zoom: 1.25 } as const;

async function expectStopped(): Promise<void> {
  const viewer = notebook.viewer();
  await viewer.notice.filter({ hasText: RUN_AGAIN }).waitFor();
  expect(await viewer.root.getAttribute('data-state')).toBe('stopped');
  expect(await viewer.slider.isDisabled()).toBe(true);
}

/** Run the cell again, and look at the view that it makes. */
async function runAgain(): Promise<void> {
  await notebook.ready();
  await notebook.hearsKernel();
  await notebook.runCell(0);
  await showsRamp(notebook.viewer(), { index: 10 });
  await scrub(notebook.viewer(), 'End');
  await showsRamp(notebook.viewer(), { index: 19 });
  expect(await notebook.viewer().notice.isVisible()).toBe(false);
}

async function dismissDialogs(): Promise<void> {
  const accept = notebook.page.locator('.jp-Dialog .jp-mod-accept');
  while ((await accept.count()) > 0) await accept.first().click();
}

test('after a reload of the page the view is back where it was, without a cell run', async () => {
  await openLive(openFresh);
  await arrange();
  await notebook.save();
  await notebook.page.reload();
  await notebook.ready();
  await showsRamp(notebook.viewer(), ARRANGED);
  await scrub(notebook.viewer(), 'ArrowLeft');
  await showsRamp(notebook.viewer(), { ...ARRANGED, index: 16 });
  await eventually(async () => {
    expect(await notebook.run('console.log(view.index)')).toBe('16\n');
  });
});

test('a notebook that is closed and opened again has its view back where it was', async () => {
  const name = await openLive();
  await arrange();
  await notebook.save();
  await notebook.command('application:close');
  await notebook.page.waitForSelector('.jp-NotebookPanel', { state: 'detached' });
  await notebook.command('docmanager:open', { path: name });
  await notebook.ready();
  await showsRamp(notebook.viewer(), ARRANGED);
  expect(await notebook.page.locator('.slicescope-view').count()).toBe(1);
});

test('after a restart of the kernel the picture stays and says what to do; the cell makes a live view', async () => {
  await openLive();
  await arrange();
  await restartKernel(server, await notebook.kernelId());
  await expectStopped();
  await looksLikeRamp(notebook.viewer(), ARRANGED);
  await runAgain();
});

test('the restart command does the same', async () => {
  await openLive();
  await arrange();
  const restarted = notebook.command('notebook:restart-kernel');
  await notebook.page.locator('.jp-Dialog .jp-mod-accept').click();
  await restarted;
  await expectStopped();
  await looksLikeRamp(notebook.viewer(), ARRANGED);
  await runAgain();
});

test('a page that is loaded after a restart shows the saved picture and says what to do', async () => {
  await openLive(openFresh);
  await notebook.save();
  await restartKernel(server, await notebook.kernelId());
  await notebook.page.reload();
  await notebook.ready();
  const saved = notebook.page.locator('.slicescope-saved');
  await saved.locator('.slicescope-notice').filter({ hasText: RUN_AGAIN }).waitFor();
  expect(await saved.locator('img').isVisible()).toBe(true);
  await runAgain();
});

test('an output whose kernel was killed says what to do, and leaves nothing behind', async () => {
  await openLive();
  await arrange();
  const kernelId = await notebook.kernelId();
  const { pid } = recordOf(server, kernelId);
  process.kill(pid, 'SIGKILL');
  await expectStopped();
  await looksLikeRamp(notebook.viewer(), ARRANGED);
  await eventually(() => {
    expect(isRunning(pid)).toBe(false);
    expect(filesOf(server, kernelId)).toEqual([]);
  });
  // Jupyter starts the kernel again, and JupyterLab says so in a dialog.
  await eventually(async () => {
    await dismissDialogs();
    expect(await kernelState(server, kernelId)).toBe('idle');
  });
  await runAgain();
});

test('an output whose kernel was shut down says what to do, and nothing is left behind', async () => {
  await openLive();
  await arrange();
  const kernelId = await notebook.kernelId();
  const { pid } = recordOf(server, kernelId);
  expect(filesOf(server, kernelId)).toEqual([`slicescope-${kernelId}.json`, `slicescope-${kernelId}.pages.json`]);
  await shutDownKernel(server, kernelId);
  expect(isRunning(pid)).toBe(false);
  expect(filesOf(server, kernelId)).toEqual([]);
  await expectStopped();
  await looksLikeRamp(notebook.viewer(), ARRANGED);
});

test('a kernel that is shut down in the middle of a busy cell leaves nothing behind', async () => {
  await open(SHOW_CELL, 'while (true);');
  await notebook.runCell(0);
  await showsRamp(notebook.viewer(), { index: 10 });
  const kernelId = await notebook.kernelId();
  const { pid } = recordOf(server, kernelId);
  await notebook.startCell(1);
  await eventually(async () => {
    expect(await kernelState(server, kernelId)).toBe('busy');
  });
  await shutDownKernel(server, kernelId);
  expect(isRunning(pid)).toBe(false);
  await expectStopped();
  await eventually(() => {
    expect(filesOf(server, kernelId)).toEqual([]);
  });
});

test.each([
  ['is terminated', 'companions[companions.length - 1].terminate()'],
  ['throws', 'companions[companions.length - 1].postMessage(null)'],
])('when the companion’s thread %s, the view is live again by itself', async (_how, death) => {
  await open(KEEP_COMPANIONS, SHOW_CELL);
  await notebook.runCell(0);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await showsRamp(viewer, { index: 10 });
  await arrange();
  await wipe(viewer);
  const before = traffic.companions.length;
  await notebook.run(death);
  await eventually(() => {
    expect(traffic.companions.length).toBeGreaterThan(before);
  });
  await showsRamp(viewer, ARRANGED);
  await scrub(viewer, 'ArrowRight');
  await showsRamp(viewer, { ...ARRANGED, index: 18 });
  expect(await viewer.notice.isVisible()).toBe(false);
  await eventually(async () => {
    expect(await notebook.run('console.log(companions.length, view.index)')).toBe('2 18\n');
  });
});

test('interrupting a cell leaves the view live', async () => {
  await open(SHOW_CELL, 'await new Promise(() => undefined);');
  await notebook.runCell(0);
  const viewer = notebook.viewer();
  await showsRamp(viewer, { index: 10 });
  const kernelId = await notebook.kernelId();
  await notebook.startCell(1);
  await eventually(async () => {
    expect(await kernelState(server, kernelId)).toBe('busy');
  });
  await scrub(viewer, 'ArrowRight');
  await showsRamp(viewer, { index: 11 });
  const sockets = traffic.companions.length;
  await interruptKernel(server, kernelId);
  await eventually(async () => {
    expect(await kernelState(server, kernelId)).toBe('idle');
  });
  await wipe(viewer);
  await scrub(viewer, 'ArrowRight');
  await showsRamp(viewer, { index: 12 });
  await notebook.run('view.index = 3');
  await showsRamp(viewer, { index: 3 });
  expect(traffic.companions.length).toBe(sockets);
});
