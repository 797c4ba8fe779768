import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openVolume } from './index';
import { cheapRefusal } from './testing/cost';
import { filesFolder } from './testing/files-folder';
import { COUNTS } from './testing/hostile-counts';
import { BRAIN, pairHeader } from './testing/hostile-brain';
import { GZIP, NIFTI } from './testing/hostile-nifti';
import { OTHERS } from './testing/hostile-others';
import { TIFF } from './testing/hostile-tiff';
import { tiffFile } from './testing/tiff-file';
import { metaFile, mrcFile, nifti2File, nrrdFile } from './testing/hostile-files';
import { niftiFile } from './testing/nifti-file';

const { path: folder, put } = filesFolder();
beforeAll(async () => {
  for (const name of ['cut.img', 'cut.BRIK']) put(name, new Uint8Array(23));
  put('whole.img', new Uint8Array(60));
  // What a thread takes when it first starts is not counted for any file.
  await openVolume(put('first.nii', niftiFile()));
});

describe.each([
  ['NIfTI', NIFTI],
  ['what is packed', GZIP],
  ['other formats', OTHERS],
  ['brain imaging', BRAIN],
  ['TIFF', TIFF],
  ['what says more than it has', COUNTS],
])('%s that is broken is refused with a sentence, soon and without taking much', (_, cases) => {
  test.each(cases)('%s', async (_what, name, bytes, code, sentence) => {
    const path = put(name, bytes());
    const error = await cheapRefusal(() => openVolume(path));
    expect(error.code).toBe(code);
    expect(error.message).toContain(sentence);
    expect(error.message).toContain(folder);
  });
});

/** An OME-Zarr of one level of which no chunk was written. */
function emptyZarr(name: string, shape: readonly number[], chunk: readonly number[]): string {
  mkdirSync(join(folder, name, '0'), { recursive: true });
  const axes = ['c', 'z', 'y', 'x'].slice(-shape.length).map((axis) => ({ name: axis }));
  const datasets = [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: shape.map(() => 1) }] }];
  const multiscales = [{ axes, datasets }];
  put(`${name}/zarr.json`, jsonBytes({ node_type: 'group', attributes: { ome: { version: '0.5', multiscales } } }));
  const array = {
    ...{ node_type: 'array', shape, data_type: 'uint8', fill_value: 0, attributes: {} },
    chunk_grid: { name: 'regular', configuration: { chunk_shape: chunk } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    codecs: [{ name: 'bytes' }],
  };
  put(`${name}/0/zarr.json`, jsonBytes(array));
  return join(folder, name);
}
const jsonBytes = (value: object): Uint8Array => Buffer.from(JSON.stringify({ zarr_format: 3, ...value }));

describe('OME-Zarr that is broken is refused with a sentence, soon and without taking much', () => {
  test.each([
    ['2³¹ channels', [2 ** 31, 1, 1, 1], [1, 1, 1, 1], 'it has 2147483648 channels and 1 frames'],
    ['65,536 channels, each of large chunks', [65_536, 64, 512, 512], [1, 64, 512, 512], 'use smaller chunks'],
    ['a million chunks of one voxel', [1, 1000, 1000], [1, 1, 1], 'lies in 1000000 chunks, of at most 16384'],
  ])('%s', async (_what, shape, chunk, sentence) => {
    const path = emptyZarr('empty.zarr', shape, chunk);
    const error = await cheapRefusal(() => openVolume(path));
    expect(error.code).toBe('unsupported-format');
    expect(error.message).toContain(sentence);
  });

  test('a chunk that is a device, or a file of 1.5 GB', async () => {
    const path = emptyZarr('large.zarr', [4, 8, 8], [4, 8, 8]);
    mkdirSync(join(path, '0/c/0/0'), { recursive: true });
    const chunk = join(path, '0/c/0/0/0');
    symlinkSync('/dev/zero', chunk);
    const device = await cheapRefusal(() => openVolume(path));
    expect(device.message).toBe(`${chunk}: a folder or a device, expected a file`);
    rmSync(chunk);
    put('large.zarr/0/c/0/0/0', new Uint8Array());
    truncateSync(chunk, 1_500_000_000);
    const large = await cheapRefusal(() => openVolume(path));
    expect(large.message).toContain(`${chunk}: 1500000000 bytes, of at most`);
  });
});

