/** Headers that other programs write, and that are easily read wrong or refused. Each file is made here. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { openVolume } from './index';
import { filesFolder } from './testing/files-folder';
import { changed, metaFile, mrcFile, nifti2File, nrrdFile } from './testing/hostile-files';
import { bytesOf, niftiFile } from './testing/nifti-file';

const { put } = filesFolder();
/** Of 2 × 3 × 4 bytes: each value counts, and half of them are over 127. */
const BYTES = Uint8Array.from({ length: 24 }, (_, i) => (i * 37 + 5) % 251);

describe('MRC', () => {
  const mrc = (change: (view: DataView) => void) =>
    openVolume(
      put(
        'a.mrc',
        mrcFile((view) => {
          new Uint8Array(view.buffer).set(BYTES, 1024);
          [2, 3, 4].forEach((size, axis) => {
            view.setInt32(28 + 4 * axis, size, true);
            view.setFloat32(40 + 4 * axis, 1.5 * size, true);
          });
          change(view);
        }),
      ),
    );

  test.each([
    ['without its mark', 0, 0, 'int8'],
    ['with IMOD’s mark', 1_146_047_817, 0, 'uint8'],
    ['with IMOD’s mark, and signed', 1_146_047_817, 1, 'int8'],
  ])('bytes %s', async (_, stamp, flags, dtype) => {
    const volume = await mrc((view) => {
      view.setInt32(152, stamp, true);
      view.setInt32(156, flags, true);
    });
    expect(volume.dtype).toBe(dtype);
    expect(Array.from(volume.data)).toEqual(Array.from(dtype === 'int8' ? Int8Array.from(BYTES) : BYTES));
  });

  test.each([true, false])(
    'without a machine stamp the sizes tell the order of bytes: little-endian is %p',
    async (little) => {
      const volume = await mrc((view) => {
        view.setUint32(212, 0);
        [2, 3, 4].forEach((size, axis) => {
          view.setInt32(4 * axis, size, little);
          view.setInt32(28 + 4 * axis, size, little);
          view.setFloat32(40 + 4 * axis, 1.5 * size, little);
        });
      });
      expect(volume).toMatchObject({ shape: [2, 3, 4], spacing: [1.5, 1.5, 1.5] });
    },
  );

  test('a height below 0 is the distance all the same', async () => {
    const volume = await mrc((view) => {
      view.setFloat32(48, -6, true);
    });
    expect(volume.spacing).toEqual([1.5, 1.5, 1.5]);
  });

  test('the start indices are its place where it has no origin, and the origin where it has one', async () => {
    const starts = (view: DataView): void => {
      [33, 29, -2].forEach((start, axis) => {
        view.setInt32(16 + 4 * axis, start, true);
      });
    };
    expect((await mrc(starts)).origin).toEqual([49.5, 43.5, -3]);
    const placed = await mrc((view) => {
      starts(view);
      view.setFloat32(200, 7, true);
    });
    expect(placed.origin).toEqual([0, 7, 0]);
  });
});

