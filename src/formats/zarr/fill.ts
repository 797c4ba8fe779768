/**
 * Reads a whole level into memory, on as many threads as help. All of them take chunks in turn from one count in shared
 * memory, and move what they have unpacked straight to where it belongs. The thread that calls `fill` begins at once, and
 * the others join in when they have started. They end with it.
 */
import { availableParallelism } from 'node:os';
import { SlicescopeError, messageOf, type VoxelArray } from '../../protocol';
import { aFewAtATime } from '../a-few-at-a-time';
import type { OnFraction } from '../format';
import { startThread } from '../threads';
import { chunksAlong, type Grid, type Level, type LevelSource, type PerDimension } from './arrays';
import type { FillAnswer } from './fill-worker';
import { moveChunk } from './move-chunk';
import { nameOf } from '../web';

/** Bytes of a level for each thread that reads it: where there are fewer, all is read before a further thread has started. */
const THREAD_BYTES = 2 ** 24;
/** Chunks of a level for each thread that reads it: each holds one or two in its memory. */
const THREAD_CHUNKS = 4;
/** Chunks that are read at a time, by all threads together, and by each of several at least. */
const AT_ONCE = 4;
const AT_ONCE_EACH = 2;

const DIMENSIONS = ['x', 'y', 'z', 'channel', 'frame'] as const;

/** What each of the threads has that fill one array: plain data, and shared memory. */
export interface Share {
  readonly source: LevelSource;
  readonly grid: Grid;
  /** What is filled. */
  readonly all: VoxelArray;
  /** Chunks that were begun, and chunks that are done, by all threads. */
  readonly counts: Uint32Array;
  /** Chunks that this thread reads at a time. */
  readonly atOnce: number;
}

const BEGUN = 0;
const DONE = 1;

function chunksOf(grid: Grid): number {
  return DIMENSIONS.reduce((product, dimension) => product * chunksAlong(grid, dimension), 1);
}

/** The place of a chunk, x fastest, then y, z, channel, frame. */
function placeOf(grid: Grid, index: number): PerDimension {
  const place = { x: 0, y: 0, z: 0, channel: 0, frame: 0 };
  let rest = index;
  for (const dimension of DIMENSIONS) {
    const along = chunksAlong(grid, dimension);
    place[dimension] = rest % along;
    rest = Math.floor(rest / along);
  }
  return place;
}

/** Chunks that no other thread has begun. */
function* untaken({ grid, counts }: Share): Generator<PerDimension> {
  const chunks = chunksOf(grid);
  for (let index = Atomics.add(counts, BEGUN, 1); index < chunks; index = Atomics.add(counts, BEGUN, 1)) {
    yield placeOf(grid, index);
  }
}

/**
 * Read chunks on this thread until none is left that nobody has begun.
 * @throws what reading a chunk does.
 */
export async function takeTurns(share: Share, read: Level['read'], onDone: () => void): Promise<void> {
  const { grid, all, counts, atOnce } = share;
  const readOne = async (place: PerDimension): Promise<void> => {
    moveChunk(grid, place, await read(place), all);
    Atomics.add(counts, DONE, 1);
  };
  await aFewAtATime(untaken(share), readOne, onDone, atOnce);
}

/** How many threads read a level, at most one for each processor. */
export function threadsFor(bytes: number, chunks: number, processors: number = availableParallelism()): number {
  return Math.max(1, Math.min(processors, Math.floor(bytes / THREAD_BYTES), Math.floor(chunks / THREAD_CHUNKS)));
}

/**
 * Read a level, or its first frames, into an array of as many values, which is in shared memory.
 * @throws what reading a chunk does, on whichever thread; SlicescopeError `file-unreadable` where a thread dies.
 */
export async function fill(level: Level, all: VoxelArray, onFraction: OnFraction): Promise<void> {
  const { sizes, chunk, source } = level;
  const frame = all.length / (sizes.x * sizes.y * sizes.z * sizes.channel);
  const grid = { sizes: { ...sizes, frame }, chunk };
  const chunks = chunksOf(grid);
  const threads = threadsFor(all.byteLength, chunks);
  const atOnce = threads === 1 ? AT_ONCE : Math.max(AT_ONCE_EACH, Math.ceil(AT_ONCE / threads));
  const counts = new Uint32Array(new SharedArrayBuffer(2 * Uint32Array.BYTES_PER_ELEMENT));
  const share: Share = { source, grid, all, counts, atOnce };
  const filled = new Promise<void>((fulfil, reject) => {
    // A thread that has not started when all is done is not waited for.
    const check = (): void => {
      const done = Atomics.load(counts, DONE);
      onFraction(done / chunks);
      if (done === chunks) fulfil();
    };
    for (let thread = 1; thread < threads; thread++) joinIn(share, check, reject);
    takeTurns(share, level.read, check).catch(reject);
  });
  try {
    await filled;
  } finally {
    Atomics.store(counts, BEGUN, chunks); // After an error no thread begins another chunk.
  }
}

/** Start a further thread. */
function joinIn(share: Share, onEnd: () => void, onError: (error: SlicescopeError) => void): void {
  const thread = startThread('fill-worker', share);
  const died = (why: string, cause?: unknown): void => {
    const path = nameOf(share.source.location);
    onError(new SlicescopeError('file-unreadable', `${path}: the reader stopped (${why})`, { path }, { cause }));
  };
  let hasAnswered = false;
  thread.on('message', (answer: FillAnswer) => {
    hasAnswered = true;
    if (answer === null) onEnd();
    else onError(new SlicescopeError(answer.code, answer.message, answer.details));
  });
  thread.on('error', (error) => {
    died(messageOf(error), error);
  });
  thread.on('exit', (code) => {
    if (!hasAnswered) died(`exit code ${String(code)}`);
  });
}
