/** Reads a whole level into memory, on as many threads as help (turns.ts). */
import { SlicescopeError, type VoxelArray } from '../../protocol';
import type { OnFraction } from '../format';
import { startThread } from '../threads';
import type { Level, LevelSource, PerDimension } from './arrays';
import { moveChunk } from './move-chunk';
import { nameOf } from '../web';
import { chunksOf, inTurns, threadsFor, type Turns } from './turns';

/** Chunks that are read at a time, by all threads together. */
const AT_ONCE = 4;

/** What each of the threads has that fill one array: plain data, and shared memory. */
export interface Share {
  readonly source: LevelSource;
  /** What is filled. */
  readonly all: VoxelArray;
  readonly turns: Turns;
}

/**
 * Read a whole level, or its first frames, into an array of as many values, which is in shared memory. Each thread moves what it
 * has unpacked straight to where it belongs.
 * @throws what reading a chunk does, on whichever thread; SlicescopeError `file-unreadable` where a thread dies.
 */
export async function fill(level: Level, all: VoxelArray, onFraction: OnFraction): Promise<void> {
  const { sizes, chunk, source } = level;
  const frame = all.length / (sizes.x * sizes.y * sizes.z * sizes.channel);
  const grid = { sizes: { ...sizes, frame }, chunk };
  const path = nameOf(source.location);
  const work = {
    threads: threadsFor(all.byteLength, chunksOf(grid)),
    atOnce: AT_ONCE,
    act: async (place: PerDimension) => {
      moveChunk(grid, place, await level.read(place), all);
    },
    start: (turns: Turns) => startThread('fill-worker', { source, all, turns } satisfies Share),
    stopped: (why: string, cause?: unknown) =>
      new SlicescopeError('file-unreadable', `${path}: the reader stopped (${why})`, { path }, { cause }),
  };
  await inTurns(grid, work, onFraction);
}
