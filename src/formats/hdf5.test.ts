import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Volume } from '../volume';
import { openVolume } from './index';
import { damagedFileTests } from './testing/damaged-hdf5';
import { madeByPython } from './testing/python';

const { folder } = madeByPython(join(__dirname, 'testing/write-files.py'));

const open = (name: string, series?: string): Promise<Volume> => openVolume(join(folder, name), { series });

/** x + 10 y + 100 z of 4 × 3 × 2 voxels. */
const VALUES = Array.from({ length: 24 }, (_, i) => (i % 4) + 10 * (Math.floor(i / 4) % 3) + 100 * Math.floor(i / 12));

/** What is told of the arrays of `several.h5` below `raw`. */
type Told = Readonly<Record<string, { readonly text: string; readonly values: readonly number[] }>>;

/** Read them one after the other in one process: to load HDF5's library in a thread for each takes half a second. */
function readAll(names: readonly string[]): Told {
  const path = join(folder, 'several.h5');
  const script = `
    const { hdf5 } = require(${JSON.stringify(join(__dirname, '../../lib/src/formats/hdf5.js'))});
    (async () => {
      const told = {};
      for (const name of ${JSON.stringify(names)}) {
        const request = { paths: [${JSON.stringify(path)}], series: '/raw/' + name };
        const volume = await hdf5.read(request, () => undefined);
        told[name] = { text: volume.toString(), values: Array.from(volume.data) };
      }
      console.log(JSON.stringify(told));
    })();`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) as Told;
}

const DTYPES = {
  i1: 'int8',
  'little-i2': 'int16',
  'big-i2': 'int16',
  'little-u2': 'uint16',
  'little-i4': 'int32',
  'little-u4': 'uint32',
  'little-f4': 'float32',
  'big-f4': 'float32',
  'little-f8': 'float64',
};

describe('what h5py wrote has the values that it had there', () => {
  let told: Told;
  beforeAll(() => {
    told = readAll(Object.keys(DTYPES));
  });

  test.each(Object.entries(DTYPES))('in chunks that are packed: %s', (name, dtype) => {
    const values = VALUES.map((value) => (name === 'i1' ? value % 100 : value));
    const text = `Volume "several raw/${name}": 4 × 3 × 2 ${dtype}, 0.5 × 2 × 3 µm`;
    expect(told[name]).toEqual({ text, values });
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

describe('what is said beside the values', () => {
  test('true and false are 1 and 0', async () => {
    const volume = await open('others.h5', 'bool');
    expect(volume.dtype).toBe('uint8');
    expect(Array.from(volume.data)).toEqual(VALUES.map((value) => value % 2));
  });

  test('a virtual data set over the file has its values; one over other files is refused, and no blank is shown', async () => {
    expect(Array.from((await open('others.h5', 'near')).data)).toEqual(VALUES);
    await expect(open('others.h5', 'far')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('elsewhere.h5'),
    });
  });

  test.each(['zyxc', 'cyxz', 'xcyz', 'czyx'])('ilastik’s axes %s', async (keys) => {
    const volume = await open('others.h5', keys);
    expect(volume).toMatchObject({ shape: [4, 3, 2], channels: 2, frames: 1 });
    expect(Array.from(volume.at({ channel: 1 }).data)).toEqual(VALUES.map((value) => value + 1000));
  });

  test('ilastik’s frames, colours, and an axis that there is not', async () => {
    const frames = await open('others.h5', 'frames');
    expect(frames).toMatchObject({ shape: [4, 3, 2], channels: 1, frames: 2 });
    expect(Array.from(frames.at({ frame: 1 }).data)).toEqual(VALUES.map((value) => value + 2000));
    const colours = await open('others.h5', 'colours');
    expect(colours).toMatchObject({ components: 3, channels: 1 });
    expect(colours.valueAt(3, 2, 1)).toEqual([123, 123, 132]);
    await expect(open('others.h5', 'odd')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('z, q, x (axistags)'),
    });
  });

  test('the true size of Imaris’ images, and where they lie', async () => {
    const volume = await open('image.ims');
    expect(volume).toMatchObject({ shape: [4, 3, 2], spacing: [0.5, 1, 2], unit: 'µm', origin: [10.25, 20.5, -3] });
    expect(Array.from(volume.data)).toEqual(VALUES);
  });
});

describe('links and groups', () => {
  test('that lead to themselves, to each other or nowhere are left out', async () => {
    expect(new Set((await open('links.h5')).data)).toEqual(new Set([7]));
  });

  test('that lie too deep are refused, soon', async () => {
    await expect(open('deep.h5')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining(
        'without arrays of two axes or more, in groups that lie up to 32 deep',
      ) as unknown,
    });
    const cpu = process.cpuUsage();
    await expect(open('deepest.h5')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringMatching(/groups in groups, more than can be looked into|up to 32 deep/) as unknown,
    });
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1e6).toBeLessThan(5); // Each path was followed from the root, which took minutes.
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

// hdf5.long.test.ts cuts and overwrites it at four times as many places.
damagedFileTests({ places: 4 });
