import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openVolume } from '../index';
import { cheapRefusal } from '../testing/cost';
import { filesFolder } from '../testing/files-folder';
import { madeByPython } from '../testing/python';

const { put } = filesFolder();
const { folder } = madeByPython(join(__dirname, '../testing/write-files.py'));

/** x + 10 y + 100 z of 4 × 3 × 2 voxels. */
const VALUES = Array.from({ length: 24 }, (_, i) => (i % 4) + 10 * (Math.floor(i / 4) % 3) + 100 * Math.floor(i / 12));

describe('what tifffile wrote has its values', () => {
  test.each([
    ['u1', 'uint8'],
    ['i1', 'int8'],
    ['u2', 'uint16'],
    ['i2', 'int16'],
    ['u4', 'uint32'],
    ['i4', 'int32'],
    ['f4', 'float32'],
    ['f8', 'float64'],
  ])('%s, deflated', async (name, dtype) => {
    const volume = await openVolume(join(folder, `${name}.tif`));
    expect(volume.toString()).toBe(`Volume "${name}": 4 × 3 × 2 ${dtype}, 1 × 1 × 1 px`);
    const isByte = name.endsWith('1');
    expect(Array.from(volume.data)).toEqual(VALUES.map((value) => (isByte ? value % 100 : value)));
    expect(Object.prototype.toString.call(volume.data.buffer)).toBe('[object SharedArrayBuffer]');
  });

  test.each([
    'plain',
    'big-endian',
    'bigtiff',
    'tiles',
    'strips',
    // Of two pages that do not follow each other; and one of them deflated.
    'apart',
    'mixed',
  ])('%s', async (name) => {
    expect(Array.from((await openVolume(join(folder, `${name}.tif`))).data)).toEqual(VALUES);
  });

  test('more than is read at a time', async () => {
    const { data } = await openVolume(join(folder, 'large.tif'));
    expect(data.length).toBe(5_000_000);
    expect(data.findIndex((value, at) => value !== at)).toBe(-1);
  });

  test('colours', async () => {
    const volume = await openVolume(join(folder, 'colours.tif'));
    expect(volume).toMatchObject({ components: 3, shape: [4, 3, 2] });
    expect(volume.valueAt(3, 2, 1)).toEqual([123, 123, 132]);
  });

  test('an ImageJ hyperstack, with its channels and distances', async () => {
    const volume = await openVolume(join(folder, 'imagej.tif'));
    expect(volume.toString()).toBe('Volume "imagej": 4 × 3 × 2 uint16, 3 channels, 0.5 × 0.25 × 3 µm');
    for (const channel of [0, 1, 2]) {
      expect(Array.from(volume.at({ channel }).data)).toEqual(VALUES.map((value) => value + 1000 * channel));
    }
  });

  test.each([
    ['ZCYX', 'channels'],
    ['CZYX', 'channels'],
    ['TZYX', 'frames'],
  ] as const)('OME-TIFF whose pages are %s', async (axes, counted) => {
    const volume = await openVolume(join(folder, `${axes}.ome.tif`));
    expect(volume.toString()).toBe(`Volume "${axes}": 4 × 3 × 2 uint16, 3 ${counted}, 0.25 × 0.5 × 2 µm`);
    for (const at of [0, 1, 2]) {
      const part = volume.at(counted === 'channels' ? { channel: at } : { frame: at });
      expect(Array.from(part.data)).toEqual(VALUES.map((value) => value + 1000 * at));
    }
  });
});

describe('a broken file is refused with a sentence', () => {
  /** `plain.tif`, written over: little-endian, its first directory where bytes 4 to 7 say. */
  function changed(name: string, change: (view: DataView, directory: number) => void): string {
    const bytes = Uint8Array.from(readFileSync(join(folder, 'plain.tif')));
    const view = new DataView(bytes.buffer);
    change(view, view.getUint32(4, true));
    return put(name, bytes);
  }
  const fieldOf = (view: DataView, directory: number, tag: number): number => {
    const count = view.getUint16(directory, true);
    const at = Array.from({ length: count }, (_, i) => directory + 2 + 12 * i);
    return at.find((place) => view.getUint16(place, true) === tag) as number;
  };

  test.each<[string, (view: DataView, directory: number) => void, string, string]>([
    [
      'a loop of directories',
      (view, directory) => {
        const second = view.getUint32(directory + 2 + 12 * view.getUint16(directory, true), true);
        view.setUint32(second + 2 + 12 * view.getUint16(second, true), second, true);
      },
      'file-corrupt',
      'its directories are a loop',
    ],
    [
      'a strip past the end',
      (view, directory) => {
        view.setUint32(fieldOf(view, directory, 273) + 8, 1_000_000, true);
      },
      'file-corrupt',
      'truncated, it has',
    ],
    [
      'a page of 2³² − 1 pixels a side',
      (view, directory) => {
        for (const tag of [256, 257]) {
          view.setUint16(fieldOf(view, directory, tag) + 2, 4, true);
          view.setUint32(fieldOf(view, directory, tag) + 8, 0xffff_ffff, true);
        }
      },
      'file-corrupt',
      'truncated, a page has 1 strips or tiles, and its size needs',
    ],
    [
      'a page without pixels',
      (view, directory) => {
        view.setUint32(fieldOf(view, directory, 256) + 8, 0, true);
      },
      'file-corrupt',
      'its page 0 has no width (ImageWidth)',
    ],
    [
      'samples of 24 bits',
      (view, directory) => {
        view.setUint16(fieldOf(view, directory, 258) + 8, 24, true);
      },
      'unsupported-format',
      'its samples have 24 bits of format 1 (BitsPerSample), which no dtype stands for',
    ],
    [
      'a compression that there is not',
      (view, directory) => {
        view.setUint16(fieldOf(view, directory, 259) + 8, 4242, true);
      },
      'unsupported-format',
      'it is packed with compression 4242',
    ],
    [
      'a first directory past the end',
      (view) => {
        view.setUint32(4, 0x7fff_ffff, true);
      },
      'file-corrupt',
      'its page 0 has no width (ImageWidth)',
    ],
  ])('%s', async (_, change, code, sentence) => {
    const path = changed('broken.tif', change);
    const error = await cheapRefusal(() => openVolume(path));
    expect(error.code).toBe(code);
    expect(error.message).toContain(`${path}: ${sentence}`);
  });

  test('one cut off, and one whose description speaks of other pages', async () => {
    const cut = put('cut.tif', readFileSync(join(folder, 'plain.tif')).subarray(0, 300));
    await expect(openVolume(cut)).rejects.toMatchObject({ code: 'file-corrupt' });
    const bytes = readFileSync(join(folder, 'imagej.tif'), 'latin1').replace('channels=3', 'channels=4');
    const path = put('fewer.tif', Buffer.from(bytes, 'latin1'));
    await expect(openVolume(path)).rejects.toMatchObject({
      code: 'file-corrupt',
      message: `${path}: it has 6 pages, but says 8 (2 slices, 4 channels, 1 frames)`,
    });
  });
});
