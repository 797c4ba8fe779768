import { setMaxListeners } from 'node:events';
import { PRIORITIES, type Limits, type WishList } from '../src/protocol';
import { encodeFrame } from './encoding';
import { framePool } from './frame-pool';
import type { RawFrame } from './slices';
import { Wishes, type Turn } from './wishes';

/** Of the credits, the part that only tiles of priority `view` may use, so that a slice that is suddenly needed finds one. */
const KEPT_SHARE = 1 / 2;
/** Tiles that are encoded at a time; what is not of priority `view` starts only where there is none. */
const ENCODERS = 2;

/** What a flow is made of. */
export interface Ends {
  /** Whether the socket takes another frame: a client may grant frames without taking any. */
  readonly hasRoom: () => boolean;
  /**
   * Cut a tile, or throw what `failed` is told; null where it is not to be sent after all, a promise where its voxels have
   * to be read first, which the signal gives up.
   */
  readonly cut: (turn: Turn, stop: () => AbortSignal) => RawFrame | null | Promise<RawFrame>;
  /** `done` is called when the frame's memory is read no more. */
  readonly send: (frame: Uint8Array, done: () => void) => void;
  readonly failed: (viewId: string, error: unknown) => void;
  /** A tile was sent, or will not be: its wish has been dealt with. */
  readonly served: (turn: Turn) => void;
}

/** A tile that is being read or encoded. */
interface Job {
  readonly turn: Turn;
  readonly stop: () => AbortSignal;
  /** False when the tile has left its view's list. */
  isWanted: boolean;
  controller: AbortController | null;
}

/**
 * What one client is sent, and when: the server's side of the flow in docs/protocol.md.
 * - Every frame costs a credit; without credit nothing is cut and nothing sent. So no more frames are in
 *   flight than the client has granted, and a client that does not read costs no memory. What is not of
 *   priority `view` leaves half of the credits.
 * - A view has one list of wishes: a newer one replaces it whole. A tile that is not in the newest list is
 *   dropped before it is cut; one that is in both, and has had its turn, is not sent twice.
 * - Higher priorities go first, over all views; within one, views take turns. So no view starves, and the
 *   slice at which the hand stops always arrives.
 * - A raw tile is cut and sent in the call that brings its list or its credit.
 * - Any other is cut then, with the values of that moment, and sent when it is encoded. Its credit is taken
 *   when that starts, and given back when it leaves the list or fails. Tiles that wait for an encoder let raw ones pass.
 * - The same holds for one whose voxels are not in memory: it is sent when they have been read.
 * - A picture that is being encoded is sent although the hand has passed it, and so is the one of a view that has been read
 *   longest: both take longer than a step of the hand, so that none would be sent while it moves.
 */
export class Flow {
  readonly #limits: Limits;
  readonly #ends: Ends;
  readonly #wishes: Wishes = new Wishes();
  readonly #jobs: Set<Job> = new Set();
  #encoding = 0;
  #credits = 0;
  /** The most credits that there were at a time: those of a client that has taken all of its frames. */
  #most = 0;

  constructor(limits: Limits, ends: Ends) {
    this.#limits = limits;
    this.#ends = ends;
  }

  grant(frames: number): void {
    this.#add(frames);
    this.#most = Math.max(this.#most, this.#credits);
    this.#pump();
  }

  wish(viewId: string, list: WishList): void {
    this.#wishes.replace(viewId, list);
    this.#giveUp();
    this.#pump();
  }

  /** Nothing of this view is wished for any more. */
  drop(viewId: string): void {
    this.#wishes.drop(viewId);
    this.#giveUp();
    this.#pump();
  }

