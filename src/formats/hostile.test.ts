import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openVolume } from './index';
import { cheapRefusal } from './testing/cost';
import { filesFolder } from './testing/files-folder';
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
  await openVolume(put('first.nii', niftiFile())); // What a thread takes when it starts for the first time is no file's.
});

describe.each([
  ['NIfTI', NIFTI],
  ['what is packed', GZIP],
  ['other formats', OTHERS],
  ['brain imaging', BRAIN],
  ['TIFF', TIFF],
])('%s that is broken is refused with a sentence, soon and without taking much', (_, cases) => {
  test.each(cases)('%s', async (_what, name, bytes, code, sentence) => {
    const path = put(name, bytes());
    const error = await cheapRefusal(() => openVolume(path));
    expect(error.code).toBe(code);
    expect(error.message).toContain(sentence);
    expect(error.message).toContain(folder);
  });
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
