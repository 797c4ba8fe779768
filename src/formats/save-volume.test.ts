import { spawnSync } from 'node:child_process';
import type * as FilesModule from 'node:fs/promises';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import { messageOf, type DType } from '../protocol';
import { Volume, type VolumeOptions } from '../volume';
import { openVolume, saveVolume, type SaveOptions } from './index';
import { readLabels } from './labels';
import { makeInPlace } from './put-in-place';
import { MAKING_PREFIX } from './stale';
import { filesFolder } from './testing/files-folder';
import { crc32 } from './write-packed';
import type { Plain } from './writer';
import { WRITERS } from './writers';

/** The module itself, so that what is put in its place is met by the library. */
const files = jest.requireActual<typeof FilesModule>('node:fs/promises');
jest.setTimeout(60_000);
const { path: folder } = filesFolder();
let last = 0;
/** A folder of its own. */
function room(): string {
  const path = join(folder, String(++last));
  mkdirSync(path);
  return path;
}

/** What a process of its own runs. */
const COMPILED = join(__dirname, '../../lib/src');
const inMemory = (name: string): { level?: number } => (name.endsWith('.zarr') ? { level: 0 } : {});

const VALUES = Array.from({ length: 60 }, (_, i) => 25 * i - 500);
function int16(options: VolumeOptions = {}): Volume {
  return Volume.from(Int16Array.from(VALUES), [5, 3, 4], { spacing: [1, 2, 3], ...options });
}

async function refused(volume: Volume, path: string, options: object = {}): Promise<readonly [string, string]> {
  const error: unknown = await saveVolume(volume, path, options as SaveOptions).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return [(error as { code: string } | null)?.code ?? 'none', messageOf(error)];
}

