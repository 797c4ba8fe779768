/** Series that are no plain box: they open with notes, and each slice that was measured has its values in its place. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Volume } from '../../volume';
import { openVolume } from '../index';
import { madeByPython } from '../testing/python';
import { gridOf } from './gaps';

/** A file's plane, as pydicom reads it. */
interface Said {
  readonly position: readonly number[];
  readonly orientation: readonly number[];
  readonly spacing: readonly [rows: number, columns: number];
  readonly time: number;
  readonly values: readonly number[];
}

const { folder, printed } = madeByPython(join(__dirname, 'testing/write-series.py'));
const said = JSON.parse(printed) as Readonly<Record<string, readonly Said[]>>;
const open = (name: string): Promise<Volume> => openVolume(join(folder, name));
const openStrictly = (name: string): Promise<Volume> => openVolume(join(folder, name), { strict: true });

const AXES = [0, 1, 2] as const;

/** Where the middle of a voxel is. */
function placeOf({ origin, spacing, direction }: Volume, voxel: readonly number[]): number[] {
  return AXES.map((row) =>
    AXES.reduce(
      (sum, axis) => sum + ((direction ?? [])[3 * row + axis] as number) * spacing[axis] * (voxel[axis] as number),
      origin[row],
    ),
  );
}

function valuesOf(volume: Volume, z: number, frame = 0): number[] {
  return Array.from(volume.slice('xy', z, { frame }).data);
}

/** The slices of a volume that have the planes of its files, in the place and with the values that these say. */
function slicesOf(volume: Volume, name: string): number[] {
  const found = (said[name] ?? []).map(({ position, orientation, spacing, time, values }) => {
    const isAt = (z: number): boolean =>
      [
        [0, 0],
        [3, 0],
        [0, 2],
        [3, 2],
      ].every(([x = 0, y = 0]) =>
        placeOf(volume, [x, y, z]).every((at, axis) => {
          const along =
            (orientation[axis] as number) * spacing[1] * x + (orientation[3 + axis] as number) * spacing[0] * y;
          return Math.abs(at - (position[axis] as number) - along) < 1e-6;
        }),
      );
    const z = Array.from({ length: volume.shape[2] }, (_, at) => at).filter(isAt);
    expect([name, position, z.length]).toEqual([name, position, 1]);
    expect(valuesOf(volume, z[0] as number, time - 1)).toEqual(values);
    return z[0] as number;
  });
  return [...new Set(found)].sort((one, other) => one - other);
}

describe('a slice that is missing stays empty', () => {
  test.each([
    ['missing', [3], 5, -900, 'Slice 3 is missing from the series, counted from 0. It is empty, and not interpolated.'],
    ['missing-two', [2, 3, 5], 1.25, -900, '3 slices (2, 3, 5) are missing from the series, counted from 0. They are'],
    ['missing-padding', [1], 5, -5000, 'Slice 1 is missing'],
    ['missing-own-slopes', [2], 5, -900, 'Slice 2 is missing'],
    ['missing-numbered', [4, 6, 8], 5, -900, '3 slices (4, 6, 8) are missing'],
    ['enhanced-missing', [3], 5, -900, 'Slice 3 is missing'],
  ])('%s', async (name, empty, distance, value, note) => {
    const volume = await open(name);
    expect(volume.spacing).toEqual([0.5, 2, distance]);
    expect(volume.emptySlices).toEqual(empty);
    expect(volume.notes).toEqual([expect.stringContaining(note)]);
    for (const z of empty) expect(new Set(valuesOf(volume, z))).toEqual(new Set([value]));
    const measured = slicesOf(volume, name);
    expect([...measured, ...empty].sort((one, other) => one - other)).toEqual([...Array(volume.shape[2]).keys()]);
    await expect(openStrictly(name)).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('is one missing?'),
    });
  });

  test('with the lowest real value, also where high stored ones are low', async () => {
    const volume = await open('missing-negative-slope');
    const [least] = volume.range;
    expect(slicesOf(volume, 'missing-negative-slope')).toEqual([0, 2, 3, 4]);
    expect(least).toBe(Math.min(...(said['missing-negative-slope'] ?? []).flatMap(({ values }) => values)));
    expect(new Set(valuesOf(volume, 1))).toEqual(new Set([least]));
  });

  test('at all times', async () => {
    const volume = await open('missing-in-time');
    expect(volume).toMatchObject({ shape: [4, 3, 4], frames: 3, emptySlices: [1] });
    expect(slicesOf(volume, 'missing-in-time')).toEqual([0, 2, 3]);
    for (const frame of [0, 1, 2]) expect(new Set(valuesOf(volume, 1, frame))).toEqual(new Set([-900]));
  });

  test.each(['too-many-missing', 'unexplained'])('other gaps are refused: %s', async (name) => {
    await expect(open(name)).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('slices are not evenly spaced'),
    });
  });
});

