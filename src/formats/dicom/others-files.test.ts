/** What DICOM files say that is easily read wrong. Each pixel of time t and slice z is 100 t + z + 1000 x (write-dicom.py). */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Volume } from '../../volume';
import { exportSlice } from '../../export';
import { readPng } from '../../export/testing/read-png';
import { openVolume } from '../index';
import { filesFolder } from '../testing/files-folder';
import { madeByPython } from '../testing/python';
import { readDicomFile } from './header';
import { headerOf } from './names';

const own = filesFolder();
const { folder } = madeByPython(join(__dirname, '../testing/write-dicom.py'));
const open = (name: string): Promise<Volume> => openVolume(join(folder, name));

describe('planes at one position are frames in the order of', () => {
  test.each([
    'temporal-position',
    'acquisition-number',
    'trigger-time',
    'echo-time',
    'b-value',
    'acquisition-time',
    'instance-number',
    'temporal-index.dcm',
    'dimensions.dcm',
  ])('%s', async (name) => {
    const volume = await open(name);
    expect(volume).toMatchObject({ shape: [4, 3, 3], frames: 3, spacing: [0.5, 2, 5] });
    const values = [0, 1, 2].map((frame) => [0, 1, 2].map((z) => volume.valueAt(3, 1, z, { frame })));
    expect(values).toEqual([0, 1, 2].map((t) => [0, 1, 2].map((z) => 3000 + 100 * t + z)));
  });

  test('nothing: then they are refused', async () => {
    await expect(open('nothing')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('neither times nor instance numbers tell them apart'),
    });
  });
});

describe('what frames are', () => {
  test.each<[string, readonly number[] | null, readonly string[] | null]>([
    ['trigger-time', [0, 0.0305, 0.061], null],
    ['reference-time', [1.5, 4.5, 9], null],
    ['acquisition-time', [0, 3600, 7200], null],
    ['midnight', [0, 60.25, 119.5], null],
    ['echo-time', null, ['TE = 2.5 ms', 'TE = 3.5 ms', 'TE = 4.5 ms']],
    ['b-value', null, ['b = 0 s/mm²', 'b = 500 s/mm²', 'b = 1000 s/mm²']],
    // What is the same for all says nothing.
    ['both', null, ['b = 0 s/mm²', 'b = 700.5 s/mm²', 'b = 1000 s/mm²']],
    ['instance-number', null, null],
    ['frame-times.dcm', [0, 600, 1200], ['b = 0 s/mm²', 'b = 50 s/mm²', 'b = 100 s/mm²']],
    ['heart.dcm', [0.0125, 0.0525, 0.0925], null],
    ['film.dcm', [0, 0.04, 0.08], null],
    ['film-uneven.dcm', [0, 0.03, 0.1005], null],
    ['slices.dcm', null, null],
  ])('%s', async (name, frameTimes, frameLabels) => {
    expect(await open(name)).toMatchObject({ frameTimes, frameLabels });
  });
});

describe('where slices are', () => {
  test.each([
    ['two-digits', 1 / 1.5],
    ['one-digit', 0.625],
  ])('positions that are rounded are even: %s', async (name, distance) => {
    const { spacing, shape } = await open(name);
    expect(shape).toEqual([4, 3, 9]);
    expect(spacing[2]).toBeCloseTo(distance, 2);
  });

  test('one that is missing, if it is opened strictly, and one whose pixels are larger are refused', async () => {
    await expect(openVolume(join(folder, 'missing'), { strict: true })).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('is one missing?'),
    });
    await expect(open('spacings')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('2 × 0.6 mm apart (PixelSpacing)'),
    });
  });

  test.each(['dose-relative.dcm', 'dose-absolute.dcm'])('the grid of a dose: %s', async (name) => {
    const volume = await open(name);
    expect(volume).toMatchObject({ shape: [4, 3, 3], spacing: [0.5, 2, 4], origin: [1, 2, -30] });
    expect([0, 1, 2].map((z) => volume.valueAt(1, 0, z))).toEqual([1000, 1001, 1002]);
  });

  test('a grid that begins nowhere, and tiles of a slide, are refused', async () => {
    await expect(open('dose-nowhere.dcm')).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringContaining('GridFrameOffsetVector'),
    });
    await expect(open('tiles.dcm')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('tiles'),
    });
  });

  test('frames of one position are slices if a distance is between them, and those of a film are not', async () => {
    expect(await open('slices.dcm')).toMatchObject({ shape: [4, 3, 3], frames: 1, spacing: [0.5, 2, 0.5] });
    expect(await open('slices-down.dcm')).toMatchObject({ shape: [4, 3, 3], frames: 1, spacing: [0.5, 2, 4] });
    expect(await open('film.dcm')).toMatchObject({ shape: [4, 3, 1], frames: 3 });
  });

  test('pixels that are higher than wide, of no known size', async () => {
    expect(await open('aspect.dcm')).toMatchObject({ spacing: [1, 2, 1], unit: 'px' });
  });
});

