import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Volume, type VolumeOptions } from '../../volume';
import { openVolume, saveVolume, type SaveOptions, type Saved } from '../index';
import { usualColor } from '../labels';
import { filesFolder } from '../testing/files-folder';
import { PYTHON, madeByPython } from '../testing/python';
import { colorOfLab, labOfColor } from './cielab';

const { folder } = madeByPython(join(__dirname, 'testing/write-structures.py'));
const { path: own } = filesFolder();
const over = join(folder, 'ct');
const [WIDTH, HEIGHT, SLICES] = [24, 20, 6];
const LABELS = { 1: 'liver', 2: 'Milz – größer', 3: { name: 'empty', color: '#123456' } };
/** The same with the colours that the others are drawn in. */
const COLORED = {
  1: { name: 'liver', color: usualColor(1) },
  2: { name: 'Milz – größer', color: usualColor(2) },
  3: LABELS[3],
};

/** What pydicom finds in a segmentation. */
interface Found {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly meta: readonly [string, boolean];
  readonly size: readonly number[];
  readonly segments: readonly (readonly [number, string, string, readonly number[]])[];
  readonly kind: readonly (readonly string[])[];
  readonly orientation: readonly number[];
  readonly spacing: readonly number[];
  readonly distance: number;
  readonly series: string;
  readonly instances: readonly string[];
  readonly frames: readonly {
    readonly segment: number;
    readonly position: readonly number[];
    readonly index: readonly number[];
    readonly sources: readonly (readonly [string, number | null])[];
    readonly voxels: readonly number[];
  }[];
}
function found(...names: readonly string[]): readonly Found[] {
  const script = join(__dirname, 'testing/read-segmentations.py');
  const printed = execFileSync(PYTHON, ['-W', 'ignore', script, ...names.map((name) => join(own, name))]).toString();
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Found);
}

let ct: Volume;
/** With the identity of patient and study, and without it. */
let [whole, hidden] = [] as unknown as [Found, Found];
let notes: readonly string[] = [];
beforeAll(async () => {
  ct = await openVolume(over);
  ({ notes } = await save(labelMap(), 'whole.seg.dcm'));
  await save(labelMap(), 'hidden.dcm', { deidentify: true });
  [whole, hidden] = found('whole.seg.dcm', 'hidden.dcm') as [Found, Found];
});

/** Where the voxels of the CT lie. */
const place = (): VolumeOptions => ({ spacing: ct.spacing, origin: ct.origin, direction: ct.direction });
/** A liver that begins in the second slice, and a spleen in the third and fifth one. */
function labelAt(x: number, y: number, z: number): number {
  if (z >= 1 && z <= 3 && (x - 8) ** 2 + (y - 7) ** 2 < 30 - 3 * z) return 1;
  return (z === 2 || z === 4) && x > 15 && y > 9 + z && x + y < 40 ? 2 : 0;
}
function labelMap(valueOf: (label: number) => number = (label) => label, options: VolumeOptions = {}): Volume {
  const data = Uint16Array.from({ length: WIDTH * HEIGHT * SLICES }, (_, i) =>
    valueOf(labelAt(i % WIDTH, Math.floor(i / WIDTH) % HEIGHT, Math.floor(i / (WIDTH * HEIGHT)))),
  );
  return Volume.from(data, [WIDTH, HEIGHT, SLICES], { ...place(), labels: LABELS, ...options });
}
const save = (volume: Volume, name: string, options: SaveOptions = {}): Promise<Saved> =>
  saveVolume(volume, join(own, name), { over, ...options });

/** The label of each voxel of the CT, which a label map on a part of it says. */
function onCt(volume: Volume): readonly number[] {
  const first = Math.round(
    [2, 5, 8].reduce((sum, at, row) => {
      const along = ct.direction?.[at] ?? NaN;
      return sum + ((volume.origin[row] ?? NaN) - (ct.origin[row] ?? NaN)) * along;
    }, 0) / ct.spacing[2],
  );
  const size = WIDTH * HEIGHT;
  const all = new Array<number>(size * SLICES).fill(0);
  for (const [at, value] of volume.data.entries()) all[first * size + at] = value;
  return all;
}