describe('values', () => {
  test('with a rescale are as they are stored where the format has a place for it, also in double precision', async () => {
    const at = room();
    for (const [name, rescale, version] of [
      ['first', { slope: 0.5, intercept: -1024 }, 348],
      ['second', { slope: 0.1, intercept: 1e-9 }, 540],
    ] as const) {
      const path = join(at, `${name}.nii`);
      expect((await saveVolume(int16({ rescale }), path)).notes).toEqual([]);
      expect(readFileSync(path).readInt32LE(0)).toBe(version);
      const read = await openVolume(path);
      expect([read.rescale, read.dtype, Array.from(read.data)]).toEqual([rescale, 'int16', VALUES]);
    }
  });

  test('with a rescale are the real ones elsewhere, and a note says so', async () => {
    const at = room();
    const volume = int16({ rescale: { slope: 2, intercept: 1 } });
    for (const ending of ['nrrd', 'mha', 'npy']) {
      const path = join(at, `v.${ending}`);
      const { notes } = await saveVolume(volume, path);
      expect(notes[0]).toBe('The values are the real ones, as int32: a rescale is not written.');
      const read = await openVolume(path);
      expect([read.dtype, read.rescale, Array.from(read.data)]).toEqual(['int32', null, VALUES.map((v) => 2 * v + 1)]);
    }
    await saveVolume(volume, join(at, 'real.nii'), { dtype: 'float32' });
    const real = await openVolume(join(at, 'real.nii'));
    expect([real.dtype, real.rescale, real.valueAt(1, 0, 0)]).toEqual(['float32', null, 2 * -475 + 1]);
  });

  test('that a format has no dtype for take the smallest one that holds them all', async () => {
    const path = join(room(), 'v.mrc');
    const volume = Volume.from(
      Uint8Array.from({ length: 8 }, (_, i) => 30 * i),
      [2, 2, 2],
    );
    expect((await saveVolume(volume, path)).notes).toEqual(['MRC has no uint8: the values are of int16.']);
    expect(Array.from((await openVolume(path)).data)).toEqual(Array.from(volume.data));
    const [code, sentence] = await refused(Volume.alloc([2, 2, 2], 'int32'), join(folder, 'n.mrc'));
    expect([code, sentence]).toEqual([
      'unsupported-format',
      expect.stringContaining('MRC holds int8, int16, float32, uint16, not int32; choose one of them with { dtype }'),
    ]);
  });

  test.each<[string, ArrayLike<number>, DType, string | null]>([
    ['a number that is too large', [1, 300], 'uint8', 'uint8 can’t hold 300, the value at (1, 0, 0)'],
    ['a number below 0', [1, -1], 'uint16', 'uint16 can’t hold -1'],
    ['half a number', [1, 2.5], 'int32', 'int32 can’t hold 2.5'],
    ['no number', [1, NaN], 'int16', 'int16 can’t hold NaN'],
    ['more than a float has', [1, 1e300], 'float32', 'float32 can’t hold 1e+300'],
    ['whole numbers', [-128, 127], 'int8', null],
    ['floats that are rounded', [0.1, 0.2], 'float32', null],
    ['no number in floats', [NaN, Infinity], 'float64', null],
  ])('are converted or refused with their place: %s', async (_, values, dtype, sentence) => {
    const at = room();
    const volume = Volume.from(Float64Array.from(values), [2, 1, 1]);
    const path = join(at, 'v.nrrd');
    if (sentence === null) {
      await saveVolume(volume, path, { dtype });
      const read = await openVolume(path);
      const right = dtype === 'float32' ? Array.from(values, Math.fround) : Array.from(values);
      expect([read.dtype, Array.from(read.data)]).toEqual([dtype, right]);
      return;
    }
    expect(await refused(volume, path, { dtype })).toEqual(['unsupported-format', expect.stringContaining(sentence)]);
    expect(readdirSync(at)).toEqual([]);
  });

  test('of integers that a float would change are refused, as they may be labels', async () => {
    const volume = Volume.from(Int32Array.of(1, 16_777_217), [2, 1, 1]);
    const [code, sentence] = await refused(volume, join(folder, 'n.nii'), { dtype: 'float32' });
    expect([code, sentence]).toEqual(['unsupported-format', expect.stringContaining('float32 can’t hold 16777217')]);
  });

  test('of colours of 16 bits are written where they are colours again, and refused elsewhere', async () => {
    const at = room();
    const values = Uint16Array.from({ length: 72 }, (_, i) => 900 * i);
    const colours = Volume.from(values, [2, 3, 4], { components: 3 });
    for (const ending of ['nrrd', 'tif']) {
      const path = join(at, `v.${ending}`);
      await saveVolume(colours, path);
      const { components, dtype, data, shape } = await openVolume(path);
      expect([components, dtype, shape, Array.from(data)]).toEqual([3, 'uint16', [2, 3, 4], Array.from(values)]);
    }
    for (const ending of ['nii', 'mha', 'npy', 'mrc']) {
      const [code, message] = await refused(colours, join(at, `v.${ending}`));
      expect([code, message]).toEqual(['unsupported-format', expect.stringMatching(/colours.*write .*\.nrrd$/)]);
    }
  });

  test('may be more than are written at a time, packed and plain', async () => {
    const at = room();
    const volume = Volume.alloc([1100, 1000, 5], 'uint16');
    volume.data.forEach((_, i) => (volume.data[i] = i * 7));
    for (const name of ['v.nii', 'v.nii.gz', 'v.mha', 'v.mrc']) {
      const fractions: number[] = [];
      const path = join(at, name);
      const saved = await saveVolume(volume, path, { onProgress: ({ fraction }) => fractions.push(fraction) });
      expect(saved.bytes).toBe(readFileSync(path).length);
      expect(fractions.length).toBeGreaterThan(2);
      expect(fractions).toEqual([...fractions].sort((one, other) => one - other));
      const { data } = await openVolume(path);
      expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(volume.data.buffer))).toBe(0);
    }
  });
});

