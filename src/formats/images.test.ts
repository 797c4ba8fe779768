import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openVolume } from './index';

const PYTHON = resolve('.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** Slices of 4 × 3 by Pillow; slice z of `gray16` has 5000 (x + 4 y) + z, that of the others a 257th of it. */
const WRITE = `
import sys
from pathlib import Path
import numpy
import tifffile
from PIL import Image
folder = Path(sys.argv[1])
for kind in ["gray16", "gray8", "rgb", "jpeg"]:
    (folder / kind).mkdir()
    for z in range(12):
        values = (numpy.arange(12).reshape(3, 4) * 5000 + z).astype("u2")
        bytes = (values // 257).astype("u1")
        if kind == "gray16": Image.fromarray(values).save(folder / kind / f"slice{z}.png")
        if kind == "gray8": Image.fromarray(bytes).save(folder / kind / f"slice{z}.png")
        if kind == "rgb": Image.fromarray(numpy.stack([bytes, bytes, 255 - bytes], -1)).save(folder / kind / f"slice{z}.png")
        if kind == "jpeg": Image.fromarray(bytes).save(folder / kind / f"{z:03}.jpg", quality=100)
for kind in ["u1", "u2", "i2", "f4", "rgb", "imagej"]:
    (folder / f"tiff-{kind}").mkdir()
    for z in range(12):
        values = numpy.arange(12).reshape(3, 4) + z
        path = folder / f"tiff-{kind}" / f"slice{z}.tif"
        if kind == "rgb": tifffile.imwrite(path, numpy.stack([values, values, 255 - values], -1).astype("u1"), photometric="rgb")
        elif kind == "imagej": tifffile.imwrite(path, values.astype("u2"), imagej=True, resolution=(2, 2), metadata={"unit": "um"})
        else: tifffile.imwrite(path, values.astype(kind))
tifffile.imwrite(folder / "pages.tif", numpy.zeros((2, 3, 4), "u2"), photometric="minisblack")
for name in ["a", "b"]: numpy.save(folder / f"{name}.npy", values)
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-images-'));
  execFileSync(PYTHON, ['-c', WRITE, folder]);
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const wide = (z: number): number[] => Array.from({ length: 12 }, (_, i) => 5000 * i + z);
const bytes = (z: number): number[] => wide(z).map((value) => Math.floor(value / 257));

describe('slices that Pillow wrote have their values', () => {
  test('gray of 16 bits, in the order of their numbers', async () => {
    const volume = await openVolume(join(folder, 'gray16'));
    expect(volume.toString()).toBe('Volume "gray16": 4 × 3 × 12 uint16, 1 × 1 × 1 px');
    for (let z = 0; z < 12; z++) expect(Array.from(volume.slice('xy', z).data)).toEqual(wide(z));
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

  test('a picture that is cut off, and an empty folder', async () => {
    const path = join(folder, 'cut.png');
    writeFileSync(path, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
    await expect(openVolume(path)).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringContaining(`${path}: it can’t be decoded`) as unknown,
    });
    mkdirSync(join(folder, 'empty'));
    await expect(openVolume(join(folder, 'empty'))).rejects.toMatchObject({ code: 'unsupported-format' });
  });
});
