/** FreeSurfer, pairs of NIfTI and ANALYZE, AFNI, MRtrix and MINC 2. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { realValue, type Rescale } from '../protocol';
import type { Volume } from '../volume';
import { openVolume } from './index';
import { filesFolder } from './testing/files-folder';
import { indicesOf, mifFile, mifHeader, mifValues, type MifFields } from './testing/mif-file';
import { madeByPython } from './testing/python';

const { put } = filesFolder();
const { folder, printed } = madeByPython(join(__dirname, 'testing/write-brain-files.py'));

/** What a volume has, with its real values. */
interface Told {
  readonly name: string;
  readonly shape: readonly number[];
  readonly frames: number;
  readonly spacing: readonly number[];
  readonly origin: readonly number[];
  readonly direction: readonly number[] | null;
  readonly dtype: string;
  readonly values: readonly number[];
}

const SAID = printed
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Told);

function saidOf(kind: RegExp, least: number): readonly Told[] {
  const found = SAID.filter(({ name }) => kind.test(name));
  expect(found.length).toBeGreaterThanOrEqual(least);
  return found;
}

/** The greatest difference, as a share of the greatest number. */
function difference(ours: readonly number[] | null, theirs: readonly number[] | null): number {
  if (ours === null || theirs === null) return ours === theirs ? 0 : Infinity;
  if (ours.length !== theirs.length) return Infinity;
  const most = Math.max(1, ...theirs.map(Math.abs));
  return Math.max(0, ...ours.map((each, at) => Math.abs(each - (theirs[at] as number)))) / most;
}

function expectSame(ours: Told, theirs: Told): void {
  const { shape, frames, dtype } = theirs;
  expect(ours).toMatchObject({ shape, frames, dtype });
  for (const field of ['values', 'spacing', 'origin', 'direction'] as const) {
    expect([ours.name, field, difference(ours[field], theirs[field]) < 1e-6]).toEqual([ours.name, field, true]);
  }
}

function toldOf(volume: Volume, name: string): Told {
  const { shape, frames, spacing, origin, direction, dtype, data, rescale } = volume;
  const values = Array.from(data, (each) => (rescale === null ? each : realValue(each, rescale)));
  return { name, shape, frames, spacing, origin, direction, dtype, values };
}

test.each([
  ['FreeSurfer’s volumes', /\.mg[hz]$/, 8],
  ['pairs of NIfTI and ANALYZE', /\.hdr(\.gz)?$/, 13],
  ['AFNI’s data sets', /\.HEAD$/, 14],
])('%s have the values and the places that nibabel reads', async (_, kind, least) => {
  for (const theirs of saidOf(kind, least)) {
    expectSame(toldOf(await openVolume(join(folder, theirs.name)), theirs.name), theirs);
  }
});

test('a data set of AFNI has the names of its values', async () => {
  expect((await openVolume(join(folder, 'bytes+orig.HEAD'))).labels).toEqual({
    17: { name: 'Left-Hippocampus' },
    53: { name: 'a <b> &lt;' },
    '-4': { name: 'it "is"' },
  });
  expect((await openVolume(join(folder, 'floats+orig.HEAD'))).labels).toBeNull();
});

test('headers of all are told by their own names', async () => {
  const headers: Record<string, unknown> = {};
  for (const name of ['i2.mgz', 'first.hdr', 'axial+orig.HEAD']) {
    await openVolume(join(folder, name), { onHeader: (header) => (headers[name] = header) });
  }
  expect(headers).toMatchObject({
    'i2.mgz': { dims: '5 4 3 2', type: '4', goodRASFlag: '1' },
    'first.hdr': { datatypeCode: '4' },
    'axial+orig.HEAD': { DATASET_RANK: '3 2', ORIENT_SPECIFIC: '0 3 4', BYTEORDER_STRING: 'LSB_FIRST' },
  });
});

