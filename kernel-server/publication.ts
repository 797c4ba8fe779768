import type { VoxelArray } from '../src/protocol';
import { Volume, type VolumeRecord } from '../src/volume';

/** Indices into `turn`: how often was published, which decides what is in front; and what is being read. */
const PUBLISHED = 0;
const READING = 1;
const NOBODY = -1;

/** How long a reader may take before it counts as dead, in milliseconds. */
const PATIENCE_MS = 10_000;

/** What both threads hold of a volume that was refreshed; all of it is shared memory. */
export interface PublishedCopies {
  readonly copies: readonly [VoxelArray, VoxelArray];
  /** How often was published, modulo 2³²: the copy in front is that number's lowest bit. And which one the worker reads, or −1. */
  readonly turn: Int32Array;
}

/**
 * The main thread's end of a volume's content as of its last refresh. The cell writes into the volume's own
 * memory whenever it likes; slices are cut from the copy in front, which nobody writes into.
 *
 * There are two copies, so that the worker never waits: `publish` fills the one at the back, and then
 * brings it to the front. It waits where the worker is still cutting a slice from that one, which can only
 * be if two refreshes came within one cut. The second copy takes up memory from the second refresh on, because
 * the system gives none to pages that nobody has written. Nothing here needs the event loop of either thread.
 */
export class Publication {
  readonly shared: PublishedCopies;
  readonly #source: VoxelArray;

  /** @throws SlicescopeError `invalid-shape` if there is not enough memory. */
  constructor(record: VolumeRecord) {
    const { data, shape, dtype } = Volume.fromRecord(record);
    const [one, other] = [0, 1].map(() => Volume.alloc(shape, dtype, record).data);
    this.#source = data;
    this.shared = { copies: [one, other] as [VoxelArray, VoxelArray], turn: new Int32Array(new SharedArrayBuffer(8)) };
    Atomics.store(this.shared.turn, READING, NOBODY);
  }

  /** The content as of the last refresh. Only this thread writes into it, when it publishes again. */
  get front(): VoxelArray {
    return this.shared.copies[frontOf(this.shared.turn)];
  }

  /** Copy the volume as it is now; from here on slices are cut from this. */
  publish(): void {
    const { copies, turn } = this.shared;
    const back = (1 - frontOf(turn)) as 0 | 1;
    const deadline = performance.now() + PATIENCE_MS;
    while (Atomics.load(turn, READING) === back) {
      const left = deadline - performance.now();
      if (left <= 0) this.abandon();
      else Atomics.wait(turn, READING, back, left);
    }
    copies[back].set(this.#source);
    Atomics.add(turn, PUBLISHED, 1);
  }

  /** The worker is dead: it reads nothing any more. */
  abandon(): void {
    Atomics.store(this.shared.turn, READING, NOBODY);
  }
}

function frontOf(turn: Int32Array): 0 | 1 {
  return (Atomics.load(turn, PUBLISHED) & 1) as 0 | 1;
}

/** Names the content in front: a later one has another name. */
export function contentOf({ turn }: PublishedCopies): number {
  return Atomics.load(turn, PUBLISHED);
}

/**
 * The worker's end: call `read` with the index of the copy in front, which stays as it is until `read` returns.
 * The mark is set before it is looked once more at what is in front, and `publish` looks at the mark after it
 * has changed the front, so one of them sees the other.
 */
export function readFront<T>({ turn }: PublishedCopies, read: (front: 0 | 1) => T): T {
  let front: 0 | 1;
  do {
    front = frontOf(turn);
    Atomics.store(turn, READING, front);
  } while (frontOf(turn) !== front);
  try {
    return read(front);
  } finally {
    Atomics.store(turn, READING, NOBODY);
    Atomics.notify(turn, READING);
  }
}

/** Indices into a view's news: its newest revision, and whether the worker is about to hear that there is one. */
const REVISION = 0;
const IS_TOLD = 1;

/** Note a view's newest revision. @returns whether the worker has to be told */
export function noteRevision(news: Uint32Array, revision: number): boolean {
  Atomics.store(news, REVISION, revision);
  return Atomics.exchange(news, IS_TOLD, 1) === 0;
}

/** The worker was told: what is noted after this has to be told again. */
export function takeRevision(news: Uint32Array): number {
  Atomics.store(news, IS_TOLD, 0);
  return Atomics.load(news, REVISION);
}
