import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { statSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DTYPES, DTYPE_RANGES, type DType, type Shape, type VoxelArray } from '../protocol';
import { thrown } from '../protocol/testing/thrown';
import { Volume, type ChunkReader, type VolumeOptions } from '../volume';
import { bytesIn } from './format';
import { openVolume, saveVolume, type SaveOptions, type Saved } from './index';
import { filesFolder } from './testing/files-folder';
import { PYTHON, madeByPython } from './testing/python';
import { tiff, writeTiff } from './tiff/write';
import { contentOf } from './write-content';
import type { Content } from './writer';
import { zarr } from './zarr/write';

jest.setTimeout(120_000);
const { path: own } = filesFolder();
const foreign = madeByPython(join(__dirname, 'testing/write-zarr.py')).folder;

interface Values {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly sha256: string;
}
/** What tifffile finds. */
interface FoundTiff extends Values {
  readonly axes: string;
  readonly sizes: readonly number[];
  readonly units: readonly string[];
  readonly channels: readonly object[];
  readonly pixels: object;
  readonly planes: readonly object[];
  readonly isBig: boolean;
  readonly compression: string;
  readonly strips: number;
  readonly samples: readonly string[];
}
/** What zarr finds. */
interface FoundZarr {
  readonly format: number;
  readonly version: string;
  readonly axes: readonly { readonly name: string; readonly unit?: string }[];
  readonly levels: readonly (Values & Record<'chunks' | 'scale' | 'translation', readonly number[]>)[];
  readonly omero: unknown;
  readonly labels: unknown;
}

function sha256(values: VoxelArray): string {
  return createHash('sha256').update(bytesIn(values)).digest('hex');
}

/** Values of a dtype from end to end of it, also what is no number. */
function made(dtype: DType, shape: Shape, options: VolumeOptions = {}): Volume {
  const volume = Volume.alloc(shape, dtype, options);
  const [least, most] = DTYPE_RANGES[dtype];
  const isFloat = dtype.startsWith('float');
  for (let at = 0; at < volume.data.length; at++)
    volume.data[at] = isFloat ? Math.sin(at) * 1e3 : (at * 7919) % 2 ** 31;
  volume.data.set([least, most, 0, -0, ...(isFloat ? [NaN, Infinity, -Infinity] : [])]);
  return volume;
}

/** As an array of NumPy has them whose colours are channels. */
function colorsApart({ data, components, shape }: Volume): VoxelArray {
  const voxels = shape[0] * shape[1] * shape[2];
  return data.map((_, at) => {
    const [frame, rest] = [Math.floor(at / (voxels * components)), at % (voxels * components)];
    return data[frame * voxels * components + (rest % voxels) * components + Math.floor(rest / voxels)] as number;
  });
}

const WIDE: VolumeOptions = { spacing: [0.5, 0.25, 2], unit: 'µm' };
const MANY: VolumeOptions = { ...WIDE, channels: 2, frames: 3 };
const TURNED: VolumeOptions = { spacing: [1, 1, 3], origin: [-10, 20.5, 1e-3], direction: [0, 0, 1, 1, 0, 0, 0, 1, 0] };
const GEOMETRIES = [{}, WIDE, MANY, TURNED, { spacing: [1e-7, 1, 12345.678] as const, unit: 'nm' }] as const;

interface Case {
  readonly name: string;
  readonly volume: Volume;
  readonly options: SaveOptions;
}
const CASES: readonly Case[] = [
  ...DTYPES.flatMap((dtype, at): Case[] => {
    const geometry = GEOMETRIES[at % GEOMETRIES.length] as VolumeOptions;
    const volume = made(dtype, [13, 11, at % 3 === 0 ? 1 : 5], geometry);
    return [
      { name: `${dtype}.ome.tif`, volume, options: at % 2 === 0 ? {} : { compression: 6 } },
      { name: `${dtype}.zarr`, volume, options: at % 2 === 0 ? {} : { chunks: [4, 5, 2], version: '0.4' } },
    ];
  }),
  ...([3, 4] as const).flatMap((components): Case[] => {
    const volume = made('uint8', [9, 7, 4], { ...WIDE, components, frames: 2 });
    return [
      { name: `colors-${String(components)}.tif`, volume, options: { compression: 1 } },
      { name: `colors-${String(components)}.zarr`, volume, options: { chunks: [4, 4, 4] } },
    ];
  }),
  { name: 'strips.tiff', volume: made('uint16', [700, 600, 2]), options: { compression: 1 } },
];

