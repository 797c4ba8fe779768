import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { Volume as VolumeClass } from '../volume';
import { FORMAT_NAMES } from './format';
import { openVolume, saveVolume, type OpenOptions, type SaveOptions } from './index';
import { filesFolder } from './testing/files-folder';
import { metaFile } from './testing/hostile-files';
import { mifFile } from './testing/mif-file';
import { madeByPython } from './testing/python';

const GUIDE = readFileSync(join(__dirname, '../../docs/formats.md'), 'utf8');
const SNIPPETS = [...GUIDE.matchAll(/^## ([^\n]+)\n(?:(?!^## ).)*?^```ts\n(.*?)^```$/gms)].map(
  ([, title, code]) => [title as string, code as string] as const,
);

const { path: folder, put } = filesFolder();

/** By script, what it calls the files that the guide speaks of. */
const FILES = {
  'testing/write-files.py': {
    'run.nii.gz': 'two-frames.nii.gz',
    'mr.nrrd': 'gzip.nrrd',
    'density.mrc': 'float32.mrc',
    'stack.tif': 'imagej.tif',
    'cells.ome.tif': 'ZCYX.ome.tif',
    'run.npz': 'two.npz',
    'stack.h5': 'several.h5',
  },
  'testing/write-brain-files.py': {
    'brain.mgz': 'i2.mgz',
    'run+orig.HEAD': 'factors+orig.HEAD',
    'run+orig.BRIK': 'factors+orig.BRIK',
    'pet.mnc': 'slices.mnc',
  },
  'testing/write-zarr.py': { 'cells.zarr': 'five.zarr' },
  'dicom/testing/pydicom-values.py': { ct: 'mixed' },
  'dicom/testing/write-segmentations.py': { 'organs.dcm': 'organs.dcm' },
  'dicom/testing/write-structures.py': { 'plan.dcm': 'alone.dcm', 'planning-ct': 'ct' },
};

beforeAll(async () => {
  for (const [script, files] of Object.entries(FILES)) {
    const made = madeByPython(join(__dirname, script));
    for (const [name, from] of Object.entries(files)) {
      cpSync(join(made.folder, from), join(folder, name), { recursive: true });
    }
  }
  const values = Int16Array.from(
    { length: 24 },
    (_, i) => (i % 4) + 10 * (Math.floor(i / 4) % 3) + 100 * Math.floor(i / 12),
  );
  const fields = { ElementType: 'MET_SHORT', DimSize: '4 3 2', ElementSpacing: '1 2 3', Offset: '10 20 30' };
  put('ct.mha', metaFile({ ...fields, TransformMatrix: '0 1 0 0 0 1 1 0 0' }, Buffer.from(values.buffer)));
  const transform = ['1,0,0,0', '0,1,0,0', '0,0,1,0'];
  const dwi = { dim: [2, 3, 4, 2], vox: '1.5,2,2.5,nan', layout: '-3,+1,+2,+0', fields: { transform } };
  put('dwi.mif', mifFile(dwi, new Uint8Array(96)));
  writeFileSync(join(folder, 'scan.bin'), Buffer.concat([Buffer.from('head'), Buffer.from(values.buffer)]));
  mkdirSync(join(folder, 'slices'));
  for (const z of [0, 1]) {
    const pixels = Uint8Array.from(values.subarray(12 * z, 12 * z + 12));
    const picture = sharp(pixels, { raw: { width: 4, height: 3, channels: 1 } }).toColourspace('b-w');
    await picture.png().toFile(join(folder, `slices/${String(z)}.png`));
  }
}, 60_000);

test('the guide has a snippet and a list of what is refused for each format, and names all of them', () => {
  expect(SNIPPETS.length).toBeGreaterThanOrEqual(9);
  expect(GUIDE.match(/^- \*\*Refused\*\*:/gm)?.length).toBe(SNIPPETS.length);
  expect(FORMAT_NAMES.filter((name) => !GUIDE.includes(`\`${name}\``))).toEqual([]);
});

/** Options of which one is the name of a folder beside the files. */
function inFolder<T extends { readonly over?: string | readonly string[] | undefined }>(options: T): T {
  return options.over === undefined ? options : { ...options, over: join(folder, String(options.over)) };
}

test.each(SNIPPETS)('%s: its snippet prints what stands beside it', async (_, code) => {
  const printed: string[] = [];
  const said = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
  const Volume = {
    open: (name: string, options: OpenOptions = {}) => openVolume(join(folder, name), inFolder(options)),
    alloc: (...described: Parameters<typeof VolumeClass.alloc>) => {
      const volume = VolumeClass.alloc(...described);
      const save = (name: string, options?: SaveOptions) => saveVolume(volume, join(folder, name), options);
      return Object.assign(volume, { save });
    },
  };
  const console = {
    log: (...values: readonly unknown[]) => {
      printed.push(format(...values).replace(/\s+/g, ' '));
    },
  };
  // oxlint-disable-next-line typescript/no-implied-eval -- The guide's own code is what is tested.
  const run = new Function('Volume', 'console', `return (async () => { ${code} })();`) as (
    ...names: readonly unknown[]
  ) => Promise<void>;
  await run(Volume, console);
  expect(printed).toEqual(said);
  expect(said.length).toBeGreaterThan(0);
});
