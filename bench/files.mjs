/** Files in and out, against what people read and write them with in Python. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';
import { removeInTheEnd, runProgram } from './processes.mjs';
import { rounded } from './report.mjs';
import { median } from './statistics.mjs';
import { VOLUME_BYTES } from './volume.mjs';

const ROUNDS = 5;
const STACK_ROUNDS = 3;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Node.js has it from 22.15 on; before, it is unpacked by WebAssembly. */
const HAS_ZSTANDARD = 'zstdDecompress' in zlib;

/** By ending: who reads it there, and the most that opening may take of that. */
const FORMATS = {
  nii: ['nibabel', 1],
  'nii.gz': ['nibabel', 1],
  nrrd: ['pynrrd', 1],
  tif: ['tifffile', 2],
  'tif-deflate': ['tifffile', 1.5],
  npy: ['NumPy', 1],
  zarr: ['zarr', HAS_ZSTANDARD ? 1.3 : 2],
};
/** By id: who writes the stack there, and the most that ours may take of that. */
const WRITERS = {
  'export-stack': ['pillow', 'Pillow', 0.5],
  'export-stack-opencv': ['opencv', 'OpenCV', 1],
};
const idOf = (ending) => `open-${ending.replace('.', '-')}`;

/** NumPy asks Linux for huge pages, and Node.js can't. So that like is compared with like, it does not ask. */
const SMALL_PAGES = { NUMPY_MADVISE_HUGEPAGE: '0' };
const AS_IT_COMES = {};

async function python(env, ...args) {
  const command = here('../.venv/bin/python');
  return JSON.parse(await runProgram(command, [here('files.py'), ...args], { env: { ...process.env, ...env } }));
}
const ours = async (...args) => JSON.parse(await runProgram(process.execPath, [here('files-child.mjs'), ...args]));

async function measureOpening(ending, folder, rounds, add) {
  const path = `${folder}/volume.${ending}`;
  const [reader, bound] = FORMATS[ending];
  const times = { ours: [], small: [], huge: [] };
  const peaks = [];
  for (let round = 0; round < rounds; round += 1) {
    const small = await python(SMALL_PAGES, 'read', path, `.${ending}`);
    const huge = await python(AS_IT_COMES, 'read', path, `.${ending}`);
    const mine = await ours('read', path);
    for (const theirs of [small, huge]) {
      if (mine.sum !== theirs.sum) throw new Error(`${path}: the values differ: ${mine.sum} and ${theirs.sum}`);
    }
    times.small.push(small.ms);
    times.huge.push(huge.ms);
    times.ours.push(mine.ms);
    peaks.push(mine.peak);
  }
  const [value, baseline, huge] = [times.ours, times.small, times.huge].map(median);
  const withHugePages = { baseline: rounded(huge), ratio: rounded(value / huge) };
  const what = `Volume.open of 128 MB as .${ending}; baseline: ${reader}, into an array, without huge pages`;
  add(idOf(ending), `${what} (with: ratio ${withHugePages.ratio})`, {
    unit: 'ms',
    value,
    baseline,
    bound,
    bounds: 'ratio',
    withHugePages,
    peakOfVolume: rounded(median(peaks) / VOLUME_BYTES),
  });
}

async function measureStack(id, raw, folder, rounds, add) {
  const [library, name, bound] = WRITERS[id];
  const times = { ours: [], python: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.python.push((await python({}, 'stack', raw, `${folder}/theirs`, library)).ms);
    times.ours.push((await ours('stack', raw, `${folder}/ours`)).ms);
  }
  add(id, `exportStack of 256 PNGs of 512 × 512; baseline: ${name}, writing the same pixels`, {
    unit: 'ms',
    value: median(times.ours),
    baseline: median(times.python),
    bound,
    bounds: 'ratio',
  });
}

export const files = {
  title: 'Files, beside Python',
  ids: [...Object.keys(FORMATS).map(idOf), ...Object.keys(WRITERS)],
  async measure(stage, add) {
    const raw = stage.volumePath;
    const folder = raw.replace(/volume\.raw$/, 'files');
    await stage.own({ close: removeInTheEnd(folder) });
    for (const name of ['ours', 'theirs']) mkdirSync(`${folder}/${name}`, { recursive: true });
    const endings = Object.keys(FORMATS).filter((ending) => stage.wants(idOf(ending)));
    await python({}, 'prepare', raw, folder, ...endings);
    for (const ending of endings) await measureOpening(ending, folder, stage.rounds(ROUNDS), add);
    const writers = Object.keys(WRITERS).filter((id) => stage.wants(id));
    for (const id of writers) await measureStack(id, raw, folder, stage.rounds(STACK_ROUNDS), add);
  },
};
