import { gzipSync } from 'node:zlib';
import { changed, type Case } from './hostile-files';
import { mifFile, type MifFields } from './mif-file';
import { niftiFile } from './nifti-file';

const corrupt = 'file-corrupt';
const unsupported = 'unsupported-format';

/** An MGH file of 2 × 3 × 4 uint8; `change` writes over its header. */
export function mghFile(change: (view: DataView) => void = () => undefined): Uint8Array {
  const file = new Uint8Array(284 + 24);
  const view = new DataView(file.buffer);
  [1, 2, 3, 4, 1, 0].forEach((value, i) => {
    view.setInt32(4 * i, value);
  });
  view.setInt16(28, 1);
  [1, 1, 1, ...[-1, 0, 0], ...[0, 0, -1], ...[0, 1, 0]].forEach((value, i) => {
    view.setFloat32(30 + 4 * i, value);
  });
  change(view);
  return file;
}

/** The header of 2 × 3 × 4 bytes in AFNI's attributes, with other ones; null leaves one out. */
export function afniHeader(changes: Readonly<Record<string, readonly number[] | string | null>> = {}): Uint8Array {
  const all: typeof changes = {
    DATASET_RANK: [3, 1],
    DATASET_DIMENSIONS: [2, 3, 4],
    BRICK_TYPES: [0],
    BYTEORDER_STRING: 'LSB_FIRST',
    ORIENT_SPECIFIC: [0, 3, 4],
    ORIGIN: [0, 0, 0],
    DELTA: [1, 1, 1],
    ...changes,
  };
  const attributes = Object.entries(all).map(([name, value]) => {
    if (value === null) return '';
    if (typeof value === 'string') {
      return `\ntype = string-attribute\nname = ${name}\ncount = ${String(value.length + 1)}\n'${value}~\n`;
    }
    return `\ntype = float-attribute\nname = ${name}\ncount = ${String(value.length)}\n ${value.join(' ')}\n`;
  });
  return Buffer.from(attributes.join(''));
}

/** The header of a pair, whose values are in a file of their own. */
export function pairHeader(change: (view: DataView) => void = () => undefined): Uint8Array {
  const file = niftiFile({ magic: 'ni1\0', voxOffset: 0, voxels: new Uint8Array(0) });
  change(new DataView(file.buffer));
  return file;
}

const mif = (fields: Partial<MifFields>): Uint8Array =>
  mifFile({ dim: [2, 3, 4], layout: '+0,+1,+2', ...fields }, new Uint8Array(48));

/**
 * FreeSurfer, MRtrix, AFNI and headers of pairs. Beside them are `cut.img` and `cut.BRIK`, of 23
 * bytes, and `whole.img`, of 60.
 */
