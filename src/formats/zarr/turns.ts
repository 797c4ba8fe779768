/**
 * Work on all chunks of an array, on as many threads as help. All of them take chunks in turn from one count in shared
 * memory. The thread that calls `inTurns` begins at once, and the others join in when they have started. They end with it.
 */
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { messageOf } from '../../protocol';
import { aFewAtATime } from '../a-few-at-a-time';
import { errorOf, type Failure } from '../failure';
import type { OnFraction } from '../format';
import { chunksAlong, type Grid, type PerDimension } from './arrays';

/** Bytes of an array for each thread: with fewer, all is done before a further thread has started. */
const THREAD_BYTES = 2 ** 24;
/** Chunks of an array for each thread: each holds one or two in its memory. */
const THREAD_CHUNKS = 4;
/** Chunks that each of several threads has in hand at least. */
const AT_ONCE_EACH = 2;

const DIMENSIONS = ['x', 'y', 'z', 'channel', 'frame'] as const;

/** What each thread knows of the chunks of one array: plain data, and shared memory. */
export interface Turns {
  readonly grid: Grid;
  /** Chunks that were begun, and chunks that are done, by all threads. */
  readonly counts: Uint32Array;
  /** Chunks that a thread has in hand at a time. */
  readonly atOnce: number;
}

/** What a further thread says when it ends: null, or what went wrong. */
export type TurnsAnswer = Failure | null;

interface Work {
  readonly threads: number;
  /** Chunks that are in hand at a time, of all threads together. */
  readonly atOnce: number;
  /** Does what is to be done with a chunk, on this thread. */
  readonly act: (place: PerDimension) => Promise<void>;
  /** Starts a further thread, which calls `takeTurns` and sends a `TurnsAnswer`. */
  readonly start: (turns: Turns) => Worker;
  /** The error of a further thread that ends without an answer. */
  readonly stopped: (why: string, cause?: unknown) => Error;
}

const BEGUN = 0;
const DONE = 1;

export function chunksOf(grid: Grid): number {
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

/** The places of all chunks. */
export function* placesOf(grid: Grid): Generator<PerDimension> {
  const chunks = chunksOf(grid);
  for (let index = 0; index < chunks; index++) yield placeOf(grid, index);
}

/** Chunks that no other thread has begun. */
function* untaken({ grid, counts }: Turns): Generator<PerDimension> {
  const chunks = chunksOf(grid);
  for (let index = Atomics.add(counts, BEGUN, 1); index < chunks; index = Atomics.add(counts, BEGUN, 1)) {
    yield placeOf(grid, index);
  }
}

/**
 * Do something with each chunk that no other thread has begun, on this thread, until none is left.
 * @throws what `act` throws.
 */
export async function takeTurns(turns: Turns, act: Work['act'], onDone: () => void): Promise<void> {
  const actOnce = async (place: PerDimension): Promise<void> => {
    await act(place);
    Atomics.add(turns.counts, DONE, 1);
  };
  await aFewAtATime(untaken(turns), actOnce, onDone, turns.atOnce);
}

/** How many threads work on an array, at most one for each processor. */
export function threadsFor(bytes: number, chunks: number, processors: number = availableParallelism()): number {
  return Math.max(1, Math.min(processors, Math.floor(bytes / THREAD_BYTES), Math.floor(chunks / THREAD_CHUNKS)));
}

/**
 * Work on all chunks of an array.
 * @throws what `act` throws, on whichever thread, and what `stopped` returns.
 */
export async function inTurns(grid: Grid, work: Work, onFraction: OnFraction): Promise<void> {
  const { threads, act, start, stopped } = work;
  const chunks = chunksOf(grid);
  const atOnce = threads === 1 ? work.atOnce : Math.max(AT_ONCE_EACH, Math.ceil(work.atOnce / threads));
  const counts = new Uint32Array(new SharedArrayBuffer(2 * Uint32Array.BYTES_PER_ELEMENT));
  const turns: Turns = { grid, counts, atOnce };
  const finished = new Promise<void>((fulfil, reject) => {
    // A thread that has not started when all is done is not waited for.
    const check = (): void => {
      const done = Atomics.load(counts, DONE);
      onFraction(done / chunks);
      if (done === chunks) fulfil();
    };
    for (let thread = 1; thread < threads; thread++) joinIn(start(turns), check, reject, stopped);
    takeTurns(turns, act, check).catch(reject);
  });
  try {
    await finished;
  } finally {
    Atomics.store(counts, BEGUN, chunks); // After an error no thread begins another chunk.
  }
}

/** Hear how a further thread ends. */
function joinIn(thread: Worker, onEnd: () => void, onError: (error: Error) => void, stopped: Work['stopped']): void {
  let hasAnswered = false;
  thread.on('message', (answer: TurnsAnswer) => {
    hasAnswered = true;
    if (answer === null) onEnd();
    else onError(errorOf(answer));
  });
  thread.on('error', (error) => {
    onError(stopped(messageOf(error), error));
  });
  thread.on('exit', (code) => {
    if (!hasAnswered) onError(stopped(`exit code ${String(code)}`));
  });
}