describe('packed values', () => {
  /** More pieces than are in hand at a time, and the next slices after a few that lie together. */
  const [SLICE, SLICES] = [2 ** 20, 41] as const;
  const volume = Volume.alloc([1024, 1024, SLICES], 'uint8');
  for (let z = 0; z < SLICES; z++) volume.data.fill(z + 1, z * SLICE, z * SLICE + 100);

  test('are one stream of gzip, in their order', async () => {
    const path = join(room(), 'v.nii.gz');
    const { bytes } = await saveVolume(volume, path, { compression: 1 });
    const packed = readFileSync(path);
    expect([packed.length, packed.readUInt32LE(bytes - 4)]).toEqual([bytes, SLICES * SLICE + 352]);
    for (const whole of [zlib.gunzipSync(packed), zlib.inflateRawSync(packed.subarray(10))]) {
      expect(whole.length).toBe(SLICES * SLICE + 352);
      expect(Buffer.compare(whole.subarray(352), volume.data as Uint8Array)).toBe(0);
    }
  });

  test('are one stream of zlib, in their order', async () => {
    const path = join(room(), 'v.mha');
    await saveVolume(volume, path, { compression: 1 });
    const packed = readFileSync(path);
    const whole = zlib.inflateSync(packed.subarray(packed.indexOf('ElementDataFile = LOCAL\n') + 24));
    expect(Buffer.compare(whole, volume.data as Uint8Array)).toBe(0);
  });

  test('have their sum also where Node has none', () => {
    const bytes = Buffer.from('123456789');
    expect(crc32(bytes, 0)).toBe(0xcbf4_3926);
    expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4), 0))).toBe(0xcbf4_3926);
  });
});

