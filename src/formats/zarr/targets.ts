import { ARRAY_OF, type Shape, type Triple } from '../../protocol';
import type { Content, Plain, WriteOptions } from '../writer';
import type { Grid, PerDimension } from './arrays';
import { channelsOf } from './describe';
import { pyramid, type PyramidLevel } from './halve';

/** Bytes of a chunk, about, where nobody says how large it is to be. */
const CHUNK_BYTES = 2 ** 20;

/** A level of the image that is written. */
export interface Target extends PyramidLevel {
  readonly chunk: Shape;
}

/** The smaller number along each axis. */
export function least(one: Triple, other: Triple): Triple {
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
export function targetsOf(content: Content, { chunks, levels: most = Infinity }: WriteOptions): readonly Target[] {
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

/** How a level is divided into chunks. */
export function gridOf(content: Content, { shape, chunk }: Target): Grid {
  const triple = ([x, y, z]: Triple): Pick<PerDimension, 'x' | 'y' | 'z'> => ({ x, y, z });
  return {
    sizes: { ...triple(shape), channel: channelsOf(content), frame: content.frames },
    chunk: { ...triple(chunk), channel: 1, frame: 1 },
  };
}
