import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DTYPES, DTYPE_RANGES, plainText, type DType, type Shape } from '../protocol';
import { Volume, type VolumeOptions } from '../volume';
import { openVolume } from './index';
import { filesFolder } from './testing/files-folder';
import { PYTHON } from './testing/python';
import { lengthIn } from './lengths';
import { contentOf } from './write-content';
import type { Plain } from './writer';
import { writerOf } from './writers';

jest.setTimeout(120_000);
const { path: folder } = filesFolder();

/** Turned about two axes. */
const [c, s, d, t] = [Math.cos(0.3), Math.sin(0.3), Math.cos(-0.8), Math.sin(-0.8)];
const OBLIQUE = [c, -s * d, s * t, s, c * d, -c * t, 0, t, d];

/** z is not at right angles to x and y. */
const TILTED = OBLIQUE.map((each, at) => (at % 3 === 2 ? 0.8 * each + 0.6 * OBLIQUE[at - 1]! : each));

const GEOMETRIES: Readonly<Record<string, VolumeOptions>> = {
  oblique: { spacing: [0.7, 1.1, 2.3], origin: [-123.456, 88.1, 1500.25], direction: OBLIQUE },
  // Left-handed, and the axes in another order.
  flipped: { spacing: [1, 2, 0.5], origin: [10, -20, 30], direction: [0, 0, -1, -1, 0, 0, 0, -1, 0] },
  mirrored: { spacing: [1, 2, 3], origin: [5, 6, 7], direction: [-1, 0, 0, 0, 1, 0, 0, 0, 1] },
  plain: { spacing: [0.25, 0.5, 2], unit: 'mm' },
};

/** Values from the least to the greatest of a dtype. */
function volumeOf(dtype: DType, options: VolumeOptions, shape: Shape = [5, 3, 4]): Volume {
  const volume = Volume.alloc(shape, dtype, options);
  const { data } = volume;
  const [least, most] = DTYPE_RANGES[dtype];
  data.forEach((_, i) => (data[i] = dtype.startsWith('float') ? (i - 20) / 3 : least + i));
  const ends = dtype === 'float64' ? [-1e300, 1e300] : dtype === 'float32' ? [-1e15, 1e15] : [least, most];
  [data[0], data[data.length - 1]] = ends as [number, number];
  return volume;
}

interface Case {
  readonly path: string;
  readonly volume: Volume;
}

const cases: Case[] = [];
function add(name: string, volume: Volume): void {
  cases.push({ path: join(folder, name), volume });
}

const DTYPES_OF: Readonly<Record<string, readonly DType[]>> = {
  ...{ nii: DTYPES, nrrd: DTYPES, mha: DTYPES, npy: DTYPES, mrc: ['int8', 'int16', 'uint16', 'float32'] },
};
for (const [ending, dtypes] of Object.entries(DTYPES_OF)) {
  for (const dtype of dtypes) {
    for (const [name, geometry] of Object.entries(GEOMETRIES)) {
      add(`${dtype}-${name}.${ending}`, volumeOf(dtype, geometry));
    }
  }
  add(`flat.${ending}`, volumeOf('int16', ending === 'mrc' ? GEOMETRIES.plain! : {}, [5, 3, 1]));
}
for (const ending of ['nii', 'nii.gz', 'nrrd', 'nhdr', 'mha', 'mhd', 'npy']) {
  for (const [name, geometry] of Object.entries(GEOMETRIES)) {
    add(`frames-${name}.${ending}`, volumeOf('int16', { ...geometry, frames: 3, frameTimes: [0.5, 2.5, 4.5] }));
  }
}
for (const ending of ['nii', 'nrrd', 'nhdr', 'mha', 'mhd', 'npy']) {
  add(`rgb.${ending}`, volumeOf('uint8', { ...GEOMETRIES.oblique, components: 3 }));
  add(`rgba.${ending}`, volumeOf('uint8', { ...GEOMETRIES.mirrored, components: 4 }));
}
for (const ending of ['nii', 'nrrd', 'nhdr', 'mha', 'mhd']) {
  add(`tilted.${ending}`, volumeOf('int16', { ...GEOMETRIES.oblique, direction: TILTED }));
}
add('rgb-frames.mha', volumeOf('uint8', { ...GEOMETRIES.oblique, components: 3, frames: 2 }));
add('rgb-frames.nrrd', volumeOf('uint8', { ...GEOMETRIES.oblique, components: 3, frames: 2 }));
add('rgb-frames.nii', volumeOf('uint8', { ...GEOMETRIES.oblique, components: 3, frames: 2 }));

