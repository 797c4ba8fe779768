import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { messageOf } from '../protocol';
import type { Volume } from '../volume';
import { openVolume, type OpenOptions } from './index';
import { filesFolder } from './testing/files-folder';
import { mrcFile } from './testing/hostile-files';
import { madeByPython } from './testing/python';

const script = (name: string): string => join(__dirname, 'testing', name);
const { put } = filesFolder();
const { folder } = madeByPython(script('write-files.py'));

const open = (name: string, options?: OpenOptions): Promise<Volume> => openVolume(join(folder, name), options);

/** x + 10 y + 100 z of 4 × 3 × 2 voxels. */
const VALUES = Array.from({ length: 24 }, (_, i) => (i % 4) + 10 * (Math.floor(i / 4) % 3) + 100 * Math.floor(i / 12));

describe('what NumPy wrote has the values that it had there', () => {
  test.each([
    ['i1', 'int8'],
    ['little-i2', 'int16'],
    ['big-i2', 'int16'],
    ['little-u2', 'uint16'],
    ['big-u2', 'uint16'],
    ['little-i4', 'int32'],
    ['little-u4', 'uint32'],
    ['little-f4', 'float32'],
    ['big-f4', 'float32'],
    ['little-f8', 'float64'],
    ['big-f8', 'float64'],
    ['bool', 'uint8'],
  ])('%s', async (name, dtype) => {
    const volume = await open(`${name}.npy`);
    expect(volume.toString()).toBe(`Volume "${name}": 4 × 3 × 2 ${dtype}, 1 × 1 × 1 px`);
    const modulo = name === 'bool' ? 2 : name === 'i1' ? 100 : Infinity;
    expect(Array.from(volume.data)).toEqual(VALUES.map((value) => (modulo === Infinity ? value : value % modulo)));
  });

  test('colours, the last axis of bytes', async () => {
    const volume = await open('colours.npy');
    expect(volume).toMatchObject({ components: 3, shape: [4, 3, 2] });
    expect(volume.valueAt(3, 2, 1)).toEqual([123, 123, 132]);
  });

  test('in the order of Fortran, packed, and with frames', async () => {
    expect(Array.from((await open('fortran.npy')).data)).toEqual(VALUES);
    expect(Array.from((await open('packed.npy.gz')).data)).toEqual(VALUES);
    const frames = await open('frames.npy');
    expect(frames.frames).toBe(2);
    expect(Array.from(frames.at({ frame: 1 }).data)).toEqual(VALUES.map((value) => value + 1000));
  });

  test('in an archive of one array, or the one that is chosen', async () => {
    expect(Array.from((await open('one.npz')).data)).toEqual(VALUES);
    expect(Array.from((await open('two.npz', { series: 'ct' })).data)).toEqual(VALUES);
    const mask = await open('two.npz', { series: 'mask' });
    expect(mask.name).toBe('two mask');
    expect(Array.from(mask.data)).toEqual(VALUES.map((value) => Number(value > 50)));
    await expect(open('two.npz')).rejects.toMatchObject({
      code: 'invalid-argument',
      message: `${join(folder, 'two.npz')}: it has the arrays ct, mask; choose one: { series: "ct" }`,
    });
  });

  test('values that no dtype stands for are refused with what to do', async () => {
    const advice = "which no dtype stands for; save it as another, such as astype('float32')";
    await expect(open('objects.npy')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: `${join(folder, 'objects.npy')}: an array |O, ${advice}`,
    });
  });
});

describe('what pynrrd wrote has its values and its geometry', () => {
  test.each(['raw', 'gzip'])('%s, in a patient’s space', async (encoding) => {
    const volume = await open(`${encoding}.nrrd`);
    expect(Array.from(volume.data)).toEqual(VALUES);
    expect(volume).toMatchObject({ dtype: 'int16', spacing: [2, 3, 1.5], origin: [-10, -20, 30], unit: 'mm' });
    // x grows towards anterior, y towards superior, z towards right.
    expect(volume.direction).toEqual([0, 0, -1, -1, 0, 0, 0, 1, 0]);
  });

  test.each(['raw', 'gzip'])('%s, its values in a file of their own, big-endian', async (encoding) => {
    const volume = await open(`${encoding}.nhdr`);
    expect(Array.from(volume.data)).toEqual(VALUES);
    expect(volume).toMatchObject({ dtype: 'uint16', spacing: [1, 2, 3], direction: null });
  });

  test('names and colours of segments, as 3D Slicer writes them', async () => {
    const segmentation = await open('kidneys.seg.nrrd');
    const labels = { 1: { name: 'left kidney', color: '#80ae80' }, 7: { name: 'Ödem' }, 8: { color: '#ff0033' } };
    expect(segmentation).toMatchObject({ dtype: 'uint8', labels });
    expect((await open('raw.nrrd')).labels).toBeNull();
  });

  test('text is refused', async () => {
    expect((await open('named.nrrd')).axes).toEqual(['theta', 'r', 'depth']);
    expect((await open('raw.nrrd')).axes).toBeNull();
    await expect(open('text.nrrd')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: `${join(folder, 'text.nrrd')}: its encoding is "ascii"; what can be read is raw and gzip`,
    });
  });
});

