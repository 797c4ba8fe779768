import { expect, test } from '@jest/globals';
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
import { ARRANGED, RUN_AGAIN, scrub, useLiveView } from './live-view';
import { SHOW_CELL, looksLikeRamp, showsRamp, wipe } from '../../tests/browser/ramp';
import { useJupyter } from './stand';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const live = useLiveView(stand);

test('a notebook that is closed and opened again has its view back where it was', async () => {
  const name = await live.openLive();
  await live.arrange();
  await live.notebook.save();
  await live.notebook.command('application:close');
  await live.notebook.page.waitForSelector('.jp-NotebookPanel', { state: 'detached' });
  await live.notebook.command('docmanager:open', { path: name });
  await live.notebook.ready();
  await showsRamp(live.notebook.viewer(), ARRANGED);
  expect(await live.notebook.page.locator('.slicescope-view').count()).toBe(1);
});

test('the restart command does the same', async () => {
  await live.openLive();
  await live.arrange();
  const restarted = live.notebook.command('notebook:restart-kernel');
  await live.notebook.page.locator('.jp-Dialog .jp-mod-accept').click();
  await restarted;
  await live.expectStopped();
  await looksLikeRamp(live.notebook.viewer(), ARRANGED);
  await live.runAgain();
});

test('a page that is loaded after a restart shows the saved picture and says what to do', async () => {
  await live.openLive('fresh');
  await live.notebook.save();
  await restartKernel(stand.server, await live.notebook.kernelId());
  await live.notebook.page.reload();
  await live.notebook.ready();
  const saved = live.notebook.page.locator('.slicescope-saved');
  await saved.locator('.slicescope-notice').filter({ hasText: RUN_AGAIN }).waitFor();
  expect(await saved.locator('img').isVisible()).toBe(true);
  await live.runAgain();
});

test('an output whose kernel was shut down says what to do, and nothing is left behind', async () => {
  await live.openLive();
  await live.arrange();
  const kernelId = await live.notebook.kernelId();
  const { pid } = recordOf(stand.server, kernelId);
  expect(filesOf(stand.server, kernelId)).toEqual([`slicescope-${kernelId}.json`, `slicescope-${kernelId}.pages.json`]);
  await shutDownKernel(stand.server, kernelId);
  expect(isRunning(pid)).toBe(false);
  expect(filesOf(stand.server, kernelId)).toEqual([]);
  await live.expectStopped();
  await looksLikeRamp(live.notebook.viewer(), ARRANGED);
});

test('a kernel that is shut down in the middle of a busy cell leaves nothing behind', async () => {
  await live.open(SHOW_CELL, 'while (true);');
  await live.notebook.runCell(0);
  await showsRamp(live.notebook.viewer(), { index: 10 });
  const kernelId = await live.notebook.kernelId();
  const { pid } = recordOf(stand.server, kernelId);
  await live.notebook.startCell(1);
  await eventually(async () => {
    expect(await kernelState(stand.server, kernelId)).toBe('busy');
  });
  await shutDownKernel(stand.server, kernelId);
  expect(isRunning(pid)).toBe(false);
  await live.expectStopped();
  await eventually(() => {
    expect(filesOf(stand.server, kernelId)).toEqual([]);
  });
});

test.each([
  ['is terminated', 'companions[companions.length - 1].terminate()'],
  ['throws', 'companions[companions.length - 1].postMessage(null)'],
])('when the companion’s thread %s, the view is live again by itself', async (_how, death) => {
  await live.open(KEEP_COMPANIONS, SHOW_CELL);
  await live.notebook.runCell(0);
  await live.notebook.runCell(1);
  const viewer = live.notebook.viewer();
  await showsRamp(viewer, { index: 10 });
  await live.arrange();
  await wipe(viewer);
  const before = live.traffic.companions.length;
  await live.notebook.run(death);
  await eventually(() => {
    expect(live.traffic.companions.length).toBeGreaterThan(before);
  });
  await showsRamp(viewer, ARRANGED);
  await scrub(viewer, 'ArrowRight');
  await showsRamp(viewer, { ...ARRANGED, index: 18 });
  expect(await viewer.notice.isVisible()).toBe(false);
  await eventually(async () => {
    expect(await live.notebook.run('console.log(companions.length, view.index)')).toBe('2 18\n');
  });
});

test('interrupting a cell leaves the view live', async () => {
  await live.open(SHOW_CELL, 'await new Promise(() => undefined);');
  await live.notebook.runCell(0);
  const viewer = live.notebook.viewer();
  await showsRamp(viewer, { index: 10 });
  const kernelId = await live.notebook.kernelId();
  await live.notebook.startCell(1);
  await eventually(async () => {
    expect(await kernelState(stand.server, kernelId)).toBe('busy');
  });
  await scrub(viewer, 'ArrowRight');
  await showsRamp(viewer, { index: 11 });
  const sockets = live.traffic.companions.length;
  await interruptKernel(stand.server, kernelId);
  await eventually(async () => {
    expect(await kernelState(stand.server, kernelId)).toBe('idle');
  });
  await wipe(viewer);
  await scrub(viewer, 'ArrowRight');
  await showsRamp(viewer, { index: 12 });
  await live.notebook.run('view.index = 3');
  await showsRamp(viewer, { index: 3 });
  expect(live.traffic.companions.length).toBe(sockets);
});
