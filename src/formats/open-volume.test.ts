import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../protocol';
import { openVolume, type OpenOptions, type OpenProgress } from './index';
import { filesFolder } from './testing/files-folder';
import { bytesOf, niftiFile } from './testing/nifti-file';

const { path: folder, put } = filesFolder();

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const dims = [3, 4, 5];

/** The file is refused with this code, and with a sentence that starts with its path. */
async function refused(path: string, code: ErrorCode, sentence: string): Promise<void> {
  await expect(openVolume(path)).rejects.toMatchObject({
    name: 'SlicescopeError',
    code,
    details: { path },
    message: `${path}: ${sentence}`,
  });
}

describe('the values are those of the file', () => {
  test.each([
    ['uint8', 2, 'setUint8', 150],
    ['int8', 256, 'setInt8', -30],
    ['uint16', 512, 'setUint16', 65_000],
    ['int16', 4, 'setInt16', -32_000],
    ['uint32', 768, 'setUint32', 4_294_967_000],
    ['int32', 8, 'setInt32', -2_147_483_000],
    ['float32', 16, 'setFloat32', -0.5],
    ['float64', 64, 'setFloat64', 1e10 + 0.1],
  ] as const)('%s, in both byte orders', async (dtype, datatype, set, from) => {
    const values = range(from, 60);
    for (const littleEndian of [true, false]) {
      const voxels = bytesOf(values, set, littleEndian);
      const path = put(`${dtype}.nii`, niftiFile({ dims, datatype, voxels, littleEndian, pixdim: [1, 2, 3] }));
      const volume = await openVolume(path);
      expect(Array.from(volume.data)).toEqual(values);
      expect(volume.toString()).toBe(`Volume "${dtype}": 3 × 4 × 5 ${dtype}, 1 × 2 × 3 mm`);
      expect(Object.prototype.toString.call(volume.data.buffer)).toBe('[object SharedArrayBuffer]');
    }
  });

  test.each([
    ['RGB', 128, 3],
    ['RGBA', 2304, 4],
  ])('%s', async (_, datatype, components) => {
    const values = range(0, 12 * components);
    const voxels = Uint8Array.from(values);
    const volume = await openVolume(put('colour.nii', niftiFile({ dims: [3, 2, 2], datatype, voxels })));
    expect(volume.components).toBe(components);
    expect(Array.from(volume.data)).toEqual(values);
  });

  test('of integers with a slope and an intercept: they stay as they are, and stand for others', async () => {
    const voxels = bytesOf(range(-10, 60), 'setInt16');
    const volume = await openVolume(put('scaled.nii', niftiFile({ datatype: 4, voxels, slope: 2, intercept: 10 })));
    expect(volume).toMatchObject({ dtype: 'int16', rescale: { slope: 2, intercept: 10 }, range: [-10, 108] });
    expect(Array.from(volume.data)).toEqual(range(-10, 60));
    expect(volume.valueAt(1, 0, 0)).toBe(-9 * 2 + 10);
  });

  test('of floats with a slope and an intercept: these are applied, as float32', async () => {
    const voxels = bytesOf(range(-10, 60), 'setFloat32');
    const volume = await openVolume(put('floats.nii', niftiFile({ datatype: 16, voxels, slope: 2, intercept: 10 })));
    expect(volume).toMatchObject({ dtype: 'float32', rescale: null });
    expect(Array.from(volume.data)).toEqual(range(-10, 60).map((value) => value * 2 + 10));
  });

  test('.nii.gz, in one gzip member or in two', async () => {
    const bytes = niftiFile({ voxels: Uint8Array.from(range(0, 60)) });
    const two = Buffer.concat([gzipSync(bytes.subarray(0, 200)), gzipSync(bytes.subarray(200))]);
    for (const packed of [gzipSync(bytes), two]) {
      const volume = await openVolume(put('packed.nii.gz', packed));
      expect(volume.name).toBe('packed');
      expect(Array.from(volume.data)).toEqual(range(0, 60));
    }
  });

  test('one and two dimensions, and a fourth of size 1', async () => {
    const open = async (sizes: number[], count: number): Promise<readonly number[]> =>
      (await openVolume(put('rank.nii', niftiFile({ dims: sizes, voxels: new Uint8Array(count) })))).shape;
    expect(await open([7], 7)).toEqual([7, 1, 1]);
    expect(await open([3, 4], 12)).toEqual([3, 4, 1]);
    expect(await open([3, 4, 5, 1], 60)).toEqual([3, 4, 5]);
  });
});