const MEANS = Volume.alloc([1101, 7, 3], 'int16');
for (let at = 0; at < MEANS.data.length; at++) MEANS.data[at] = ((at * 7919) % 65_536) - 32_768;
const LABELS = Volume.alloc([1030, 5, 3], 'uint8', {
  labels: { 1: { name: 'liver', color: '#dd8265' }, 7: { color: '#00ff0040' }, 200: '<spleen>' },
});
for (let at = 0; at < LABELS.data.length; at++) LABELS.data[at] = at % 2 === 0 ? 1 : 200;
const LONG = made('uint8', [1025, 3, 4], { spacing: [1, 1, 2.5] });
const BIG = made('uint16', [700, 600, 3], { channels: 2 });
/** Larger than a screen along an axis. */
const LEVELS: readonly Case[] = [
  { name: 'means.zarr', volume: MEANS, options: { chunks: [100, 3, 2] } },
  { name: 'labels.zarr', volume: LABELS, options: { version: '0.4' } },
  { name: 'long.zarr', volume: LONG, options: {} },
  { name: 'two.zarr', volume: MEANS, options: { levels: 2 } },
];
const NAMED = made('uint16', [5, 4, 3], {
  channels: 3,
  frames: 3,
  channelInfo: [
    { name: 'DAPI <&"\u0001µ\'>', color: '#0000ff', window: [10, 500] },
    { name: 'n'.repeat(1000), window: [0, 9] },
    { color: '#ff8000', window: [1, 2], visible: false },
  ],
  frameTimes: [0, 0.5, 1],
});
const UNEVEN = made('float32', [5, 4, 3], {
  frames: 3,
  unit: 'furlong',
  frameTimes: [1, 2, 4],
  frameLabels: ['a', 'b', 'c'],
  window: [-1, 0.5],
});
/** What is said of channels and frames. */
const SAID: readonly Case[] = [
  { name: 'named.ome.tif', volume: NAMED, options: {} },
  { name: 'named.zarr', volume: NAMED, options: {} },
  { name: 'uneven.ome.tif', volume: UNEVEN, options: {} },
  { name: 'uneven.zarr', volume: UNEVEN, options: {} },
];
/** Of a volume that lies in chunks. */
const CHUNKED: readonly Omit<Case, 'volume'>[] = [
  { name: 'same.zarr', options: {} },
  { name: 'others.zarr', options: { version: '0.4', chunks: [3, 4, 1] } },
  { name: 'cells.ome.tif', options: { dtype: 'float32' } },
];

const saved: Map<string, Saved> = new Map();
const found: Map<string, FoundTiff | FoundZarr> = new Map();

/** What Python finds in files. */
function lookAt(paths: readonly string[]): (FoundTiff | FoundZarr)[] {
  const script = join(__dirname, 'testing/read-written.py');
  const printed = execFileSync(PYTHON, ['-W', 'ignore', script, ...paths], { encoding: 'utf8' });
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as FoundTiff | FoundZarr);
}

function isPlainTiff({ chunked }: Volume, name: string, { compression }: SaveOptions): boolean {
  return name.includes('.tif') && !chunked && compression === undefined;
}

/** What does not need a thread is quicker without. */
async function writeHere(volume: Volume, path: string, options: SaveOptions): Promise<Saved> {
  const plain = content(volume);
  await tiff.write(plain, path, options, () => undefined);
  return { path, bytes: statSync(path).size, notes: tiff.check(plain, path, options) };
}

