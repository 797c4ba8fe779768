import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { openVolume } from './index';
import { filesFolder } from './testing/files-folder';
import { madeByPython } from './testing/python';

const { put, path: own } = filesFolder();
const { folder } = madeByPython(join(__dirname, 'testing/write-slices.py'));

const wide = (z: number): number[] => Array.from({ length: 12 }, (_, i) => 5000 * i + z);
const bytes = (z: number): number[] => wide(z).map((value) => Math.floor(value / 257));

describe('slices that Pillow wrote have their values', () => {
  test('gray of 16 bits, in the order of their numbers', async () => {
    const volume = await openVolume(join(folder, 'gray16'));
    expect(volume.toString()).toBe('Volume "gray16": 4 × 3 × 12 uint16, 1 × 1 × 1 px');
    for (let z = 0; z < 12; z++) expect(Array.from(volume.slice('xy', z).data)).toEqual(wide(z));
  });

  test('without the hidden files beside them, such as a Mac’s notes on them', async () => {
    const copied = join(own, 'copied');
    cpSync(join(folder, 'gray16'), copied, { recursive: true });
    for (const name of readdirSync(copied)) put(`copied/._${name}`, Buffer.from('Mac OS X'));
    expect((await openVolume(copied)).shape).toEqual([4, 3, 12]);
  });

  test('gray of 8 bits, colours, and JPEG nearly', async () => {
    const gray = await openVolume(join(folder, 'gray8'));
    expect(gray).toMatchObject({ dtype: 'uint8', components: 1, shape: [4, 3, 12] });
    expect(Array.from(gray.slice('xy', 11).data)).toEqual(bytes(11));
    const colors = await openVolume(join(folder, 'rgb'));
    expect(colors).toMatchObject({ dtype: 'uint8', components: 3 });
    expect(colors.valueAt(3, 2, 5)).toEqual([214, 214, 41]);
    const jpeg = await openVolume(join(folder, 'jpeg'));
    const worst = Array.from(jpeg.slice('xy', 7).data).map((value, i) => Math.abs(value - (bytes(7)[i] as number)));
    expect(Math.max(...worst)).toBeLessThanOrEqual(2);
  });

  test('several paths in their order, and a single one', async () => {
    const volume = await openVolume([join(folder, 'gray16/slice3.png'), join(folder, 'gray16/slice1.png')]);
    expect(volume.shape).toEqual([4, 3, 2]);
    expect(Array.from(volume.data)).toEqual([...wide(3), ...wide(1)]);
    expect((await openVolume(join(folder, 'gray16/slice3.png'))).shape).toEqual([4, 3, 1]);
  });
});

describe('TIFF slices have their values, of any type', () => {
  test.each([
    ['u1', 'uint8', 1],
    ['u2', 'uint16', 1],
    ['i2', 'int16', 1],
    ['f4', 'float32', 1],
    ['rgb', 'uint8', 3],
  ])('%s', async (name, dtype, components) => {
    const volume = await openVolume(join(folder, `tiff-${name}`));
    expect(volume).toMatchObject({ name: `tiff-${name}`, shape: [4, 3, 12], dtype, components });
    // Slice z has z at its first pixel, and one more at each one after it.
    const first = Array.from({ length: 12 }, (_, z) => volume.valueAt(0, 0, z));
    expect(first).toEqual(Array.from({ length: 12 }, (_, z) => (components === 3 ? [z, z, 255 - z] : z)));
    expect(volume.valueAt(3, 2, 5)).toEqual(components === 3 ? [16, 16, 239] : 16);
  });

  test('several paths in their order, with the distances that the first one says', async () => {
    const paths = [3, 1].map((z) => join(folder, `tiff-imagej/slice${String(z)}.tif`));
    let header = {};
    const volume = await openVolume(paths, { onHeader: (said) => (header = said) });
    expect(volume.toString()).toBe('Volume "slice3": 4 × 3 × 2 uint16, 0.5 × 0.5 × 1 µm');
    expect([volume.valueAt(0, 0, 0), volume.valueAt(0, 0, 1)]).toEqual([3, 1]);
    expect(header).toMatchObject({ ImageWidth: '4' });
  });
});

describe('what makes no volume is refused with a sentence', () => {
  test('TIFF files of several pages, of different kinds, and beside pictures of another format', async () => {
    const refused = async (paths: readonly string[]): Promise<string> => {
      const error: unknown = await openVolume(paths.map((path) => join(folder, path))).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: 'unsupported-format' });
      return (error as Error).message;
    };
    expect(await refused(['tiff-u2/slice0.tif', 'pages.tif'])).toBe(
      `${join(folder, 'pages.tif')}: it has 2 pages, and a slice of a folder one; open it alone`,
    );
    expect(await refused(['tiff-u2/slice0.tif', 'tiff-i2/slice1.tif'])).toBe(
      `${join(folder, 'tiff-i2/slice1.tif')}: it is 4 × 3 int16, and slice0.tif is 4 × 3 uint16; slices are of one kind`,
    );
    expect(await refused(['tiff-u2/slice0.tif', 'gray16/slice0.png'])).toContain('it lies beside TIFF slices');
  });

  test('several files of what is one', async () => {
    const paths = ['a.npy', 'b.npy'].map((name) => join(folder, name));
    await expect(openVolume(paths)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: `${join(folder, 'a.npy')}: NumPy (.npy, .npz) is one file, and several paths are slices: DICOM, PNG, JPEG or TIFF; open one file at a time`,
    });
  });

  test('slices of different kinds', async () => {
    const path = join(folder, 'gray8/slice0.png');
    await expect(openVolume([join(folder, 'gray16/slice0.png'), path])).rejects.toMatchObject({
      code: 'unsupported-format',
      message: `${path}: it is 4 × 3 uint8, and slice0.png is 4 × 3 uint16; slices are of one kind`,
    });
  });

  test('what is called a picture and is a program that draws one, or another kind of picture', async () => {
    const filter = '<filter id="f"><feTurbulence baseFrequency="0.9" numOctaves="100000"/></filter>';
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000">${filter}<rect width="9000" height="9000" filter="url(#f)"/></svg>`;
    const contents = {
      svg: Buffer.from(svg),
      svgz: gzipSync(svg),
      gif: Buffer.from('GIF89a'),
      'nothing at all': Buffer.alloc(0),
    };
    for (const [what, content] of Object.entries(contents)) {
      for (const ending of ['png', 'jpg', 'tif']) {
        const path = put(`odd.${ending}`, content);
        for (const source of [[path, path], path]) {
          const error: unknown = await openVolume(source, { format: 'images' }).catch((cause: unknown) => cause);
          expect([what, error]).toEqual([what, expect.objectContaining({ code: 'unsupported-format' })]);
        }
      }
    }
  });

  test('a name that says another kind than the content is not believed', async () => {
    const [png, tiff] = [join(own, 'really.tif'), join(own, 'really.png')];
    cpSync(join(folder, 'gray8/slice5.png'), png);
    cpSync(join(folder, 'tiff-u2/slice5.tif'), tiff);
    expect(Array.from((await openVolume([png, png])).slice('xy', 1).data)).toEqual(bytes(5));
    expect((await openVolume([tiff, tiff])).valueAt(0, 0, 1)).toBe(5);
  });

  test('a picture that is cut off, and an empty folder', async () => {
    const path = put('cut.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
    await expect(openVolume(path)).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringContaining(`${path}: it can’t be decoded`) as unknown,
    });
    mkdirSync(join(own, 'empty'));
    await expect(openVolume(join(own, 'empty'))).rejects.toMatchObject({ code: 'unsupported-format' });
  });
});
