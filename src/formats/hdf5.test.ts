import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Volume } from '../volume';
import { openVolume } from './index';
import { filesFolder } from './testing/files-folder';

const PYTHON = resolve('.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
jest.setTimeout(30_000); // Each file is read by a library of its own thread, which takes half a second to load.

const { path: folder, put } = filesFolder();
beforeAll(() => {
  execFileSync(PYTHON, [join(__dirname, 'testing/write-files.py'), folder]);
}, 60_000);

const open = (name: string, series?: string): Promise<Volume> => openVolume(join(folder, name), { series });

/** x + 10 y + 100 z of 4 × 3 × 2 voxels. */
const VALUES = Array.from({ length: 24 }, (_, i) => (i % 4) + 10 * (Math.floor(i / 4) % 3) + 100 * Math.floor(i / 12));

describe('what h5py wrote has the values that it had there', () => {
  test.each([
    ['i1', 'int8'],
    ['little-i2', 'int16'],
    ['big-i2', 'int16'],
    ['little-u2', 'uint16'],
    ['little-i4', 'int32'],
    ['little-u4', 'uint32'],
    ['little-f4', 'float32'],
    ['big-f4', 'float32'],
    ['little-f8', 'float64'],
  ])('in chunks that are packed: %s', async (name, dtype) => {
    const volume = await open('several.h5', `/raw/${name}`);
    expect(volume.toString()).toBe(`Volume "several raw/${name}": 4 × 3 × 2 ${dtype}, 0.5 × 2 × 3 µm`);
    expect(Array.from(volume.data)).toEqual(VALUES.map((value) => (name === 'i1' ? value % 100 : value)));
  });

  test('colours, frames, and the only array of a file with something in front', async () => {
    const colours = await open('several.h5', 'colours');
    expect(colours).toMatchObject({ components: 3, shape: [4, 3, 2] });
    expect(colours.valueAt(3, 2, 1)).toEqual([123, 123, 132]);
    const frames = await open('several.h5', 'frames');
    expect(frames.frames).toBe(2);
    expect(Array.from(frames.at({ frame: 1 }).data)).toEqual(VALUES.map((value) => value + 1000));
    expect(Array.from((await open('one.h5')).data)).toEqual(VALUES);
  });
});

test('of several arrays one is chosen, and its header is told', async () => {
  await expect(open('several.h5')).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(
      /several\.h5: it has the arrays .*raw\/big-f4.*; choose one: \{ series: "/,
    ) as unknown,
  });
  await expect(open('several.h5', 'none')).rejects.toMatchObject({ code: 'invalid-argument' });
  let header = {};
  await openVolume(join(folder, 'several.h5'), { series: 'raw/i1', onHeader: (said) => (header = said) });
  expect(header).toMatchObject({ dataset: 'raw/i1', shape: '2 3 4', chunks: '1 2 3', element_size_um: '3 2 0.5' });
});

test.each([
  ['int64', 'unsupported-format', /int64 holds "<q", which no dtype stands for/],
  ['texts', 'unsupported-format', /texts holds .*, which no dtype stands for/],
  ['lzf', 'unsupported-format', /it is packed with lzf; pack it with gzip: h5repack -f GZIP=4/],
  ['elsewhere', 'file-corrupt', /its HDF5 can’t be read \(unable to open external raw data file/],
  ['linked', 'invalid-argument', /it has the arrays/],
])('%s is refused, and no other file is read', async (series, code, message) => {
  await expect(open('several.h5', series)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as unknown,
  });
});

test('a file that is cut short or overwritten is refused, or has the values that are there', async () => {
  const whole = readFileSync(join(folder, 'several.h5'));
  for (let cut = 1; cut < 12; cut++) {
    const path = put(`cut-${String(cut)}.h5`, whole.subarray(0, Math.floor((whole.length * cut) / 12)));
    await expect(openVolume(path, { series: 'raw/little-i2' })).rejects.toMatchObject({ code: 'file-corrupt' });
  }
  for (let at = 100; at < whole.length; at += Math.ceil(whole.length / 20)) {
    const broken = Buffer.from(whole).fill(0xff, at, at + 8);
    const path = put(`broken-${String(at)}.h5`, broken);
    const opened = await openVolume(path, { series: 'raw/little-i2' }).catch((error: unknown) => error);
    expect(opened).toMatchObject(
      opened instanceof Error ? { code: expect.any(String) as unknown } : { shape: [4, 3, 2] },
    );
  }
}, 60_000);