beforeAll(async () => {
  const paths = [join(foreign, 'five.zarr')];
  const save = async ({ name, volume, options }: Case): Promise<void> => {
    const path = join(own, name);
    saved.set(name, await (isPlainTiff(volume, name, options) ? writeHere : saveVolume)(volume, path, options));
    paths.push(path);
  };
  for (const each of [...CASES, ...LEVELS, ...SAID]) await save(each);
  for (const { name, options } of CHUNKED) {
    await save({ name, options, volume: await openVolume(paths[0] as string, { cacheBytes: 100 }) });
  }
  for (const dtype of DTYPES) {
    const path = join(own, `${dtype}-0.4.zarr`);
    const options = { version: '0.4', compression: 0, chunks: [4, 6, 3] } as const;
    await zarr.write(content(made(dtype, [13, 11, 5], MANY)), path, options, () => undefined);
    paths.push(path);
  }
  for (const compression of [0, 1]) {
    const path = join(own, `big-${String(compression)}.tif`);
    await writeTiff(content(BIG), path, { compression }, () => undefined, 0);
    paths.push(path);
  }
  for (const [at, each] of lookAt(paths).entries()) found.set(basename(paths[at] as string), each);
});

function notesOf({ direction, origin, components }: Volume, isTiff: boolean): string[] {
  const title = isTiff ? 'OME-TIFF' : 'OME-Zarr';
  const isMoved = isTiff && origin.some((each) => each !== 0);
  return [
    ...(isMoved ? [`${title} has no place for an origin, which the volume has.`] : []),
    ...(direction === null ? [] : [`${title} has no place for a direction, which the volume has.`]),
    ...(isTiff || components === 1
      ? []
      : [`OME-Zarr has no colours: each of the ${String(components)} is written as a channel.`]),
  ];
}

describe('tifffile finds in an OME-TIFF all values, sizes and units', () => {
  test.each(CASES.filter(({ name }) => name.includes('.tif')))('$name', ({ name, volume, options }) => {
    const { shape, frames, channels, components, spacing, unit, dtype, data } = volume;
    const axes = [
      ['T', frames],
      ['C', channels],
      ['Z', shape[2]],
    ].filter(([, size]) => size !== 1);
    const [units, colors] = [unit === 'px' ? 'pixel' : unit, components === 1 ? [] : [components]];
    expect(found.get(name)).toMatchObject({
      shape: [...axes.map(([, size]) => size), shape[1], shape[0], ...colors],
      dtype,
      sha256: sha256(data),
      axes: `${axes.map(([axis]) => axis).join('')}YX${components === 1 ? '' : 'S'}`,
      sizes: spacing,
      units: [units, units, units],
      isBig: false,
      compression: options.compression === undefined ? 'NONE' : 'ADOBE_DEFLATE',
      samples: components === 4 ? ['UNASSALPHA'] : [],
      strips: name === 'strips.tiff' ? 4 : 1,
    });
  });
});

describe('zarr finds in an OME-Zarr all values, places and units', () => {
  test.each(CASES.filter(({ name }) => name.endsWith('.zarr')))('$name', ({ name, volume, options }) => {
    const { shape, frames, channels, components, spacing, origin, unit, dtype } = volume;
    const [width, height, depth] = shape;
    const chunk = options.chunks ?? shape;
    const there = [frames > 1, channels * components > 1, true, true, true];
    const only = <T>(values: readonly T[]): T[] => values.filter((_, at) => there[at]);
    const word = { px: undefined, µm: 'micrometer', mm: 'millimeter', nm: 'nanometer' }[unit];
    const measure = word === undefined ? {} : { unit: word };
    expect(found.get(name)).toMatchObject({
      format: options.version === '0.4' ? 2 : 3,
      version: options.version ?? '0.5',
      axes: only([
        { name: 't', type: 'time' },
        { name: 'c', type: 'channel' },
        ...['z', 'y', 'x'].map((axis) => ({ name: axis, type: 'space', ...measure })),
      ]),
      levels: [
        {
          dtype,
          shape: only([frames, channels * components, depth, height, width]),
          chunks: only([
            1,
            1,
            ...[...chunk].reverse().map((each, at) => Math.min(each, [...shape].reverse()[at] as number)),
          ]),
          sha256: sha256(colorsApart(volume)),
          scale: only([1, 1, ...[...spacing].reverse()]),
          translation: only([0, 0, ...[...origin].reverse()]),
        },
      ],
      omero:
        components === 1
          ? null
          : {
              channels: [{ color: 'FF0000' }, { color: '00FF00' }, { color: '0000FF' }, { color: 'FFFFFF' }].slice(
                0,
                components,
              ),
            },
    });
  });
});

