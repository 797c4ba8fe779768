import { readFileSync } from 'node:fs';
import { CELLS } from './ours.mjs';
import { median } from './statistics.mjs';

/** Resident memory of a process, bytes. */
export function residentBytes(pid) {
  const [, kilobytes] = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB$/m);
  return 1024 * Number(kilobytes);
}

/** Resident megabytes of the notebook's kernel once it has come to rest. */
async function kernelMegabytes(notebook) {
  const pid = Number(await notebook.print('console.log(process.pid)'));
  await notebook.page.waitForTimeout(2000);
  return residentBytes(pid) / 1e6;
}

/**
 * What `show` costs, each round in two new kernels: one with the volume and without slicescope, and one in
 * which it is shown.
 */
export async function showAll(context, ours, bare, volumePath, rounds) {
  const all = {
    fromCall: [],
    fromCell: [],
    bareFirstPicture: [],
    companion: [],
    bareWorker: [],
    memory: [],
    memoryWithout: [],
  };
  for (let round = 0; round < rounds; round += 1) {
    all.bareFirstPicture.push(await bare.round(context, ({ firstPicture }) => firstPicture));

    await ours.page.bringToFront();
    await ours.notebook.restart();
    await ours.notebook.print(CELLS.prepareWithout(volumePath));
    all.memoryWithout.push(await kernelMegabytes(ours.notebook));
    all.bareWorker.push(Number(await ours.notebook.print(CELLS.bareWorker)));
    all.companion.push(Number(await ours.notebook.print(CELLS.companion)));

    const { fromCall, fromCell } = await ours.show();
    all.fromCall.push(fromCall);
    all.fromCell.push(fromCell);
    all.memory.push(await kernelMegabytes(ours.notebook));
  }
  return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, median(values)]));
}