describe('what a volume says', () => {
  test('has names and colours for the values of a label map in .seg.nrrd, and names in .nrrd', async () => {
    const at = room();
    const labels = { 1: { name: 'liver' }, 2: { name: 'größe \\ n', color: '#dd8265' } };
    const volume = Volume.from(
      Uint8Array.from({ length: 60 }, (_, i) => i % 4),
      [5, 3, 4],
      { labels },
    );
    expect((await saveVolume(volume, join(at, 'v.seg.nrrd'))).notes).toEqual([]);
    expect((await openVolume(join(at, 'v.seg.nrrd'))).labels).toEqual(labels);
    const header = readFileSync(join(at, 'v.seg.nrrd'), 'latin1');
    expect(header).toContain('Segment2_LabelValue:=3\nSegment2_Layer:=0\nSegment2_Name:=Segment 3\n');
    expect(header).toContain('Segment0_Color:=0.874510 0.062745 0.000000\nSegment0_ColorAutoGenerated:=1\n');
    expect(header).toContain('Segment1_Color:=0.866667 0.509804 0.396078\nSegment1_ColorAutoGenerated:=0\n');
    await saveVolume(volume, join(at, 'v.nrrd'));
    expect((await openVolume(join(at, 'v.nrrd'))).labels).toEqual(labels);
    expect((await saveVolume(volume, join(at, 'v.nii'))).notes).toEqual([
      'NIfTI has no place for names and colours of labels, which the volume has.',
    ]);
    const glass = Volume.alloc([2, 2, 2], 'uint8', { labels: { 1: { color: '#ff000080' } } });
    expect((await saveVolume(glass, join(at, 'glass.seg.nrrd'))).notes).toEqual([
      'NRRD has no place for how transparent labels are.',
    ]);
    const [code, sentence] = await refused(Volume.alloc([2, 2, 2], 'float32'), join(at, 'f.seg.nrrd'));
    expect([code, sentence]).toEqual(['unsupported-format', expect.stringContaining('a file of segments holds whole')]);
  });

  test('of labels is kept as far as a volume has room for it, and notes say so', () => {
    const many = Array.from({ length: 65_003 }, (_, value) => [value, { name: 'n', color: '#010203' }] as const);
    const { labels, notes } = readLabels(many);
    expect([Object.keys(labels).length, labels[64_999]]).toEqual([65_000, { name: 'n', color: '#010203' }]);
    expect(notes).toEqual(['3 labels have no names and colours here: a volume describes up to 65000.']);
    expect(Volume.alloc([1, 1, 1], 'uint8', { labels }).labels).toEqual(labels);
    const long = readLabels(Array.from({ length: 9000 }, (_, value) => [value, { name: 'n'.repeat(300) }] as const));
    expect([long.labels[0]?.name?.length, long.labels[8999]]).toEqual([256, {}]);
    expect(long.notes).toEqual(['The names of 9000 labels are cut: they are too long.']);
    expect(Object.keys(Volume.alloc([1, 1, 1], 'uint8', { labels: long.labels }).labels ?? {}).length).toBeGreaterThan(
      8000,
    );
  });

  test.each([
    ['nrrd', 'µm', 'µm', [1, 2, 3], []],
    ['nrrd', 'Å', 'Å', [1, 2, 3], []],
    ['nii', 'µm', 'mm', [0.001, 0.002, 0.003], []],
    ['nii', 'nm', 'mm', [1e-6, 2e-6, 3e-6], ['NIfTI has no place for the unit nm: distances are in mm.']],
    ['mha', 'µm', 'µm', [1, 2, 3], []],
    ['mha', 'm', 'mm', [1000, 2000, 3000], ['MetaImage has no place for the unit m: distances are in mm.']],
    ['mrc', 'nm', 'Å', [10, 20, 30], ['MRC has no place for the unit nm: distances are in Å.']],
    ['nii', 'θ', 'mm', [1, 2, 3], ['NIfTI has no place for the unit θ: distances are written without it.']],
  ])('is in a unit that %s has: %s', async (ending, unit, read, spacing, notes) => {
    const path = join(room(), `v.${ending}`);
    expect((await saveVolume(int16({ unit }), path)).notes).toEqual(notes);
    const back = await openVolume(path);
    expect(back.unit).toBe(read);
    back.spacing.forEach((each, axis) => expect(each / spacing[axis]!).toBeCloseTo(1, 6));
  });

  test('has its names of axes and its window where the format has a place for them', async () => {
    const at = room();
    const volume = int16({ axes: ['θ', 'r', 'depth'], window: [-100, 400] });
    await saveVolume(volume, join(at, 'v.nrrd'));
    expect((await openVolume(join(at, 'v.nrrd'))).axes).toEqual(['θ', 'r', 'depth']);
    await saveVolume(volume, join(at, 'v.nii'));
    expect((await openVolume(join(at, 'v.nii'))).window).toEqual([-100, 400]);
    expect((await saveVolume(volume, join(at, 'v.mha'))).notes).toEqual([
      'MetaImage has no place for names of axes, which the volume has.',
      'MetaImage has no place for a window, which the volume has.',
    ]);
  });

  test('is said of each option that a format has no place for', () => {
    const said = int16({
      origin: [1, 2, 3],
      direction: [0, 1, 0, 1, 0, 0, 0, 0, 1],
      window: [1, 9],
      invert: true,
      padding: [-500, -500],
      labels: { 25: 'liver' },
      channelInfo: [{ name: 'one' }],
      frameTimes: [1.5],
      frameLabels: ['b = 0'],
      notes: ['Slice 1 is missing.'],
      emptySlices: [1],
    });
    const { data, chunks, part, ...plain } = said.toRecord();
    const always = [
      'an inverted scale of grays',
      'values that are no image (padding)',
      'labels of frames',
      'notes',
      'marks of empty slices',
    ];
    const [window, labels, channels] = ['a window', 'names and colours of labels', 'names and colours of channels'];
    const [origin, direction, times] = ['an origin', 'a direction', 'times of frames'];
    const missing: Readonly<Record<string, readonly string[]>> = {
      nifti: [labels, channels],
      nrrd: [window, channels],
      metaimage: [window, labels, channels, times],
      mrc: [direction, window, labels, channels, times],
      npy: ['distances of voxels', origin, direction, window, labels, channels, times],
      tiff: [origin, direction, window, labels],
      zarr: [direction, times],
      dicom: [window, channels, times],
    };
    for (const writer of WRITERS) {
      const options = writer.heeds.includes('over') ? { over: '/ct' } : {};
      const notes = writer.check({ ...plain, dtype: 'int16' } satisfies Plain, `/v${writer.endings[0] ?? ''}`, options);
      const found = notes.flatMap((note) => / has no place for (.*), which the volume has\.$/.exec(note)?.[1] ?? []);
      expect([writer.name, found.sort()]).toEqual([writer.name, [...always, ...(missing[writer.name] ?? [])].sort()]);
    }
  });

  test('is said of the time of one frame, and of times that are not even', async () => {
    const at = room();
    for (const name of ['nii', 'nrrd']) {
      const one = await saveVolume(int16({ frameTimes: [1.5] }), join(at, `one.${name}`));
      expect(one.notes).toEqual([expect.stringMatching(/ has no place for the time of one frame\.$/)]);
      const uneven = Volume.alloc([2, 2, 2], 'uint8', { frames: 3, frameTimes: [0, 1, 5] });
      const { notes } = await saveVolume(uneven, join(at, `uneven.${name}`));
      expect(notes).toEqual([expect.stringMatching(/ has no place for times of frames that are not evenly spaced\.$/)]);
    }
  });

  test('does not have its name in any file', async () => {
    const at = room();
    const volume = int16({ name: 'Doe^Jane' });
    for (const ending of ['nii', 'nrrd', 'nhdr', 'mha', 'mhd', 'mrc', 'npy']) {
      await saveVolume(volume, join(at, `v${ending}.${ending}`));
    }
    for (const name of readdirSync(at)) expect(readFileSync(join(at, name)).includes('Doe')).toBe(false);
  });

  test.each(['nii', 'nrrd', 'mha', 'mrc'])('has one channel in .%s, and several are refused', async (ending) => {
    const volume = Volume.alloc([2, 2, 2], 'uint8', { channels: 3 });
    const [code, sentence] = await refused(volume, join(folder, `n.${ending}`));
    expect([code, sentence]).toEqual([
      'unsupported-format',
      expect.stringContaining('and the volume has 3; save them'),
    ]);
  });
});