describe('slices with two distances are resampled along z', () => {
  /** The values between the planes of the files at a place along z, before they are rounded. */
  function between(name: string, place: number): number[] {
    const planes = [...(said[name] ?? [])].sort((one, other) => (one.position[2] ?? 0) - (other.position[2] ?? 0));
    const places = planes.map(({ position }) => position[2] as number);
    const found = places.findIndex((each) => each >= place);
    const after = found < 0 ? places.length - 1 : Math.max(1, found);
    const [low, high] = [planes[after - 1], planes[after]] as [Said, Said];
    const [from, to] = [places[after - 1], places[after]] as [number, number];
    const share = Math.min(1, Math.max(0, (place - from) / (to - from)));
    return low.values.map((value, i) => value * (1 - share) + (high.values[i] as number) * share);
  }

  test.each([
    ['two-distances', 2, [0, 23], 5],
    ['two-distances-coarse-first', 2, [-14, 2], 4.5],
    ['two-distances-double', 1, [0, 9], 2],
    ['two-distances-numbered', 1, [0, 7], 2],
    ['two-distances-own-slopes', 2, [0, 21], 5],
    ['enhanced-two-distances', 2, [0, 21], 5],
  ])('%s', async (name, distance, [first, last], other) => {
    const volume = await open(name);
    expect(volume.spacing).toEqual([0.5, 2, distance]);
    expect(volume.origin[2]).toBeCloseTo(first as number, 9);
    expect(
      Math.abs((placeOf(volume, [0, 0, volume.shape[2] - 1])[2] as number) - (last as number)),
    ).toBeLessThanOrEqual(1);
    expect(volume.emptySlices).toEqual([]);
    expect(volume.notes).toEqual([
      `The slices of the series are ${String(distance)} mm and ${String(other)} mm apart. They were resampled to ${String(distance)} mm along z, linearly: not all values were measured.`,
    ]);
    const rounding = volume.dtype === 'float32' ? 1e-4 : 0.5;
    for (let z = 0; z < volume.shape[2]; z++) {
      const right = between(name, placeOf(volume, [0, 0, z])[2] as number);
      const off = valuesOf(volume, z).map((value, i) => Math.abs(value - (right[i] as number)));
      expect(Math.max(...off)).toBeLessThanOrEqual(rounding);
    }
    await expect(openStrictly(name)).rejects.toMatchObject({ message: expect.stringContaining('is one missing?') });
  });

  test('unless one distance is more than eight times the other: hardly anything would be measured', () => {
    const row = (wide: number) => ({
      at: [0, 1, 2, 3, ...[1, 2, 3].map((step) => 3 + step * wide)],
      rounding: 0,
      instanceNumbers: [1, 2, 3, 4, 5, 6, 7],
    });
    expect(gridOf(row(7.5))?.distances).toEqual([1, 7.5]);
    expect(gridOf(row(8.5))).toBeNull();
  });

  test('finer slices keep their values', async () => {
    const volume = await open('two-distances-coarse-first');
    expect([4, 5, 6, 7, 8].map((z) => placeOf(volume, [0, 0, z])[2])).toEqual([-6, -4, -2, 0, 2]);
    for (const [z, at] of [-6, -4, -2, 0, 2].entries()) {
      const plane = said['two-distances-coarse-first']?.find(({ position }) => position[2] === at);
      expect(valuesOf(volume, z + 4)).toEqual(plane?.values);
    }
  });

  test('labels are those of the nearest slice', async () => {
    const volume = await open('two-distances-labels');
    expect(volume.notes).toEqual([expect.stringContaining('by the nearest slice')]);
    for (let z = 0; z < volume.shape[2]; z++) {
      const place = 2 * z;
      const planes = [...(said['two-distances-labels'] ?? [])];
      planes.sort(
        (one, other) => Math.abs((one.position[2] ?? 0) - place) - Math.abs((other.position[2] ?? 0) - place),
      );
      expect(valuesOf(volume, z)).toEqual(planes[0]?.values);
    }
  });

  test('what is no image is not mixed with what is', async () => {
    const volume = await open('two-distances-padding');
    const [low, high] = [6, 11].map((at) => said['two-distances-padding']?.find(({ position }) => position[2] === at));
    // The slice at 11 mm has the padding value in its first pixel; the slices of the volume are at 8, 10, 12 and 14 mm.
    expect([4, 5, 6, 7].map((z) => volume.valueAt(0, 0, z))).toEqual([-855, -820, -820, -775]);
    expect(volume.valueAt(1, 0, 4)).toBe(Math.round(0.6 * (low?.values[1] ?? 0) + 0.4 * (high?.values[1] ?? 0)));
  });
});