describe('a fourth dimension is time', () => {
  const sform = [
    [0, 0, -3, 10],
    [1, 0, 0, 20],
    [0, 2, 0, 30],
  ] as const;

  test('and the frames have the values and the geometry of the file', async () => {
    const voxels = bytesOf(range(0, 24 * 5), 'setInt16');
    const bytes = niftiFile({ dims: [2, 3, 4, 5], datatype: 4, voxels, sform, pixdim: [1, 2, 3] });
    for (const path of [put('series.nii', bytes), put('series.nii.gz', gzipSync(bytes))]) {
      const volume = await openVolume(path);
      expect(volume.toString()).toBe('Volume "series": 2 × 3 × 4 int16, 5 frames, 1 × 2 × 3 mm');
      expect(volume.origin).toEqual([-10, -20, 30]);
      expect(volume.direction).toEqual([0, 0, 1, -1, 0, 0, 0, 1, 0]);
      expect(volume.valueAt(1, 2, 3, { frame: 4 })).toBe(119);
      expect(Array.from(volume.at({ frame: 2 }).data)).toEqual(range(48, 24));
    }
  });

  test('of colours too', async () => {
    const voxels = Uint8Array.from(range(0, 2 * 3 * 4 * 3));
    const volume = await openVolume(put('colours.nii', niftiFile({ dims: [2, 3, 1, 4], datatype: 128, voxels })));
    expect(volume).toMatchObject({ components: 3, frames: 4, shape: [2, 3, 1] });
    expect(volume.valueAt(1, 2, 0, { frame: 3 })).toEqual([69, 70, 71]);
  });
});

describe('the geometry is LPS, in millimetres', () => {
  test('from an sform that swaps axes', async () => {
    // Indices grow towards anterior, superior and left, 1, 2 and 3 mm apart.
    const sform = [
      [0, 0, -3, 10],
      [1, 0, 0, 20],
      [0, 2, 0, 30],
    ] as const;
    const volume = await openVolume(put('asl.nii', niftiFile({ sform, pixdim: [1, 2, 3] })));
    expect(volume.spacing).toEqual([1, 2, 3]);
    expect(volume.origin).toEqual([-10, -20, 30]);
    expect(volume.direction).toEqual([0, 0, 1, -1, 0, 0, 0, 1, 0]);
    expect(volume.info(1).planes.xy).toMatchObject({
      orientation: { transpose: false, flipX: true, flipY: true },
      edges: { left: 'A', right: 'P', top: 'S', bottom: 'I' },
    });
  });

  test('without qform and sform there is no direction', async () => {
    const volume = await openVolume(put('plain.nii', niftiFile({ pixdim: [0.5, 0.5, 2] })));
    expect(volume.direction).toBeNull();
    expect(volume.spacing).toEqual([0.5, 0.5, 2]);
  });

  test('cal_min and cal_max are the window', async () => {
    const volume = await openVolume(put('cal.nii', niftiFile({ cal: [10, 40] })));
    expect(volume.window).toEqual([10, 40]);
    expect(volume.defaultWindow).toEqual([10, 40]);
  });
});

test('progress tells what share is read, then done', async () => {
  const voxels = new Uint8Array(300 * 300 * 100);
  const steps: OpenProgress[] = [];
  await openVolume(put('long.nii', niftiFile({ dims: [300, 300, 100], voxels })), {
    onProgress: (step) => steps.push(step),
  });
  const reading = steps.filter(({ stage }) => stage === 'reading').map(({ fraction }) => fraction);
  expect(reading.length).toBeGreaterThan(1);
  expect(reading).toEqual([...reading].sort((a, b) => a - b));
  expect(reading.at(-1)).toBe(1);
  expect(steps.slice(reading.length)).toEqual([{ stage: 'done', fraction: 1 }]);
});

test('what onProgress throws ends the opening', async () => {
  const opening = openVolume(put('thrown.nii', niftiFile()), {
    onProgress: () => {
      throw new RangeError('enough');
    },
  });
  await expect(opening).rejects.toThrow('enough');
});

