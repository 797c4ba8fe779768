import { expect, test } from '@jest/globals';
import { filesOf, isRunning, kernelState, recordOf, restartKernel } from './kernels';
import { ARRANGED, scrub, useLiveView } from './live-view';
import { looksLikeRamp, showsRamp } from '../../tests/browser/ramp';
import { useJupyter } from './stand';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const live = useLiveView(stand);

test('after a reload of the page the view is back where it was, without a cell run', async () => {
  await live.openLive('fresh');
  await live.arrange();
  await live.notebook.save();
  await live.notebook.page.reload();
  await live.notebook.ready();
  await showsRamp(live.notebook.viewer(), ARRANGED);
  await scrub(live.notebook.viewer(), 'ArrowLeft');
  await showsRamp(live.notebook.viewer(), { ...ARRANGED, index: 16 });
  await eventually(async () => {
    expect(await live.notebook.run('console.log(view.index)')).toBe('16\n');
  });
});

test('after a restart of the kernel the picture stays and says what to do; the cell makes a live view', async () => {
  await live.openLive();
  await live.arrange();
  await restartKernel(stand.server, await live.notebook.kernelId());
  await live.expectStopped();
  await looksLikeRamp(live.notebook.viewer(), ARRANGED);
  await live.runAgain();
});

test('an output whose kernel was killed says what to do, and leaves nothing behind', async () => {
  await live.openLive();
  await live.arrange();
  const kernelId = await live.notebook.kernelId();
  const { pid } = recordOf(stand.server, kernelId);
  process.kill(pid, 'SIGKILL');
  await live.expectStopped();
  await looksLikeRamp(live.notebook.viewer(), ARRANGED);
  await eventually(() => {
    expect(isRunning(pid)).toBe(false);
    expect(filesOf(stand.server, kernelId)).toEqual([]);
  });
  // Jupyter starts the kernel again, and JupyterLab says so in a dialog.
  await eventually(async () => {
    await live.dismissDialogs();
    expect(await kernelState(stand.server, kernelId)).toBe('idle');
  });
  await live.runAgain();
});