test.each(DTYPES)('zarr finds %s in an OME-Zarr 0.4 that is not packed', (dtype) => {
  const volume = made(dtype, [13, 11, 5], MANY);
  const expected = { dtype, shape: [3, 2, 5, 11, 13], chunks: [1, 1, 3, 6, 4], sha256: sha256(volume.data) };
  expect(found.get(`${dtype}-0.4.zarr`)).toMatchObject({ format: 2, version: '0.4', levels: [expected] });
});

describe('slicescope opens what it has written, and says what was left out', () => {
  test.each(CASES)('$name', async ({ name, volume }) => {
    const isTiff = !name.endsWith('.zarr');
    const opened = await openVolume(join(own, name), isTiff ? {} : { level: 0 });
    const { shape, dtype, spacing, unit, frames } = volume;
    const [channels, components] = isTiff
      ? [volume.channels, volume.components]
      : [volume.channels * volume.components, 1];
    const origin = isTiff ? [0, 0, 0] : volume.origin;
    expect(opened).toMatchObject({
      shape,
      dtype,
      spacing,
      unit,
      frames,
      channels,
      components,
      origin,
      direction: null,
    });
    expect(sha256(opened.data)).toBe(sha256(isTiff ? volume.data : colorsApart(volume)));
    expect(saved.get(name)?.notes).toEqual(notesOf(volume, isTiff));
  });
});

/** A volume as the writing thread has it. */
function content(volume: Volume): Content {
  const { data, chunks, part, ...plain } = volume.toRecord();
  return contentOf(volume, { ...plain, dtype: volume.dtype }, 'here');
}

describe('channels and frames', () => {
  const place = (what: string, title = 'OME-TIFF'): string =>
    `${title} has no place for ${what}, which the volume has.`;

  test('have their names, colours and times in OME-XML', () => {
    const { channels, pixels, planes } = found.get('named.ome.tif') as FoundTiff;
    expect(channels).toEqual([
      { ID: 'Channel:0:0', SamplesPerPixel: 1, Name: 'DAPI <&"µ\'>', Color: 0x0000_ffff },
      { ID: 'Channel:0:1', SamplesPerPixel: 1, Name: 'n'.repeat(1000) },
      { ID: 'Channel:0:2', SamplesPerPixel: 1, Color: 0xff80_00ff - 2 ** 32 },
    ]);
    expect(pixels).toEqual({ TimeIncrement: 0.5, TimeIncrementUnit: 's' });
    expect(planes).toEqual([]);
    expect(saved.get('named.ome.tif')?.notes).toEqual([
      place('windows of channels'),
      'OME-TIFF has no place for channels that are switched off, as some are.',
      'OME-TIFF has no place for some characters in names of channels: they are left out.',
    ]);
  });

  test('that follow each other unevenly have a time each in OME-XML', () => {
    const { pixels, planes, units } = found.get('uneven.ome.tif') as FoundTiff;
    expect(pixels).toEqual({});
    const times = [1, 2, 4].map((DeltaT, TheT) => ({ TheZ: 0, TheC: 0, TheT, DeltaT, DeltaTUnit: 's' }));
    expect(planes).toEqual(times);
    expect(units).toEqual(['pixel', 'pixel', 'pixel']);
    expect(saved.get('uneven.ome.tif')?.notes).toEqual([
      place('a window'),
      place('labels of frames'),
      'OME-TIFF has no place for the unit furlong: distances are written without it.',
    ]);
  });

  test('have their names, colours, windows and times in OME-Zarr', () => {
    const { omero, axes, levels } = found.get('named.zarr') as FoundZarr;
    const range = { min: 0, max: 65535 };
    expect(omero).toEqual({
      channels: [
        { label: 'DAPI <&"\u0001µ\'>', color: '0000FF', active: true, window: { ...range, start: 10, end: 500 } },
        { label: 'n'.repeat(1000), color: '00FF00', active: true, window: { ...range, start: 0, end: 9 } },
        { color: 'FF8000', active: false, window: { ...range, start: 1, end: 2 } },
      ],
    });
    expect(axes[0]).toEqual({ name: 't', type: 'time', unit: 'second' });
    expect(levels[0]?.scale).toEqual([0.5, 1, 1, 1, 1]);
    expect(saved.get('named.zarr')?.notes).toEqual([
      'OME-Zarr has a window and a colour of each channel: where the volume has none, those are written that a view starts with.',
    ]);
  });

  test('that follow each other unevenly have no times in OME-Zarr', () => {
    const { omero, axes, levels } = found.get('uneven.zarr') as FoundZarr;
    expect(omero).toEqual({
      channels: [{ color: 'FFFFFF', active: true, window: { min: -1, max: 0.5, start: -1, end: 0.5 } }],
    });
    expect(axes.map(({ unit }) => unit)).toEqual([undefined, 'furlong', 'furlong', 'furlong']);
    expect(levels[0]?.scale).toEqual([1, 1, 1, 1]);
    const notes = [place('times of frames', 'OME-Zarr'), place('labels of frames', 'OME-Zarr')];
    expect(saved.get('uneven.zarr')?.notes).toEqual(notes);
  });
});