test.each([
  ['int8', 100],
  ['int16', Infinity],
  ['float32', Infinity],
  ['uint16', Infinity],
])('what mrcfile wrote as %s has its values, and its distances in ångströms', async (dtype, modulo) => {
  const volume = await open(`${dtype}.mrc`);
  expect(volume.toString()).toBe(`Volume "${dtype}": 4 × 3 × 2 ${dtype}, 1.5 × 2.5 × 3.5 Å`);
  expect(Array.from(volume.data)).toEqual(VALUES.map((value) => (modulo === Infinity ? value : value % modulo)));
});

describe('where the voxels of an MRC file lie', () => {
  const changed = (name: string, change: (view: DataView) => void): string =>
    put(
      name,
      mrcFile((view) => {
        const integers = (at: number, values: readonly number[]): void => {
          values.forEach((value, i) => {
            view.setInt32(at + 4 * i, value, true);
          });
        };
        integers(28, [40, 12, 72]);
        [20, 3, 108].forEach((edge, i) => {
          view.setFloat32(40 + 4 * i, edge, true);
        });
        change(view);
      }),
    );

  test('is said by the axes of the cell that columns, rows and sections lie along', async () => {
    const path = changed('axes.mrc', (view) => {
      [3, 1, 2].forEach((axis, i) => {
        view.setInt32(64 + 4 * i, axis, true);
        view.setFloat32(196 + 4 * i, 10 * (i + 1), true);
      });
    });
    // Columns along z, rows along x, sections along y.
    expect(await openVolume(path)).toMatchObject({ spacing: [1.5, 0.5, 0.25], origin: [30, 10, 20], unit: 'Å' });
  });

  test('is known of a micrograph, whose cell has no height', async () => {
    const path = changed('micrograph.mrc', (view) => {
      view.setInt32(8, 1, true);
      view.setFloat32(48, 0, true);
    });
    expect(await openVolume(path)).toMatchObject({ shape: [2, 3, 1], spacing: [0.5, 0.25, 0.5], unit: 'Å' });
  });

  test('is in a box: a cell with other angles is refused', async () => {
    const path = changed('skewed.mrc', (view) => {
      [90, 94.326, 90].forEach((angle, i) => {
        view.setFloat32(52 + 4 * i, angle, true);
      });
    });
    await expect(openVolume(path)).rejects.toMatchObject({
      code: 'unsupported-format',
      message: `${path}: its cell has angles of 90, 94.326, 90 degrees; resample it onto axes that are at right angles`,
    });
  });
});

describe('what nibabel wrote', () => {
  test.each(['qform.nii', 'two.nii'])('%s has the geometry that it had there', async (name) => {
    const volume = await open(name);
    expect(Array.from(volume.data)).toEqual(VALUES);
    const near = (values: readonly number[]): unknown => values.map((value) => expect.closeTo(value, 5) as unknown);
    expect(volume.spacing).toEqual(near([1, 2, 3]));
    expect(volume.origin).toEqual(near([-10, -20, 30]));
    expect(volume.direction).toEqual(near([0, 0, 1, -1, 0, 0, 0, 1, 0]));
  });

  test.each(['u1', 'i2', 'u2', 'i4'])('%s with a slope and an intercept has the values of get_fdata', async (name) => {
    const volume = await open(`rescaled-${name}.nii.gz`);
    expect(volume.dtype).toBe({ u1: 'uint8', i2: 'int16', u2: 'uint16', i4: 'int32' }[name]);
    expect(Array.from(volume.data)).toEqual(VALUES);
    const expected = JSON.parse(readFileSync(join(folder, `rescaled-${name}.json`), 'utf8')) as number[];
    expect(VALUES.map((_, at) => realAt(volume, at))).toEqual(expected);
    expect(volume.range).toEqual([Math.min(...expected), Math.max(...expected)]);
  });

  test('NIfTI-2 with frames, packed', async () => {
    const volume = await open('two-frames.nii.gz');
    expect(volume).toMatchObject({ frames: 2, dtype: 'float32', shape: [4, 3, 2] });
    expect(Array.from(volume.at({ frame: 1 }).data)).toEqual(VALUES.map((value) => value + 1000));
  });
});