describe('a DICOM segmentation', () => {
  test('has the label map, its names and its place, for our reader and for pydicom', async () => {
    const volume = labelMap();
    expect(notes).toEqual([]);
    const read = await openVolume(join(own, 'whole.seg.dcm'));
    expect(read).toMatchObject({ dtype: 'uint8', shape: [WIDTH, HEIGHT, 4], labels: COLORED, notes: [] });
    for (const [at, each] of read.spacing.entries()) expect(each).toBeCloseTo(ct.spacing[at] ?? NaN, 8);
    for (const [at, each] of read.direction?.entries() ?? []) expect(each).toBeCloseTo(ct.direction?.[at] ?? NaN, 8);
    expect(onCt(read)).toEqual(Array.from(volume.data));

    const said = whole;
    expect(said.meta).toEqual(['1.2.840.10008.5.1.4.1.1.66.4', true]);
    expect(said.size).toEqual([WIDTH, HEIGHT]);
    expect(said.segments.map(([number, name]) => [number, name])).toEqual([
      [1, 'liver'],
      [2, 'Milz – größer'],
      [3, 'empty'],
    ]);
    expect(said.frames.map(({ segment, index }) => [segment, ...index])).toEqual([
      [1, 1, 1],
      [1, 1, 2],
      [1, 1, 3],
      [2, 2, 2],
      [2, 2, 4],
    ]);
    const size = WIDTH * HEIGHT;
    for (const { segment, voxels, position } of said.frames) {
      const offset = [2, 5, 8].reduce(
        (sum, at, row) => sum + ((position[row] ?? NaN) - (ct.origin[row] ?? NaN)) * (ct.direction?.[at] ?? NaN),
        0,
      );
      const z = Math.round(offset / ct.spacing[2]);
      const slice = Array.from(volume.data.subarray(z * size, (z + 1) * size));
      expect(voxels).toEqual([...slice.keys()].filter((at) => slice[at] === segment));
    }
    expect(said.spacing).toEqual([ct.spacing[1], ct.spacing[0]]);
    expect(said.distance).toBeCloseTo(3, 9);
  });

  test('says over which images it lies, and which patient and study it is of', () => {
    const said = whole;
    expect(said.fields).toMatchObject({
      ...{ Modality: 'SEG', SegmentationType: 'BINARY', SegmentsOverlap: 'NO', ImageType: ['DERIVED', 'PRIMARY'] },
      ...{ PatientName: 'Müller^Änne', PatientID: 'P-1', PatientBirthDate: '19700102', PatientSex: 'F' },
      ...{ PatientAge: '050Y', StudyInstanceUID: '1.2.4', StudyDate: '20200304', StudyTime: '050607' },
      ...{ StudyDescription: 'Prüfung', AccessionNumber: 'A-9', StudyID: 'S-1', ReferringPhysicianName: 'Doe^Jane' },
      ...{ FrameOfReferenceUID: '1.2.7', LossyImageCompression: '00' },
    });
    expect(said.fields).not.toHaveProperty('PatientIdentityRemoved');
    expect(said.series).toBe('1.2.3');
    expect(said.instances).toHaveLength(SLICES);
    const sources = said.frames.map((frame) => frame.sources);
    expect(sources.every(([one, another]) => another === undefined && said.instances.includes(one?.[0] ?? ''))).toBe(
      true,
    );
    // Both segments on the third slice have the same image.
    expect(new Set(sources.map(String)).size).toBe(4);
    expect(String(sources[1])).toBe(String(sources[3]));
  });

  test('without the identity of patient and study has nothing of the series but its place', async () => {
    const said = hidden;
    expect(said.fields).toMatchObject({
      ...{ PatientName: '', PatientID: '', PatientBirthDate: '', PatientSex: '', StudyDate: '', StudyTime: '' },
      ...{ AccessionNumber: '', StudyID: '', ReferringPhysicianName: '', PatientIdentityRemoved: 'YES' },
    });
    const bytes = readFileSync(join(own, 'hidden.dcm')).toString('latin1');
    const [original] = readdirSync(over);
    const ofSource = readFileSync(join(over, original ?? '')).toString('latin1');
    const uid = /1\.2\.826\.0\.1\.3680043\.8\.498\.\d+/.exec(ofSource)?.[0] ?? '';
    expect(uid).not.toBe('');
    const words = ['M\u00fcller', 'nne', 'P-1', 'A-9', 'S-1', 'Doe', 'fung', '050Y', '20200304', '19700102', uid];
    expect(words.filter((word) => bytes.includes(word))).toEqual([]);
    expect(words.filter((word) => !ofSource.includes(word))).toEqual([]);
    const uids = [said.series, ...said.instances, said.fields.StudyInstanceUID, said.fields.FrameOfReferenceUID];
    expect(uids.every((each) => /^2\.25\.\d{20,39}$/.test(String(each)))).toBe(true);
    expect(new Set(uids).size).toBe(uids.length);
    // Within the file they stand for each other.
    const sources = said.frames.flatMap((frame) => frame.sources.map(([each]) => each));
    expect(sources.every((each) => said.instances.includes(each))).toBe(true);
    expect(onCt(await openVolume(join(own, 'hidden.dcm')))).toEqual(Array.from(labelMap().data));
  });

  test('has the same voxels if the label map runs along its axes backwards and in another order, or is a part', async () => {
    const whole = labelMap();
    const steps = (axis: number): number[] => [0, 1, 2].map((row) => ct.direction?.[3 * row + axis] ?? NaN);
    // z, then x backwards, then y backwards.
    const [first, second, third] = [steps(2), steps(0).map((each) => -each), steps(1).map((each) => -each)];
    const corner = ct.origin.map(
      (each, row) =>
        each +
        (WIDTH - 1) * ct.spacing[0] * (steps(0)[row] ?? NaN) +
        (HEIGHT - 1) * ct.spacing[1] * (steps(1)[row] ?? NaN),
    );
    const turned = Volume.alloc([SLICES, WIDTH, HEIGHT], 'uint8', {
      spacing: [ct.spacing[2], ct.spacing[0], ct.spacing[1]],
      origin: corner as unknown as [number, number, number],
      direction: [0, 1, 2].flatMap((row) => [first[row] ?? NaN, second[row] ?? NaN, third[row] ?? NaN]),
      labels: LABELS,
    });
    for (const [at, value] of whole.data.entries()) {
      const [x, y, z] = [at % WIDTH, Math.floor(at / WIDTH) % HEIGHT, Math.floor(at / (WIDTH * HEIGHT))];
      turned.data[z + SLICES * (WIDTH - 1 - x + WIDTH * (HEIGHT - 1 - y))] = value;
    }
    await save(turned, 'd.dcm');
    expect(onCt(await openVolume(join(own, 'd.dcm')))).toEqual(Array.from(whole.data));
    const part = Volume.alloc([22, 19, 4], 'uint8', {
      ...place(),
      origin: ct.origin.map((each, row) =>
        [2, 1, 1].reduce((sum, at, axis) => sum + at * (ct.spacing[axis] ?? NaN) * (steps(axis)[row] ?? NaN), each),
      ) as unknown as [number, number, number],
    });
    for (const at of part.data.keys())
      part.data[at] = labelAt(2 + (at % 22), 1 + (Math.floor(at / 22) % 19), 1 + Math.floor(at / 418));
    await save(part, 'e.dcm');
    expect(onCt(await openVolume(join(own, 'e.dcm')))).toEqual(Array.from(whole.data));
  });

  test('numbers its segments from 1 on, and says which labels they are', async () => {
    const volume = labelMap((label) => [0, 17, 53][label] ?? 0, { labels: { 17: 'left hippocampus' } });
    expect((await save(volume, 'f.dcm')).notes).toEqual([
      'DICOM SEG numbers segments from 1 on, without gaps: 17 is segment 1, 53 is segment 2.',
    ]);
    const read = await openVolume(join(own, 'f.dcm'));
    expect(read.labels).toEqual({
      1: { name: 'left hippocampus', color: usualColor(17) },
      2: { name: 'Segment 53', color: usualColor(53) },
    });
    expect(onCt(read)).toEqual(Array.from(labelMap().data));
  });

  test('cuts names that are too long, leaves out those that stand for nothing, and says so', async () => {
    const labels = { 1: { name: `a\\b${'c'.repeat(70)}`, color: '#11223380' }, 0: 'air', 1.5: 'half' };
    const { notes } = await save(labelMap(undefined, { labels, window: [0, 2] }), 'g.dcm');
    expect(notes).toEqual([
      'DICOM SEG has no place for a window, which the volume has.',
      'DICOM SEG has no place for labels that are no whole numbers from 1 to 65535.',
      'DICOM SEG has no place for names of more than 64 characters: they are cut.',
      'DICOM SEG has no place for colours that can be seen through: they are written opaque.',
    ]);
    expect((await openVolume(join(own, 'g.dcm'))).labels).toEqual({
      1: { name: `a b${'c'.repeat(61)}`, color: '#112233' },
      2: { name: 'Segment 2', color: usualColor(2) },
    });
  });

  test('has the colours that a view draws, as other programs pack them', () => {
    // By highdicom, whose matrices have other last digits.
    for (const [color, known] of [
      ['#ff0000', [34_886, 53_484, 50_172]],
      ['#00ff00', [57_498, 10_747, 54_274]],
      ['#0000ff', [21_170, 53_250, 5175]],
      ['#ffffff', [65_535, 32_897, 32_893]],
      ['#c86432', [35_144, 42_228, 44_558]],
    ] as const)
      for (const [at, each] of labOfColor(color).entries()) expect(Math.abs(each - (known[at] ?? NaN))).toBeLessThan(8);
    const colors = [usualColor(1), usualColor(2), '#123456'];
    expect(whole.segments.map(([, , , lab]) => lab)).toEqual(colors.map(labOfColor));
    expect(colors.map((color) => colorOfLab(labOfColor(color)))).toEqual(colors);
  });
});