describe('a TIFF file above 4 GB', () => {
  test('is a BigTIFF, whose offsets have 64 bits', async () => {
    const expected = { isBig: true, shape: [2, 3, 600, 700], sha256: sha256(BIG.data) };
    expect(found.get('big-0.tif')).toMatchObject({ ...expected, compression: 'NONE', strips: 1 });
    expect(found.get('big-1.tif')).toMatchObject({ ...expected, compression: 'ADOBE_DEFLATE', strips: 4 });
    expect(sha256((await openVolume(join(own, 'big-1.tif'))).data)).toBe(sha256(BIG.data));
  });
});

describe('levels of detail', () => {
  const levelsOf = (name: string): FoundZarr['levels'] => (found.get(name) as FoundZarr).levels;
  /** The middle of a level's first voxel, and the distance to the next one, in voxels. */
  const places = (level: FoundZarr['levels'][number]): (readonly number[])[] => [level.scale, level.translation];

  test('are means of two voxels along each axis until one fits a screen, and lie where these do', () => {
    const levels = levelsOf('means.zarr');
    const half = meansOf(MEANS);
    const quarter = meansOf(half);
    expect(levels.map((each) => each.sha256)).toEqual([MEANS, half, quarter].map(({ data }) => sha256(data)));
    expect(levels.map((each) => each.shape)).toEqual([
      [3, 7, 1101],
      [2, 4, 551],
      [1, 2, 276],
    ]);
    expect(levels.map(places)).toEqual([
      [
        [1, 1, 1],
        [0, 0, 0],
      ],
      [
        [2, 2, 2],
        [0.5, 0.5, 0.5],
      ],
      [
        [4, 4, 4],
        [1.5, 1.5, 1.5],
      ],
    ]);
  });

  test('are no more than are wanted', () => {
    const all = levelsOf('means.zarr').map((each) => each.sha256);
    expect(levelsOf('two.zarr').map((each) => each.sha256)).toEqual(all.slice(0, 2));
  });

  test('of a label map have no value that it does not have', async () => {
    const { levels, labels } = found.get('labels.zarr') as FoundZarr;
    const half = Volume.alloc([515, 3, 2], 'uint8');
    const quarter = Volume.alloc([258, 2, 1], 'uint8');
    pick(LABELS, half, 1);
    pick(half, quarter, 0);
    expect(levels.map((each) => each.sha256)).toEqual([LABELS, half, quarter].map(({ data }) => sha256(data)));
    expect(labels).toEqual({
      version: '0.4',
      colors: [
        { 'label-value': 1, rgba: [221, 130, 101, 255] },
        { 'label-value': 7, rgba: [0, 255, 0, 64] },
      ],
      properties: [
        { 'label-value': 1, name: 'liver' },
        { 'label-value': 200, name: '<spleen>' },
      ],
    });
    expect((await openVolume(join(own, 'labels.zarr'))).labels).toEqual(LABELS.labels);
  });

  test('leave an axis alone whose voxels are twice as long as others', () => {
    expect(levelsOf('long.zarr').map(({ shape }) => shape)).toEqual([
      [4, 3, 1025],
      [4, 2, 513],
      [2, 1, 257],
    ]);
  });

  /** Means of up to eight voxels, which are counted. */
  function meansOf(volume: Volume): Volume {
    const half = Volume.alloc(volume.shape.map((size) => Math.ceil(size / 2)) as unknown as Shape, volume.dtype);
    forEachVoxel(half, (x, y, z, at) => {
      const values: number[] = [];
      for (const [dx, dy, dz] of [
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [1, 1, 0],
        [0, 0, 1],
        [1, 0, 1],
        [0, 1, 1],
        [1, 1, 1],
      ] as const) {
        const place = [2 * x + dx, 2 * y + dy, 2 * z + dz] as const;
        if (place.every((each, axis) => each < (volume.shape[axis] as number)))
          values.push(volume.valueAt(...place) as number);
      }
      half.data[at] = Math.round(values.reduce((sum, each) => sum + each, 0) / values.length);
    });
    return half;
  }

  function pick(from: Volume, to: Volume, which: number): void {
    const along = (at: number, axis: 0 | 1 | 2): number => Math.min(2 * at + which, from.shape[axis] - 1);
    forEachVoxel(to, (x, y, z, at) => {
      to.data[at] = from.valueAt(along(x, 0), along(y, 1), along(z, 2)) as number;
    });
  }

  function forEachVoxel({ shape }: Volume, act: (x: number, y: number, z: number, at: number) => void): void {
    let at = 0;
    for (let z = 0; z < shape[2]; z++)
      for (let y = 0; y < shape[1]; y++) for (let x = 0; x < shape[0]; x++) act(x, y, z, at++);
  }
});

