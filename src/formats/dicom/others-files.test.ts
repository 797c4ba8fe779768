/**
 * What is easily read wrong in DICOM files. Each pixel of time t and slice z is 100 t + z + 1000 x
 * (write-dicom.py).
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Volume } from '../../volume';
import { exportSlice } from '../../export';
import { readPng } from '../../export/testing/read-png';
import { openVolume } from '../index';
import { cheapRefusal } from '../testing/cost';
import { element, file, header, sequence, short, slice, text, withoutVrs } from '../testing/dicom-file';
import { filesFolder } from '../testing/files-folder';
import { mrcFile } from '../testing/hostile-files';
import { madeByPython } from '../testing/python';
import { readDicomFile } from './header';
import { headerOf } from './names';
import { bareKind } from './prefix';

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

describe('files without a preamble', () => {
  const VALUES = [1, 2, 3, 400, 500, 60_000];
  const IMPLICIT = '1.2.840.10008.1.2';
  const NEMA = [
    element(0x00080000, 'UL', Buffer.from(Uint32Array.of(8).buffer)),
    text(0x00080010, 'SH', 'ACR-NEMA 2.0'),
    text(0x00080060, 'CS', 'MR'),
    short(0x00280101, 12),
    short(0x00280102, 11),
    text(0x00280060, 'CS', 'NONE'),
  ];
  const HEADER = (syntax?: string): Buffer => header(syntax, '1.2.840.10008.5.1.4.1.1.2');
  const isUid = (each: Buffer): boolean => each.toString('latin1', 4, 6) === 'UI';
  const KINDS = {
    'a header before explicit elements': (z: number) => Buffer.concat([HEADER(), ...slice(VALUES, z, z)]),
    'a header before implicit elements': (z: number) =>
      Buffer.concat([HEADER(IMPLICIT), withoutVrs(slice(VALUES, z, z))]),
    'explicit elements': (z: number) => Buffer.concat(slice(VALUES, z, z)),
    'implicit elements': (z: number) => withoutVrs(slice(VALUES, z, z)),
    'ACR-NEMA, which has no UIDs': (z: number) =>
      withoutVrs(
        slice(
          VALUES.map((value) => value % 4096),
          z,
          z,
          NEMA,
        ).filter((each) => !isUid(each)),
      ),
  } as const;

  test.each(Object.entries(KINDS))('are opened: %s', async (name, bytes) => {
    const volume = await openVolume(own.put('bare', bytes(3)));
    const values = name.startsWith('ACR') ? VALUES.map((value) => value % 4096) : VALUES;
    expect(Array.from(volume.data)).toEqual(values);
    expect(volume).toMatchObject({ shape: [3, 2, 1], spacing: [0.5, 2, 1], origin: [0, 0, 3], unit: 'mm' });
  });

  test('are found in a folder, beside others that look a little like them, and by DICOMDIR', async () => {
    const folder = join(own.path, 'media');
    mkdirSync(folder);
    const all = [
      file(Buffer.concat(slice(VALUES, 1, 1))),
      ...Object.values(KINDS)
        .slice(0, 4)
        .map((bytes, i) => bytes(i + 2)),
    ];
    all.forEach((bytes, i) => {
      writeFileSync(join(folder, `IM${String(i)}`), bytes);
    });
    writeFileSync(join(folder, 'notes'), Uint16Array.of(8, 5, 4, 0, 8, 6, 4, 0));
    const records = all.map((_, i) => {
      const record = text(0x00041500, 'CS', `IM${String(i)}`);
      return Buffer.concat([Buffer.from('feff00e0', 'hex'), Buffer.from(Uint32Array.of(record.length).buffer), record]);
    });
    const listing = element(0x00041220, 'SQ', Buffer.concat(records));
    writeFileSync(join(folder, 'DICOMDIR'), file(listing, undefined, '1.2.840.10008.1.3.10'));
    for (const from of [folder, join(folder, 'DICOMDIR')]) {
      const volume = await openVolume(from);
      expect(volume).toMatchObject({ shape: [3, 2, 5], spacing: [0.5, 2, 1], origin: [0, 0, 1], notes: [] });
      expect(Array.from(volume.data)).toEqual(Array.from({ length: 5 }, () => VALUES).flat());
    }
  });

  test.each([
    ['compressed as ACR-NEMA had it', [text(0x00280060, 'CS', 'RLE')], 'CompressionCode RLE'],
    [
      'values in the highest bits',
      [short(0x00280101, 12)],
      '12 bits of each value, the highest of them bit 15 (HighBit)',
    ],
  ])('are refused with %s', async (_, fields, sentence) => {
    await expect(openVolume(own.put('old', Buffer.concat(slice(VALUES, 0, 1, fields))))).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining(sentence),
    });
  });

  test('are known by several elements, so that nothing else is taken for one', () => {
    const known = Buffer.concat(slice(VALUES, 0, 1));
    expect(bareKind(known)).toBe('explicit');
    expect(bareKind(withoutVrs(slice(VALUES, 0, 1)))).toBe('implicit');
    expect(bareKind(KINDS['a header before implicit elements'](1))).toBe('header');
    // Of MRC, 8 × 4 × 3 voxels begin as an element (0008,0000) of four bytes does.
    const map = mrcFile((view) => {
      [8, 4, 3].forEach((size, i) => {
        view.setInt32(4 * i, size, true);
      });
    });
    const [first, ...others] = slice(VALUES, 0, 1) as [Buffer, ...Buffer[]];
    for (const bytes of [
      map,
      new Uint8Array(4096).fill(8),
      Uint16Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 8 : 0)),
      Buffer.concat([others[0] as Buffer, first, ...others.slice(1)]), // Its tags do not ascend.
      Buffer.concat([first, ...others.slice(3)]), // It has one that tells it, and no other.
      known.subarray(0, 40),
      known.subarray(2),
      new Uint8Array(0),
    ]) {
      expect(bareKind(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))).toBeNull();
    }
  });
});

describe('a folder', () => {
  const VALUES = [1, 2, 3, 400, 500, 60_000];
  const folderOf = (name: string, files: Readonly<Record<string, Uint8Array>>): string => {
    for (const [each, bytes] of Object.entries(files)) {
      mkdirSync(join(own.path, name, each, '..'), { recursive: true });
      writeFileSync(join(own.path, name, each), bytes);
    }
    return join(own.path, name);
  };
  const image = (z: number, number: number, fields: readonly Buffer[] = []): Buffer =>
    file(Buffer.concat(slice(VALUES, z, number, fields)));

  test('with a picture, and DICOM in a folder within it, is a series', async () => {
    const path = folderOf('beside', { 'photo.png': Buffer.from('none'), 'deep/er/a.dcm': image(3, 1) });
    expect(await openVolume(path)).toMatchObject({ shape: [3, 2, 1], origin: [0, 0, 3] });
  });

  test('with a link that leads nowhere opens without it', async () => {
    const path = folderOf('link', { 'a.dcm': image(1, 1), 'b.dcm': image(2, 2) });
    symlinkSync('gone.dcm', join(path, '0.dcm'));
    expect(await openVolume(path)).toMatchObject({ shape: [3, 2, 2], notes: [] });
  });

  /** Six values of 8 bits that stand for the colours of a table. */
  const painted = (number: number, z: number, shade: number): Buffer =>
    image(z, number, [
      ...[short(0x00280100, 8), short(0x00280101, 8), short(0x00280102, 7), text(0x00280004, 'CS', 'PALETTE COLOR')],
      ...[1, 2, 3].flatMap((color) => [
        short(0x00281100 + color, 4, 0, 8),
        element(0x00281200 + color, 'OW', Buffer.from([0, shade, 2 * shade, 3 * shade])),
      ]),
      element(0x7fe00010, 'OW', Buffer.from([0, 1, 2, 3, 2, 1])),
    ]);

  test('with a slice of equal values and other colours asks for one of them', async () => {
    const path = folderOf('colours', { a: painted(1, 1, 10), b: painted(2, 1, 20), c: painted(3, 2, 10) });
    await expect(openVolume(path)).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('2 slices with different values are at its position'),
    });
    const equal = folderOf('colours-twice', { a: painted(1, 1, 10), b: painted(2, 1, 10), c: painted(3, 2, 10) });
    expect((await openVolume(equal)).notes).toEqual([expect.stringContaining('A slice was in the series twice')]);
  });

  test('with a slice of 12 bits that is there twice has it once', async () => {
    const values = [1, 0xabc, 3, 0xfff, 5, 0x123];
    const bits = values.reduce((sum, value, i) => sum + (BigInt(value) << BigInt(12 * i)), 0n);
    const packed = Buffer.from(Array.from({ length: 10 }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n)));
    const of12 = (z: number, number: number): Buffer =>
      image(z, number, [
        ...[short(0x00280100, 12), short(0x00280101, 12), short(0x00280102, 11)],
        element(0x7fe00010, 'OW', packed),
      ]);
    const volume = await openVolume(folderOf('twelve', { a: of12(1, 1), b: of12(1, 2), c: of12(2, 3) }));
    expect(volume.notes).toEqual([expect.stringContaining('A slice was in the series twice')]);
    expect(Array.from(volume.data)).toEqual([...values, ...values]);
  });
});

