import { gzipSync } from 'node:zlib';
import { changed, nifti2File, withExtension, type Case } from './hostile-files';
import { niftiFile } from './nifti-file';

const corrupt = 'file-corrupt';
const unsupported = 'unsupported-format';
const twoGiB = 2 ** 31;

/** Gigabytes of zeros in a few: `before` and then `count` bytes of nothing. */
function bomb(before: Uint8Array, count: number): Uint8Array {
  const zeros = gzipSync(new Uint8Array(2 ** 26));
  return Buffer.concat([gzipSync(before), ...Array.from({ length: count / 2 ** 26 }, () => zeros)]);
}

export const NIFTI: readonly Case[] = [
  ['an empty file', 'empty.nii', () => new Uint8Array(0), unsupported, 'no volume: it is empty; what can be read is'],
  ['a header cut off', 'cut.nii', () => niftiFile().subarray(0, 200), corrupt, '200 bytes, but a NIfTI header has 348'],
  [
    'a header cut off in its first number',
    'cut.nii',
    () => niftiFile().subarray(0, 3),
    unsupported,
    'no volume: it begins with the bytes 5c 01 00',
  ],
  [
    'voxels cut off',
    'cut.nii',
    () => niftiFile().subarray(0, 400),
    corrupt,
    'truncated, it has 400 bytes, but its header says 412',
  ],
  [
    'a negative size',
    'size.nii',
    () => niftiFile({ dims: [3, -4, 5] }),
    corrupt,
    'its header says dimensions 3 × -4 × 5',
  ],
  ['a size of zero', 'size.nii', () => niftiFile({ dims: [3, 0, 5] }), corrupt, 'its header says dimensions 3 × 0 × 5'],
  [
    'sizes that overflow',
    'size.nii',
    () => niftiFile({ dims: [32767, 32767, 32767, 32767], datatype: 64 }),
    corrupt,
    'truncated, it has 412 bytes, but its header says 9222',
  ],
  [
    'sizes that overflow, packed',
    'size.nii.gz',
    () => gzipSync(niftiFile({ dims: [32767, 32767, 32767, 32767] })),
    corrupt,
    'truncated, it has at most',
  ],
  ['no dimensions', 'size.nii', () => niftiFile({ dims: [] }), corrupt, 'its header says 0 dimensions'],
  [
    'a datatype that there is not',
    'type.nii',
    () => niftiFile({ datatype: 77 }),
    corrupt,
    'its header says datatype 77, which does not exist',
  ],
  [
    'voxels at a negative byte',
    'offset.nii',
    () => niftiFile({ voxOffset: -1 }),
    corrupt,
    'its header says that voxels start at byte -1',
  ],
  [
    'voxels at no byte',
    'offset.nii',
    () => niftiFile({ voxOffset: NaN }),
    corrupt,
    'its header says that voxels start at byte NaN',
  ],
  [
    'voxels at byte 1e30',
    'offset.nii',
    () => niftiFile({ voxOffset: 1e30 }),
    corrupt,
    'its header says that voxels start at byte 1.0',
  ],
  [
    'voxels past the end',
    'offset.nii',
    () => niftiFile({ voxOffset: 100_000 }),
    corrupt,
    'truncated, it has 412 bytes, but its header says 100060',
  ],
  [
    'an extension of no bytes',
    'extension.nii',
    () => withExtension(0),
    corrupt,
    'its header has an extension of 0 bytes',
  ],
  [
    'an extension of negative size',
    'extension.nii',
    () => withExtension(-16),
    corrupt,
    'its header has an extension of -16 bytes',
  ],
  [
    'an extension of 2 GB',
    'extension.nii',
    () => withExtension(twoGiB - 16),
    corrupt,
    'its header has an extension of 2147483632 bytes',
  ],
  [
    'an intercept that is no number',
    'slope.nii',
    () => niftiFile({ slope: 2, intercept: NaN }),
    corrupt,
    'its header says slope 2 and intercept NaN',
  ],
  [
    'distances that are no numbers',
    'spacing.nii',
    () => niftiFile({ pixdim: [1, NaN, 1] }),
    corrupt,
    'its header says that voxels are 1 × NaN × 1 apart',
  ],
  [
    'a distance of zero',
    'spacing.nii',
    () => niftiFile({ pixdim: [1, 0, 1] }),
    corrupt,
    'its header says that voxels are 1 × 0 × 1 apart',
  ],
  [
    'an infinite distance',
    'spacing.nii',
    () => niftiFile({ pixdim: [Infinity, 1, 1] }),
    corrupt,
    'its header says that voxels are Infinity × 1 × 1 apart',
  ],
  [
    'a quaternion that is no numbers',
    'matrix.nii',
    () =>
      changed((view) => {
        view.setInt16(252, 1, true);
        view.setFloat32(256, NaN, true);
      }),
    corrupt,
    'its header says a matrix of',
  ],
  [
    'complex numbers',
    'type.nii',
    () => niftiFile({ datatype: 32 }),
    unsupported,
    'it holds complex numbers, which no dtype stands for',
  ],
  [
    'numbers of 128 bits',
    'type.nii',
    () => niftiFile({ datatype: 1536 }),
    unsupported,
    'it holds 128-bit floating point numbers, which no dtype stands for',
  ],
  [
    'complex numbers of 256 bits',
    'type.nii',
    () => niftiFile({ datatype: 2048 }),
    unsupported,
    'it holds complex numbers',
  ],
  [
    'NIfTI-2 with sizes of 2⁶³ − 1',
    'two.nii',
    () =>
      nifti2File((view) => {
        view.setBigInt64(24, 2n ** 63n - 1n, true);
      }),
    corrupt,
    'truncated, it has 568 bytes',
  ],
  [
    'NIfTI-2 with a negative size',
    'two.nii',
    () =>
      nifti2File((view) => {
        view.setBigInt64(24, -1n, true);
      }),
    corrupt,
    'its header says dimensions -',
  ],
  [
    'NIfTI-2 with voxels at a negative byte',
    'two.nii',
    () =>
      nifti2File((view) => {
        view.setBigInt64(168, -8n, true);
      }),
    corrupt,
    'its header says that voxels start at byte -',
  ],
  [
    'a plain file that is named .gz',
    'plain.nii.gz',
    () => niftiFile(),
    unsupported,
    'its name ends in .gz, but it is not packed; rename it without .gz',
  ],
];