// 2³² values are the most that a volume holds: where there is memory for them, there is none that is too large.
const testIfSmall = freemem() < 2 ** 35 ? test : test.skip;
testIfSmall('a volume that is larger than memory is refused before any is taken', async () => {
  const path = put(
    'huge.nrrd',
    nrrdFile({ type: 'double', endian: 'little', sizes: '2048 2048 1024' }, new Uint8Array()),
  );
  truncateSync(path, 2 ** 36); // Of a file that has hardly any blocks.
  const error = await cheapRefusal(() => openVolume(path));
  expect(error.code).toBe('unsupported-format');
  expect(error.message).toMatch(/needs 34359738368 bytes, and \d+ bytes of memory are free; free some/);
});

test('a pipe is refused wherever files are read, and nothing waits for its writer', async () => {
  mkdirSync(join(folder, 'slices'));
  const pipe = join(folder, 'slices', '2.png');
  execFileSync('mkfifo', [pipe]);
  for (const opened of [pipe, join(folder, 'slices'), [pipe, pipe]]) {
    const error = await cheapRefusal(() => openVolume(opened));
    expect(error.message).toBe(`${pipe}: a folder or a device, expected a file`);
  }
  for (const format of ['images', 'npz', 'dicom', 'tiff', 'metaimage'] as const) {
    expect((await cheapRefusal(() => openVolume(pipe, { format }))).message).toContain('expected a file');
  }
});

test('a link beside a header leads nowhere else', async () => {
  symlinkSync('/etc/passwd', join(folder, 'link.raw'));
  const path = put('link.nhdr', nrrdFile({ 'data file': 'link.raw' }));
  await expect(openVolume(path)).rejects.toMatchObject({
    code: 'file-corrupt',
    message: `${path}: its values are in "link.raw"; only files in the folder of link.nhdr are read`,
  });
});

test('nor does a link that has the name of a pair’s values', async () => {
  symlinkSync('/etc/passwd', join(folder, 'link.img'));
  await expect(openVolume(put('link.hdr', pairHeader()))).rejects.toMatchObject({
    code: 'file-corrupt',
    message: expect.stringContaining('only files in the folder of link.hdr are read'),
  });
});

test('nor does a link that OME-XML names, or a name of its own', async () => {
  symlinkSync('/etc/passwd', join(folder, 'link.tif'));
  for (const file of ['link.tif', '../link.tif', '..\\link.tif', '..']) {
    const data = `<TiffData IFD="0"><UUID FileName="${file}">urn:uuid:1</UUID></TiffData>`;
    const pixels = `<Pixels DimensionOrder="XYZCT" Type="uint8" SizeX="4" SizeY="4" SizeZ="1" SizeC="1" SizeT="1">${data}</Pixels>`;
    for (const xml of [`<Image>${pixels}</Image>`, `<BinaryOnly MetadataFile="${file}" UUID="urn:uuid:1"/>`]) {
      const tags = { width: 4, height: 4, bits: 8, compression: 1, photometric: 1, samples: 1, rows: 4 };
      const description = `<OME UUID="urn:uuid:2">${xml}</OME>`;
      const path = put('link.ome.tif', tiffFile([{ parts: [new Uint8Array(16)], tags: { ...tags, description } }]));
      await expect(openVolume(path)).rejects.toMatchObject({
        code: 'unsupported-format',
        message: expect.stringContaining(`lies elsewhere, in ${file}`) as unknown,
      });
    }
  }
});

describe('what looks odd and is right', () => {
  const values = Uint8Array.from({ length: 60 }, (_, i) => i);

  test.each([
    ['a slope of zero, which is none', () => niftiFile({ voxels: values, slope: 0, intercept: 7 })],
    [
      'a slope that is no number, as nibabel writes where there is none',
      () => niftiFile({ voxels: values, slope: NaN, intercept: NaN }),
    ],
    [
      'several gzip members',
      () =>
        Buffer.concat([
          gzipSync(niftiFile({ voxels: values }).subarray(0, 99)),
          gzipSync(niftiFile({ voxels: values }).subarray(99)),
        ]),
    ],
    [
      'a gzip stream with zeros behind it, as a tape has',
      () => Buffer.concat([gzipSync(niftiFile({ voxels: values })), new Uint8Array(512)]),
    ],
  ] as const)('%s', async (what, bytes) => {
    const volume = await openVolume(put(what.includes('gzip') ? 'odd.nii.gz' : 'odd.nii', bytes()));
    expect(volume.dtype).toBe('uint8');
    expect(Array.from(volume.data)).toEqual(Array.from(values));
  });

  test('NIfTI-2, NRRD, MetaImage and MRC of nothing but zeros', async () => {
    for (const [name, bytes] of [
      ['two.nii', nifti2File()],
      ['plain.nrrd', nrrdFile()],
      ['plain.mha', metaFile()],
      ['plain.mrc', mrcFile()],
    ] as const) {
      expect((await openVolume(put(name, bytes))).shape).toEqual([2, 3, 4]);
    }
  });
});