describe('a tilted gantry is a skewed direction', () => {
  test.each([
    ['tilted', 12.5, 6],
    ['tilted-oblique', 11.3, 6],
    ['missing-tilted', 12.5, 6],
  ])('%s', async (name, degrees, slices) => {
    const volume = await open(name);
    expect(volume.shape).toEqual([4, 3, slices]);
    expect(slicesOf(volume, name)).toHaveLength((said[name] ?? []).length);
    expect(volume.notes[0]).toContain(`The slices are tilted by ${String(degrees)} degrees`);
    await expect(openStrictly(name)).rejects.toMatchObject({ code: 'unsupported-format' });
  });

  test('a slice that is shifted alone is refused', async () => {
    await expect(open('shifted')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('it is shifted by 3.000 mm against the line of the other slices'),
    });
  });
});

describe('of slices that are there twice', () => {
  test.each([
    ['copied', 'A slice was in the series twice, with equal values', 4],
    ['doubled', 'A slice was in the series twice, with equal values', 4],
    ['exported-again', '3 slices were in the series twice, with equal values', 3],
  ])('equal ones are kept once: %s', async (name, note, slices) => {
    const volume = await open(name);
    expect(volume).toMatchObject({ shape: [4, 3, slices], frames: 1, spacing: [0.5, 2, 5], emptySlices: [] });
    expect(volume.notes).toEqual([expect.stringContaining(note)]);
    expect(slicesOf(volume, name)).toHaveLength(slices);
  });

  test.each(['copied', 'doubled'])('all are refused if strictly opened: %s', async (name) => {
    await expect(openStrictly(name)).rejects.toThrow(
      name === 'copied' ? /is there twice/ : /slices are at its position/,
    );
  });

  test('different ones are refused, with the files to choose from', async () => {
    await expect(open('different')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringMatching(
        /2 slices with different values are at its position.*with one of these only: 07\.dcm \(instance 2\), other\.dcm \(instance 9\)$/,
      ),
    });
    await expect(open('one-name')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringMatching(/2 slices differ, but have one SOPInstanceUID.*00\.dcm .*21\.dcm/),
    });
  });

  test('equal ones of several times are all kept', async () => {
    const volume = await open('still');
    expect(volume).toMatchObject({ shape: [4, 3, 3], frames: 2, notes: [] });
    expect(slicesOf(volume, 'still')).toEqual([0, 1, 2]);
  });
});

