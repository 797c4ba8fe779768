import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../protocol';
import type { Volume } from '../../volume';
import { openVolume, type OpenOptions } from '../index';
import { cheapRefusal } from '../testing/cost';
import { element, file, text } from '../testing/dicom-file';
import { filesFolder } from '../testing/files-folder';
import { madeByPython } from '../testing/python';

const { folder, printed } = madeByPython(join(__dirname, 'testing/write-structures.py'));
/** The voxels of each structure, by the script that has drawn them. */
const said = JSON.parse(printed) as Readonly<Record<string, readonly (readonly number[])[]>>;
const { path: own, put } = filesFolder();

const open = (name: string, options: OpenOptions = {}): Promise<Volume> => openVolume(join(folder, name), options);
const over = join(folder, 'ct');
/** Over their CT, which is elsewhere. */
const overCt = (name: string, options: OpenOptions = {}): Promise<Volume> => open(name, { over, ...options });
/** With the colours that the file says. */
const LIVER = { name: 'liver', color: '#fa0a00' };
const SPLEEN = { name: 'Milz – größer', color: '#fa1400' };
const NAMES = ['liver', 'Milz – größer', 'at the edge'];
const ORGANS = { 1: LIVER, 2: SPLEEN, 3: { name: 'at the edge', color: '#fa1e00' } };

/** The voxels of each label, by their indices. */
function voxelsOf({ data }: Volume, labels: readonly number[]): readonly (readonly number[])[] {
  return labels.map((label) => Array.from(data.keys()).filter((at) => data[at] === label));
}

beforeAll(async () => {
  await overCt('alone.dcm'); // What a thread takes when it starts for the first time is no file's.
});