test('a film of several positions has the frames that they leave, and not the times of all', async () => {
  const positions = [0, 1, 2, 0, 1, 2].map((z) => [
    sequence(0x00209113, [text(0x00200032, 'DS', `0\\0\\${String(5 * z)}`)]),
  ]);
  const fields = [
    ...[text(0x00181063, 'DS', '40'), text(0x00280008, 'IS', '6'), sequence(0x52009230, ...positions)],
    element(0x7fe00010, 'OW', Buffer.from(Uint16Array.from({ length: 36 }, (_, i) => i).buffer)),
  ];
  const volume = await openVolume(own.put('film.dcm', file(Buffer.concat(slice([], 0, 1, fields)))));
  expect(volume).toMatchObject({ shape: [3, 2, 3], frames: 2, spacing: [0.5, 2, 5], frameTimes: null });
  expect(Array.from(volume.data)).toEqual(Array.from({ length: 36 }, (_, i) => i));
});

describe('segmentations', () => {
  const made = madeByPython(join(__dirname, 'testing/write-segmentations.py'));
  /** A frame as pydicom reads it. */
  interface Said {
    readonly segment: number | null;
    readonly place: readonly number[] | null;
    readonly values: readonly number[];
  }
  const said = JSON.parse(made.printed) as Readonly<Record<string, readonly Said[]>>;
  const openSegments = (name: string, series?: string): Promise<Volume> =>
    openVolume(join(made.folder, name), { series });
  const [liver, milz, spleen] = [{ name: 'liver' }, { name: 'Milz – größer' }, { name: 'spleen' }];
  const ORGANS = { 1: liver, 2: milz };
  const COLORED = { 1: { ...liver, color: '#dd8265' }, 2: milz };
  /** Of the CT: rows along y, columns along −z, slices along −x. */
  const DIRECTION = [0, 0, -1, 1, 0, 0, 0, -1, 0];
  const placeAt = (z: number): number[] => [100 - 2.5 * z, -20, 30];

  /** What the frames of a file say of each voxel of a box, in the slices of the CT from the first one on. */
  function valuesOf(name: string, first: number, slices: number, valueOf: (value: number, frame: Said) => number) {
    const values = Array<number>(slices * 15).fill(0);
    for (const frame of said[name] ?? []) {
      const z = ((100 - (frame.place?.[0] ?? 100)) / 2.5 - first) * 15;
      for (const [i, value] of frame.values.entries()) if (value !== 0) values[z + i] = valueOf(value, frame);
    }
    return values;
  }
  const numberOf = (_: number, { segment }: Said): number => segment as number;

  test.each([
    ['organs.dcm', 1, 5, COLORED],
    ['implicit.dcm', 1, 5, ORGANS],
    ['big-endian.dcm', 1, 5, ORGANS],
    ['bytes-packed.dcm', 1, 5, ORGANS],
    ['one-segment.dcm', 0, 2, { 300: liver }],
    ['two-far.dcm', 0, 5, ORGANS],
    ['between-unknown.dcm', 0, 5, ORGANS],
    ['between-wrong.dcm', 0, 3, ORGANS],
    ['two-and-three.dcm', 0, 6, ORGANS],
    ['fractional-whole.dcm', 1, 5, ORGANS],
  ])('are label maps with names, and slices without frames are background: %s', async (name, first, slices, labels) => {
    const volume = await openSegments(name);
    expect(volume).toMatchObject({
      name: 'organs',
      shape: [5, 3, slices],
      frames: 1,
      dtype: name === 'one-segment.dcm' ? 'uint16' : 'uint8',
      spacing: [0.5, 2, 2.5],
      origin: placeAt(first),
      direction: DIRECTION,
      labels,
      rescale: null,
      notes: [],
      emptySlices: [],
    });
    expect(Array.from(volume.data)).toEqual(valuesOf(name, first, slices, numberOf));
  });

  test('of values that are numbers: what is in no segment is 0', async () => {
    const volume = await openSegments('labels.dcm');
    expect(volume).toMatchObject({ dtype: 'uint8', origin: placeAt(1), labels: { 1: liver, 3: spleen } });
    expect(Array.from(volume.data)).toEqual(valuesOf('labels.dcm', 1, 3, (value) => value));
    const wide = await openSegments('labels-wide.dcm');
    expect(wide).toMatchObject({ dtype: 'uint16', labels: { 300: liver, 1000: spleen } });
    expect(Array.from(wide.data)).toEqual(valuesOf('labels-wide.dcm', 1, 3, (value) => (value === 9 ? 0 : value)));
    const one = await openSegments('labels-wide.dcm', 'spleen');
    expect(one.labels).toEqual({ 1000: spleen });
    expect(Array.from(one.data)).toEqual(Array.from(wide.data, (value) => (value === 1000 ? 1000 : 0)));
  });

  test('have the colours that the file says', async () => {
    const { labels } = await openSegments('colors.dcm');
    const right = ['#000000', '#ffffff', '#ff0000', '#00ff00', '#0000ff', '#010203', '#808080', '#ffff00'];
    expect(right.map((_, at) => labels?.[at + 1]?.color)).toEqual(right);
    // No screen has the ninth, and the tenth is incomplete.
    expect([labels?.[9]?.color, labels?.[10]]).toEqual([expect.stringMatching(/^#[0-9a-f]{6}$/), { name: 'organ 10' }]);
    expect((await openSegments('labels-palette.dcm')).labels).toEqual({
      1: { ...liver, color: '#123456' },
      3: { ...spleen, color: '#ff8000' },
    });
    expect((await openSegments('labels-odd-palette.dcm')).labels).toEqual({ 1: COLORED[1], 3: spleen });
  });

  test('of a tilted gantry lie as skewed as their series', async () => {
    const volume = await openSegments('tilted.dcm');
    expect(volume).toMatchObject({ origin: [97.5, -19, 30], notes: [expect.stringContaining('21.8 degrees')] });
    const along = [2, 5, 8].map((at) => (volume.direction?.[at] ?? NaN) * volume.spacing[2]);
    for (const [axis, right] of [-2.5, 1, 0].entries()) expect(along[axis]).toBeCloseTo(right, 9);
    expect(Array.from(volume.data)).toEqual(valuesOf('organs.dcm', 1, 5, numberOf));
  });

  test('of one slice, and of one that does not say where it is', async () => {
    expect(await openSegments('one-slice.dcm')).toMatchObject({ spacing: [0.5, 2, 7], origin: placeAt(3) });
    const volume = await openSegments('nowhere.dcm');
    expect(volume).toMatchObject({ shape: [5, 3, 1], spacing: [0.5, 2, 1], direction: null, labels: ORGANS });
    expect(Array.from(volume.data)).toEqual(valuesOf('nowhere.dcm', 0, 1, numberOf));
  });

  test('of one segment, by its number or its name, in the same box', async () => {
    for (const series of ['2', 'Milz – größer', '1.2.9/2']) {
      const volume = await openSegments('organs.dcm', series);
      expect(volume).toMatchObject({ shape: [5, 3, 5], origin: placeAt(1), labels: { 2: milz } });
      const right = valuesOf('organs.dcm', 1, 5, (_, { segment }) => (segment === 2 ? 2 : 0));
      expect(Array.from(volume.data)).toEqual(right);
    }
    await expect(openSegments('organs.dcm', 'kidney')).rejects.toMatchObject({
      code: 'unknown-series',
      message: expect.stringContaining('no segment "kidney"; open one segment with the option series: 1 (liver), 2 (M'),
    });
  });

  test('that overlap are opened one by one', async () => {
    await expect(openSegments('overlap.dcm')).rejects.toMatchObject({
      code: 'unknown-series',
      message: expect.stringMatching(
        /its segments 2 \(Milz – größer\) and 1 \(liver\) overlap at voxel \d, \d, 1, .* series: 1 \(liver\), 2 \(Milz/,
      ),
      details: { series: [{ uid: '1', description: 'liver', slices: 2 }, { uid: '2' }] },
    });
    const right = valuesOf('overlap.dcm', 0, 2, (_, { segment }) => (segment === 1 ? 1 : 0));
    // The liver's frame is the last one of the second slice.
    expect(Array.from((await openSegments('overlap.dcm', '1')).data)).toEqual(right);
  });

  test('of parts of voxels are opened one by one, as shares', async () => {
    await expect(openSegments('fractional.dcm')).rejects.toMatchObject({
      code: 'unknown-series',
      message: expect.stringMatching(/partly in segments \(FRACTIONAL\).*1 \(liver\), 2 \(Milz/),
    });
    const volume = await openSegments('fractional.dcm', '2');
    expect(volume).toMatchObject({ name: 'Milz – größer', rescale: { slope: 1 / 200 }, window: [0, 1], labels: null });
    const right = valuesOf('fractional.dcm', 1, 4, (value, { segment }) => (segment === 2 ? value : 0));
    expect(Array.from(volume.data)).toEqual(right);
    expect([1, 2].map((x) => volume.valueAt(x, 0, 1))).toEqual([1, 0.25]);
    // All values of this one are 0 or the greatest.
    expect(await openSegments('fractional.dcm', 'liver')).toMatchObject({ labels: { 1: liver }, range: [0, 1] });
  });

  test('are drawn over their CT, each voxel where it is', async () => {
    const [ct, organs] = [await openSegments('study', '1.2.3'), await openSegments('study', '1.2.9')];
    expect(ct).toMatchObject({ shape: [5, 3, 6], origin: placeAt(0), direction: DIRECTION });
    const path = join(own.path, 'organs.png');
    for (let z = 0; z < 6; z++) {
      const options = { plane: 'xy', index: z, overlays: [{ volume: organs, opacity: 1 }], overwrite: true } as const;
      await exportSlice(ct, path, options);
      const { data } = await readPng(path);
      const isColored = Array.from({ length: data.length / 4 }, (_, i) => data[4 * i] !== data[4 * i + 1]);
      const labels = z === 0 ? null : organs.slice('xy', z - 1).data;
      expect(isColored).toEqual(
        Array.from({ length: 60 }, (_, i) => (labels?.[(i % 5) + 5 * Math.floor(i / 20)] ?? 0) > 0),
      );
    }
  });

  test('in a folder of other series are told by their segments', async () => {
    await expect(openSegments('study')).rejects.toMatchObject({
      code: 'unknown-series',
      message: expect.stringContaining('1.2.9: SEG "organs", 2 segments (liver, Milz – größer) of 5 × 3 pixels'),
    });
    expect((await openSegments('study', '1.2.9/liver')).labels).toEqual({ 1: liver });
    await expect(openSegments('study', '1.2.9/3')).rejects.toMatchObject({
      code: 'unknown-series',
      message: expect.stringContaining('no segment "3"; open one segment with the option series: 1.2.9/1 (liver), 1.2'),
    });
  });

  test.each([
    ['uneven.dcm', 'unsupported-format', /not on slices of one distance: 2.500 mm at least/],
    ['nowhere-several.dcm', 'unsupported-format', /do not say where they are \(PlanePositionSequence/],
    ['twice.dcm', 'unsupported-format', /frames 0 and 2 of segment 1 are at one position/],
    ['none-described.dcm', 'unsupported-format', /does not say what its segments are \(SegmentSequence\)/],
    ['undescribed.dcm', 'file-corrupt', /frame 1 is of segment 2, which it does not describe/],
    ['unsaid.dcm', 'file-corrupt', /frame 1 is of no segment \(ReferencedSegmentNumber\)/],
    ['fractional-above.dcm', 'file-corrupt', /the value 250, above its maximum 200/],
    ['labels-undescribed.dcm', 'file-corrupt', /voxels of segment 2, which it does not describe/],
    ['labels-of-zero.dcm', 'unsupported-format', /segment 0 would be nothing.*5 \(PixelPaddingValue\)/],
    ['too-far.dcm', 'file-corrupt', /2 frames are up to \d+ slices apart/],
  ] as const)('are refused with a sentence, taking little: %s', async (name, code, message) => {
    const error = await cheapRefusal(() => openSegments(name));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});
