import { basename, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { openVolume } from './index';
import { madeByPython } from './testing/python';

const DATA = join(__dirname, '../../examples/data');
/** Of 1, or of what is greater. */
const TOLERANCE = 1e-6;

/** What another library says of a file; in LPS. */
interface Said {
  readonly path: string;
  readonly spacing: readonly number[];
  readonly origin: readonly number[];
  readonly direction: readonly number[] | null;
  readonly values?: readonly number[];
  readonly channels?: number;
}

const REAL = [join(DATA, 'icbm152-t1.nii.gz'), join(DATA, 'desikan-killiany.nii.gz'), join(DATA, 'catphan')];
const { folder, printed } = madeByPython(join(__dirname, 'testing/geometry.py'), ...REAL);
const SAID = printed
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Said)
  .map((each) => ({ ...each, path: resolve(folder, each.path) }));

function difference(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Infinity;
  return Math.max(0, ...ours.map((each, at) => Math.abs(each - theirs[at]!) / Math.max(1, Math.abs(theirs[at]!))));
}

test.each([
  ['nibabel says of NIfTI files', /\.nii(\.gz)?$/, 21],
  ['pynrrd and SimpleITK say of NRRD files', /\.nrrd$/, 10],
  ['SimpleITK says of MetaImage files', /\.mh[ad]$/, 27],
  ['mrcfile says of an MRC file', /\.mrc$/, 1],
  ['pydicom says of series of DICOM files', /[\\/](series|catphan)$/, 2],
])(
  'voxels lie where %s, to a millionth',
  async (_, name, least) => {
    const files = SAID.filter(({ path }) => name.test(path));
    expect(files.length).toBeGreaterThanOrEqual(least);
    for (const { path, spacing, origin, direction, values, channels = 1 } of files) {
      const volume = await openVolume(path);
      const file = basename(path);
      expect([file, volume.channels]).toEqual([file, channels]);
      expect([file, difference(volume.spacing, spacing) < TOLERANCE]).toEqual([file, true]);
      expect([file, volume.direction === null]).toEqual([file, direction === null]);
      expect([file, difference(volume.direction ?? [], direction ?? []) < TOLERANCE]).toEqual([file, true]);
      expect([file, difference(volume.origin, origin) < TOLERANCE]).toEqual([file, true]);
      const [, skew] = /^(tilted|skewed)/.exec(file) ?? [];
      const note = { tilted: 'slices are tilted by', skewed: 'not at right angles: x and y at' }[skew ?? ''] ?? '';
      expect([file, volume.notes]).toEqual([file, note === '' ? [] : [expect.stringContaining(note)]]);
      if (values !== undefined) expect([file, Array.from(volume.data)]).toEqual([file, values]);
    }
  },
  60_000,
);