describe('structure sets', () => {
  test.each([
    ['study/rs.dcm', 'with their series in the same folder'],
    ['alone.dcm', 'with their series elsewhere'],
    ['xor.dcm', 'with contours that say that they are holes'],
    ['implicit.dcm', 'without value representations'],
    ['big-endian.dcm', 'in big endian'],
    ['deflated.dcm', 'deflated'],
    ['undefined.dcm', 'with sequences that say themselves where they end'],
    ['implicit-undefined.dcm', 'with such sequences, without value representations'],
    ['unsaid-series.dcm', 'that do not say over which series they are drawn'],
  ])('are label maps on the grid of their series: %s, %s', async (name) => {
    const [ct, volume] = [await openVolume(over), await (name.startsWith('study') ? open(name) : overCt(name))];
    const { shape, spacing, origin, direction } = ct;
    expect(shape).toEqual([24, 20, 6]);
    expect(volume).toMatchObject({ shape, spacing, origin, direction, unit: 'mm', dtype: 'uint8', labels: ORGANS });
    expect(volume).toMatchObject({ name: 'plan', notes: [], rescale: null, frames: 1 });
    expect(voxelsOf(volume, [1, 2, 3])).toEqual(said.organs);
  });

  test('of which one is asked for, by its number or its name', async () => {
    for (const series of ['2', 'Milz – größer', '1.2.9/2']) {
      const volume = await overCt('alone.dcm', { series });
      expect(volume.labels).toEqual({ 2: SPLEEN });
      expect(voxelsOf(volume, [1, 2, 3])).toEqual([[], said.organs?.[1], []]);
    }
    await expect(overCt('alone.dcm', { series: 'kidney' })).rejects.toMatchObject({
      code: 'unknown-series',
      message: expect.stringContaining(
        'no structure "kidney"; open one structure with the option series: 1 (liver), 2',
      ),
    });
  });

  test('with numbers that are no labels are numbered in their order, and others keep theirs', async () => {
    const names = ({ labels }: Volume): unknown =>
      Object.entries(labels ?? {}).map(([label, { name }]) => [Number(label), name]);
    expect(names(await overCt('numbers.dcm'))).toEqual([1, 2, 3].map((label, at) => [label, NAMES[at]]));
    const great = await overCt('great.dcm');
    expect([great.dtype, names(great)]).toEqual([
      'uint16',
      [1, 7, 300].map((label, at) => [label, NAMES[[0, 2, 1][at] ?? 0]]),
    ]);
    expect(voxelsOf(great, [1, 300, 7])).toEqual(said.organs);
  });

  test('with 6000 points in a contour, which is longer than a text may be', async () => {
    expect(voxelsOf(await overCt('long.dcm'), [1])).toEqual(said.long);
  });

  test('have the voxels that their lines go through, also if it is nothing but a point', async () => {
    const volume = await overCt('on-voxels.dcm');
    expect(voxelsOf(volume, [1])).toEqual(said['on-voxels']);
    expect([volume.valueAt(3, 4, 1), volume.valueAt(9, 8, 1), volume.valueAt(15, 2, 1)]).toEqual([1, 1, 1]);
    expect(volume.range).toEqual([0, 1]);
  });

  test('that overlap are opened one by one', async () => {
    await expect(overCt('overlap.dcm')).rejects.toMatchObject({
      code: 'unknown-series',
      message: expect.stringMatching(
        /its structures 1 \(body\) and 2 \(liver\) overlap at voxel \d+, \d+, 1, .* series: 1 \(body\), 2 \(liver\)$/,
      ),
      details: {
        series: [
          { uid: '1', description: 'body', slices: 1 },
          { uid: '2', slices: 6 },
        ],
      },
    });
    expect(voxelsOf(await overCt('overlap.dcm', { series: 'liver' }), [2])).toEqual([said.organs?.[0]]);
  });

  test('say which contours are not drawn, or not where they are', async () => {
    const volume = await overCt('remarks.dcm');
    expect(voxelsOf(volume, [1, 2, 3, 4])).toEqual(said.remarks);
    expect(Object.entries(volume.labels ?? {}).map(([label, { name }]) => `${label} ${name ?? ''}`)).toEqual([
      ...['1 marker', '2 needle', '3 between', '4 outside', '6 empty'],
    ]);
    expect(volume.notes).toEqual([
      'These structures are left out, because they are in another frame of reference than the series: elsewhere.',
      'Points and open contours can’t be filled. These structures have some, which are left out: marker, needle.',
      'These structures have more contours than the series has slices. On each slice the nearest ones are drawn: between.',
      'These structures have contours between two slices of the series, which are drawn on the nearer one: between.',
      'These structures have contours outside of the slices of the series, which are left out: outside.',
    ]);
  });

  test('in a folder with their series are opened by their SeriesInstanceUID, and the series without it', async () => {
    expect(await open('study')).toMatchObject({ name: 'abdomen', range: [0, 500] });
    expect(voxelsOf(await open('study', { series: '1.2.9' }), [1, 2, 3])).toEqual(said.organs);
    expect((await open('study', { series: '1.2.9/liver' })).labels).toEqual({ 1: LIVER });
    await expect(open('study', { series: '1.2' })).rejects.toMatchObject({
      code: 'unknown-series',
      message: expect.stringContaining('; 1.2.9: RTSTRUCT "plan", 3 structures (liver, Milz – größer, at the edge)'),
    });
  });

  test('over a copy of their series with another identifier are drawn if that is what is given', async () => {
    const volume = await overCt('alone.dcm', { over: join(folder, 'again') });
    expect(voxelsOf(volume, [1, 2, 3])).toEqual(said.organs);
  });

  test.each([
    ['alone.dcm', {}, /drawn over the series 1\.2\.3, which is not beside it; give its folder with the option over/],
    ['alone.dcm', { over: join(folder, 'other') }, /series 1\.2\.3, which is not in .*other; give its folder with/],
  ])(
    'without their series are refused with a sentence that says what to give: %s %#',
    async (name, options, sentence) => {
      await expect(open(name, options)).rejects.toMatchObject({
        code: 'unsupported-format',
        message: expect.stringMatching(sentence),
      });
    },
  );

  test('are what the option is for, and it is a path', async () => {
    const refused = { code: 'invalid-argument', details: { argument: 'over' } };
    await expect(open('ct', { over })).rejects.toMatchObject(refused);
    await expect(open('alone.dcm', { over: 7 as unknown as string })).rejects.toMatchObject(refused);
    await expect(open('alone.dcm', { over: join(folder, 'none') })).rejects.toMatchObject({ code: 'file-not-found' });
  });
});