/** The real value of the voxel that is so many voxels from the first one. */
function realAt(volume: Volume, at: number): number {
  const [width, height, depth] = volume.shape;
  const row = Math.floor(at / width);
  const slice = Math.floor(row / height);
  const frame = Math.floor(slice / depth);
  return volume.valueAt(at % width, row % height, slice % depth, { frame }) as number;
}

test('each NIfTI file that comes with nibabel has the values and places that nibabel reads', async () => {
  interface Read {
    readonly path: string;
    readonly isVolume: boolean;
    readonly shape: readonly number[];
    readonly origin: readonly number[];
    readonly spacing: readonly number[];
    readonly every: number;
    /** Null for NaN. */
    readonly samples: readonly (number | null)[];
  }
  const files = madeByPython(script('nibabel-files.py'))
    .printed.trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Read);
  expect(files.length).toBeGreaterThan(5);
  for (const { path, isVolume, shape, origin, spacing, every, samples } of files) {
    if (!isVolume) {
      await expect(openVolume(path)).rejects.toMatchObject({ code: 'unsupported-format' });
      continue;
    }
    const volume = await openVolume(path);
    const [width = 1, height = 1, depth = 1, frames = 1] = shape;
    expect([...volume.shape, volume.frames]).toEqual([width, height, depth, frames]);
    volume.spacing.forEach((each, axis) => {
      expect(each).toBeCloseTo(spacing[axis] as number, 4);
    });
    if (volume.direction !== null) {
      volume.origin.forEach((each, axis) => {
        expect(each).toBeCloseTo(origin[axis] as number, 3);
      });
    }
    // Integers stay as they are, and so their real values are exact; floats that are scaled have 24 bits.
    const most = volume.dtype.startsWith('float') ? 1e-6 : 0;
    samples.forEach((sample, at) => {
      const value = realAt(volume, at * every);
      if (sample === null) expect(value).toBeNaN();
      else expect(Math.abs(value - sample) / Math.max(1, Math.abs(sample))).toBeLessThanOrEqual(most);
    });
  }
}, 30_000);