  /**
   * Send a frame that nobody wished for, if that leaves a credit for the slice that may suddenly be needed.
   * @returns whether it was sent
   */
  push(cut: () => RawFrame | null): boolean {
    if (this.#credits <= 1 || !this.#ends.hasRoom()) return false;
    const raw = cut();
    if (raw === null) return false;
    this.#credits -= 1;
    this.#sendRaw(raw);
    return true;
  }

  #add(credits: number): void {
    this.#credits = Math.min(this.#limits.credits, this.#credits + credits);
  }

  #pump(): void {
    for (let turn = this.#next(); turn !== null; turn = this.#next()) this.#serve(turn);
  }

  #next(): Turn | null {
    for (const priority of PRIORITIES) {
      const isView = priority === 'view';
      if (this.#credits <= (isView ? 0 : KEPT_SHARE * this.#most)) return null;
      const mayEncode = this.#encoding < (isView ? ENCODERS : 1);
      const turn = this.#wishes.take(priority, ({ encoding }) => mayEncode || encoding === 'raw');
      if (turn !== null) return this.#ends.hasRoom() ? turn : null;
    }
    return null;
  }

  #serve(turn: Turn): void {
    const job = newJob(turn);
    try {
      const raw = this.#ends.cut(turn, job.stop);
      if (raw !== null) {
        this.#credits -= 1;
        if (turn.wish.encoding !== 'raw' || raw instanceof Promise) {
          void this.#work(job, raw);
          return;
        }
        this.#sendRaw(raw);
      }
    } catch (error) {
      this.#ends.failed(turn.viewId, error);
    }
    this.#ends.served(turn);
  }

  #sendRaw({ bytes }: RawFrame): void {
    this.#ends.send(bytes, () => {
      framePool.give(bytes);
    });
  }

  async #work(job: Job, cut: RawFrame | Promise<RawFrame>): Promise<void> {
    const { turn } = job;
    const { encoding } = turn.wish;
    this.#jobs.add(job);
    try {
      const raw = cut instanceof Promise ? await cut : cut;
      if (encoding !== 'raw') await this.#encode(job, encoding, raw);
      else if (job.isWanted) this.#sendRaw(raw);
    } catch (error) {
      if (job.isWanted) {
        this.#add(1);
        this.#ends.failed(turn.viewId, error);
      }
    }
    this.#jobs.delete(job);
    if (job.isWanted) this.#ends.served(turn);
    this.#pump();
  }

  async #encode(job: Job, encoding: 'packed' | 'preview', raw: RawFrame): Promise<void> {
    this.#encoding += 1;
    try {
      const frame = await encodeFrame(raw, encoding, job.turn.list.preview);
      if (job.isWanted) this.#ends.send(frame, () => undefined);
    } finally {
      this.#encoding -= 1;
    }
  }

  /** Whether a tile is for a picture that was wished for before the one that is now. */
  #isPassed({ viewId, wish, list }: Turn): boolean {
    return wish.priority === 'view' && list.revision === this.#wishes.revisionOf(viewId);
  }

  /** Let go of the tiles that nobody wishes for any more, and take their credits back. */
  #giveUp(): void {
    if (this.#jobs.size === 0) return; // As with every raw tile of a volume in memory.
    const reading = new Set<string>();
    for (const job of this.#jobs) {
      const { viewId, wish } = job.turn;
      if (!job.isWanted || this.#wishes.isWanted(job.turn)) continue;
      if (this.#isPassed(job.turn) && (wish.encoding !== 'raw' || !reading.has(viewId))) {
        if (wish.encoding === 'raw') reading.add(viewId);
        continue;
      }
      job.isWanted = false;
      job.controller?.abort();
      this.#add(1);
    }
  }
}

/** Its controller is made when it is needed: most tiles are not waited for. */
function newJob(turn: Turn): Job {
  const stop = (): AbortSignal => {
    if (job.controller === null) {
      job.controller = new AbortController();
      setMaxListeners(0, job.controller.signal); // A tile waits for as many chunks as it meets.
    }
    return job.controller.signal;
  };
  const job: Job = { turn, stop, isWanted: true, controller: null };
  return job;
}