describe('a volume that lies in chunks', () => {
  test('keeps its levels and their values, in the same chunks or in others', () => {
    const [source, same, others] = ['five.zarr', 'same.zarr', 'others.zarr'].map((name) => found.get(name)) as [
      FoundZarr,
      FoundZarr,
      FoundZarr,
    ];
    expect(source.levels).toHaveLength(3);
    for (const { levels } of [same, others]) {
      expect(levels.map((each) => each.sha256)).toEqual(source.levels.map((each) => each.sha256));
      expect(levels.map((each) => each.scale)).toEqual(source.levels.map((each) => each.scale));
      expect(levels[0]?.translation).toEqual(source.levels[0]?.translation);
    }
    expect(same.levels[0]?.chunks).toEqual([1, 1, 2, 4, 5]);
    expect(others.levels[0]?.chunks).toEqual([1, 1, 1, 4, 3]);
  });

  test('is written as the frame and the channel that were asked for, with their levels', async () => {
    const source = await openVolume(join(foreign, 'five.zarr'));
    const part = source.at({ frame: 1, channel: 2 });
    expect([part.chunked, part.frames, part.channels]).toEqual([true, 1, 1]);
    for (const name of ['part.zarr', 'part.nii']) await saveVolume(part, join(own, name));
    for (const level of [0, 1, 2]) {
      const whole = (await openVolume(join(foreign, 'five.zarr'), { level })).at({ frame: 1, channel: 2 });
      const written = await openVolume(join(own, 'part.zarr'), { level });
      expect([written.frames, written.channels, written.shape]).toEqual([1, 1, whole.shape]);
      expect(Array.from(written.data)).toEqual(Array.from(whole.data));
      if (level > 0) continue;
      expect(Array.from((await openVolume(join(own, 'part.nii'))).data)).toEqual(Array.from(whole.data));
      expect(whole.valueAt(0, 0, 0)).not.toBe(await source.readValue(0, 0, 0));
    }
  });

  test('is never written over the chunks that it is read from, whichever way leads to them', async () => {
    const path = join(own, 'same.zarr');
    const link = join(own, 'link.zarr');
    symlinkSync(path, link);
    const before = sha256((await openVolume(path, { level: 0 })).data);
    for (const [from, to] of [
      [path, path],
      [path, link],
      [link, path],
      [path, join(own, 'none', '..', 'same.zarr')],
      [path, join(path, '0')],
      [path, join(path, 'inside.zarr')],
      [path, own],
    ] as const) {
      const volume = await openVolume(from);
      await expect(saveVolume(volume, to, { format: 'zarr', overwrite: true })).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining('the volume is read from there while it is saved') as unknown,
      });
    }
    expect(sha256((await openVolume(path, { level: 0 })).data)).toBe(before);
  });

  test('becomes a TIFF file', async () => {
    const whole = await openVolume(join(foreign, 'five.zarr'), { level: 0 });
    const expected = { axes: 'TCZYX', dtype: 'float32', sha256: sha256(Float32Array.from(whole.data)) };
    expect(found.get('cells.ome.tif')).toMatchObject(expected);
    expect(saved.get('cells.ome.tif')?.notes).toEqual(['OME-TIFF has no place for an origin, which the volume has.']);
  });

  test('is never whole in memory: each chunk is read once, and eight at a time', async () => {
    const [shape, chunk] = [
      [40, 40, 40],
      [8, 8, 8],
    ] as const;
    const reads: string[] = [];
    let [inHand, most] = [0, 0];
    const reader: ChunkReader = {
      read: async (level, place) => {
        reads.push([level, ...place].join(' '));
        most = Math.max(most, (inHand += 1));
        await new Promise(setImmediate);
        inHand -= 1;
        const [x, y, z] = place;
        return { data: new Uint16Array(512).fill(1 + x + 5 * y + 25 * z), offset: 0, stride: [1, 8, 64] };
      },
      forget: () => undefined,
    };
    const levels = [{ shape, chunk, factors: [1, 1, 1] as const, parts: [1, 1] as const }];
    const source = { location: '/none', arrays: ['0'], axes: ['z', 'y', 'x'] as const, cacheBytes: 0 };
    const volume = Volume.inChunks(shape, new Uint16Array(8), { levels, sample: [2, 2, 2], source }, {}, () => reader);
    const path = join(own, 'once.zarr');
    const asked: number[] = [];
    const whole = content(volume);
    const watched: Content = {
      ...whole,
      values: (part, from, size, level) => {
        asked.push((size as Shape).reduce((product, each) => product * each, 1));
        return whole.values(part, from, size, level);
      },
    };
    await zarr.write(watched, path, { compression: 0 }, () => undefined);
    expect(new Set(reads).size).toBe(125);
    expect(reads).toHaveLength(125);
    expect(most).toBeLessThanOrEqual(8);
    expect(Math.max(...asked)).toBe(512);
    const { data } = await openVolume(path, { level: 0 });
    expect(
      data.every((value, at) => {
        const [x, y, z] = [at % 40, Math.floor(at / 40) % 40, Math.floor(at / 1600)].map((each) =>
          Math.floor(each / 8),
        ) as [number, number, number];
        return value === 1 + x + 5 * y + 25 * z;
      }),
    ).toBe(true);
  });
});

