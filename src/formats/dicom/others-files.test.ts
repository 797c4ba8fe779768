/** What DICOM files say that is easily read wrong. Each pixel of time t and slice z is 100 t + z + 1000 x (write-dicom.py). */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Volume } from '../../volume';
import { openVolume } from '../index';
import { madeByPython } from '../testing/python';
import { readDicomFile } from './header';
import { headerOf } from './names';

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

  test('one that is missing, and one whose pixels are larger, are refused', async () => {
    await expect(open('missing')).rejects.toMatchObject({
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
