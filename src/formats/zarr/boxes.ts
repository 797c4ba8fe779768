import { ARRAY_OF, type Shape } from '../../protocol';
import type { Content } from '../writer';
import { openLevel, type PerDimension } from './arrays';
import { axesOf } from './describe';
import { means, neighbours, type Box, type Steps } from './halve';
import { moveChunk } from './move-chunk';
import { least, type Target } from './targets';
import { placesOf } from './turns';

const FIRST = { x: 0, y: 0, z: 0, channel: 0, frame: 0 } as const;

/** Reads a box of one channel and frame, of which colours have three or four. */
export type ReadBox = (part: PerDimension, from: Shape, size: Shape) => Promise<Box>;

/** Values of a box as they lie in a chunk of a larger size. */
export function intoChunk({ data, size }: Box, chunk: Shape, components: number): Box {
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

/**
 * What reads boxes of a level of a store that is being written: of the volume, or of the level before it, which is written already.
 * @param folder of the store.
 * @param number of the level.
 */
export async function readerOf(
  content: Content,
  folder: string,
  targets: readonly Target[],
  number: number,
): Promise<ReadBox> {
  const { length } = content.levels;
  if (number < length) return readContent(content, number);
  const before = number - 1;
  const finer = number === length ? readContent(content, before) : await readWritten(content, folder, before);
  return readHalved(content, targets[before] as Target, targets[number] as Target, finer, number);
}