test('chunks that could not be read again are refused, with their bytes', () => {
  const shape = [8192, 8192, 1] as const;
  const plain = { ...Volume.alloc([1, 1, 1], 'float64').toRecord(), shape, dtype: 'float64' as const };
  const error = thrown(() => zarr.check(plain, '/a/b.zarr', { chunks: shape }), 'unsupported-format');
  expect(error.message).toContain('chunks of 8192 × 8192 × 1 float64 have 536870912 bytes');
});

test('values that stand for others are written as these, because neither format has a rescale', async () => {
  const volume = Volume.from(Int16Array.of(1, 2, 3, 4), [2, 2, 1], { rescale: { slope: 2, intercept: -10 } });
  for (const name of ['real.tif', 'real.zarr']) {
    const { notes } = await saveVolume(volume, join(own, name));
    expect(notes[0]).toContain('a rescale is not written');
    const opened = await openVolume(join(own, name), name.endsWith('.zarr') ? { level: 0 } : {});
    expect(Array.from(opened.data)).toEqual([-8, -6, -4, -2]);
    expect(opened.rescale).toBeNull();
  }
});

test('a chunk of zeros is not written, and is read as zeros', async () => {
  const volume = Volume.alloc([8, 4, 4], 'float32');
  volume.data[0] = 5;
  volume.data[7] = -0;
  const path = join(own, 'zeros.zarr');
  const { bytes } = await saveVolume(volume, path, { compression: 0, chunks: [2, 4, 4] });
  expect(sha256((await openVolume(path, { level: 0 })).data)).toBe(sha256(volume.data));
  expect(bytes).toBeLessThan(4096);
});
