import type { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { SlicescopeError, messageOf, type Triple, type VoxelArray } from '../../protocol';
import type { Chunk, ChunkReader, ChunkSource, ChunkedLevel, ChunksRecord, PartPlace, StopSignal } from '../../volume';
import { startThread } from '../threads';
import type { PerDimension } from './arrays';
import type { ChunkAnswer, ChunkRequest } from './chunk-worker';
import { nameOf } from '../web';

/** Chunks that the thread reads at a time: the next ones may be given up before it is their turn. */
const AT_ONCE = 8;
/** How long the thread waits for something to do. */
const IDLE_MS = 30_000;

interface Kept {
  readonly data: VoxelArray;
  readonly stride: PerDimension;
}

/** A chunk that is waited for. */
interface Job {
  readonly request: Omit<ChunkRequest, 'id'>;
  readonly key: string;
  readonly answered: Promise<Kept>;
  readonly fulfil: (kept: Kept) => void;
  readonly reject: (error: Error) => void;
  /** Who waits for it; nobody where all have been stopped. */
  waiting: number;
}

/** Reads the chunks of one volume in a thread of its own, and keeps those that were needed last. */
export class ThreadedReader implements ChunkReader {
  readonly #source: ChunkSource;
  readonly #levels: readonly ChunkedLevel[];
  readonly #kept: LRUCache<string, Kept>;
  readonly #jobs: Map<string, Job> = new Map();
  readonly #queue: Job[] = [];
  readonly #running: Map<number, Job> = new Map();
  #thread: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #lastId = 0;

  /** @param share of the volume's bytes for chunks that this reader may keep. */
  constructor({ source, levels }: ChunksRecord, share: number) {
    this.#source = source;
    this.#levels = levels;
    this.#kept = new LRUCache({
      maxSize: Math.max(1, Math.floor(source.cacheBytes * share)),
      sizeCalculation: ({ data }) => Math.max(1, data.byteLength),
    });
  }

  /** Bytes of chunks that are kept now. */
  get bytes(): number {
    return this.#kept.calculatedSize;
  }

  async read(level: number, [x, y, z]: Triple, { channel, frame }: PartPlace, signal?: StopSignal): Promise<Chunk> {
    if (signal?.aborted === true) throw signal.reason;
    const [channels, frames] = (this.#levels[level] as ChunkedLevel).parts;
    const place = { x, y, z, channel: Math.floor(channel / channels), frame: Math.floor(frame / frames) };
    const key = [level, x, y, z, place.channel, place.frame].join(' ');
    const { data, stride } = this.#kept.get(key) ?? (await this.#wait(key, { level, place }, signal));
    const offset = (channel % channels) * stride.channel + (frame % frames) * stride.frame;
    return { data, offset, stride: [stride.x, stride.y, stride.z] };
  }

  forget(): void {
    this.#kept.clear();
    // What is being read is read anew.
    this.#queue.unshift(...this.#running.values());
    this.#running.clear();
    this.#stop();
    this.#pump();
  }

  async #wait(key: string, request: Omit<ChunkRequest, 'id'>, signal: StopSignal | undefined): Promise<Kept> {
    const job = this.#jobs.get(key) ?? this.#ask(key, request);
    job.waiting += 1;
    let stop: (() => void) | undefined;
    const stopped = new Promise<never>((_, reject) => {
      stop = () => {
        if (signal !== undefined) reject(signal.reason);
      };
      signal?.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([job.answered, stopped]);
    } finally {
      if (stop !== undefined) signal?.removeEventListener('abort', stop);
      job.waiting -= 1;
      this.#giveUp(job);
    }
  }

  #ask(key: string, request: Omit<ChunkRequest, 'id'>): Job {
    let settle: Pick<Job, 'fulfil' | 'reject'> | undefined;
    const answered = new Promise<Kept>((fulfil, reject) => {
      settle = { fulfil, reject };
    });
    answered.catch(() => undefined); // Who waits for it hears of it.
    const job: Job = { request, key, answered, ...(settle as Pick<Job, 'fulfil' | 'reject'>), waiting: 0 };
    this.#jobs.set(key, job);
    this.#queue.push(job);
    this.#pump();
    return job;
  }

  /** Nobody waits for a chunk that was not begun: it is not read. */
  #giveUp(job: Job): void {
    const at = this.#queue.indexOf(job);
    if (job.waiting > 0 || at < 0) return;
    this.#queue.splice(at, 1);
    this.#jobs.delete(job.key);
  }

  #pump(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    while (this.#running.size < AT_ONCE) {
      const job = this.#queue.shift();
      if (job === undefined) break;
      const id = ++this.#lastId;
      this.#running.set(id, job);
      const thread = (this.#thread ??= this.#start());
      thread.ref();
      thread.postMessage({ id, ...job.request } satisfies ChunkRequest);
    }
    if (this.#running.size > 0) return;
    this.#thread?.unref();
    this.#idle = setTimeout(() => {
      this.#stop();
    }, IDLE_MS).unref();
  }

  #start(): Worker {
    const thread = startThread('chunk-worker', this.#source);
    thread.on('message', (answer: ChunkAnswer) => {
      this.#take(answer);
    });
    const gone = (why: string, cause?: unknown): void => {
      if (this.#thread === thread) this.#failed(why, cause);
    };
    thread.on('error', (error) => {
      gone(messageOf(error), error);
    });
    thread.on('exit', (code) => {
      gone(`exit code ${String(code)}`);
    });
    return thread;
  }

  #take(answer: ChunkAnswer): void {
    const job = this.#running.get(answer.id);
    if (job === undefined) return;
    this.#running.delete(answer.id);
    this.#jobs.delete(job.key);
    if ('error' in answer) {
      const { code, message, details } = answer.error;
      job.reject(new SlicescopeError(code, message, details));
    } else {
      this.#kept.set(job.key, answer);
      job.fulfil(answer);
    }
    this.#pump();
  }

  /** The thread has ended: what was asked of it fails, and the next chunk starts another one. */
  #failed(why: string, cause: unknown): void {
    this.#thread = null;
    const path = nameOf(this.#source.location);
    const error = new SlicescopeError('file-unreadable', `${path}: the reader stopped (${why})`, { path }, { cause });
    const running = [...this.#running.values()];
    this.#running.clear();
    for (const job of running) {
      this.#jobs.delete(job.key);
      job.reject(error);
    }
    this.#pump();
  }

  #stop(): void {
    void this.#thread?.terminate();
    this.#thread = null;
  }
}