describe('MetaImage', () => {
  test('may begin with any of its fields', async () => {
    const [first = ''] = Buffer.from(metaFile()).toString('latin1').split('\n');
    const bytes = metaFile({}, BYTES).subarray(first.length);
    for (const field of ['CompressedData = False', 'Comment = x', 'DistanceUnits = um', 'Modality = MET_MOD_CT']) {
      const volume = await openVolume(put('order.mha', Buffer.concat([Buffer.from(field), bytes])));
      expect(Array.from(volume.data)).toEqual(Array.from(BYTES));
      expect(volume.unit).toBe(field.startsWith('Distance') ? 'µm' : 'px');
    }
  });

  test('values as text are the numbers, in the file or beside it', async () => {
    const values = Array.from({ length: 24 }, (_, i) => i * 131 - 1500);
    const text = Buffer.from(`${values.slice(0, 10).join(' ')}\n${values.slice(10).join('\r\n')}`);
    const fields = { BinaryData: 'False', ElementType: 'MET_SHORT' };
    expect(Array.from((await openVolume(put('text.mha', metaFile(fields, text)))).data)).toEqual(values);
    put('values.txt', Buffer.from(`${text.toString()}\n`));
    const beside = metaFile({ ...fields, ElementDataFile: 'values.txt' }, new Uint8Array(0));
    expect(Array.from((await openVolume(put('text.mhd', beside))).data)).toEqual(values);
  });

  test.each<[string, string, string]>([
    [
      'too few numbers',
      '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23         ',
      'truncated, it has 23 numbers',
    ],
    ['a word', `1 2 x${' 4'.repeat(30)}`, 'its value 2 is "x"'],
    ['a number that its type has not', `1 2 300${' 4'.repeat(30)}`, 'its value 2 is "300"'],
    ['too few bytes for so many numbers', '1 2 3', 'truncated'],
  ])('text with %s is refused', async (_, text, words) => {
    const path = put('text.mha', metaFile({ BinaryData: 'False' }, Buffer.from(text)));
    await expect(openVolume(path)).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringContaining(words),
    });
  });

  test('values with a slope and an offset stand for others', async () => {
    const fields = { ElementToIntensityFunctionSlope: '2', ElementToIntensityFunctionOffset: '-7' };
    const volume = await openVolume(put('slope.mha', metaFile(fields, BYTES)));
    expect(volume.valueAt(1, 0, 0)).toBe(2 * (BYTES[1] as number) - 7);
  });

  test('a picture that is turned has its directions', async () => {
    const fields = { NDims: '2', DimSize: '4 6', ElementSpacing: '2 3' };
    const plain = await openVolume(put('flat.mha', metaFile({ ...fields, TransformMatrix: '1 0 0 1' }, BYTES)));
    expect(plain.direction).toBeNull();
    const turned = await openVolume(put('turned.mha', metaFile({ ...fields, TransformMatrix: '0 1 -1 0' }, BYTES)));
    expect(turned.direction).toEqual([0, -1, 0, 1, 0, 0, 0, 0, 1]);
  });
});

