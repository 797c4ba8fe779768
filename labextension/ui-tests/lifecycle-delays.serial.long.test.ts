import { expect, test } from '@jest/globals';
import { SHOW_CELL } from '../../tests/browser/ramp';
import { restartKernel, shutDownKernel } from './kernels';
import { useJupyter } from './stand';

const stand = useJupyter();
/** Much less than the five seconds that Jupyter gives a kernel that does not end by itself. */
const SLACK_MS = 2000;

/** How long a kernel that has run this cell takes to restart, and to shut down. */
async function times(cell: string): Promise<{ restart: number; shutdown: number }> {
  const { notebook } = await stand.openCells([cell]);
  await notebook.runCell(0);
  const kernelId = await notebook.kernelId();
  const start = performance.now();
  await restartKernel(stand.server, kernelId);
  const restarted = performance.now();
  await notebook.ready();
  await notebook.hearsKernel();
  await notebook.runCell(0);
  const again = performance.now();
  await shutDownKernel(stand.server, kernelId);
  return { restart: restarted - start, shutdown: performance.now() - again };
}

test('views delay neither the restart nor the shutdown of their kernel', async () => {
  const without = await times(`import { Volume } from 'slicescope';`);
  const withView = await times(SHOW_CELL);
  expect(withView.restart).toBeLessThan(without.restart + SLACK_MS);
  expect(withView.shutdown).toBeLessThan(without.shutdown + SLACK_MS);
});