interface Said {
  readonly path: string;
  readonly values: readonly number[];
  readonly dtype: string;
  readonly stored?: string;
  readonly shape: readonly number[];
  readonly matrix?: readonly number[];
  readonly origin?: readonly number[];
  readonly byQuaternion?: readonly number[];
  readonly byPynrrd?: readonly number[];
  readonly start?: number;
  readonly step?: number;
  readonly zooms?: readonly number[];
  readonly units?: readonly string[];
  readonly ends?: readonly number[];
}

/** What other libraries read. */
const said: Map<string, Said> = new Map();

beforeAll(async () => {
  for (const { path, volume } of cases) {
    const { data, ...plain } = volume.toRecord();
    const content = contentOf(volume, { ...plain, dtype: volume.dtype }, path);
    await writerOf(path)?.write(content, path, {}, () => undefined);
  }
  const input = cases.map(({ path }) => `${path}\n`).join('');
  const script = join(__dirname, 'testing/read-volumes.py');
  const printed = execFileSync(PYTHON, ['-W', 'ignore', script], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  for (const line of printed.trim().split('\n')) {
    const each = JSON.parse(line) as Said;
    said.set(each.path, each);
  }
});

type Geometry = Pick<Volume, 'shape' | 'spacing' | 'origin' | 'direction'>;

function placeOf({ shape, spacing, origin, direction }: Geometry): Geometry {
  return { shape, spacing, origin, direction };
}

/** Row by row: how far a step along each axis goes. */
function matrixOf({ spacing, direction }: Geometry): readonly number[] {
  return (direction ?? [1, 0, 0, 0, 1, 0, 0, 0, 1]).map((each, at) => each * spacing[at % 3]!);
}

/** The farthest that any corner is from where it should be, as a share of the largest coordinate. */
function distance(volume: Geometry, matrix: readonly number[], origin: readonly number[]): number {
  const [own, { shape }] = [matrixOf(volume), volume];
  let [farthest, largest] = [0, 0];
  for (let corner = 0; corner < 8; corner++) {
    for (const row of [0, 1, 2]) {
      const at = (steps: readonly number[], from: readonly number[]): number =>
        [0, 1, 2].reduce(
          (sum, axis) => sum + ((corner >> axis) & 1) * (shape[axis]! - 1) * steps[3 * row + axis]!,
          from[row]!,
        );
      const right = at(own, volume.origin);
      farthest = Math.max(farthest, Math.abs(at(matrix, origin) - right));
      largest = Math.max(largest, Math.abs(right));
    }
  }
  return farthest / Math.max(1, largest);
}

const PRECISION = 1e-6;

/** What is wrong with a file, as another library reads it. */
function faultsOf({ path, volume }: Case): readonly string[] {
  const read = said.get(path)!;
  const faults: string[] = [];
  const check = (what: string, isRight: boolean): void => {
    if (!isRight) faults.push(`${basename(path)}: ${what}`);
  };
  const same = (one: readonly number[], other: ArrayLike<number>): boolean =>
    one.length === other.length && one.every((each, at) => each === other[at]);
  check('values', same(read.values, volume.data));
  check('dtype', volume.components > 1 || read.dtype === volume.dtype);
  if (read.byPynrrd !== undefined) check('values by pynrrd', same(read.byPynrrd, volume.data));
  if (read.matrix !== undefined) {
    const isMrc = path.endsWith('.mrc');
    const unturned = isMrc ? { ...placeOf(volume), direction: null } : volume;
    const factor = isMrc && volume.unit === 'mm' ? 1e-7 : 1;
    const scaled = (numbers: readonly number[]): readonly number[] => numbers.map((each) => each * factor);
    const origin = read.origin === undefined ? volume.origin : scaled(read.origin);
    check('place', distance(unturned, scaled(read.matrix), origin) <= PRECISION);
  }
  if (read.byQuaternion !== undefined) {
    check('quaternion', distance(volume, read.byQuaternion, volume.origin) <= PRECISION);
  }
  const step = read.step ?? read.zooms?.[3];
  if (volume.frames > 1 && step !== undefined && volume.frameTimes !== null) {
    check('times', step === 2 && read.start === 0.5);
  }
  return faults;
}

describe('a written file', () => {
  test.each([
    ['NIfTI by nibabel', /\.nii(\.gz)?$/, 45],
    ['NRRD by pynrrd and ITK', /\.n(rrd|hdr)$/, 48],
    ['MetaImage by ITK', /\.mh[ad]$/, 48],
    ['MRC by mrcfile', /\.mrc$/, 17],
    ['.npy by NumPy', /\.npy$/, 39],
  ])('is read as it was: %s', (_, ending, count) => {
    const files = cases.filter(({ path }) => ending.test(path));
    expect(files).toHaveLength(count);
    expect(files.flatMap(faultsOf)).toEqual([]);
  });

  test('is read as it was by slicescope', async () => {
    // Each dtype with one of the geometries, and all that there is once.
    const turn = Object.keys(GEOMETRIES);
    const chosen = cases.filter(({ path }) => {
      const [dtype = '', geometry = ''] = basename(path).replace(/\..*/, '').split('-');
      const at = DTYPES.indexOf(dtype as DType);
      return at < 0 ? !['flipped', 'mirrored', 'plain'].includes(geometry) : turn[at % turn.length] === geometry;
    });
    expect(chosen).toHaveLength(68);
    const faults: string[] = [];
    // One after the other: several at a time have a thread started for each.
    for (const each of chosen) await check(each);
    expect(faults).toEqual([]);

    async function check({ path, volume }: Case): Promise<void> {
      const read = await openVolume(path);
      const about = ({ shape, dtype, frames, channels, components }: Volume): string =>
        JSON.stringify({ shape, dtype, frames, channels, components });
      if (about(read) !== about(volume)) faults.push(`${basename(path)}: ${about(read)}`);
      if (Buffer.compare(Buffer.from(read.data.buffer), Buffer.from(volume.data.buffer)) !== 0) {
        faults.push(`${basename(path)}: values`);
      }
      if (path.endsWith('.npy')) return;
      const isMrc = path.endsWith('.mrc');
      const factor = isMrc && volume.unit === 'mm' ? 1e-7 : 1;
      const right = isMrc ? { ...placeOf(volume), direction: null } : volume;
      const scaled = (numbers: readonly number[]): number[] => numbers.map((each) => each * factor);
      const isPlaced = distance(right, scaled(matrixOf(read)), scaled(read.origin)) <= PRECISION;
      const isTurned = read.direction !== null;
      if (!isPlaced || isTurned !== (right.direction !== null)) faults.push(`${basename(path)}: place`);
    }
  });
});

/** What a volume may say of itself. */
const SAID: Readonly<Record<string, VolumeOptions>> = {
  nothing: {},
  micrometres: { spacing: [0.25, 0.5, 2], unit: 'µm', origin: [1, -2, 0.5] },
  'pixels that are not square': { spacing: [1, 2, 1], unit: 'px' },
  'an own unit, and times': { spacing: [1, 2, 1], unit: 'θ', frames: 3, frameTimes: [0, 2, 4] },
  'a direction': GEOMETRIES.flipped!,
  'a direction without distances': { direction: OBLIQUE, unit: 'px' },
  'a tilt': { ...GEOMETRIES.oblique, direction: TILTED },
  'names of axes': { axes: ['θ', 'r', 'depth'] },
  'odd names of axes': { axes: [' x', 'y"', '\\'] },
  'a window': { window: [-100, 400] },
  'a window of several channels': { channels: 2, window: [1, 50] },
  'low values bright': { invert: true },
  padding: { padding: [-5, 0] },
  'names of labels': { labels: { 1: 'liver', 2: 'größe \\ \n \t', 90: 'in no voxel' } },
  'odd names of labels': { labels: { 1: 'a\0b', 2: '\r' } },
  'a name of no whole number': { labels: { '-1': 'below', 1: ' spaces ' } },
  'colours of labels': {
    labels: { 1: { color: '#ff8000' }, 2: { name: 'x', color: '#0a0b0c' }, 90: { color: '#ffffff' } },
  },
  'labels that are seen through': { labels: { 1: { name: 'glass', color: '#ff800080' } } },
  'names of labels in frames': { frames: 2, labels: { 1: 'liver' } },
  'a name of a channel': { channelInfo: [{ name: 'n'.repeat(1000) }] },
  'a colour of a channel': { channelInfo: [{ color: '#0000ff', window: [1, 2] }] },
  'a channel that is off': { channelInfo: [{ name: 'off', visible: false, window: [1, 2] }] },
  'several channels': {
    channels: 3,
    channelInfo: [
      { name: 'DAPI <&"µ\'>', color: '#0000ff', window: [10, 50] },
      { name: 'GFP', color: '#00ff00', window: [0, 9], visible: false },
      { color: '#ff8000', window: [1, 2] },
    ],
  },
  'odd names of channels': { channels: 2, channelInfo: [{ name: 'a\u0001' }, { name: '\ud800' }] },
  'channels without colours and windows': { channels: 2, channelInfo: [{ name: 'one' }, { name: 'two' }] },
  'white channels': {
    channels: 2,
    channelInfo: [
      { color: '#ffffff', window: [0, 1] },
      { color: '#ffffff', window: [0, 1] },
    ],
  },
  'a black channel': {
    channels: 2,
    channelInfo: [
      { color: '#000000', window: [0, 1] },
      { color: '#ff0000', window: [0, 1] },
    ],
  },
  'times from 0 on': { frames: 3, frameTimes: [0, 0.72, 1.44] },
  'even times': { ...GEOMETRIES.oblique, frames: 3, frameTimes: [-0.5, 2.5, 5.5] },
  'even times in a plain image': { frames: 3, frameTimes: [0.001, 0.003, 0.005] },
  'uneven times': { frames: 3, frameTimes: [1, 2, 4] },
  'times of channels': { frames: 3, channels: 2, frameTimes: [1, 3, 5] },
  'the time of one frame': { frameTimes: [1.5] },
  'labels of frames': { frames: 2, frameLabels: ['b = 0', 'b = 1000'] },
  notes: { notes: ['Slice 1 is missing.'], emptySlices: [1] },
  'colours in time': { ...GEOMETRIES.plain, components: 3, frames: 3, frameTimes: [1, 3, 5] },
};

/** What notes call it, and what a volume says of it, alike where it means the same. */
const TOLD: Readonly<Record<string, readonly [words: RegExp, of: (volume: Volume) => unknown]>> = {
  distances: [
    /distances|the unit|origin/,
    ({ spacing, origin, unit }) => {
      const factor = lengthIn(unit, 'm');
      return [factor === null ? unit : 'm', [...spacing, ...origin].map((each) => each * (factor ?? 1))];
    },
  ],
  direction: [/a direction/, ({ direction }) => direction],
  axes: [/names of axes/, ({ axes, direction }) => (direction === null ? axes : null)],
  window: [
    /a window|windows|names and colours of channels|axes of the array|no colours/,
    ({ window, channelInfo, channels }) =>
      Array.from({ length: channels }, (_, channel) => channelInfo?.[channel]?.window ?? window),
  ],
  invert: [/inverted/, ({ invert }) => invert],
  padding: [/padding/, ({ padding }) => padding],
  labels: [
    /labels/,
    ({ labels }) =>
      Object.entries(labels ?? {}).map(([value, label]) => [value, plainText(label.name ?? ''), label.color]),
  ],
  'names of channels': [
    /names? .*of channels/,
    ({ channelInfo }) =>
      channelInfo
        ?.map(({ name }) => plainText(name))
        .join('|')
        .replace(/^\|+$/, '') ?? '',
  ],
  'colours of channels': [
    /colours? (of|and)|without a colour|a colour of each|no colours/,
    ({ channelInfo }) => channelInfo?.map(({ color }) => color ?? '').join('') ?? '',
  ],
  'channels that are off': [
    /names and colours of channels|switche/,
    ({ channelInfo }) => channelInfo?.flatMap(({ visible }, at) => (visible ? [] : [at])) ?? [],
  ],
  channels: [/axes of the array|no colours/, ({ channels }) => channels],
  frames: [/axes of the array/, ({ frames }) => frames],
  'times of frames': [/times? of/, ({ frameTimes }) => frameTimes],
  'labels of frames': [/labels of frames/, ({ frameLabels }) => frameLabels],
  notes: [/notes/, ({ notes }) => notes.filter((each) => !each.startsWith('The slices are tilted'))],
  'empty slices': [/empty slices/, ({ emptySlices }) => emptySlices],
};

function isAlike(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, at) => isAlike(each, other[at]));
  }
  if (typeof one !== 'number' || typeof other !== 'number') return JSON.stringify(one) === JSON.stringify(other);
  return Math.abs(one - other) <= PRECISION * Math.max(Math.abs(one), Math.abs(other), 1e-12);
}

