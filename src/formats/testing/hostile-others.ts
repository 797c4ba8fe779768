import { gzipSync } from 'node:zlib';
import {
  metaFile,
  mrcFile,
  npyFile,
  npyFileOfLongHeader,
  npyHeader,
  nrrdFile,
  zipFile,
  type Case,
} from './hostile-files';

const corrupt = 'file-corrupt';
const unsupported = 'unsupported-format';

export const OTHERS: readonly Case[] = [
  [
    'objects',
    'objects.npy',
    () => npyFile(npyHeader("'|O'", '(2, 3, 4)')),
    unsupported,
    'an array |O, which no dtype stands for',
  ],
  [
    'records',
    'records.npy',
    () => npyFile(npyHeader("[('x', '<i2')]", '(2, 3, 4)')),
    unsupported,
    'an array of records, which no dtype stands for',
  ],
  [
    'a size of 2⁶⁴',
    'size.npy',
    () => npyFile(npyHeader("'<i2'", '(18446744073709551616, 1, 1)')),
    corrupt,
    'its header says shape 18446744073709552000 × 1 × 1',
  ],
  [
    'sizes that overflow',
    'size.npy',
    () => npyFile(npyHeader("'<i2'", '(4294967296, 4294967296, 4)')),
    corrupt,
    'truncated, it has 152 bytes',
  ],
  [
    'a size of zero',
    'size.npy',
    () => npyFile(npyHeader("'<i2'", '(2, 0, 4)')),
    corrupt,
    'its header says shape 2 × 0 × 4',
  ],
  ['a negative size', 'size.npy', () => npyFile(npyHeader("'<i2'", '(2, -3, 4)')), corrupt, 'its header is'],
  [
    'a header of 4 GB',
    'header.npy',
    () => npyFileOfLongHeader(),
    corrupt,
    'its header says that it has 4294967280 bytes, of at most 10000',
  ],
  [
    'a header cut off',
    'header.npy',
    () => npyFile(npyHeader("'<i2'", '(2, 3, 4)')).subarray(0, 40),
    corrupt,
    'truncated in its header',
  ],
  [
    'a header that is no dictionary',
    'header.npy',
    () => npyFile('import os'),
    corrupt,
    'its header is "import os", expected descr, fortran_order and shape',
  ],
  [
    'values cut off',
    'cut.npy',
    () => npyFile(npyHeader("'<i2'", '(2, 3, 4)')),
    corrupt,
    'truncated, it has 152 bytes, but its header says 176',
  ],
  ['no zip', 'broken.npz', () => Buffer.from('PK\x03\x04 and no more'), corrupt, 'no whole zip'],
  [
    'a zip without arrays',
    'other.npz',
    () => zipFile('readme.txt', Buffer.from('hello')),
    corrupt,
    'a zip without arrays (.npy)',
  ],
  [
    'an array in a zip that says it is larger',
    'lie.npz',
    () => zipFile('a.npy', npyFile(npyHeader("'|u1'", '(2, 3, 4)')), 10_000),
    corrupt,
    'its zip is broken',
  ],
  [
    'an array in a zip that says it is smaller',
    'lie.npz',
    () => zipFile('a.npy', npyFile(npyHeader("'|u1'", '(2, 3, 4)')), 10),
    corrupt,
    'its zip is broken',
  ],
  [
    'a bomb in a zip',
    'bomb.npz',
    () => zipFile('a.npy', npyFile(npyHeader("'|u1'", '(2, 3, 4)'), new Uint8Array(2 ** 27))),
    corrupt,
    'more than 16777216 bytes follow its voxels',
  ],
  [
    'NRRD whose values are in /etc',
    'far.nhdr',
    () => nrrdFile({ 'data file': '../../../../etc/passwd' }),
    corrupt,
    'its values are in "../../../../etc/passwd"; only files in the folder of far.nhdr are read',
  ],
  [
    'NRRD whose values are anywhere',
    'far.nhdr',
    () => nrrdFile({ 'data file': '/etc/passwd' }),
    corrupt,
    'its values are in "/etc/passwd"; only files',
  ],
  [
    'NRRD whose values are in the web',
    'far.nhdr',
    () => nrrdFile({ 'data file': 'https://example.org/a.raw' }),
    corrupt,
    'its values are in "https://example.org/a.raw"; only files',
  ],
  [
    'NRRD whose values are nowhere',
    'far.nhdr',
    () => nrrdFile({ 'data file': 'missing.raw' }),
    'file-not-found',
    'there is no such file',
  ],
  [
    'NRRD without a size',
    'size.nrrd',
    () => nrrdFile({ sizes: '2 3' }),
    corrupt,
    'its header says sizes 2 × 3, expected 3 whole numbers from 1 on',
  ],
  [
    'NRRD with sizes that overflow',
    'size.nrrd',
    () => nrrdFile({ sizes: '65536 65536 65536' }),
    corrupt,
    'truncated, it has',
  ],
  [
    'NRRD of a type that there is not',
    'type.nrrd',
    () => nrrdFile({ type: 'block' }),
    unsupported,
    'it holds values of type "block"',
  ],
  [
    'NRRD with a distance of zero',
    'spacing.nrrd',
    () => nrrdFile({ spacings: '1 0 1' }),
    corrupt,
    'its header says that voxels are 1 × 0 × 1 apart',
  ],
  [
    'NRRD packed and cut off',
    'cut.nrrd',
    () => nrrdFile({ encoding: 'gzip' }, gzipSync(new Uint8Array(24)).subarray(0, -9)),
    corrupt,
    'truncated, its gzip stream ends too early',
  ],
  [
    'NRRD with axes in one plane',
    'flat.nrrd',
    () => nrrdFile({ space: 'LPS', 'space directions': '(1,0,0) (0.5,0,1) (0,0,1)' }),
    corrupt,
    'which lie in one plane',
  ],
  [
    'MetaImage with axes in one plane',
    'flat.mha',
    () => metaFile({ TransformMatrix: '1 0 0 0 1 0 0.6 0.8 0' }),
    corrupt,
    'which lie in one plane',
  ],
  [
    'MetaImage whose values are in /etc',
    'far.mhd',
    () => metaFile({ ElementDataFile: '../../../etc/passwd' }),
    corrupt,
    'its values are in "../../../etc/passwd"; only files',
  ],
  [
    'MetaImage with too few sizes',
    'size.mha',
    () => metaFile({ DimSize: '2 3' }),
    corrupt,
    'its header says DimSize 2 × 3, expected 3 whole numbers from 1 on',
  ],
  ['MetaImage with voxels cut off', 'cut.mha', () => metaFile({}, new Uint8Array(23)), corrupt, 'truncated, it has'],
  [
    'MetaImage with a matrix that is none',
    'matrix.mha',
    () => metaFile({ TransformMatrix: '1 0 0 1' }),
    corrupt,
    'its header says TransformMatrix 1 0 0 1, expected 9 numbers',
  ],
  ['MetaImage with 100 dimensions', 'rank.mha', () => metaFile({ NDims: '100' }), corrupt, 'its header says NDims 100'],
  [
    'MRC with a negative size',
    'size.mrc',
    () =>
      mrcFile((view) => {
        view.setInt32(4, -3, true);
      }),
    corrupt,
    'its header says dimensions 2 × -3 × 4',
  ],
  [
    'MRC of complex numbers',
    'mode.mrc',
    () =>
      mrcFile((view) => {
        view.setInt32(12, 4, true);
      }),
    unsupported,
    'its mode is 4',
  ],
  [
    'MRC with an extended header of negative size',
    'extended.mrc',
    () =>
      mrcFile((view) => {
        view.setInt32(92, -1, true);
      }),
    corrupt,
    'its header says an extended header of -1 bytes',
  ],
  [
    'MRC with voxels cut off',
    'cut.mrc',
    () =>
      mrcFile((view) => {
        view.setInt32(8, 5, true);
      }),
    corrupt,
    'truncated, it has 1048 bytes, but its header says 1054',
  ],
];