export const BRAIN: readonly Case[] = [
  [
    'MGH with sizes that overflow',
    'size.mgh',
    () =>
      mghFile((view) => {
        [4, 8, 12, 16].forEach((at) => {
          view.setInt32(at, 0x7fff_ffff);
        });
      }),
    corrupt,
    'truncated, it has 308 bytes',
  ],
  ['MGH with voxels cut off', 'cut.mgh', () => mghFile().subarray(0, -1), corrupt, 'truncated, it has 307 bytes'],
  [
    'MRtrix of 200,000 lines of one name',
    'lines.mif',
    () => Buffer.from(`mrtrix image\n${'a:\n'.repeat(200_000)}END\n`),
    corrupt,
    'its header has no field “dim”',
  ],
  [
    'MGH packed and cut off',
    'cut.mgz',
    () => gzipSync(mghFile()).subarray(0, -9),
    corrupt,
    'truncated, its gzip stream',
  ],
  [
    'a bomb behind an MGH header',
    'bomb.mgz',
    () => gzipSync(Buffer.concat([mghFile(), new Uint8Array(2 ** 27)])),
    corrupt,
    'more than 16777216 bytes follow its voxels',
  ],
  [
    'MGH of tensors',
    'tensors.mgh',
    () =>
      mghFile((view) => {
        view.setInt32(20, 6);
      }),
    unsupported,
    'it holds tensors (type)',
  ],
  [
    'MGH with a place that is no number',
    'place.mgh',
    () =>
      mghFile((view) => {
        view.setFloat32(78, NaN);
      }),
    corrupt,
    'its header says a matrix of',
  ],
  [
    'MGH with a distance of zero',
    'distance.mgh',
    () =>
      mghFile((view) => {
        view.setFloat32(34, 0);
      }),
    corrupt,
    'its header says that voxels are 1 × 0 × 1 apart',
  ],
  [
    'MGH with axes in one plane',
    'flat.mgh',
    () =>
      mghFile((view) => {
        for (const at of [0, 4, 8]) view.setFloat32(54 + at, view.getFloat32(42 + at));
      }),
    corrupt,
    'which lie in one plane',
  ],
  ['a pair without its values', 'alone.hdr', () => pairHeader(), 'file-not-found', 'its values are in alone.img'],
  ['a pair with its values cut off', 'cut.hdr', () => pairHeader(), corrupt, 'truncated, it has 23 bytes'],
  [
    'a pair whose values begin before their file',
    'cut.hdr',
    () =>
      pairHeader((view) => {
        view.setFloat32(108, -8, true);
      }),
    corrupt,
    'its header says that voxels start at byte -8',
  ],
  [
    'ANALYZE without its values',
    'alone.hdr',
    () => pairHeader().subarray(0, 348).fill(0, 344),
    'file-not-found',
    'its values are in alone.img',
  ],
  [
    'ANALYZE with a distance of zero',
    'whole.hdr',
    () => {
      const header = pairHeader((view) => {
        view.setFloat32(80, 0, true);
      });
      return header.subarray(0, 348).fill(0, 344);
    },
    corrupt,
    'its header says that voxels are 0 × 1 × 1 apart',
  ],
  [
    'ANALYZE of colours',
    'cut.hdr',
    () => {
      const header = pairHeader((view) => {
        view.setInt16(70, 128, true);
      });
      return header.subarray(0, 348).fill(0, 344);
    },
    unsupported,
    'an ANALYZE header of datatype 128',
  ],
  [
    'NIfTI without its magic number',
    'magic.nii',
    () =>
      changed((view) => {
        view.setUint32(344, 0);
      }),
    unsupported,
    'no magic number of NIfTI, and more than an ANALYZE header',
  ],
  ['MRtrix without an end', 'end.mif', () => Buffer.from('mrtrix image\ndim: 2,3,4\n'), corrupt, 'no line END'],
  [
    'MRtrix with an endless header',
    'end.mif',
    () => Buffer.concat([Buffer.from('mrtrix image\n'), Buffer.alloc(2 ** 21, 'comments: \n')]),
    corrupt,
    'no line END',
  ],
  ['MRtrix with voxels cut off', 'cut.mif', () => mif({ dim: [2, 3, 5] }), corrupt, 'truncated, it has 1072 bytes'],
  ['MRtrix with sizes that overflow', 'size.mif', () => mif({ dim: [4e9, 4e9, 4e9] }), corrupt, 'truncated, it has'],
  ['MRtrix with a size of zero', 'size.mif', () => mif({ dim: [2, 0, 4] }), corrupt, 'its header says dim 2 × 0 × 4'],
  [
    'MRtrix with two axes in one place',
    'layout.mif',
    () => mif({ layout: '+0,+1,+1' }),
    corrupt,
    'its header says layout "+0,+1,+1" of 2 × 3 × 4',
  ],
  ['MRtrix with too short a layout', 'layout.mif', () => mif({ layout: '+0,+1' }), corrupt, 'its header says layout'],
  [
    'MRtrix with half a transform',
    'transform.mif',
    () => mif({ fields: { transform: '1,0,0,0' } }),
    corrupt,
    'its header says a transform of 4 numbers, expected 12',
  ],
  ['MRtrix with a factor of zero', 'scaling.mif', () => mif({ fields: { scaling: '1,0' } }), corrupt, 'scaling 1, 0'],
  ['MRtrix with a distance below 0', 'vox.mif', () => mif({ vox: '1,-1,1' }), corrupt, 'voxels are 1 × -1 × 1 apart'],
  [
    'MRtrix whose values begin in the header',
    'file.mif',
    () => mif({ fields: { file: '. 8' } }),
    corrupt,
    'its values begin at byte 8 (file)',
  ],
  [
    'MRtrix whose values are in /etc',
    'far.mih',
    () => mif({ fields: { file: '../../../../etc/passwd 0' } }),
    corrupt,
    'its values are in "../../../../etc/passwd"; only files in the folder of far.mih are read',
  ],
  ['AFNI without its values', 'alone.HEAD', () => afniHeader(), 'file-not-found', 'its values are in alone.BRIK'],
  ['AFNI with its values cut off', 'cut.HEAD', () => afniHeader(), corrupt, 'truncated, it has 23 bytes'],
  [
    'AFNI with sizes that overflow',
    'cut.HEAD',
    () => afniHeader({ DATASET_DIMENSIONS: [4e9, 4e9, 4] }),
    corrupt,
    'truncated, it has 23 bytes',
  ],
  [
    'AFNI with a size that is none',
    'cut.HEAD',
    () => afniHeader({ DATASET_DIMENSIONS: [2, -3, 4] }),
    corrupt,
    'its header says dimensions 2 × -3 × 4',
  ],
  [
    'AFNI with a count of numbers that it has not',
    'count.HEAD',
    () => Buffer.from('\ntype = float-attribute\nname = ORIGIN\ncount = 999999999999\n 1 2 3\n'),
    corrupt,
    'its attribute ORIGIN has 3 numbers, and says 999999999999',
  ],
  [
    'AFNI with a text that has no end',
    'count.HEAD',
    () => Buffer.from("\ntype = string-attribute\nname = TYPESTRING\ncount = 99999\n'3DIM~\n"),
    corrupt,
    'truncated in its attribute TYPESTRING',
  ],
  [
    'AFNI of nothing but spaces',
    'spaces.HEAD',
    () =>
      Buffer.concat([
        Buffer.from('\ntype = float-attribute\nname = ORIGIN\ncount = 0\n'),
        Buffer.alloc(2 ** 22, 'type = '),
      ]),
    corrupt,
    'its header has no attribute DATASET_RANK',
  ],
  [
    'AFNI without sizes',
    'cut.HEAD',
    () => afniHeader({ DATASET_DIMENSIONS: null }),
    corrupt,
    'its header has no attribute DATASET_DIMENSIONS',
  ],
  [
    'AFNI with axes that contradict each other',
    'cut.HEAD',
    () => afniHeader({ DELTA: [1, -1, 1] }),
    corrupt,
    'its attributes contradict each other: ORIENT_SPECIFIC 0 3 4 and DELTA 1 -1 1 of axis 1',
  ],
  [
    'AFNI with two axes along one',
    'cut.HEAD',
    () => afniHeader({ ORIENT_SPECIFIC: [0, 1, 4] }),
    corrupt,
    'its attribute ORIENT_SPECIFIC is 0 1 4, expected three axes of the patient',
  ],
  [
    'AFNI with a factor below 0',
    'cut.HEAD',
    () => afniHeader({ BRICK_FLOAT_FACS: [-1] }),
    unsupported,
    'a factor of its values (BRICK_FLOAT_FACS) is -1',
  ],
  [
    'AFNI of complex numbers',
    'cut.HEAD',
    () => afniHeader({ BRICK_TYPES: [5] }),
    unsupported,
    'its values are of the types 5 (BRICK_TYPES)',
  ],
  [
    'AFNI of two types',
    'cut.HEAD',
    () => afniHeader({ DATASET_RANK: [3, 2], BRICK_TYPES: [0, 1] }),
    unsupported,
    'its values are of the types 0, 1 (BRICK_TYPES)',
  ],
  [
    'AFNI in the order of bytes of some machine',
    'cut.HEAD',
    () => afniHeader({ BRICK_TYPES: [1], BYTEORDER_STRING: null }),
    unsupported,
    'its header does not say its order of bytes (BYTEORDER_STRING)',
  ],
];