describe('of several series one is chosen', () => {
  const FIRST = '1.2.3: CT "first", 3 slices of 4 × 3 pixels';
  const SECOND = '1.2.4: MR "second", 2 slices of 4 × 3 pixels';
  const choose = (name: string, series?: string): Promise<Volume> => openVolume(join(folder, name), { series });

  test.each(['nested', 'media/DICOMDIR', 'media'])('in folders within a folder, and by DICOMDIR: %s', async (name) => {
    await expect(choose(name)).rejects.toMatchObject({
      code: 'unknown-series',
      message: expect.stringContaining(`2 DICOM series; choose one with the option series: ${FIRST}; ${SECOND}`),
      details: { series: [{ uid: '1.2.3', description: 'first', slices: 3 }, { uid: '1.2.4' }] },
    });
    const [first, second] = [await choose(name, '1.2.3'), await choose(name, '1.2.4')];
    expect([first.shape, first.spacing, first.notes]).toEqual([[4, 3, 3], [0.5, 2, 5], []]);
    expect([0, 1, 2].map((z) => first.valueAt(1, 2, z))).toEqual(
      [0, 1, 2].map((z) => -1000 + 100 + 37 + 44 + 5 * z * z),
    );
    expect([second.shape, second.spacing]).toEqual([
      [4, 3, 2],
      [0.5, 2, 4],
    ]);
    expect([0, 1].map((z) => second.valueAt(0, 0, z))).toEqual([-1000 + 100 + 125, -1000 + 100 + 180]);
  });

  test('but not if there is one only, however deep it lies', async () => {
    expect(await choose('alone')).toMatchObject({ name: 'second', shape: [4, 3, 2] });
  });

  test('a file that cannot be read stops only its own series', async () => {
    expect((await choose('unreadable', '1.2.3')).shape).toEqual([4, 3, 3]);
    await expect(choose('unreadable')).rejects.toMatchObject({
      code: 'unknown-series',
      message: expect.stringMatching(/1\.2\.3: CT "first".*; 1\.2\.4: can’t be read .*24 bits a sample/),
    });
    await expect(choose('unreadable', '1.2.4')).rejects.toMatchObject({ code: 'unsupported-format' });
  });

  test('files that DICOMDIR lists and that are not there are told, and it leads nowhere else', async () => {
    const volume = await choose('incomplete/DICOMDIR', '1.2.4');
    expect(volume.notes).toEqual(['1 of the 5 files that DICOMDIR lists are not there.']);
    await expect(choose('outside/DICOMDIR')).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringContaining('ReferencedFileID'),
    });
  });

  test('also of one whose images are of several sizes, or turned against each other', async () => {
    await expect(choose('mixed')).rejects.toMatchObject({
      code: 'unknown-series',
      details: {
        series: [
          { uid: '1.2.3#1', slices: 3 },
          { uid: '1.2.3#2', slices: 2 },
          { uid: '1.2.3#3', slices: 1 },
        ],
      },
    });
    await expect(choose('mixed', '1.2.3')).rejects.toMatchObject({ code: 'unknown-series' });
    expect([(await choose('mixed', '1.2.3#1')).shape, (await choose('mixed', '1.2.3#2')).shape]).toEqual([
      [4, 3, 3],
      [6, 3, 2],
    ]);
    expect((await choose('mixed', '1.2.3#3')).direction).toEqual([0, 0, -1, 1, 0, 0, 0, -1, 0]);
    await expect(openVolume(join(folder, 'mixed'), { strict: true })).rejects.toMatchObject({
      code: 'unsupported-format',
    });
  });
});