describe('what cannot be read is refused with a sentence', () => {
  test('no path', async () => {
    await expect(openVolume('')).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'Volume.open: path is "", expected the path of a file, several of them, or a URL (file:, http:, https:)',
    });
  });

  test.each<[string, unknown, unknown, string]>([
    ['another kind of URL', 'ftp://host/a.nii', {}, 'path is "ftp://host/a.nii", expected the path of a file'],
    [
      'another kind of URL object',
      new URL('ftp://host/a.nii'),
      {},
      'path is "ftp://host/a.nii", expected the path of a file',
    ],
    ['no options', 'a.nii', null, "options is null, expected an object such as { format: 'nrrd' }"],
    ['a listener that is none', 'a.nii', { onProgress: 3 }, 'onProgress is 3, expected a function'],
    ['a signal that is none', 'a.nii', { signal: 3 }, 'signal is 3, expected an AbortSignal'],
    ['a series by its number', 'a.nii', { series: 3 }, 'series is 3, expected a name'],
    ['a format that there is not', 'a.nii', { format: 'jpg' }, 'format is "jpg", expected one of nifti, nrrd,'],
    ['a description that is none', 'a.nii', { raw: 5 }, 'raw is 5, expected a description such as'],
    ['a misspelt option', 'a.nii', { fromat: 'nrrd' }, 'there is no option "fromat", expected one of onProgress,'],
  ])('%s', async (_, source, options, sentence) => {
    await expect(openVolume(source as string, options as OpenOptions)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(`Volume.open: ${sentence}`) as unknown,
    });
  });

  test('a file that is not there', () => refused(join(folder, 'none.nii'), 'file-not-found', 'there is no such file'));

  test('a device', () => refused('/dev/zero', 'file-unreadable', 'a folder or a device, expected a file'));

  test('a file without permission', () => {
    const path = put('closed.nii', niftiFile());
    chmodSync(path, 0);
    chmodSync(folder, 0o755);
    // Root may read everything, so the process that tries gives up being root.
    const script = `
      const { openVolume } = require(${JSON.stringify(join(__dirname, '../../lib/src/formats'))});
      if (process.geteuid() === 0) process.seteuid(65534);
      openVolume(${JSON.stringify(path)}).catch(({ code, message }) => {
        process.stdout.write(JSON.stringify({ code, message }));
      });`;
    const answer = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect(JSON.parse(answer)).toEqual({
      code: 'file-unreadable',
      message: `${path}: no permission to read it`,
    });
  });

  test.each([
    ['an empty file', new Uint8Array(0), 'it is empty'],
    ['a zip', Buffer.from('PK\x03\x04 and more'), 'it looks like zip'],
    ['a text', Buffer.from('hello, this is no volume'), 'it begins with the bytes 68 65 6c 6c'],
    ['a packed text', gzipSync('hello'), 'it begins with the bytes 68 65 6c 6c'],
  ])('%s', async (_, bytes, what) => {
    await expect(openVolume(put('other.nii', bytes))).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining(`other.nii: no volume: ${what}; what can be read is DICOM`) as unknown,
    });
  });

  test('values whose header lies beside them, with the name of that', async () => {
    for (const [name, header] of [
      ['pair.img.gz', 'pair.hdr'],
      ['run+orig.BRIK', 'run+orig.HEAD'],
    ] as const) {
      put(header, new Uint8Array(1));
      const path = put(name, Buffer.from('no header'));
      await refused(path, 'unsupported-format', `values without a header, which lies beside them; open ${header}`);
    }
  });

  test('a name that says packed where nothing is', () =>
    refused(
      put('plain.nii.gz', niftiFile()),
      'unsupported-format',
      'its name ends in .gz, but it is not packed; rename it without .gz',
    ));

  test('more than four dimensions', () =>
    refused(
      put('5d.nii', niftiFile({ dims: [3, 4, 5, 2, 2], voxels: new Uint8Array(240) })),
      'unsupported-format',
      '3 × 4 × 5 × 2 × 2 has more than four dimensions; extract one series of volumes of it',
    ));

  test.each([
    [32, 'complex numbers'],
    [1536, '128-bit floating point numbers'],
  ])('datatype %d', async (datatype, what) => {
    const sentence = `it holds ${what}, which no dtype stands for; convert it, for instance to float64`;
    await refused(put('type.nii', niftiFile({ datatype })), 'unsupported-format', sentence);
  });

  test('headers that contradict themselves', async () => {
    const open = (fields: Parameters<typeof niftiFile>[0], sentence: string): Promise<void> =>
      refused(put('broken.nii', niftiFile(fields)), 'file-corrupt', sentence);
    await open({ dims: [] }, 'its header says 0 dimensions');
    await open({ dims: [3, -4, 5] }, 'its header says dimensions 3 × -4 × 5');
    await open({ datatype: 77 }, 'its header says datatype 77, which does not exist');
    await open({ voxOffset: NaN }, 'its header says that voxels start at byte NaN');
  });

  test('axes that lie in one plane', async () => {
    const sform = [
      [1, 2, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 1, 0],
    ] as const;
    const sentence =
      'its header says that x, y and z point along (-1, 0, 0), (-1, 0, 0), (0, 0, 1), which lie in one plane';
    await refused(put('flat.nii', niftiFile({ sform })), 'file-corrupt', sentence);
  });
});