describe('NRRD', () => {
  const nrrd = (fields: Readonly<Record<string, string>>, bytes: Uint8Array<ArrayBuffer> = BYTES) =>
    openVolume(put('a.nrrd', nrrdFile(fields, bytes)));

  test('four dimensions of space, as ITK writes volumes in time', async () => {
    const volume = await nrrd({
      dimension: '4',
      sizes: '2 3 2 2',
      'space dimension': '4',
      'space directions': '(0.5,0,0,0) (0,2,0,0) (0,0,3,0) (0,0,0,1)',
      kinds: 'domain domain domain domain',
      'space origin': '(3,4,-5,0)',
    });
    expect(volume).toMatchObject({ shape: [2, 3, 2], frames: 2, spacing: [0.5, 2, 3], origin: [3, 4, -5] });
    expect(Array.from(volume.at({ frame: 1 }).data)).toEqual(Array.from(BYTES.subarray(12)));
  });

  test('the last bytes of a file beside it', async () => {
    put('values.raw', Buffer.concat([Buffer.alloc(11), BYTES]));
    const volume = await nrrd({ 'data file': 'values.raw', 'byte skip': '-1' }, new Uint8Array(0));
    expect(Array.from(volume.data)).toEqual(Array.from(BYTES));
    await expect(nrrd({ encoding: 'gzip', 'byte skip': '-1' }, gzipSync(BYTES))).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('byte skip'),
    });
    await expect(
      nrrd({ 'data file': 'values.raw', 'byte skip': '-1', sizes: '2 30 4' }, new Uint8Array(0)),
    ).rejects.toMatchObject({
      code: 'file-corrupt',
    });
  });

  test('a distance that is not known is 1, and none is in millimetres that nobody spoke of', async () => {
    expect(await nrrd({ spacings: '0.5 2 NaN' })).toMatchObject({ spacing: [0.5, 2, 1], unit: 'px' });
    expect(await nrrd({ spacings: '0.5 2 3', units: '"um" "um" "um"' })).toMatchObject({ unit: 'µm' });
  });

  test('the origin stays where no space is a patient’s, and where an axis begins', async () => {
    const fields = { 'space directions': '(0.5,0,0) (0,2,0) (0,0,3)', 'space origin': '(1,2,3)' };
    for (const space of [{ space: '3D-right-handed' }, { 'space dimension': '3' }]) {
      const volume = await nrrd({ ...space, ...fields });
      expect(volume).toMatchObject({ spacing: [0.5, 2, 3], origin: [1, 2, 3], direction: null });
    }
    const flat = {
      dimension: '2',
      sizes: '4 6',
      'space dimension': '2',
      'space directions': '(0.5,0) (0,2)',
      'space origin': '(3,4)',
    };
    expect(await nrrd(flat)).toMatchObject({ spacing: [0.5, 2, 1], origin: [3, 4, 0] });
    const axes = { spacings: '2 2 2', 'axis mins': '10 20 30', centers: 'node cell cell' };
    expect((await nrrd(axes)).origin).toEqual([10, 21, 31]);
  });

  test.each<[string, readonly number[] | null]>([
    ['"mm" "mm" "mm" "ms"', [0.01, 0.26]],
    ['"mm" "mm" "mm" "s"', [10, 260]],
    ['"mm" "mm" "mm" ""', null],
  ])('volumes in time are as far apart as their axis says: %s', async (units, frameTimes) => {
    const fields = { dimension: '4', sizes: '2 3 4 2', spacings: '1 2 3 250', units, 'axis mins': 'nan nan nan 10' };
    const volume = await openVolume(put('a.nrrd', nrrdFile(fields, new Uint8Array(48))));
    expect(volume).toMatchObject({ frames: 2, spacing: [1, 2, 3], frameTimes });
  });

  test('axes that are turned in a space that is no patient’s are refused', async () => {
    const fields = { space: '3D-left-handed', 'space directions': '(0,1,0) (1,0,0) (0,0,1)' };
    await expect(nrrd(fields)).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('space directions'),
    });
  });

  test('colours that lie apart are colours; other values of a voxel are refused by their name', async () => {
    const fields = { dimension: '4', sizes: '2 2 2 3' };
    const volume = await nrrd({ ...fields, kinds: 'domain domain domain RGB-color' });
    expect(volume).toMatchObject({ components: 3, frames: 1 });
    expect(volume.valueAt(1, 0, 1)).toEqual([BYTES[5], BYTES[13], BYTES[21]]);
    expect(await nrrd({ ...fields, kinds: 'domain domain domain list' })).toMatchObject({ components: 1, frames: 3 });
    for (const kind of ['HSV-color', 'complex', '3D-symmetric-matrix']) {
      await expect(nrrd({ ...fields, kinds: `domain domain domain ${kind}` })).rejects.toMatchObject({
        code: 'unsupported-format',
        message: expect.stringContaining(kind),
      });
    }
  });

  test('a list before the axes of space is frames, but of layers of segments', async () => {
    const fields = { dimension: '4', sizes: '3 2 2 2', kinds: 'list domain domain domain' };
    const volume = await nrrd(fields);
    expect(volume).toMatchObject({ components: 1, frames: 3, shape: [2, 2, 2] });
    for (const frame of [0, 1, 2]) {
      expect(Array.from(volume.at({ frame }).data)).toEqual(
        [0, 1, 2, 3, 4, 5, 6, 7].map((at) => BYTES[3 * at + frame]),
      );
    }
    const header = nrrdFile(fields, BYTES).subarray(0, -25);
    const layers = Buffer.concat([header, Buffer.from('Segment0_Name:=a\nSegment0_LabelValue:=1\n\n'), BYTES]);
    await expect(openVolume(put('layers.seg.nrrd', layers))).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('its segments overlap, and lie in several layers'),
    });
  });

  test.each([
    ['vector domain domain domain', '2 2 2 3', [2, 2, 3]],
    ['domain domain domain covariant-vector', '2 2 3 2', [2, 2, 3]],
    ['2-vector domain domain time', '2 2 2 3', [2, 2, 1]],
  ])('vectors are channels: kinds %s', async (kinds, sizes, shape) => {
    const volume = await nrrd({ dimension: '4', sizes, kinds });
    const frames = kinds.includes('time') ? 3 : 1;
    expect(volume).toMatchObject({ shape, channels: 2, frames });
    const box = 12 / frames;
    const isFirst = !kinds.startsWith('domain');
    for (let frame = 0; frame < frames; frame++) {
      for (const channel of [0, 1]) {
        const from = (at: number): number => (isFirst ? 2 * (frame * box + at) + channel : channel * box + at);
        const expected = Array.from({ length: box }, (_, at) => BYTES[from(at)]);
        expect(Array.from(volume.at({ frame, channel }).data)).toEqual(expected);
      }
    }
  });

  test('vectors along axes of their own are refused', async () => {
    const fields = { dimension: '4', sizes: '2 2 2 3', kinds: 'vector domain domain domain' };
    await expect(nrrd({ ...fields, 'measurement frame': '(0,1,0) (1,0,0) (0,0,1)' })).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('(measurement frame)'),
    });
    expect(await nrrd({ ...fields, 'measurement frame': '(1,0,0) (0,1,0) (0,0,1)' })).toMatchObject({ channels: 2 });
  });
});