describe('MINC 2', () => {
  /** Read them one after the other in one process: to load HDF5's library in a thread for each takes half a second. */
  const readAll = (
    names: readonly string[],
  ): Readonly<Record<string, Told & { readonly code?: string; readonly message?: string }>> => {
    const script = `
      const { hdf5 } = require(${JSON.stringify(join(__dirname, '../../lib/src/formats/hdf5.js'))});
      (async () => {
        const told = {};
        for (const name of ${JSON.stringify(names)}) {
          try {
            const volume = await hdf5.read({ paths: [name] }, () => undefined);
            const { shape, frames, spacing, origin, direction, dtype, rescale, data } = volume;
            told[name] = { name, shape, frames, spacing, origin, direction, dtype, rescale, values: Array.from(data) };
          } catch ({ code, message }) {
            told[name] = { code, message };
          }
        }
        console.log(JSON.stringify(told));
      })();`;
    const cwd = { cwd: folder, encoding: 'utf8' } as const;
    return JSON.parse(execFileSync(process.execPath, ['-e', script], cwd)) as ReturnType<typeof readAll>;
  };

  test('has the values and the places that nibabel reads, whatever the order of its axes', () => {
    const theirs = saidOf(/\.mnc$/, 12);
    const ours = readAll(theirs.map(({ name }) => name));
    for (const each of theirs) {
      const told = ours[each.name] as Told & { readonly rescale: Rescale | null };
      expectSame(
        {
          ...told,
          values: told.values.map((value) => (told.rescale === null ? value : realValue(value, told.rescale))),
        },
        each,
      );
    }
  });

  test('is refused where a field says something of values or places that is not heeded', () => {
    const sentences = {
      irregular: ['unsupported-format', 'its slices are not evenly spaced (zspace is irregular)'],
      aligned: ['unsupported-format', 'positions along yspace are of the start of voxels (alignment)'],
      units: ['unsupported-format', 'its axes are in the units mm, cm (units)'],
      vector: ['unsupported-format', 'its image has the axis vector_dimension (dimorder)'],
      elsewhere: ['unsupported-format', 'image-max is 3 with the axes yspace'],
      without: ['file-corrupt', 'it has no image-max'],
      invalid: ['file-corrupt', 'its valid_range is 0 to 70000'],
      still: ['file-corrupt', 'its header says that voxels are 2 × 3 × 0 apart'],
    };
    const told = readAll(Object.keys(sentences).map((name) => `refused-${name}.mnc`));
    for (const [name, [code, sentence]] of Object.entries(sentences)) {
      expect(told[`refused-${name}.mnc`]).toMatchObject({ code, message: expect.stringContaining(sentence as string) });
    }
  });

  test('is told from its content, and read in the thread as other files are', async () => {
    const [theirs] = saidOf(/^slices\.mnc$/, 1);
    expectSame(toldOf(await openVolume(join(folder, 'slices.mnc')), 'slices.mnc'), theirs as Told);
  });
});