describe('where a file may be', () => {
  test('behind a file URL', async () => {
    expect(Array.from((await openVolume(pathToFileURL(join(folder, 'little-i2.npy')))).data)).toEqual(VALUES);
  });

  test('on a web server, whose refusal is told', async () => {
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/two.nii') === true) response.end(readFileSync(join(folder, 'two.nii')));
      else response.writeHead(request.url?.startsWith('/gone.nii') === true ? 404 : 500).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    try {
      const volume = await openVolume(`${base}/two.nii?token=secret`);
      expect(volume.name).toBe('two');
      expect(Array.from(volume.data)).toEqual(VALUES);
      await expect(openVolume(`${base}/gone.nii?token=secret`)).rejects.toMatchObject({
        code: 'file-not-found',
        message: `${base}/gone.nii: there is no such file (404)`,
      });
      await expect(openVolume(`${base}/broken.nii`)).rejects.toMatchObject({
        code: 'file-unreadable',
        message: `${base}/broken.nii: can’t be fetched (status 500)`,
      });
    } finally {
      server.close();
    }
  });

  test('on a web server that leads on to another, which is told nothing', async () => {
    const asked: unknown[] = [];
    const other = createServer(({ url, headers }, response) => {
      asked.push([url, headers.referer, headers.authorization]);
      response.end(readFileSync(join(folder, 'two.nii')));
    });
    const server = createServer(({ url }, response) => {
      const to =
        url?.startsWith('/loop') === true
          ? '/loop'
          : `http://localhost:${String((other.address() as AddressInfo).port)}/x`;
      response
        .writeHead(302, { Location: url?.startsWith('/ftp') === true ? 'ftp://localhost/x?sig=SECRET' : to })
        .end();
    });
    for (const each of [server, other]) await new Promise<void>((done) => each.listen(0, '127.0.0.1', done));
    const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    try {
      expect(Array.from((await openVolume(`${base}/two.nii?sig=SECRET`)).data)).toEqual(VALUES);
      expect(asked).toEqual([['/x', undefined, undefined]]);
      const refused = async (name: string): Promise<string> =>
        await openVolume(`${base}/${name}?sig=SECRET`).then(String, (error: unknown) => messageOf(error));
      expect(await refused('loop.nii')).toBe(`${base}/loop.nii: can’t be fetched (it leads on and on, 5 times)`);
      expect(await refused('ftp.nii')).toBe(
        `${base}/ftp.nii: can’t be fetched (it leads on to ftp://localhost/x, which is not followed; open that if you trust it)`,
      );
    } finally {
      server.close();
      other.close();
    }
  });

  test.each([
    ['http://user:PASSWORD@127.0.0.1:9/x.nii?sig=SECRET', '"http://127.0.0.1:9/x.nii", with a user or a password'],
    ['http://PASSWORD@127.0.0.1:9/x.zarr?sig=SECRET', '"http://127.0.0.1:9/x.zarr", with a user or a password'],
    ['http://user:PASS/WORD@[bad/x.nii?sig=SECRET', '"http://[bad/x.nii", which is no address'],
    ['https://', '"https://", which is no address'],
    ['ftp://user:PASSWORD@host/x.nii?sig=SECRET', '"ftp://host/x.nii", expected the path of a file'],
    ['file://host/x.nii', '"file://host/x.nii", which names no file here'],
    ['file:///a%2fb', '"file:///a%2fb", which names no file here'],
  ])('at %s is refused, without what may be a secret', async (address, sentence) => {
    const error: unknown = await openVolume(address).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'invalid-argument', message: expect.stringContaining(sentence) as unknown });
    expect(inspect(error)).not.toMatch(/PASS|WORD|SECRET/);
  });

  test('at an address of chunks whose reader fails says nothing of its query', async () => {
    const server = createServer((request, response) => {
      const attributes = { ome: { multiscales: [{ axes: ['y', 'x'], datasets: [{ path: '0' }] }] } };
      const array = { shape: [1, 1], data_type: 'uint8', fill_value: 0, attributes: {}, codecs: [{ name: 'bytes' }] };
      const grid = { name: 'regular', configuration: { chunk_shape: [1, 1] } };
      const chunks = { chunk_grid: grid, chunk_key_encoding: { name: 'default' } };
      const isGroup = request.url?.startsWith('/x.zarr/zarr.json') === true;
      const kind = isGroup ? { node_type: 'group', attributes } : { node_type: 'array', ...array, ...chunks };
      response.end(JSON.stringify({ zarr_format: 3, ...kind }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/x.zarr?sig=SECRET`;
    const options: readonly OpenOptions[] = [
      { level: 9 },
      { series: 'a' },
      { raw: { shape: [1, 1, 1], dtype: 'uint8' }, format: 'zarr' },
    ];
    try {
      for (const option of options) {
        const error: unknown = await openVolume(address, option).catch((cause: unknown) => cause);
        expect(error).toMatchObject({ message: expect.stringContaining('/x.zarr: ') as unknown });
        expect(inspect(error)).not.toContain('SECRET');
      }
    } finally {
      server.close();
    }
  });

  test('on a web server that does not answer, and why', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    for (const name of ['two.nii', 'two.zarr']) {
      await expect(openVolume(`http://127.0.0.1:${String(port)}/${name}`)).rejects.toMatchObject({
        code: 'file-unreadable',
        message: expect.stringContaining(`connect ECONNREFUSED 127.0.0.1:${String(port)})`) as unknown,
      });
    }
  });

  test('in a file of raw voxels that is described', async () => {
    const bytes = Buffer.concat([Buffer.from('head'), Buffer.from(Int16Array.from(VALUES).buffer).swap16()]);
    const path = put('scan.bin', bytes);
    const raw = { shape: [4, 3, 2], dtype: 'int16', offset: 4, littleEndian: false, spacing: [1, 2, 3] } as const;
    const volume = await openVolume(path, { raw });
    expect(volume.toString()).toBe('Volume "scan": 4 × 3 × 2 int16, 1 × 2 × 3 mm');
    expect(Array.from(volume.data)).toEqual(VALUES);
    await expect(openVolume(path, { raw: { ...raw, shape: [4, 3, 3] } })).rejects.toMatchObject({
      code: 'file-corrupt',
      message: `${path}: truncated, it has 52 bytes, but its header says 76`,
    });
    await expect(openVolume(path, { raw: { ...raw, ofset: 4 } as typeof raw })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('scan.bin: raw: there is no option "ofset", expected one of shape,') as unknown,
    });
    await expect(openVolume(path, { raw, format: 'nrrd' })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('scan.bin: format is "nrrd", but raw describes') as unknown,
    });
    const impossible = { ...raw, shape: 'large' as unknown as [number, number, number] };
    await expect(openVolume(path, { raw: impossible })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: `${path}: raw has shape "large" and dtype "int16", expected such as [512, 512, 300] and 'uint16'`,
    });
  });
});

test('an abort ends the opening with its reason', async () => {
  const reason = new Error('enough');
  await expect(open('two.nii', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const abort = new AbortController();
  const opening = openVolume(join(folder, 'two.nii'), {
    signal: abort.signal,
    onProgress: () => {
      abort.abort(reason);
    },
  });
  await expect(opening).rejects.toBe(reason);
});