describe('NIfTI', () => {
  const voxels = bytesOf(
    Array.from({ length: 24 }, (_, i) => i * 50 - 400),
    'setInt16',
  );
  const dims = [2, 3, 4];
  /** With a qform that only turns x and y round, at (7, 8, 9). */
  const withQform = (fields: Parameters<typeof niftiFile>[0], change: (view: DataView) => void = () => undefined) => {
    const file = niftiFile({ dims, datatype: 4, voxels, ...fields });
    const view = new DataView(file.buffer);
    view.setInt16(252, 1, true);
    [0, 0, 1, 7, 8, 9].forEach((value, i) => {
      view.setFloat32(256 + 4 * i, value, true);
    });
    change(view);
    return openVolume(put('a.nii', file));
  };
  const QFORM = { origin: [-7, -8, 9], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] };

  test('times have the digits that the header holds: seven, or in NIfTI-2 all', async () => {
    const timed = { dims: [2, 3, 2, 2], voxels: new Uint8Array(24), units: 10, toffset: 0.3 };
    const first = await openVolume(put('a.nii', niftiFile({ ...timed, pixdim: [1, 1, 1, 0.1] })));
    expect(first.frameTimes).toEqual([0.3, 0.4]);
    const second = nifti2File((view) => {
      [4, 2, 3, 2, 2].forEach((size, i) => {
        view.setBigInt64(16 + 8 * i, BigInt(size), true);
      });
      view.setFloat64(136, 1.23456789012, true);
      view.setFloat64(216, 0.00000001, true);
      view.setInt32(500, 10, true);
    });
    expect((await openVolume(put('b.nii', second))).frameTimes).toEqual([1e-8, 1.23456790012]);
  });

  test('integers of 64 bits with a slope keep all digits of what they stand for', async () => {
    const stored = [2n ** 40n + 1n, -(2n ** 41n) - 3n];
    const bytes = new Uint8Array(BigInt64Array.from(stored).buffer);
    const file = niftiFile({ dims: [2, 1, 1], datatype: 1024, voxels: bytes, slope: 0.5, intercept: 1 });
    const volume = await openVolume(put('wide.nii', file));
    expect(volume.dtype).toBe('float64');
    expect([0, 1].map((x) => volume.valueAt(x, 0, 0))).toEqual(stored.map((value) => Number(value) / 2 + 1));
  });

  test('what ANALYZE has in the place of times and intents says nothing of frames or vectors', async () => {
    const header = niftiFile({ dims: [2, 3, 2, 2], magic: '\0\0\0\0', voxOffset: 0, units: 10, pixdim: [1, 1, 1, 2] });
    new DataView(header.buffer).setInt16(68, 1007, true);
    put('old.img', new Uint8Array(24));
    const volume = await openVolume(put('old.hdr', header.subarray(0, 348)));
    expect(volume).toMatchObject({ frames: 2, channels: 1, frameTimes: null, frameLabels: null });
  });
  type Sform = readonly (readonly [number, number, number, number])[];

  test.each<[string, Sform]>([
    [
      'zeros',
      [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    ],
    [
      'no numbers',
      [
        [NaN, NaN, NaN, NaN],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
      ],
    ],
  ])('a sform of %s says nothing, and the qform counts', async (_, sform) => {
    expect(await withQform({ sform, pixdim: [1, 2, 3] })).toMatchObject({ ...QFORM, spacing: [1, 2, 3] });
    const without = await openVolume(
      put('none.nii', niftiFile({ dims, datatype: 4, voxels, sform, pixdim: [1, 2, 3] })),
    );
    expect(without).toMatchObject({ spacing: [1, 2, 3], direction: null });
  });

  test('of a distance below 0 the amount counts', async () => {
    expect(await withQform({ pixdim: [-1, 2, 3] })).toMatchObject({ ...QFORM, spacing: [1, 2, 3] });
  });

  test('a slope without end is none, the datatype counts and not the bits, and no volumes in time are one', async () => {
    const file = niftiFile({ dims: [2, 3, 4, 0], datatype: 4, voxels, bitpix: 8, slope: Infinity, intercept: 3 });
    const volume = await openVolume(put('slips.nii', file));
    expect(volume).toMatchObject({ dtype: 'int16', frames: 1, rescale: null });
    expect(Array.from(volume.data)).toEqual(Array.from({ length: 24 }, (_, i) => i * 50 - 400));
  });

  test('a picture whose sform leaves out its third axis has one at right angles', async () => {
    const sform: Sform = [
      [-2, 0, 0, 5],
      [0, -3, 0, 6],
      [0, 0, 0, 7],
    ];
    const volume = await openVolume(put('flat.nii', niftiFile({ dims: [4, 6, 1], datatype: 4, voxels, sform })));
    expect(volume).toMatchObject({ spacing: [2, 3, 1], origin: [-5, -6, 7], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] });
  });

  test('the fifth axis is channels if the intent says so, also after frames, and is refused otherwise', async () => {
    const vectors = (intent: number) => {
      const file = niftiFile({ dims: [2, 3, 1, 2, 2], datatype: 4, voxels });
      new DataView(file.buffer).setInt16(68, intent, true);
      return openVolume(put('vectors.nii', file));
    };
    const volume = await vectors(1007);
    expect(volume).toMatchObject({ shape: [2, 3, 1], frames: 2, channels: 2 });
    for (const [frame, channel] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      const start = 12 * channel + 6 * frame;
      const expected = Array.from({ length: 6 }, (_, at) => (start + at) * 50 - 400);
      expect(Array.from(volume.at({ frame, channel }).data)).toEqual(expected);
    }
    await expect(vectors(0)).rejects.toMatchObject({ code: 'unsupported-format' });
  });

  test.each<[string, number, number, readonly number[] | null, readonly string[] | null]>([
    ['seconds', 2 | 8, 2.2, [0.5, 2.7, 4.9], null],
    ['milliseconds', 2 | 16, 720, [0.0005, 0.7205, 1.4405], null],
    ['microseconds', 2 | 24, 5e5, [5e-7, 0.5000005, 1.0000005], null],
    ['hertz', 2 | 32, 3, null, ['0.5 Hz', '3.5 Hz', '6.5 Hz']],
    ['nothing that is said', 2, 2.2, null, null],
    ['seconds, none of them', 2 | 8, 0, null, null],
  ])('volumes in time are as far apart as the fourth axis says, in %s', async (_, units, step, times, labels) => {
    const file = niftiFile({
      dims: [2, 3, 4, 3],
      voxels: new Uint8Array(72),
      pixdim: [1, 1, 1, step],
      units,
      toffset: 0.5,
    });
    expect(await openVolume(put('a.nii', file))).toMatchObject({ frames: 3, frameTimes: times, frameLabels: labels });
  });

  test('a first dimension of 0 stays refused', async () => {
    const path = put(
      'empty.nii',
      changed((view) => {
        view.setInt16(42, 0, true);
      }),
    );
    await expect(openVolume(path)).rejects.toMatchObject({ code: 'file-corrupt' });
  });
});