describe('what a volume says', () => {
  /** Formats refuse some of what there may be several of. */
  const REFUSED = /holds no (channels|frames|colours)|a file of segments holds/;

  test.each(['.nii', '.nrrd', '.seg.nrrd', '.mha', '.mrc', '.npy', '.ome.tif', '.zarr', '-0.4.zarr'])(
    'comes back from %s, or a note names it; and a note names nothing that comes back',
    async (ending) => {
      const faults: string[] = [];
      for (const [at, [name, options]] of Object.entries(SAID).entries()) {
        const path = join(folder, `said-${String(at)}${ending}`);
        const dtype = options.components === 3 ? 'uint8' : 'int16';
        const volume = volumeOf(dtype, options, [5, 4, 2]);
        volume.data.forEach((_, i) => (volume.data[i] = i % 3));
        const { data, chunks, part, ...said } = volume.toRecord();
        const plain: Plain = { ...said, dtype };
        const writer = writerOf(path)!;
        const how = ending === '-0.4.zarr' ? ({ version: '0.4', compression: 0 } as const) : { compression: 0 };
        let notes: readonly string[];
        try {
          notes = writer.check(plain, path, how);
        } catch (error) {
          if (!REFUSED.test(String(error))) throw error;
          continue;
        }
        await writer.write(contentOf(volume, plain, path), path, how, () => undefined);
        if (notes.some((each) => each.includes('does not open it'))) continue;
        const read = await openVolume(path, ending.endsWith('.zarr') ? { level: 0 } : {});
        const lost = Object.entries(TOLD).filter(([, [, of]]) => !isAlike(of(volume), of(read)));
        for (const [what, [words, of]] of lost) {
          if (notes.some((note) => words.test(note))) continue;
          faults.push(`${name}: ${what} was ${JSON.stringify(of(volume))} and is ${JSON.stringify(of(read))}`);
        }
        for (const note of notes) {
          // The same lengths, in another unit.
          if (/distances are in (mm|Å|µm)\.$/.test(note)) continue;
          if (!lost.some(([, [words]]) => words.test(note))) faults.push(`${name}: nothing is lost, but: ${note}`);
        }
      }
      expect(faults).toEqual([]);
    },
  );
});
