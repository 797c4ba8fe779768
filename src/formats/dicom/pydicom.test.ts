import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isSlicescopeError, realValue } from '../../protocol';
import type { Volume } from '../../volume';
import { openVolume } from '../index';
import { filesFolder } from '../testing/files-folder';
import { madeByPython } from '../testing/python';

/** What a file may cost at most of this process's time on processors. */
const MOST_MS = 2000;

const own = filesFolder();
const { folder } = madeByPython(join(__dirname, 'testing/pydicom-values.py'));
const { files, said } = JSON.parse(readFileSync(join(folder, 'all.json'), 'utf8')) as {
  readonly files: string;
  readonly said: Readonly<Record<string, readonly number[] | null>>;
};
beforeAll(async () => {
  await openVolume(join(files, 'CT_small.dcm')); // What a thread takes when it starts for the first time is no file's.
});

const open = (name: string, series?: string): Promise<Volume> => openVolume(join(folder, name), { series });
const itself = (name: string): Promise<Volume> => openVolume(join(files, name));

function valuesOf(name: string): Float64Array {
  const { buffer, byteOffset, length } = readFileSync(join(folder, `${name}.bin`));
  return new Float64Array(buffer.slice(byteOffset, byteOffset + length));
}

/** The greatest difference, as a share of the greatest value or of 1. */
function difference({ data, rescale }: Volume, values: Float64Array): number {
  // Loops over one type of arrays are many times as quick as over all.
  const real = new Float64Array(data);
  if (rescale !== null) for (let at = 0; at < real.length; at++) real[at] = realValue(real[at] as number, rescale);
  let greatest = 1;
  let most = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    greatest = Math.max(greatest, Math.abs(value));
    most = Math.max(most, Math.abs((real[at] as number) - value));
  }
  return most / greatest;
}

/** Lossy pictures of 12 bits and others that no decoder is there for, and colours of 32 bits. */
const REFUSED = [
  'JPEG-lossy.dcm',
  'JPGExtended.dcm',
  'SC_rgb_jpeg.dcm',
  'SC_rgb_rle_32bit.dcm',
  'SC_rgb_rle_32bit_2frame.dcm',
];

test('each of pydicom’s test files has the values that pydicom reads, or is refused with a sentence, soon', async () => {
  const refused: string[] = [];
  let equal = 0;
  for (const [name, shape] of Object.entries(said)) {
    const before = process.cpuUsage();
    const volume = await openVolume(join(files, name), { format: 'dicom' }).catch((error: unknown) => {
      if (!isSlicescopeError(error)) throw error;
      expect([name, error.code]).toEqual([name, expect.stringMatching(/^(unsupported-format|file-corrupt)$/)]);
      expect(error.message.startsWith(`${join(files, name)}: `)).toBe(true);
      return null;
    });
    const { user, system } = process.cpuUsage(before);
    expect([name, (user + system) / 1000 < MOST_MS]).toEqual([name, true]);
    if (volume === null && shape !== null) refused.push(name);
    if (volume === null || shape === null) continue;
    expect([name, volume.data.length]).toEqual([name, shape.reduce((product, size) => product * size, 1)]);
    // Two decoders of a lossy JPEG may differ by one, and floats have 24 bits. Integers stay as they are.
    const most = volume.components === 3 ? 1 / 255 : volume.dtype === 'float32' ? 1e-7 : 0;
    expect([name, difference(volume, valuesOf(name)) <= most]).toEqual([name, true]);
    equal += 1;
  }
  expect(refused.filter((name) => !REFUSED.includes(name))).toEqual([]);
  expect(equal).toBeGreaterThan(40);
}, 120_000);

test('what pydicom needs plugins for has the values of the same picture in another file', async () => {
  const plain = await itself('MR_small.dcm');
  for (const name of ['MR_small_jpeg_ls_lossless.dcm', 'MR_small_jp2klossless.dcm', 'MR_small_RLE.dcm']) {
    expect((await itself(name)).data).toEqual(plain.data);
  }
  expect((await itself('SC_rgb_jpeg_gdcm.dcm')).data).toEqual((await itself('SC_rgb_rle.dcm')).data);
});