describe('a truncated file is file-corrupt, never zeros', () => {
  test('in the voxels', () =>
    refused(
      put('cut.nii', niftiFile().subarray(0, 411)),
      'file-corrupt',
      'truncated, it has 411 bytes, but its header says 412',
    ));

  test('in the header', () =>
    refused(put('cut.nii', niftiFile().subarray(0, 100)), 'file-corrupt', '100 bytes, but a NIfTI header has 348'));

  test('a whole gzip stream of too few bytes', () =>
    refused(
      put('cut.nii.gz', gzipSync(niftiFile().subarray(0, 411))),
      'file-corrupt',
      'truncated, it has 411 bytes, but its header says 412',
    ));

  test('a gzip stream that ends too early', async () => {
    const packed = gzipSync(niftiFile({ voxels: Uint8Array.from(range(0, 60)) }));
    await refused(
      put('cut.nii.gz', packed.subarray(0, -12)),
      'file-corrupt',
      'truncated, its gzip stream ends too early',
    );
  });

  test('a gzip stream with a wrong byte', async () => {
    const packed = gzipSync(niftiFile({ voxels: Uint8Array.from(range(0, 60)) }));
    packed[packed.length - 6] = (packed[packed.length - 6] as number) ^ 0xff;
    await refused(put('bad.nii.gz', packed), 'file-corrupt', 'its gzip stream is broken (incorrect data check)');
  });

  test('dimensions that no such gzip stream can hold, before memory is taken', async () => {
    const packed = gzipSync(niftiFile({ dims: [30_000, 30_000, 30_000] }));
    await refused(
      put('huge.nii.gz', packed),
      'file-corrupt',
      `truncated, it has at most ${String(packed.length * 1032)} bytes, but its header says 27000000000352`,
    );
  });
});

test('to open a packed file takes hardly more memory than its volume', () => {
  const bytes = 100 * 1024 * 1024;
  const voxels = new Uint8Array(bytes).fill(7);
  // Stored rather than deflated: then there is as much to be read as there is to be unpacked.
  const path = put('large.nii.gz', gzipSync(niftiFile({ dims: [1024, 1024, 100], voxels }), { level: 0 }));
  const script = `
    const { openVolume } = require(${JSON.stringify(join(__dirname, '../../lib/src/formats'))});
    const before = process.memoryUsage.rss();
    let most = before;
    const onProgress = () => { most = Math.max(most, process.memoryUsage.rss()); };
    openVolume(${JSON.stringify(path)}, { onProgress }).then(({ data }) => {
      process.stdout.write(JSON.stringify({ taken: most - before, wrong: data.findIndex((value) => value !== 7) }));
    });`;
  const answer = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  const { taken, wrong } = JSON.parse(answer) as Readonly<Record<string, number>>;
  expect(wrong).toBe(-1);
  expect((taken as number) / bytes).toBeGreaterThan(1);
  expect((taken as number) / bytes).toBeLessThan(1.3);
});

test('the ICBM 152 template is what an independent reading says', async () => {
  const path = join(__dirname, '../../examples/data/icbm152-t1.nii.gz');
  const bytes = gunzipSync(readFileSync(path));
  const header = new DataView(bytes.buffer, bytes.byteOffset, 348);
  expect([1, 2, 3].map((i) => header.getInt16(40 + 2 * i, true))).toEqual([197, 233, 189]);
  const affine = Array.from({ length: 12 }, (_, i) => header.getFloat32(280 + 4 * i, true));
  expect(affine).toEqual([1, 0, 0, -98, 0, 1, 0, -134, 0, 0, 1, -72]);

  const volume = await openVolume(path);
  expect(volume.toString()).toBe('Volume "icbm152-t1": 197 × 233 × 189 uint8, 1 × 1 × 1 mm');
  expect(volume.origin).toEqual([98, 134, -72]);
  expect(volume.direction).toEqual([-1, 0, 0, 0, -1, 0, 0, 0, 1]);
  for (const [x, y, z] of [
    [98, 134, 72],
    [60, 90, 100],
    [196, 232, 188],
    [40, 116, 94],
  ] as const) {
    expect(volume.valueAt(x, y, z)).toBe(bytes[352 + (z * 233 + y) * 197 + x]);
  }
  expect(Buffer.compare(bytes.subarray(352), Buffer.from(volume.data.buffer))).toBe(0);
  expect(volume.range).toEqual([0, 255]);
});