describe('what values are', () => {
  test('through a table: each has its number, and those beyond that of the nearest', async () => {
    const volume = await open('table.dcm');
    expect([0, 1, 2, 3].map((x) => volume.valueAt(x, 0, 0))).toEqual([5, 70, 900, 22_500]);
  });

  test.each([
    ['narrow.dcm', [0, 0.5]],
    ['exact.dcm', [75, 125]],
    ['linear.dcm', [75, 124]],
  ])('the window of %s', async (name, window) => {
    expect((await open(name)).window).toEqual(window);
  });
});

describe('how values are meant to be drawn', () => {
  test('low ones are bright if the file says MONOCHROME1, in pictures too, and keep their values', async () => {
    const volume = await open('film-sense.dcm');
    expect(volume).toMatchObject({ invert: true, window: null, range: [0, 3000] });
    const path = join(own.path, 'film.png');
    await exportSlice(volume, path, { window: [0, 3000] });
    expect([...(await readPng(path)).data.subarray(0, 16)].filter((_, at) => at % 4 === 0)).toEqual([255, 170, 85, 0]);
    await exportSlice(volume, path, { window: [0, 3000], invert: false, overwrite: true });
    expect([...(await readPng(path)).data.subarray(0, 16)].filter((_, at) => at % 4 === 0)).toEqual([0, 85, 170, 255]);
    expect((await open('linear.dcm')).invert).toBe(false);
  });

  test.each([
    ['table-falls.dcm', [1000, 1003], true],
    ['table-falls-film.dcm', [1000, 1003], false],
    ['table-rises-film.dcm', [1000, 1003], true],
    ['table-level-ends.dcm', [1002, 1004], false],
    ['table-up-and-down.dcm', null, false],
    ['table-and-window.dcm', [75, 124], false],
    ['table-below-zero.dcm', [-1000, -997], true],
    ['table-below-zero-implicit.dcm', [-1000, -997], true],
    ['table-of-frames.dcm', [10, 13], true],
  ])('through a table for the picture: %s', async (name, window, invert) => {
    const volume = await open(name);
    expect([volume.window, volume.invert]).toEqual([window, invert]);
  });

  test.each([
    ['padding.dcm', [-2000, -2000], [1, 3], -2000],
    ['padding-range.dcm', [-2000, -1990], [2, 3], -2000],
    ['padding-unsigned.dcm', [65_535, 65_535], [1, 3], 65_535],
    ['padding-12-bits.dcm', [-2000, -2000], [1, 3], -2000],
    ['padding-rescaled.dcm', [607, 607], [6.1, 6.7], 607],
    ['padding-slopes', [0, 0], [1, 9], 0],
    ['padding-differs', null, [0, 3], 0],
  ])('without what pads the picture: %s', async (name, padding, range, first) => {
    const volume = await open(name);
    expect(volume.padding).toEqual(padding);
    expect(volume.range).toEqual(range);
    expect(volume.valueAt(0, 0, 0)).toBe(first);
  });
});

test.each(['young.dcm', 'young-big-endian.dcm', 'young-deflated.dcm', 'young-packed.dcm'])(
  'value representations of 2019, of 64 bits, are passed over: %s',
  async (name) => {
    const volume = await open(name);
    expect([0, 1, 2, 3].map((x) => volume.valueAt(x, 2, 0))).toEqual([0, 1000, 2000, 3000]);
    const shown = Object.fromEntries(Object.entries(await headerOf((await readDicomFile(join(folder, name))).dataSet)));
    expect(shown['(0009,1011)']).toBe('16 bytes');
  },
);

test.each([
  ['utf-8', 'Schädel nativ – 頭部'],
  ['latin-1', 'Schädel'],
  ['cyrillic', 'череп'],
  ['gb18030', '头部'],
])('texts are read in the character set of the file: %s', async (name, text) => {
  const path = join(folder, `${name}.dcm`);
  expect((await openVolume(path)).name).toBe(text);
  const header = await headerOf((await readDicomFile(path)).dataSet);
  expect(JSON.stringify(header)).toContain(text);
});
