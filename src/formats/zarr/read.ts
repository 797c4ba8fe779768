import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ARRAY_OF, type ChannelInfo, type Triple, type VoxelArray } from '../../protocol';
import { Volume, narrowed, type ChunkedLevel, type VolumeOptions } from '../../volume';
import { aFewAtATime } from '../a-few-at-a-time';
import { unsupported, type Format, type OnFraction, type ReadRequest } from '../format';
import { withLabels } from '../labels';
import { inOneUnit, type Lengths } from '../lengths';
import { evenTimes, secondsIn } from '../times';
import { byDimension, chunksAlong, type Level, type PerDimension } from './arrays';
import { fill } from './fill';
import { headerOf } from './header';
import { openImage, type Image } from './image';
import { moveChunk } from './move-chunk';
import { nameOf } from '../web';
import { loadZarrita, zarrError } from './store';

/** Bytes that a sample has at most, for the statistics of all values. */
const SAMPLE_BYTES = 2 ** 26;
/** How many chunks make a sample, if no level is small enough. */
const SAMPLE_CHUNKS = 16;
/** What a sample has at most where a single chunk of each channel is more than that. */
const MOST_SAMPLE_BYTES = 2 ** 30;
/** Chunks that are read for a sample, or for a slice of the coarsest level, at most. */
const MOST_CHUNKS = 2 ** 14;
/** Bytes of chunks that are kept, if nobody says another number. */
const CACHE_BYTES = 2 ** 28;

const AXES = ['x', 'y', 'z'] as const;

function triple(values: PerDimension): Triple {
  return [values.x, values.y, values.z];
}

/** Where a level's voxels are: lengths in the unit of x. */
function geometryOf(
  { axes, levels }: Image,
  at: number,
  location: string,
): Pick<VolumeOptions, 'spacing' | 'origin' | 'unit'> {
  const { scale, translation } = levels[at] as Image['levels'][number];
  const dimensions = axes.map(({ dimension }) => dimension);
  const names = AXES.map((axis) => axes.find(({ dimension }) => dimension === axis)?.unit ?? null);
  const inUnit = (values: PerDimension): Lengths => {
    const lengths = inOneUnit(triple(values), names, 'px');
    if (lengths !== null) return lengths;
    const what = `its axes are in ${names.join(', ')} along x, y and z, for which there is no one measure`;
    throw unsupported(nameOf(location), what);
  };
  const { lengths: spacing, unit } = inUnit(byDimension(dimensions, scale, 1));
  return { spacing, origin: inUnit(byDimension(dimensions, translation, 0)).lengths, unit };
}

/** Chunks from all over a level, of all channels, one after the other. */
async function scattered(level: Level, onFraction: OnFraction): Promise<Sample> {
  const { chunk, sizes, dtype } = level;
  const whole = (axis: 'x' | 'y' | 'z'): number => Math.min(chunk[axis], sizes[axis]);
  const [x, y, z] = [whole('x'), whole('y'), whole('z')] as const;
  const voxels = x * y * z;
  const bytes = voxels * sizes.channel * ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  const groupsOfChannels = chunksAlong(level, 'channel');
  if (bytes > MOST_SAMPLE_BYTES || groupsOfChannels > MOST_CHUNKS) {
    const what = `one chunk of each of its ${String(sizes.channel)} channels has ${String(bytes)} bytes in all`;
    throw unsupported(nameOf(level.source.location), `${what}, which is too much for statistics; use smaller chunks`);
  }
  const most = Math.min(SAMPLE_CHUNKS, SAMPLE_BYTES / bytes, MOST_CHUNKS / groupsOfChannels);
  const count = Math.max(1, Math.floor(most));
  const data = shared(level, voxels * count * sizes.channel);
  const chosen = Array.from({ length: count }, (_, at) => {
    // Of those that are full: a chunk at the border has voxels that mean nothing.
    const along = (axis: 'x' | 'y' | 'z'): number =>
      Math.floor(((at + 0.5) / count) * Math.max(1, Math.floor(sizes[axis] / chunk[axis])));
    return { x: along('x'), y: along('y'), z: along('z'), at };
  });
  const groups = Array.from({ length: groupsOfChannels }, (_, channel) => channel);
  const sample = {
    sizes: { x, y, z: z * count, channel: sizes.channel, frame: 1 },
    chunk: { x, y, z, channel: chunk.channel, frame: 1 },
  };
  const jobs = chosen.flatMap(({ at, ...place }) =>
    groups.map((channel) => ({ at, place: { ...place, channel, frame: 0 } })),
  );
  await aFewAtATime(
    jobs,
    async ({ at, place }) => {
      moveChunk(sample, { x: 0, y: 0, z: at, channel: place.channel, frame: 0 }, await level.read(place), data);
    },
    (done) => {
      onFraction(done / jobs.length);
    },
  );
  return { data, shape: [x, y, z * count] };
}

interface Sample {
  readonly data: VoxelArray;
  readonly shape: Triple;
}

function shared({ dtype }: Level, elements: number): VoxelArray {
  return new ARRAY_OF[dtype](new SharedArrayBuffer(elements * ARRAY_OF[dtype].BYTES_PER_ELEMENT));
}