export const GZIP: readonly Case[] = [
  [
    'a stream cut off',
    'cut.nii.gz',
    () => gzipSync(niftiFile()).subarray(0, -12),
    corrupt,
    'truncated, its gzip stream ends too early',
  ],
  [
    'a stream cut off in its first bytes',
    'cut.nii.gz',
    () => gzipSync(niftiFile()).subarray(0, 8),
    corrupt,
    'truncated, its gzip stream ends too early',
  ],
  [
    'a wrong check sum',
    'sum.nii.gz',
    () => {
      const packed = gzipSync(niftiFile());
      packed[packed.length - 6] = (packed[packed.length - 6] as number) ^ 0xff;
      return packed;
    },
    corrupt,
    'its gzip stream is broken (incorrect data check)',
  ],
  [
    'garbage behind the stream',
    'tail.nii.gz',
    () => Buffer.concat([gzipSync(niftiFile()), Buffer.from('and more')]),
    corrupt,
    'its gzip stream is broken (incorrect header check)',
  ],
  [
    'a gigabyte of zeros in a megabyte',
    'bomb.nii.gz',
    () => bomb(niftiFile(), 2 ** 30),
    corrupt,
    'more than 16777216 bytes follow its voxels',
  ],
  [
    'a gigabyte of zeros before a header',
    'bomb.gz',
    () => bomb(new Uint8Array(0), 2 ** 30),
    unsupported,
    'no volume: it begins with the bytes 00 00 00 00',
  ],
];
