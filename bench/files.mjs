/** Files in and out, against what people read and write them with in Python. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rounded } from './report.mjs';
import { median } from './statistics.mjs';
import { VOLUME_BYTES } from './volume.mjs';

const ROUNDS = 5;
const STACK_ROUNDS = 3;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** By ending: who reads it there, and the most that opening may take of that. */
const FORMATS = {
  nii: ['nibabel', 1.3],
  'nii.gz': ['nibabel', 1],
  nrrd: ['pynrrd', 1.3],
  tif: ['tifffile', 1.3],
  npy: ['NumPy', 1.3],
  zarr: ['zarr', 1.3],
};
/** By id: who writes the stack there, and the most that ours may take of that. */
const WRITERS = {
  'export-stack': ['pillow', 'Pillow', 0.5],
  'export-stack-opencv': ['opencv', 'OpenCV', 1],
};
const idOf = (ending) => `open-${ending.replace('.', '-')}`;

const answer = (command, args) => JSON.parse(execFileSync(command, args, { encoding: 'utf8' }));
const python = (...args) => answer(here('../.venv/bin/python'), [here('files.py'), ...args]);
const ours = (...args) => answer(process.execPath, [here('files-child.mjs'), ...args]);

function measureOpening(ending, folder, add) {
  const path = `${folder}/volume.${ending}`;
  const [reader, bound] = FORMATS[ending];
  const times = { ours: [], python: [] };
  const peaks = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const theirs = python('read', path, `.${ending}`);
    const mine = ours('read', path);
    if (mine.sum !== theirs.sum) throw new Error(`${path}: the values differ: ${mine.sum} and ${theirs.sum}`);
    times.python.push(theirs.ms);
    times.ours.push(mine.ms);
    peaks.push(mine.peak);
  }
  add(idOf(ending), `Volume.open of 128 MB as .${ending}; baseline: ${reader}, into an array`, {
    unit: 'ms',
    value: median(times.ours),
    baseline: median(times.python),
    bound,
    bounds: 'ratio',
    peakOfVolume: rounded(median(peaks) / VOLUME_BYTES),
  });
}

function measureStack(id, raw, folder, add) {
  const [library, name, bound] = WRITERS[id];
  const times = { ours: [], python: [] };
  for (let round = 0; round < STACK_ROUNDS; round += 1) {
    times.python.push(python('stack', raw, `${folder}/theirs`, library).ms);
    times.ours.push(ours('stack', raw, `${folder}/ours`).ms);
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
  measure(stage, add) {
    const raw = stage.volumePath;
    const folder = raw.replace(/volume\.raw$/, 'files');
    mkdirSync(`${folder}/ours`, { recursive: true });
    mkdirSync(`${folder}/theirs`, { recursive: true });
    python('prepare', raw, folder);
    for (const ending of Object.keys(FORMATS)) if (stage.wants(idOf(ending))) measureOpening(ending, folder, add);
    for (const id of Object.keys(WRITERS)) if (stage.wants(id)) measureStack(id, raw, folder, add);
    rmSync(folder, { recursive: true });
  },
};
