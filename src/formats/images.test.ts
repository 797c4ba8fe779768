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

describe('what makes no volume is refused with a sentence', () => {
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
