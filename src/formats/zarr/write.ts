import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ARRAY_OF, DTYPES, type Shape, type Triple } from '../../protocol';
import { aFewAtATime } from '../a-few-at-a-time';
import { bytesIn, unsupported, type OnFraction } from '../format';
import { colorsLeftOut, leftOut, timesOf } from '../left-out';
import type { Content, Plain, WriteOptions, Writer } from '../writer';
import { chunksAlong, openLevel, type Grid, type PerDimension } from './arrays';
import { arrayMetadata, axesOf, channelsOf, groupMetadata, isDrawnOtherwise, type Metadata } from './describe';
import { means, neighbours, pyramid, type Box, type PyramidLevel, type Steps } from './halve';
import { moveChunk } from './move-chunk';
import { zstandard, type Pack } from './pack';
import { MAX_CHUNK_BYTES } from './store';

/** Bytes of a chunk, about, where nobody says how large it is to be. */
const CHUNK_BYTES = 2 ** 20;
/** Chunks that are in hand at a time. */
const AT_ONCE = 8;
const DEFAULT_LEVEL = 1;
const DEFAULT_VERSION = '0.5';

const DIMENSIONS = ['x', 'y', 'z', 'channel', 'frame'] as const;
const FIRST = { x: 0, y: 0, z: 0, channel: 0, frame: 0 } as const;

/** Reads a box of one channel and frame, of which colours have three or four. */
type ReadBox = (part: PerDimension, from: Shape, size: Shape) => Promise<Box>;

/** A level of the image that is written. */
interface Target extends PyramidLevel {
  readonly chunk: Shape;
}

function least(one: Triple, other: Triple): Triple {
  return one.map((each, axis) => Math.min(each, other[axis] as number)) as unknown as Triple;
}

/** About a cube. */
function defaultChunk({ shape, dtype }: Plain): Shape {
  const chunk: [number, number, number] = [1, 1, 1];
  const most = CHUNK_BYTES / ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  for (;;) {
    const axes = ([0, 1, 2] as const).filter((axis) => chunk[axis] < shape[axis]);
    const [shortest] = axes.sort((one, other) => chunk[one] - chunk[other]);
    if (shortest === undefined || chunk[0] * chunk[1] * chunk[2] * 2 > most) return least(chunk, shape);
    chunk[shortest] *= 2;
  }
}

/** The levels that the volume has, and coarser ones until one fits a screen; no more than are wanted. */
function targetsOf(content: Content, { chunks, levels: most = Infinity }: WriteOptions): readonly Target[] {
  const { levels, spacing, dtype } = content;
  const last = levels.at(-1) as Content['levels'][number];
  const [, ...coarser] = pyramid(last, spacing, channelsOf(content) * ARRAY_OF[dtype].BYTES_PER_ELEMENT);
  const otherwise = last.chunk ?? defaultChunk(content);
  const all = [...levels, ...coarser.map((level) => ({ ...level, chunk: otherwise }))];
  return all.slice(0, most).map(({ shape, factors, chunk }) => ({
    shape,
    factors,
    chunk: least(chunks ?? chunk ?? otherwise, shape),
  }));
}

function gridOf(content: Content, { shape, chunk }: Target): Grid {
  const triple = ([x, y, z]: Triple): Pick<PerDimension, 'x' | 'y' | 'z'> => ({ x, y, z });
  return {
    sizes: { ...triple(shape), channel: channelsOf(content), frame: content.frames },
    chunk: { ...triple(chunk), channel: 1, frame: 1 },
  };
}

function* placesOf(grid: Grid): Generator<PerDimension> {
  const counts = DIMENSIONS.map((dimension) => chunksAlong(grid, dimension));
  const all = counts.reduce((product, count) => product * count, 1);
  for (let index = 0; index < all; index += 1) {
    const place = { ...FIRST } as Record<keyof PerDimension, number>;
    let rest = index;
    for (const [at, dimension] of DIMENSIONS.entries()) {
      place[dimension] = rest % (counts[at] as number);
      rest = Math.floor(rest / (counts[at] as number));
    }
    yield place;
  }
}