describe('MRtrix', () => {
  const TRANSFORM = [
    [0.8, 0, 0.6, 10],
    [0, 1, 0, -20],
    [-0.6, 0, 0.8, 30],
  ];
  const transform = TRANSFORM.map((row) => row.join(','));
  const dim = [2, 3, 4, 2];
  const vox = [1.5, 2, 2.5];
  const valueAt = ([x = 0, y = 0, z = 0, frame = 0]: readonly number[]): number => x + 10 * y + 100 * z - 1000 * frame;

  /** Where a voxel of the image is, in LPS. */
  const inImage = (index: readonly number[]): readonly number[] =>
    TRANSFORM.map((row, at) => {
      const along = [0, 1, 2].reduce((sum, axis) => sum + row[axis]! * vox[axis]! * index[axis]!, row[3]!);
      return at < 2 ? -along : along;
    });

  /** Where a voxel of the volume is. */
  const inVolume = ({ spacing, origin, direction }: Volume, index: readonly number[]): readonly number[] =>
    origin.map((start, row) =>
      [0, 1, 2].reduce((sum, axis) => sum + direction![3 * row + axis]! * spacing[axis]! * index[axis]!, start),
    );

  const key = (position: readonly number[]): string => position.map((each) => Math.round(each * 1000)).join();

  test.each([
    '+0,+1,+2,+3',
    '-0,-1,+2,+3',
    '+2,-0,-1,+3',
    '+1,+2,+3,+0',
    '-3,+1,-2,-0',
    '+0,+2,+3,+1',
    '+1,+0,+2,-3',
    '0,1,2,3',
  ])('each voxel has its value and its place in the layout %s', async (layout) => {
    const image = { dim, layout, vox: [...vox, 'nan'].join(), fields: { transform } };
    const volume = await openVolume(put('image.mif', mifFile(image, mifValues(image, valueAt))));
    expect(volume).toMatchObject({ dtype: 'int16', frames: 2, unit: 'mm' });
    expect([...volume.shape].sort()).toEqual([2, 3, 4]);
    const byPlace = new Map(indicesOf(volume.shape).map((index) => [key(inVolume(volume, index)), index]));
    for (const index of indicesOf(dim)) {
      const [x, y, z] = byPlace.get(key(inImage(index))) as [number, number, number];
      expect(volume.valueAt(x, y, z, { frame: index[3]! })).toBe(valueAt(index));
    }
  });

  test('without a transform there is no direction, and indices are the image’s', async () => {
    const image = { dim: [2, 3, 4], layout: '+2,-0,-1', vox: '1,nan,3' };
    const volume = await openVolume(put('image.mif', mifFile(image, mifValues(image, valueAt))));
    expect(volume).toMatchObject({ shape: [2, 3, 4], spacing: [1, 2, 3], direction: null });
    for (const [x, y, z] of indicesOf([2, 3, 4]) as [number, number, number][]) {
      expect(volume.valueAt(x, y, z)).toBe(valueAt([x, y, z]));
    }
  });

  const plain = { dim: [2, 3, 4], layout: '+0,+1,+2' };
  const values = mifValues(plain, valueAt);
  const all = indicesOf([4, 3, 2]).map(([z = 0, y = 0, x = 0]) => valueAt([x, y, z]));

  test('may be packed, big-endian, and have its values in a file of its own', async () => {
    const big = { ...plain, datatype: 'Int16BE' };
    expect(
      Array.from((await openVolume(put('a.mif.gz', gzipSync(mifFile(big, mifValues(big, valueAt)))))).data),
    ).toEqual(all);
    put('image.dat', Buffer.concat([Buffer.alloc(7), values]));
    const header = mifHeader({ ...plain, fields: { file: 'image.dat 7' } });
    const volume = await openVolume(put('image.mih', Buffer.from(header.replaceAll('\n', '\r\n'))));
    expect(Array.from(volume.data)).toEqual(all);
    expect(volume.name).toBe('image');
  });

  test.each([
    ['UInt8', Uint8Array.from(all, (each) => each & 255), 'uint8'],
    ['int8', Int8Array.from(all), 'int8'],
    ['UInt16LE', Uint16Array.from(all), 'uint16'],
    ['Int32LE', Int32Array.from(all, (each) => each * 1000), 'int32'],
    ['UInt32LE', Uint32Array.from(all, (each) => each * 1e6), 'uint32'],
    ['Float32LE', Float32Array.from(all, (each) => each / 7), 'float32'],
    ['Float64LE', Float64Array.from(all, (each) => each / 7), 'float64'],
  ])('has values of %s', async (datatype, stored, dtype) => {
    const volume = await openVolume(put('a.mif', mifFile({ ...plain, datatype }, new Uint8Array(stored.buffer))));
    expect(volume.dtype).toBe(dtype);
    expect(Array.from(volume.data)).toEqual(Array.from(stored));
  });

  test('has bits, of which the first one is the highest of its byte', async () => {
    const bits = Uint8Array.of(0b1010_0001, 0b0000_0011, 0b1111_0000);
    const said = Array.from(bits, (byte) => byte.toString(2).padStart(8, '0')).join('');
    const volume = await openVolume(put('mask.mif', mifFile({ ...plain, datatype: 'Bit' }, bits)));
    expect(volume.dtype).toBe('uint8');
    expect(Array.from(volume.data).join('')).toBe(said);
    const back = { dim: [2, 3, 4], layout: '-0,+1,+2', datatype: 'Bit' };
    const turned = await openVolume(put('mask.mif', mifFile(back, bits)));
    expect(Array.from(turned.data).join('')).toBe(said.replace(/(.)(.)/g, '$2$1'));
  });

  test('an offset and a factor are the rescale of integers, and floats are the real values', async () => {
    const scaling = { fields: { scaling: '-5,0.5' } };
    const integers = await openVolume(put('a.mif', mifFile({ ...plain, ...scaling }, values)));
    expect(integers).toMatchObject({ dtype: 'int16', rescale: { slope: 0.5, intercept: -5 } });
    expect(Array.from(integers.data)).toEqual(all);
    const floats = mifFile(
      { ...plain, ...scaling, datatype: 'Float32LE' },
      new Uint8Array(Float32Array.from(all).buffer),
    );
    const volume = await openVolume(put('a.mif', floats));
    expect(volume).toMatchObject({ dtype: 'float32', rescale: null });
    expect(Array.from(volume.data)).toEqual(all.map((each) => each * 0.5 - 5));
  });

  test('has axes that are not at right angles as its transform has them, with a note', async () => {
    const transform = ['1,0,0.6,10', '0,1,0,20', '0,0,0.8,30'];
    const volume = await openVolume(put('a.mif', mifFile({ ...plain, fields: { transform } }, values)));
    expect(volume.direction).toEqual([-1, 0, -0.6, 0, -1, 0, 0, 0, 0.8]);
    expect(volume.notes).toEqual([expect.stringContaining('The slices are tilted by 36.9 degrees')]);
    await expect(openVolume(join(folder, 'skewed.mgh'), { strict: true })).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining(
        'it opens with a note, which strict refuses: The axes are not at right angles: x and y',
      ),
    });
  });

  const refused: readonly (readonly [string, Partial<MifFields>, string])[] = [
    ['of complex numbers', { datatype: 'CFloat32LE' }, 'its datatype is "CFloat32LE"'],
    [
      'of bytes in an order that it does not say',
      { datatype: 'Int16' },
      'its datatype Int16 is in the order of bytes of the machine',
    ],
    ['of five dimensions', { dim: [2, 3, 1, 2, 2], layout: '+0,+1,+2,+3,+4' }, 'has more than four dimensions'],
    ['in several files', { fields: { file: ['a.dat 0', 'b.dat 0'] } }, 'its values are in several files (file)'],
  ];
  test.each(refused)('%s is refused', async (_, fields, sentence) => {
    await expect(openVolume(put('a.mif', mifFile({ ...plain, ...fields }, values)))).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining(sentence),
    });
  });
});