describe('a folder of slices', () => {
  test('is sorted along the normal, and lies where its header says', async () => {
    const volume = await open('series');
    expect(volume.shape).toEqual([128, 128, 4]);
    const numbers = [0, 1, 2, 3].map((z) => volume.valueAt(0, 0, z) as number);
    expect(numbers.map((value) => value + 1024)).toEqual([1, 3, 0, 2]);
    expect(volume.origin).toEqual([-10, 0, 7]);
    expect(volume.spacing[0]).toBeCloseTo(0.661468, 6);
    expect(volume.spacing[2]).toBeCloseTo(2.5, 6);
    expect(volume.direction).toEqual([1, 0, 0, 0, 0, 1, 0, -1, 0]);
    expect(volume).toMatchObject({ name: 'series', unit: 'mm', frames: 1 });
  });

  test('is the same as the paths of its files, in any order', async () => {
    const paths = readdirSync(join(folder, 'series')).map((name) => join(folder, 'series', name));
    const [volume, other] = [await open('series'), await openVolume(paths.reverse())];
    expect(other.data).toEqual(volume.data);
  });

  test('is opened from a folder that has a picture of it too', async () => {
    const { path, put } = own;
    for (const name of readdirSync(join(folder, 'series'))) put(name, readFileSync(join(folder, 'series', name)));
    put('preview.png', Buffer.from('no picture at all'));
    put('._preview.png', Buffer.from('Mac OS X'));
    expect((await openVolume(path)).data).toEqual((await open('series')).data);
  });

  test('with each position several times is a series in time', async () => {
    const volume = await open('time');
    expect(volume).toMatchObject({ frames: 3, shape: [128, 128, 4] });
    const number = (z: number, frame: number): number => (volume.valueAt(0, 0, z, { frame }) as number) + 1024;
    expect([number(0, 0), number(0, 1), number(0, 2), number(3, 2)]).toEqual([3, 4, 5, 8]);
  });

  test('without any positions is sorted by instance numbers, and has no direction', async () => {
    const volume = await open('none-position');
    expect(volume.direction).toBeNull();
    expect([0, 1, 2, 3].map((z) => (volume.valueAt(0, 0, z) as number) + 1024)).toEqual([0, 1, 2, 3]);
  });

  test('stays as it is stored where one slope and intercept is that of all slices', async () => {
    const volume = await open('rescaled');
    expect(volume).toMatchObject({ dtype: 'int16', rescale: { slope: 0.5, intercept: -1024 } });
    expect(difference(volume, valuesOf('rescaled'))).toBe(0);
    expect([0, 1, 2, 3].map((z) => volume.valueAt(0, 0, z))).toEqual([-1023.5, -1022.5, -1024, -1023]);
    // The window of the header is one of real values.
    expect(volume.window).toEqual([-160.5, 238.5]);
  });

  test('has the slope and intercept of each slice', async () => {
    const volume = await open('slopes');
    expect(volume).toMatchObject({ dtype: 'float32', rescale: null });
    expect([0, 1, 2, 3].map((z) => volume.valueAt(0, 0, z))).toEqual([
      1 * 2 - 1024,
      3 * 4 - 1024,
      0 - 1024,
      2 * 3 - 1024,
    ]);
  });
});

test('of several series one is chosen, and otherwise all are listed', async () => {
  const listed = [
    { uid: '1.2.3', description: 'mixed', slices: 3 },
    { uid: '1.2.4', description: 'other', slices: 2 },
  ];
  const details = { path: join(folder, 'mixed'), series: expect.arrayContaining(listed) };
  await expect(open('mixed')).rejects.toMatchObject({ code: 'unknown-series', details });
  await expect(open('mixed', '9.9')).rejects.toMatchObject({ code: 'unknown-series', details });
  expect(await open('mixed', '1.2.4')).toMatchObject({ name: 'other', shape: [128, 128, 2] });
});

test.each([
  ['gap', 'unsupported-format', /not evenly spaced: the next one is 2.000 mm away, others 1.000; is one missing\?/],
  ['no-position', 'file-corrupt', /it has no position \(ImagePositionPatient\), as others of its series have/],
  ['twice', 'file-corrupt', /the image 1.2.3.4 is there twice/],
  ['uneven', 'unsupported-format', /slices are at its position/],
  ['tilted', 'unsupported-format', /sheared \(gantry tilt\)/],
  ['sizes', 'unsupported-format', /others of its series have/],
] as const)('slices that make no box are refused if they are opened strictly: %s', async (name, code, message) => {
  const opened = openVolume(join(folder, name), { strict: true });
  await expect(opened).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});