/** Values of a box as they lie in a chunk of a larger size. */
function intoChunk({ data, size }: Box, chunk: Shape, components: number): Box {
  if (components === 1 && size.every((each, axis) => each === chunk[axis])) return { data, size };
  const values = new (data.constructor as typeof Uint8Array)(chunk[0] * chunk[1] * chunk[2]);
  const [x, y, z] = chunk;
  const grid = {
    sizes: { x, y, z, channel: 1, frame: 1 },
    chunk: { x: size[0], y: size[1], z: size[2], channel: 1, frame: 1 },
  };
  const stride = {
    x: components,
    y: components * size[0],
    z: components * size[0] * size[1],
    channel: 0,
    frame: 0,
  };
  moveChunk(grid, FIRST, { data, stride }, values);
  return { data: values, size: chunk };
}

/** Boxes of a level that the volume has. */
function readContent(content: Content, level: number): ReadBox {
  const { components } = content;
  return async ({ channel, frame }, from, size) => {
    const part = { frame, channel: Math.floor(channel / components) };
    const data = await content.values(part, from, size, level);
    return intoChunk({ data: data.subarray(channel % components), size }, size, components);
  };
}

/** Boxes of a level that has been written. They begin where chunks do. */
async function readWritten(content: Content, location: string, level: number): Promise<ReadBox> {
  const axes = axesOf(content).map(({ dimension }) => dimension);
  const { chunk, dtype, read } = await openLevel({ location, path: String(level), axes });
  return async ({ channel, frame }, from, size) => {
    const [x, y, z] = size;
    const data = new ARRAY_OF[dtype](x * y * z);
    const grid = { sizes: { x, y, z, channel: 1, frame: 1 }, chunk: { ...chunk, channel: 1, frame: 1 } };
    for (const place of placesOf(grid)) {
      const inLevel = {
        x: place.x + from[0] / chunk.x,
        y: place.y + from[1] / chunk.y,
        z: place.z + from[2] / chunk.z,
      };
      moveChunk(grid, place, await read({ ...inLevel, channel, frame }), data);
    }
    return { data, size };
  };
}

/** Boxes of a level that is made of the one before it. */
function readHalved(content: Content, finer: Target, coarser: Target, readFiner: ReadBox, number: number): ReadBox {
  const steps = coarser.factors.map((factor, axis) => factor / (finer.factors[axis] as number)) as unknown as Steps;
  return async (part, from, size) => {
    const start = from.map((each, axis) => each * (steps[axis] as number)) as unknown as Shape;
    const rest = finer.shape.map((each, axis) => each - (start[axis] as number)) as unknown as Shape;
    const box = await readFiner(
      part,
      start,
      least(size.map((each, axis) => each * (steps[axis] as number)) as unknown as Shape, rest),
    );
    // One and then the other, so that what is left of a level is not all at one end of what its voxels stand for.
    return content.labels === null
      ? means(box, content.dtype, steps)
      : neighbours(box, content.dtype, steps, number % 2 === 0 ? 0 : 1);
  };
}

function put(folder: string, files: Metadata): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), JSON.stringify(content, null, 2), { flag: 'wx' });
  }
}

/** Write the chunks of a level. What is all zeros is left out: that is what a chunk that is not there means. */
async function writeLevel(
  content: Content,
  target: Target,
  read: ReadBox,
  pathOf: (place: PerDimension) => string,
  pack: Pack,
  onVoxels: (voxels: number) => void,
): Promise<void> {
  const { shape, chunk } = target;
  const folders = new Set<string>();
  const write = async (place: PerDimension): Promise<void> => {
    const from: Shape = [place.x * chunk[0], place.y * chunk[1], place.z * chunk[2]];
    const size = least(chunk, shape.map((each, axis) => each - (from[axis] as number)) as unknown as Shape);
    const { data } = intoChunk(await read(place, from, size), chunk, 1);
    const bytes = bytesIn(data);
    if (bytes.some((each) => each !== 0)) {
      const path = pathOf(place);
      const packed = await pack(bytes);
      if (!folders.has(dirname(path))) mkdirSync(dirname(path), { recursive: true });
      folders.add(dirname(path));
      // The threads of Node pack meanwhile, and a promise of a file would wait for one of them.
      writeFileSync(path, packed, { flag: 'wx' });
    }
    onVoxels(size[0] * size[1] * size[2]);
  };
  await aFewAtATime(placesOf(gridOf(content, target)), write, () => undefined, AT_ONCE);
}

