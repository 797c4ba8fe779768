/** An OME-Zarr of 21 GB, which is read chunk by chunk, against the Python library zarr; and the memory that it takes. */
import { fileURLToPath } from 'node:url';
import { removeInTheEnd, runProgram } from './processes.mjs';
import { rounded } from './report.mjs';
import { median } from './statistics.mjs';

const ROUNDS = 5;
const CACHE_BYTES = 2 ** 30;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const answer = async (command, args) => JSON.parse(await runProgram(command, args));
const python = (...args) => answer(here('../.venv/bin/python'), [here('chunks.py'), ...args]);
const ours = (...args) => answer(process.execPath, [here('chunks-child.mjs'), ...args.map(String)]);

async function measureSlices(path, rounds, add) {
  const times = { open: [], smallest: [], first: [], cached: [], theirs: [] };
  for (let round = 0; round < rounds; round += 1) {
    const index = 300 + 97 * round;
    const theirs = await python('slice', path, String(index));
    const mine = await ours('slice', path, index, CACHE_BYTES);
    if (mine.sum !== theirs.sum)
      throw new Error(`slice ${index} of ${path}: the values differ: ${mine.sum} and ${theirs.sum}`);
    times.theirs.push(theirs.ms);
    for (const name of ['open', 'smallest', 'first', 'cached']) times[name].push(mine[name]);
  }
  const row = (id, text, value, baseline, bound) =>
    add(id, text, { unit: 'ms', value, baseline, bound, bounds: 'ratio' });
  const [first, cached, theirs] = [median(times.first), median(times.cached), median(times.theirs)];
  const opening = 'Volume.open of an OME-Zarr of 21 GB; baseline: ours, its smallest level into memory';
  row('zarr-open', opening, median(times.open), median(times.smallest), 1.3);
  row('zarr-first', 'first slice of 2048 × 2048 of it, of 64 chunks; baseline: zarr', first, theirs, 6);
  row('zarr-cached', 'the same slice again; baseline: the first time', cached, first, 0.2);
}

async function measureMemory(path, randomSlices, add) {
  const { peak, slices } = await ours('memory', path, randomSlices, CACHE_BYTES);
  add('zarr-memory', `memory over ${slices} random slices of it; baseline: the bytes that chunks may take`, {
    unit: 'MB',
    value: rounded(peak / 2 ** 20),
    baseline: CACHE_BYTES / 2 ** 20,
    bound: 1,
    bounds: 'ratio',
  });
}

export const chunks = {
  title: 'Larger than memory',
  ids: ['zarr-open', 'zarr-first', 'zarr-cached', 'zarr-memory'],
  async measure(stage, add) {
    const path = stage.volumePath.replace(/volume\.raw$/, 'large.zarr');
    await stage.own({ close: removeInTheEnd(path) });
    await python('write', path);
    if (stage.wants('zarr-open', 'zarr-first', 'zarr-cached')) await measureSlices(path, stage.rounds(ROUNDS), add);
    if (stage.wants('zarr-memory')) await measureMemory(path, stage.amount(500, 100), add);
  },
};