describe('it is refused with a sentence', () => {
  const code = (of: string): object => expect.objectContaining({ code: of });

  test('without the series that it was drawn on, or with one that has other voxels', async () => {
    const volume = labelMap();
    await expect(saveVolume(volume, join(own, 'n.dcm'))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('over is missing, expected the folder, or the files, of the DICOM series'),
    });
    await expect(save(volume, 'n.dcm', { over: join(folder, 'none') })).rejects.toEqual(code('file-not-found'));
    await expect(save(volume, 'n.nii', { over })).rejects.toMatchObject({ message: expect.stringMatching(/over is/) });
    await expect(save(volume, 'n.dcm', { over: join(folder, 'tall') })).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringMatching(
        /its 24 × 20 × 6 voxels of 2 × 1.5 × 3 mm are not those of the series in .*tall \(24 × 20000 × 1 voxels of/,
      ),
    });
    const shifted = labelMap(undefined, { origin: [ct.origin[0] + 1, ct.origin[1], ct.origin[2]] });
    await expect(save(shifted, 'n.dcm')).rejects.toEqual(code('unsupported-format'));
    expect(existsSync(join(own, 'n.dcm'))).toBe(false);
  });

  test('of several series that have its voxels, and of none', async () => {
    const both = join(own, 'both');
    mkdirSync(both);
    cpSync(over, both, { recursive: true });
    for (const name of readdirSync(join(folder, 'again')))
      cpSync(join(folder, 'again', name), join(both, `again-${name}`));
    await expect(save(labelMap(), 'o.dcm', { over: both })).rejects.toMatchObject({
      message: expect.stringMatching(
        /several series of over have its voxels: 1\.2\.[36], 1\.2\.[36]; give the paths of/,
      ),
    });
    const paths = readdirSync(over).map((name) => join(over, name));
    expect((await save(labelMap(), 'o.dcm', { over: paths })).bytes).toBeGreaterThan(1000);
  });

  test('where it would replace an image of the series', async () => {
    const copy = join(own, 'copy');
    cpSync(over, copy, { recursive: true });
    const [name] = readdirSync(copy) as [string];
    const before = readFileSync(join(copy, name));
    await expect(saveVolume(labelMap(), join(copy, name), { over: copy, overwrite: true })).rejects.toMatchObject({
      message: expect.stringContaining(
        'it is a file of the series that the label map was drawn on; choose another path',
      ),
    });
    expect(readFileSync(join(copy, name))).toEqual(before);
    // Beside them it may be.
    await saveVolume(labelMap(), join(copy, 'seg.dcm'), { over: copy });
    await saveVolume(labelMap(), join(copy, 'seg.dcm'), { over: copy, overwrite: true });
  });

  test('of values that are no labels, and of no voxels at all', async () => {
    const size = [WIDTH, HEIGHT, SLICES] as const;
    const floats = Volume.from(new Float32Array(WIDTH * HEIGHT * SLICES).fill(2), size, place());
    await expect(save(floats, 'p.dcm')).rejects.toMatchObject({
      message: expect.stringContaining('DICOM SEG holds uint8, uint16, not float32; choose one of them with { dtype }'),
    });
    expect((await save(floats, 'p.dcm', { dtype: 'uint8' })).notes[0]).toMatch(/2 is segment 1/);
    await expect(
      save(
        labelMap(() => 0),
        'q.dcm',
      ),
    ).rejects.toMatchObject({
      message: expect.stringContaining('all of its voxels are 0'),
    });
    const nowhere = Volume.alloc(size, 'uint8', { spacing: ct.spacing });
    await expect(save(nowhere, 'q.dcm')).rejects.toMatchObject({
      message: expect.stringContaining('has no direction'),
    });
  });
});