async function write(content: Content, folder: string, options: WriteOptions, onFraction: OnFraction): Promise<void> {
  const { version = DEFAULT_VERSION, compression = DEFAULT_LEVEL } = options;
  const targets = targetsOf(content, options);
  put(folder, groupMetadata(content, targets, version));
  const pack = compression === 0 ? (bytes: Uint8Array) => Promise.resolve(bytes) : await zstandard(compression);
  const voxelsOf = ({ shape }: Target): number => shape[0] * shape[1] * shape[2] * channelsOf(content) * content.frames;
  const all = targets.reduce((sum, target) => sum + voxelsOf(target), 0);
  let done = 0;
  for (const [number, target] of targets.entries()) {
    const array = join(folder, String(number));
    put(array, arrayMetadata(content, target, compression, version));
    const pathOf = (place: PerDimension): string => {
      const key = axesOf(content).map(({ dimension }) => String(place[dimension]));
      return join(array, ...(version === '0.4' ? key : ['c', ...key]));
    };
    const read = await readerOf(number, target);
    await writeLevel(content, target, read, pathOf, pack, (voxels) => {
      done += voxels;
      onFraction(done / all);
    });
  }

  async function readerOf(number: number, target: Target): Promise<ReadBox> {
    const { length } = content.levels;
    if (number < length) return readContent(content, number);
    const before = number - 1;
    const finer = number === length ? readContent(content, before) : await readWritten(content, folder, before);
    return readHalved(content, targets[before] as Target, target, finer, number);
  }
}

/** What of a volume no OME-Zarr holds. */
function check(plain: Plain, path: string, { chunks }: WriteOptions): readonly string[] {
  const { dtype, components } = plain;
  if (chunks !== undefined) {
    const bytes = least(chunks, plain.shape).reduce(
      (product, each) => product * each,
      ARRAY_OF[dtype].BYTES_PER_ELEMENT,
    );
    if (bytes > MAX_CHUNK_BYTES) {
      const what = `chunks of ${chunks.join(' × ')} ${dtype} have ${String(bytes)} bytes`;
      throw unsupported(path, `${what}; write smaller ones, of at most ${String(MAX_CHUNK_BYTES)}`);
    }
  }
  const times = timesOf(plain) === null ? [] : (['frameTimes'] as const);
  const otherwise = 'where the volume has none, those are written that a view starts with';
  return [
    ...leftOut(plain, 'OME-Zarr', ['spacing', 'origin', 'window', 'labels', 'channelInfo', ...times]),
    ...(isDrawnOtherwise(plain) ? [`OME-Zarr has a window and a colour of each channel: ${otherwise}.`] : []),
    ...colorsLeftOut(plain),
    ...(plain.channelInfo?.every(({ visible }) => !visible) === true
      ? ['Volume.open switches all channels on if all are off, as here.']
      : []),
    ...(components === 1
      ? []
      : [`OME-Zarr has no colours: each of the ${String(components)} is written as a channel.`]),
  ];
}

/** OME-Zarr with levels of detail, chunk by chunk. */
export const zarr: Writer = {
  name: 'zarr',
  title: 'OME-Zarr',
  endings: ['.zarr'],
  isStore: true,
  dtypes: DTYPES,
  heeds: ['compression', 'version', 'chunks', 'levels'],
  holdsRescale: () => false,
  check,
  write,
};
