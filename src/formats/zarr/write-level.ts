import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ARRAY_OF, type Shape } from '../../protocol';
import { bytesIn, type OnFraction } from '../format';
import { release } from '../release';
import { startThread } from '../threads';
import { writerStopped } from '../failure';
import type { Content, WriteOptions } from '../writer';
import type { PerDimension } from './arrays';
import { intoChunk, readerOf } from './boxes';
import { axesOf, type ZarrVersion } from './describe';
import { packerOf, packsElsewhere } from './pack';
import { gridOf, least, targetsOf, type Target } from './targets';
import { chunksOf, inTurns, threadsFor, type Turns } from './turns';

/** Chunks that are in hand at a time, of all threads together. */
const AT_ONCE = 8;

/** A level of a store that is being written. */
export interface LevelPlace {
  /** Of the store. */
  readonly folder: string;
  /** Of the level, 0 for the finest. */
  readonly number: number;
  readonly options: WriteOptions & { readonly compression: number; readonly version: ZarrVersion };
}

/** What each of the threads has that write one level: plain data, and shared memory. */
export interface WriteShare {
  readonly source: Content['source'];
  readonly place: LevelPlace;
  readonly turns: Turns;
}

/** Writes a chunk. What is all zeros is left out: that is what a chunk that is not there means. */
export async function chunkWriter(
  content: Content,
  place: LevelPlace,
): Promise<(chunk: PerDimension) => Promise<void>> {
  const { folder, number, options } = place;
  const targets = targetsOf(content, options);
  const { shape, chunk } = targets[number] as Target;
  const read = await readerOf(content, folder, targets, number);
  const pack = await packerOf(options.compression);
  const axes = axesOf(content).map(({ dimension }) => dimension);
  const array = join(folder, String(number), ...(options.version === '0.4' ? [] : ['c']));
  const zeros = Buffer.alloc(chunk[0] * chunk[1] * chunk[2] * ARRAY_OF[content.dtype].BYTES_PER_ELEMENT);
  const folders = new Set<string>();
  return async (at) => {
    const from: Shape = [at.x * chunk[0], at.y * chunk[1], at.z * chunk[2]];
    const size = least(chunk, shape.map((each, axis) => each - (from[axis] as number)) as unknown as Shape);
    const { data } = intoChunk(await read(at, from, size), chunk, 1);
    const bytes = bytesIn(data);
    if (bytes.equals(zeros)) return;
    const path = join(array, ...axes.map((axis) => String(at[axis])));
    const packed = await pack(bytes);
    if (!folders.has(dirname(path))) mkdirSync(dirname(path), { recursive: true });
    folders.add(dirname(path));
    // Node's threads pack meanwhile, and a promise of a file would wait for one of them.
    writeFileSync(path, packed, { flag: 'wx' });
    release(data);
  };
}

/** Write the chunks of a level. */
export async function writeLevel(content: Content, place: LevelPlace, onFraction: OnFraction): Promise<void> {
  const { number, options } = place;
  const { source, path, levels } = content;
  const target = targetsOf(content, options)[number] as Target;
  const grid = gridOf(content, target);
  const bytes = Object.values(grid.sizes).reduce(
    (product, each) => product * each,
    ARRAY_OF[content.dtype].BYTES_PER_ELEMENT,
  );
  // Chunks that are read as they are come from a thread of their own, and each thread would read and keep them anew.
  const isAlone = number < levels.length && (levels[number]?.chunk !== null || packsElsewhere(options.compression));
  const work = {
    threads: isAlone ? 1 : threadsFor(bytes, chunksOf(grid)),
    atOnce: AT_ONCE,
    act: await chunkWriter(content, place),
    start: (turns: Turns) => startThread('write-level-worker', { source, place, turns } satisfies WriteShare),
    stopped: (why: string, cause?: unknown) => writerStopped(path, why, cause),
  };
  await inTurns(grid, work, onFraction);
}