describe('broken structure sets are refused with a sentence, soon, taking little', () => {
  const SQ = (tag: number, value: Uint8Array, length?: number): Buffer => element(tag, 'SQ', value, length);
  const item = (...elements: readonly Buffer[]): Buffer => {
    const value = Buffer.concat(elements);
    const head = Buffer.from('feff00e000000000', 'hex');
    head.writeUInt32LE(value.length, 4);
    return Buffer.concat([head, value]);
  };
  const points = (numbers: string): Buffer => {
    const said = Buffer.from(numbers.length % 2 === 0 ? numbers : `${numbers} `);
    return element(0x3006_0050, 'UN', said);
  };
  const closed = text(0x3006_0042, 'CS', 'CLOSED_PLANAR');
  const drawn = (contours: Buffer, length?: number): Buffer =>
    SQ(0x3006_0039, item(SQ(0x3006_0040, contours), text(0x3006_0084, 'IS', '1')), length);
  /** One structure over the CT. */
  const set = (contours: Buffer): Buffer =>
    file(
      Buffer.concat([
        text(0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.481.3'),
        text(0x0020_000e, 'UI', '1.2.9'),
        SQ(
          0x3006_0020,
          item(text(0x3006_0022, 'IS', '1'), text(0x3006_0024, 'UI', '1.2.7'), text(0x3006_0026, 'LO', 'one')),
        ),
        contours,
      ]),
      undefined,
      '1.2.840.10008.5.1.4.1.1.481.3',
    );
  const many = (count: number, one: Buffer): Buffer => Buffer.alloc(count * one.length, one);
  const TRIANGLE = '-30\\12\\100\\-10\\14\\101\\-20\\30\\104';

  const CASES: readonly (readonly [string, () => Buffer, ErrorCode, RegExp])[] = [
    [
      'a million empty contours',
      () => set(drawn(many(1_000_000, item()))),
      'file-corrupt',
      /contour 0 of structure 1 is of the type ""/,
    ],
    [
      'a million structures',
      () => set(SQ(0x3006_0039, many(1_000_000, item()))),
      'file-corrupt',
      /contours of no structure \(ReferencedROINumber\)/,
    ],
    [
      'coordinates that are no numbers',
      () => set(drawn(item(closed, points('0\\0\\0\\NaN\\0\\0\\0\\1\\0')))),
      'file-corrupt',
      /contour 0 of structure 1 has points that are no numbers \(ContourData\)/,
    ],
    [
      'endless coordinates',
      () => set(drawn(item(closed, points('0\\0\\0\\1e999\\0\\0\\0\\1\\0')))),
      'file-corrupt',
      /no numbers/,
    ],
    [
      'half a point',
      () => set(drawn(item(closed, points('0\\0\\0\\1')))),
      'file-corrupt',
      /has 4 numbers \(ContourData\), expected/,
    ],
    ['a contour without points', () => set(drawn(item(closed))), 'file-corrupt', /has 0 numbers \(ContourData\)/],
    [
      'two million points and no third number',
      () => set(drawn(item(closed, points('1\\'.repeat(4_000_000))))),
      'file-corrupt',
      /has 4000001 numbers/,
    ],
    [
      'contours far away',
      () => set(drawn(item(closed, points('0\\0\\0\\1e300\\0\\0\\0\\1e300\\0')))),
      'unsupported-format',
      /spans .* slices/,
    ],
    [
      'truncated in a contour',
      () => set(drawn(item(closed, points(TRIANGLE)))).subarray(0, -30),
      'file-corrupt',
      /cannot be followed/,
    ],
    [
      'a sequence that never ends',
      () => set(drawn(item(closed, points(TRIANGLE)), 0xffff_ffff)),
      'file-corrupt',
      /contours cannot be followed/,
    ],
    [
      'a contour that is longer than its sequence',
      () => {
        const bytes = set(drawn(item(closed, points(TRIANGLE))));
        bytes.writeUInt32LE(0x7fff_fff0, bytes.indexOf('CLOSED_PLANAR') - 12);
        return bytes;
      },
      'file-corrupt',
      /contours cannot be followed/,
    ],
    [
      'sequences in sequences, 100 000 deep',
      () => {
        const level = Buffer.concat([
          Buffer.from('feff00e0ffffffff', 'hex'),
          SQ(0x3006_0016, Buffer.alloc(0), 0xffff_ffff),
        ]);
        return set(SQ(0x3006_0039, many(100_000, level), 0xffff_ffff));
      },
      'file-corrupt',
      /contours cannot be followed|elements cannot be followed/,
    ],
    [
      'no structures',
      () => file(text(0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.481.3')),
      'file-corrupt',
      /describes no structures/,
    ],
  ];

  test.each(CASES)('%s', async (_, bytes, code, sentence) => {
    put('set.dcm', bytes());
    const error = await cheapRefusal(() => openVolume(join(own, 'set.dcm'), { over }));
    expect(error.message).toMatch(sentence);
    expect(error.code).toBe(code);
  });

  test.each([
    ['moved.dcm', 'unsupported-format', /contour 0 of structure 1 is moved \(ContourOffsetVector\)/],
    [
      'tilted.dcm',
      'unsupported-format',
      /contour 0 of "one" spans \d+\.\d+ slices.* parallel to the slices of its series/,
    ],
    [
      'unknown-type.dcm',
      'unsupported-format',
      /is of the type "SPIRAL" \(ContourGeometricType\), expected CLOSED_PLANAR/,
    ],
    ['undescribed.dcm', 'file-corrupt', /contours of the structure 5, which it does not describe/],
    ['twice.dcm', 'file-corrupt', /contours of the structure 1 twice/],
    [
      'miscounted.dcm',
      'file-corrupt',
      /has 9 numbers \(ContourData\), expected three for each of its 4 points \(NumberOfContourPoints\)/,
    ],
    ['up-and-down.dcm', 'unsupported-format', /its contours take more than \d+ steps to fill/],
  ] as const)('%s', async (name, code, sentence) => {
    const options = name === 'up-and-down.dcm' ? { over: join(folder, 'tall') } : {};
    const error = await cheapRefusal(() => overCt(name, options));
    expect(error.message).toMatch(sentence);
    expect(error.code).toBe(code);
  });
});
