import { basename, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { fileHeader, type FileHeader } from './file-header';
import { openVolume, type OpenOptions } from './index';
import { filesFolder } from './testing/files-folder';
import { metaFile } from './testing/hostile-files';
import { madeByPython } from './testing/python';

const { put } = filesFolder();
const { folder } = madeByPython(join(__dirname, 'testing/write-files.py'));

async function headerOf(path: string, options: OpenOptions = {}): Promise<FileHeader> {
  let header: FileHeader = {};
  await openVolume(resolve(folder, path), { ...options, onHeader: (said) => (header = said) });
  return header;
}

test('headers say what pydicom and nibabel say of their own test files', async () => {
  const { printed } = madeByPython(join(__dirname, 'testing/header-values.py'));
  const said = Object.entries(JSON.parse(printed) as Record<string, Record<string, string>>);
  expect(said.length).toBeGreaterThan(7);
  let compared = 0;
  for (const [path, fields] of said) {
    const refused = Symbol('refused');
    const header = await headerOf(path).catch(() => refused);
    if (typeof header === 'symbol') continue;
    for (const [name, text] of Object.entries(fields)) {
      const shown = text.length > 200 ? `${text.slice(0, 200)} …` : text;
      expect([basename(path), name, header[name] ?? '']).toEqual([basename(path), name, shown]);
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(200);
}, 60_000);

test('each format tells its header by its own names', async () => {
  expect(await headerOf('raw.nrrd')).toMatchObject({
    type: 'int16',
    space: 'right-anterior-superior',
    'space directions': '(0,2,0) (0,0,3) (1.5,0,0)',
  });
  expect(await headerOf(put('ct.mha', metaFile({ ElementSpacing: '1 2 3' })))).toMatchObject({
    DimSize: '2 3 4',
    ElementSpacing: '1 2 3',
    ElementDataFile: 'LOCAL',
  });
  expect(await headerOf('int16.mrc')).toMatchObject({ 'nx ny nz': '4 3 2', mode: '1', cella: '6 7.5 7' });
  expect(await headerOf('fortran.npy')).toEqual({ descr: "'<i2'", fortran_order: 'True', shape: '(4, 3, 2)' });
  expect(await headerOf('two.npz', { series: 'ct' })).toMatchObject({ descr: "'<f4'", shape: '(2, 3, 4)' });
  expect(await headerOf('ZCYX.ome.tif')).toMatchObject({
    ImageWidth: '4',
    BitsPerSample: '16',
    ImageDescription: expect.stringContaining('<OME') as unknown,
  });
  const gray = sharp(new Uint8Array(6), { raw: { width: 3, height: 2, channels: 1 } }).toColourspace('b-w');
  expect(await headerOf(put('gray.png', await gray.png().toBuffer()))).toMatchObject({ format: 'png', width: '3' });
  const raw = { shape: [2, 2, 2], dtype: 'uint8' } as const;
  expect(await headerOf(put('voxels.bin', new Uint8Array(8)), { raw })).toEqual({});
});

test('texts are short, of many fields the first are told, and none is a command to a terminal', () => {
  const header = fileHeader([
    ['long', 'x'.repeat(1000)],
    ['many', Array.from({ length: 100 }, (_, i) => i)],
    ['escape\u001b', 'red\u001b[31m\nnext\u0007'],
    ['nothing', undefined],
    ['__proto__', 'own'],
    ...Array.from({ length: 2000 }, (_, i) => [`field ${String(i)}`, i] as const),
  ]);
  expect(header.long).toBe(`${'x'.repeat(200)} …`);
  expect(header.many).toBe('0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 … (100 in all)');
  expect(header.escape).toBe('red [31m next');
  expect(Object.keys(header).length).toBe(1000);
  expect(Object.hasOwn(header, 'nothing')).toBe(false);
});

test('what a listener throws ends the opening', async () => {
  const reason = new Error('enough');
  const onHeader = (): void => {
    throw reason;
  };
  await expect(openVolume(join(folder, 'two.nii'), { onHeader })).rejects.toBe(reason);
  const none = { onHeader: 'yes' } as unknown as OpenOptions;
  await expect(openVolume(join(folder, 'two.nii'), none)).rejects.toMatchObject({
    code: 'invalid-argument',
    message: 'Volume.open: onHeader is "yes", expected a function',
  });
});