/** The coarsest level, of one frame, if it is small; else chunks of it. */
async function sampleOf(level: Level, onFraction: OnFraction): Promise<Sample> {
  const { x, y, z, channel } = level.sizes;
  const elements = x * y * z * channel;
  const across = chunksAlong(level, 'x') * chunksAlong(level, 'y');
  if (across > MOST_CHUNKS) {
    const what = `a slice of its coarsest level lies in ${String(across)} chunks, of at most ${String(MOST_CHUNKS)}`;
    throw unsupported(nameOf(level.source.location), `${what}; save it with larger chunks or coarser levels`);
  }
  const chunks = across * chunksAlong(level, 'z') * chunksAlong(level, 'channel');
  if (chunks > MOST_CHUNKS) return await scattered(level, onFraction);
  if (elements * ARRAY_OF[level.dtype].BYTES_PER_ELEMENT > SAMPLE_BYTES) return await scattered(level, onFraction);
  const data = shared(level, elements);
  await fill(level, data, onFraction);
  return { data, shape: [x, y, z] };
}

/** Of each level, how many voxels of the first one of its voxels stands for. */
function chunkedLevels({ axes, levels, arrays }: Image): readonly ChunkedLevel[] {
  const dimensions = axes.map(({ dimension }) => dimension);
  const scaleOf = (at: number): PerDimension => byDimension(dimensions, levels[at]?.scale ?? [], 1);
  const [first, finest] = [arrays[0] as Level, scaleOf(0)];
  return arrays.map(({ sizes, chunk }, at) => {
    const factors = AXES.map((axis) => {
      const [byScale, voxels] = [scaleOf(at)[axis] / finest[axis], first.sizes[axis]];
      // Believed where the sizes say so too.
      return Math.abs(voxels / byScale - sizes[axis]) <= 1 ? byScale : voxels / sizes[axis];
    });
    const parts = [chunk.channel, chunk.frame] as const;
    return { shape: triple(sizes), chunk: triple(chunk), factors: factors as unknown as Triple, parts };
  });
}

/** When frames were taken, if the axis of time has a unit. */
function timesOf({ axes, levels, arrays }: Image, at: number): readonly number[] | null {
  const axis = axes.findIndex(({ dimension }) => dimension === 'frame');
  const { scale, translation } = levels[at] as Image['levels'][number];
  const unit = secondsIn(axes[axis]?.unit ?? '');
  if (unit === null) return null;
  return evenTimes((arrays[at] as Level).sizes.frame, (scale[axis] ?? NaN) * unit, (translation[axis] ?? 0) * unit);
}

/** How channels are drawn. A single channel in white and without a name says nothing but its window. */
function lookOf(said: readonly ChannelInfo[], channels: number): Pick<VolumeOptions, 'channelInfo' | 'window'> {
  if (said.length !== channels) return {};
  const [first] = said;
  if (channels > 1 || first === undefined) return { channelInfo: said };
  const color = first.color?.toLowerCase() === '#ffffff' ? null : first.color;
  const isNamed = first.name !== '' || color !== null || !first.visible;
  return { window: first.window, channelInfo: isNamed ? [{ ...first, color }] : null };
}

function optionsOf(image: Image, at: number, location: string): VolumeOptions {
  const { sizes } = image.arrays[at] as Level;
  const name = image.name === '' ? basename(nameOf(location)).replace(/\.zarr$/i, '') : image.name;
  const options: VolumeOptions = {
    ...geometryOf(image, at, location),
    name,
    channels: sizes.channel,
    frames: sizes.frame,
    ...lookOf(image.channels, sizes.channel),
    frameTimes: timesOf(image, at),
    rescale: image.rescale,
  };
  return withLabels(options, image.labels);
}

async function read(
  { paths: [location], series, level, cacheBytes }: ReadRequest,
  onFraction: OnFraction,
): Promise<Volume> {
  const image = await openImage(location, series);
  const path = nameOf(location);
  const at = level ?? 0;
  const array = image.arrays[at];
  if (array === undefined) {
    throw unsupported(path, `it has no level ${String(at)}; its levels are 0 to ${String(image.arrays.length - 1)}`);
  }
  const options = optionsOf(image, at, location);
  const shape = triple(array.sizes);
  try {
    if (level !== undefined) {
      const volume = Volume.alloc(shape, array.dtype, options);
      await fill(array, volume.data, onFraction);
      if (!array.isWide) return volume;
      const values = narrowed(volume.data as Float64Array, (dtype) => Volume.alloc(shape, dtype, options).data);
      return Volume.from(values, shape, options);
    }
    const sample = await sampleOf(image.arrays.at(-1) as Level, onFraction);
    const source = {
      location,
      arrays: image.levels.map(({ path: each }) => each),
      axes: image.axes.map(({ dimension }) => dimension),
      cacheBytes: cacheBytes ?? CACHE_BYTES,
    };
    const chunks = { levels: chunkedLevels(image), sample: sample.shape, source };
    return Volume.inChunks(shape, sample.data, chunks, options);
  } catch (cause) {
    throw await zarrError(location, cause);
  }
}

/** What lies in the folder of an array or a group. */
const METADATA = ['zarr.json', '.zgroup', '.zarray', '.zattrs'] as const;

/** Whether a folder is an array or a group of Zarr. */
export async function isZarr(location: string): Promise<boolean> {
  for (const name of METADATA) {
    const found = await stat(join(location, name)).catch(() => null);
    if (found?.isFile() === true) return true;
  }
  return false;
}

/** Chunks in a folder or in the web. */
export const zarr: Format = {
  name: 'zarr',
  title: 'OME-Zarr',
  several: ['series', 'level'],
  matches: () => false,
  read,
  prepare: loadZarrita,
  header: ({ paths: [location], series }) => headerOf(location, series),
};