describe('a place', () => {
  const before = Buffer.from('before');

  test('that is taken is kept, unless it is to be replaced', async () => {
    const at = room();
    const path = join(at, 'v.nii');
    writeFileSync(path, before);
    expect(await refused(int16(), path)).toEqual(['file-exists', expect.stringContaining('{ overwrite: true }')]);
    expect(readFileSync(path)).toEqual(before);
    await saveVolume(int16(), path, { overwrite: true });
    expect((await openVolume(path)).valueAt(1, 0, 0)).toBe(-475);
    expect(readdirSync(at)).toEqual(['v.nii']);
  });

  test('has what it had after an abort, and after a value that can’t be written', async () => {
    const at = room();
    const path = join(at, 'v.nii');
    writeFileSync(path, before);
    const volume = Volume.alloc([1000, 1000, 30], 'uint16');
    volume.data[volume.data.length - 1] = 300;
    const abort = new AbortController();
    const onProgress = (): void => {
      abort.abort(new Error('enough'));
    };
    const stopped = saveVolume(volume, path, { overwrite: true, signal: abort.signal, onProgress });
    await expect(stopped).rejects.toThrow('enough');
    const thrown = saveVolume(volume, path, {
      overwrite: true,
      onProgress: () => {
        throw new Error('no more');
      },
    });
    await expect(thrown).rejects.toThrow('no more');
    expect((await refused(volume, path, { overwrite: true, dtype: 'uint8' }))[0]).toBe('unsupported-format');
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(at)).toEqual(['v.nii']);
  });

  test('is free after a write that failed, and the error is of the file', async () => {
    const at = room();
    const path = join(at, 'v.bin');
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const made = makeInPlace(
      { path, overwrite: false },
      async (target) => {
        await files.writeFile(target, 'a part');
        throw full;
      },
      'test',
    );
    await expect(made).rejects.toMatchObject({
      code: 'write-failed',
      message: expect.stringContaining('ENOSPC') as unknown,
    });
    expect(readdirSync(at)).toEqual([]);
    expect(await refused(int16(), join(at, 'none/v.nii'))).toEqual([
      'write-failed',
      expect.stringContaining('choose a folder that exists and is yours'),
    ]);
  });

  test.each([true, false])(
    'that is taken at the last moment is kept (file system with hard links: %s)',
    async (hasLinks) => {
      const at = room();
      const [path, free] = [join(at, 'v.bin'), join(at, 'free.bin')];
      const actual = files.link;
      const link = jest.spyOn(files, 'link').mockImplementation(async (from, to) => {
        if (to === path) writeFileSync(path, before);
        if (!hasLinks) throw Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'link' });
        await actual(from, to);
      });
      const make = (target: string): Promise<void> => files.writeFile(target, 'new');
      await makeInPlace({ path: free, overwrite: false }, make, 'test');
      const made = makeInPlace({ path, overwrite: false }, make, 'test');
      await expect(made).rejects.toMatchObject({ code: 'file-exists' });
      expect(link).toHaveBeenCalledTimes(2);
      link.mockRestore();
      expect([readFileSync(path, 'utf8'), readFileSync(free, 'utf8')]).toEqual(['before', 'new']);
      expect(readdirSync(at).sort()).toEqual(['free.bin', 'v.bin']);
    },
  );

  test.each(['v.nii', 'v.zarr'])('has what it had after the process was killed while it wrote: %s', async (name) => {
    const at = room();
    const path = join(at, name);
    await saveVolume(int16(), path);
    const script = `
      const { saveVolume } = require(${JSON.stringify(join(COMPILED, 'formats'))});
      const { Volume } = require(${JSON.stringify(join(COMPILED, 'volume'))});
      const onProgress = ({ stage, fraction }) => {
        if (stage === 'writing' && fraction > 0) process.kill(process.pid, 'SIGKILL');
      };
      const volume = Volume.alloc([512, 512, 64], 'uint16');
      volume.data.fill(7);
      void saveVolume(volume, ${JSON.stringify(path)}, { overwrite: true, onProgress });
    `;
    const { signal, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect([signal, stderr]).toEqual(['SIGKILL', '']);
    const [left, target, ...others] = readdirSync(at).sort();
    expect([target, others]).toEqual([name, []]);
    // What was written until then lies in a folder by its name.
    expect(left).toMatch(/^\.slicescope-[0-9a-f]{8}-\d+-\w{6}$/);
    expect(readdirSync(join(at, left as string, 'new'))).toEqual([name]);
    const values = async (): Promise<number[]> => Array.from((await openVolume(path, inMemory(name))).data);
    expect(await values()).toEqual(VALUES);
    const other = int16();
    other.data.fill(9);
    await saveVolume(other, join(room(), 'elsewhere.npy')); // One folder is not looked through for each file.
    await saveVolume(other, path, { overwrite: true });
    expect(new Set(await values())).toEqual(new Set([9]));
    // The next file that is made there removed what the killed process had left.
    expect(readdirSync(at)).toEqual([name]);
  });

  test('what others make or have left there is removed only if nobody can want it any more', async () => {
    const at = join(folder, 'left');
    const gone = String(spawnSync(process.execPath, ['-e', '']).pid);
    const own = MAKING_PREFIX.slice(0, -`${String(process.pid)}-`.length);
    const names = {
      running: `${MAKING_PREFIX}aaaaaa`,
      ended: `${own}${gone}-aaaaaa`,
      withOld: `${own}${gone}-bbbbbb`,
      otherMachine: `.slicescope-00000000-${gone}-aaaaaa`,
      otherMachineLongAgo: `.slicescope-00000000-${gone}-bbbbbb`,
      longAgo: '.slicescope-aaaaaa',
      mine: '.slicescope-of-mine',
    };
    for (const name of Object.values(names)) {
      for (const part of ['new', 'old']) mkdirSync(join(at, name, part), { recursive: true });
      writeFileSync(join(at, name, 'new', 'a'), 'half');
      const longAgo = new Date(Date.now() - 90_000_000);
      if (name === names.otherMachine) utimesSync(join(at, name), longAgo, longAgo);
      if (!['otherMachineLongAgo', 'longAgo'].some((each) => names[each as 'longAgo'] === name)) continue;
      for (const part of ['new/a', 'new', 'old', '.']) utimesSync(join(at, name, part), longAgo, longAgo);
    }
    writeFileSync(join(at, names.withOld, 'old', 'a'), 'whole');
    mkdirSync(join(at, 'elsewhere'));
    symlinkSync(join(at, 'elsewhere'), join(at, `${own}${gone}-cccccc`));
    await saveVolume(int16(), join(at, 'a.npy'));
    expect(readdirSync(at).sort()).toEqual(
      [
        'a.npy',
        'elsewhere',
        `${own}${gone}-cccccc`,
        names.mine,
        names.otherMachine,
        names.running,
        names.withOld,
      ].sort(),
    );
  });

  /** A folder with one file, as a store is made. */
  async function storeOf(target: string, content: string): Promise<void> {
    await files.mkdir(target);
    await files.writeFile(join(target, 'zarr.json'), content);
  }
  const STORE = '{"zarr_format":3,"node_type":"group"}';

  test('that is a folder is replaced if it is a Zarr store, and never another one', async () => {
    const at = room();
    const [store, own] = [join(at, 'v.zarr'), join(at, 'own.zarr')];
    await makeInPlace({ path: store, overwrite: false }, (target) => storeOf(target, STORE), 'test');
    await makeInPlace({ path: store, overwrite: true }, (target) => storeOf(target, `${STORE}\n`), 'test');
    expect(readFileSync(join(store, 'zarr.json'), 'utf8')).toBe(`${STORE}\n`);
    mkdirSync(own);
    writeFileSync(join(own, 'zarr.json'), '"notes"');
    symlinkSync(own, join(at, 'link.zarr'));
    for (const path of [own, join(at, 'link.zarr')]) {
      const made = makeInPlace({ path, overwrite: true }, (target) => storeOf(target, STORE), 'test');
      await expect(made).rejects.toMatchObject({ code: 'write-failed' });
      expect((await refused(int16(), path, { format: 'nifti', overwrite: true }))[0]).toBe('write-failed');
    }
    expect(readFileSync(join(own, 'zarr.json'), 'utf8')).toBe('"notes"');
    expect(readdirSync(at).sort()).toEqual(['link.zarr', 'own.zarr', 'v.zarr']);
  });

  test('has the store that it had where the new one can’t be put there', async () => {
    const at = room();
    const path = join(at, 'v.zarr');
    await makeInPlace({ path, overwrite: false }, (target) => storeOf(target, STORE), 'test');
    const actual = files.rename;
    const rename = jest.spyOn(files, 'rename').mockImplementation(async (from, to) => {
      const isNew = String(from).includes('/new/');
      if (isNew) throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'rename' });
      await actual(from, to);
    });
    const made = makeInPlace({ path, overwrite: true }, (target) => storeOf(target, `${STORE}\n`), 'test');
    await expect(made).rejects.toMatchObject({ code: 'write-failed' });
    rename.mockRestore();
    expect(readFileSync(join(path, 'zarr.json'), 'utf8')).toBe(STORE);
    expect(readdirSync(at)).toEqual(['v.zarr']);
  });

  test('has only a file of values replaced that the header there names', async () => {
    const at = room();
    const other = int16();
    other.data.fill(9);
    const values = async (name: string): Promise<number | readonly number[]> =>
      (await openVolume(join(at, name))).valueAt(1, 1, 1);
    await saveVolume(int16(), join(at, 'v.mhd'));
    await saveVolume(other, join(at, 'v.nhdr'));
    // Plain, its values would be in the file of the other header.
    const [code, sentence] = await refused(other, join(at, 'v.nhdr'), { overwrite: true, compression: 0 });
    const why = 'v.raw is there already, and it is not the file of values that v.nhdr names, so it is not replaced';
    expect([code, sentence]).toEqual(['file-exists', expect.stringContaining(why)]);
    expect([await values('v.mhd'), await values('v.nhdr')]).toEqual([VALUES[21], 9]);
    // A header that names another file, one that is none, and one that has its values in it.
    const header = readFileSync(join(at, 'v.mhd'), 'latin1');
    for (const text of [header.replace('v.raw', 'other.raw'), 'notes', header.replace('v.raw', 'LOCAL')]) {
      writeFileSync(join(at, 'v.mhd'), text);
      expect((await refused(other, join(at, 'v.mhd'), { overwrite: true }))[0]).toBe('file-exists');
      expect(readFileSync(join(at, 'v.mhd'), 'latin1')).toBe(text);
    }
    expect(readFileSync(join(at, 'v.raw')).length).toBe(2 * VALUES.length);
    // The same file by another way of saying it.
    writeFileSync(join(at, 'v.mhd'), header.replace('v.raw', './v.raw'));
    await saveVolume(other, join(at, 'v.mhd'), { overwrite: true });
    expect(await values('v.mhd')).toBe(9);
    await saveVolume(int16(), join(at, 'v.nhdr'), { overwrite: true });
    expect([await values('v.nhdr'), readdirSync(at).sort()]).toEqual([
      VALUES[21],
      ['v.mhd', 'v.nhdr', 'v.raw', 'v.raw.gz'],
    ]);
  });

  test('has both files of a header and its values, or what it had', async () => {
    const at = room();
    for (const [header, data] of [
      ['v.nhdr', 'v.raw.gz'],
      ['größe.mhd', 'gr__e.raw'],
    ] as const) {
      const path = join(at, header);
      writeFileSync(join(at, data), before);
      expect((await refused(int16(), path, { overwrite: true }))[1]).toContain(`${data} is there already`);
      expect([existsSync(path), readFileSync(join(at, data))]).toEqual([false, before]);
      await files.rm(join(at, data));
      await saveVolume(int16(), path);
      const volume = int16();
      volume.data.fill(7);
      await saveVolume(volume, path, { overwrite: true });
      expect((await openVolume(path)).valueAt(1, 1, 1)).toBe(7);
    }
    expect(readdirSync(at).sort()).toEqual(['gr__e.raw', 'größe.mhd', 'v.nhdr', 'v.raw.gz']);
  });
});

