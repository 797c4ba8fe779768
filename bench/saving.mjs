/** Volumes out again, against what people write them with in Python. */
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';
import { removeInTheEnd, runProgram } from './processes.mjs';
import { median } from './statistics.mjs';

const ROUNDS = 5;
/** Packed as hard, a file of ours is at most so many times as large. */
const MOST_BYTES = 1.05;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const answer = async (command, args) => JSON.parse(await runProgram(command, args));
const python = (...args) => answer(here('../.venv/bin/python'), [here('saving.py'), ...args]);
const ours = (...args) => answer(process.execPath, [here('saving-child.mjs'), ...args]);

/** Node.js has it from 22.15 on; before, WebAssembly packs. */
const HAS_ZSTANDARD = 'zstdCompress' in zlib;

/** By ending: who writes it there, how it is packed, and the most that saving may take of that. */
const FORMATS = {
  nii: ['nibabel', null, 1.1],
  'nii.gz': ['nibabel', 'gzip at level 1', 1],
  zarr: ['zarr', 'Zstandard at level 1, in chunks of 128 × 128 × 64, one level', HAS_ZSTANDARD ? 1 : 2],
};
const idOf = (ending) => `save-${ending.replace('.', '-')}`;
const sizeIdOf = (ending) => `${idOf(ending)}-size`;
const idsOf = ([ending, [, packing]]) => (packing === null ? [idOf(ending)] : [idOf(ending), sizeIdOf(ending)]);

async function measureSaving(ending, raw, folder, rounds, add) {
  const [writer, packing, bound] = FORMATS[ending];
  const paths = { ours: `${folder}/ours.${ending}`, theirs: `${folder}/theirs.${ending}` };
  const times = { ours: [], theirs: [] };
  let bytes = [];
  for (let round = 0; round < rounds; round += 1) {
    times.theirs.push((await python('write', raw, paths.theirs)).ms);
    times.ours.push((await ours(raw, paths.ours)).ms);
    // Of both, all values are read again.
    if (round === 0) ({ bytes } = await python('compare', raw, paths.ours, paths.theirs));
    // Before the system writes them to the disk, which would go on in later rounds.
    for (const path of Object.values(paths)) rmSync(path, { recursive: true });
  }
  const how = `.${ending}${packing === null ? '' : ` (${packing})`}`;
  add(idOf(ending), `volume.save of 128 MB of int16 as ${how}; baseline: ${writer}`, {
    unit: 'ms',
    value: median(times.ours),
    baseline: median(times.theirs),
    bound,
    bounds: 'ratio',
  });
  if (packing === null) return;
  const [value, baseline] = bytes.map((each) => each / 1e6);
  add(sizeIdOf(ending), `how large that is; baseline: ${writer}'s`, {
    unit: 'MB',
    value,
    baseline,
    bound: MOST_BYTES,
    bounds: 'ratio',
  });
}

export const saving = {
  title: 'Saving, beside Python',
  ids: Object.entries(FORMATS).flatMap(idsOf),
  async measure(stage, add) {
    const raw = stage.volumePath;
    const folder = raw.replace(/volume\.raw$/, 'saved');
    await stage.own({ close: removeInTheEnd(folder) });
    mkdirSync(folder, { recursive: true });
    const wanted = Object.entries(FORMATS).filter((format) => stage.wants(...idsOf(format)));
    for (const [ending] of wanted) await measureSaving(ending, raw, folder, stage.rounds(ROUNDS), add);
  },
};