describe('refused is', () => {
  test.each<[string, unknown, object, string, string]>([
    ['no path', undefined, {}, 'invalid-argument', 'path is undefined, expected the path of a file to write'],
    ['an ending that says nothing', 'v.xyz', {}, 'unsupported-format', 'does not end in one of .nii .nii.gz'],
    ['a format that is none', 'v.nii', { format: 'dcm' }, 'invalid-argument', 'format is "dcm", expected one of nifti'],
    ['a dtype that is none', 'v.nii', { dtype: 'int64' }, 'unknown-dtype', 'dtype is "int64", expected one of uint8'],
    ['an option that is none', 'v.nii', { level: 3 }, 'invalid-argument', 'there is no option "level"'],
    ['a level of packing', 'v.nii', { compression: 10 }, 'invalid-argument', 'expected a whole number from 0 to 9'],
    ['packing where there is none', 'v.mrc', { compression: 1 }, 'invalid-argument', 'nothing: MRC has none'],
    ['chunks of a file', 'v.nii', { chunks: [8, 8, 8] }, 'invalid-argument', 'nothing: NIfTI has none'],
    ['levels of a file', 'v.nii', { levels: 1 }, 'invalid-argument', 'nothing: NIfTI has none'],
    ['no level', 'v.zarr', { levels: 0 }, 'invalid-argument', 'levels is 0, expected a whole number of at least 1'],
    ['no options', 'v.nii', null as unknown as object, 'invalid-argument', 'options is null'],
  ])('%s', async (_, name, options, code, sentence) => {
    const at = room();
    const path = typeof name === 'string' ? join(at, name) : (name as string);
    const [found, message] = await refused(int16(), path, options);
    expect([found, message.startsWith('volume.save: ')]).toEqual([code, true]);
    expect(message).toContain(sentence);
    expect(readdirSync(at)).toEqual([]);
  });
});
