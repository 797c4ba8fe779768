import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MessageChannel, Worker, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { SlicescopeError, messageOf } from '../src/protocol';
import { RecordFiles } from './record-files';
import type { FromWorker, Snapshot, SyncReply, ToWorker, WorkerSetup } from './thread';

/** How long the main thread waits for the worker before it gives up, in milliseconds. */
const PATIENCE_MS = 10_000;
/** A worker that dies more often than this within a minute is not started again. */
const RESTARTS_A_MINUTE = 5;

/** Where pages find the companion. */
export type Place =
  /** By its record, under Jupyter's id of the kernel, in Jupyter's runtime folder. */
  | { readonly kernelId: string; readonly runtimeDir: string }
  /** Outside of Jupyter, at an address that a person opens: it serves a page itself. */
  | { readonly kernelId: null };

export type CompanionWorkerOptions = Place & {
  /** Compiled worker.js. */
  readonly workerFile?: string | undefined;
  /** People did something in a browser. */
  readonly onNews: (news: FromWorker) => void;
  /** Another worker has taken the place of one that died, and knows of nothing yet. */
  readonly onRestart: () => void;
};

/**
 * The companion's worker thread, from the main thread. The constructor returns when it listens, so that `show` can be
 * synchronous. It keeps no kernel's process alive; outside of Jupyter it does as long as it is needed, because there is
 * nothing else that people look at its views for. When it dies, another one is started with the same secret and, if it
 * is still free, port.
 */
export class CompanionWorker {
  readonly #options: CompanionWorkerOptions;
  readonly #secret: string = randomBytes(32).toString('hex');
  readonly #readerSecret: string = randomBytes(32).toString('hex');
  /** Null outside of Jupyter. */
  readonly #files: RecordFiles | null;
  readonly #deaths: number[] = [];
  #isNeeded = false;
  #port = 0;
  #worker: Worker;
  #sync: MessagePort;
  #signal: Int32Array;

  /** @throws SlicescopeError `companion-failed`; neither a thread nor a file is left then. */
  constructor(options: CompanionWorkerOptions) {
    this.#options = options;
    this.#files = options.kernelId === null ? null : new RecordFiles(options.runtimeDir, options.kernelId);
    [this.#worker, this.#sync, this.#signal] = this.#start();
  }

  /** Where a person looks at a view outside of Jupyter. What is behind the # is never sent to anybody. */
  pageUrl(viewId: string): string {
    const fragment = new URLSearchParams({ view: viewId, secret: this.#secret });
    return `http://127.0.0.1:${String(this.#port)}/#${String(fragment)}`;
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /**
   * A view's picture; waits for it.
   * @param onLate is called where it takes longer than so many milliseconds.
   * @throws SlicescopeError `companion-failed`.
   */
  snapshot(viewId: string, soonMs: number, onLate?: () => void): Snapshot {
    const ask = (): void => {
      this.post({ type: 'snapshot', viewId });
    };
    const answer = this.#ask(ask, soonMs, onLate);
    if (answer.type !== 'snapshot') throw this.#failure('drew no picture', answer);
    return { png: answer.png, key: answer.key };
  }

  /** Outside of Jupyter the process goes on for as long as this is needed. */
  keepAlive(isNeeded: boolean): void {
    this.#isNeeded = isNeeded;
    if (this.#files === null && isNeeded) this.#worker.ref();
    else this.#worker.unref();
  }

  #start(): [Worker, MessagePort, Int32Array] {
    const { port1, port2 } = new MessageChannel();
    this.#sync = port1;
    this.#signal = new Int32Array(new SharedArrayBuffer(4));
    const setup: WorkerSetup = {
      secret: this.#secret,
      readerSecret: this.#readerSecret,
      pagesFile: this.#files?.pagesFile ?? null,
      port: this.#port,
      sync: port2,
      signal: this.#signal,
    };
    const answer = this.#ask(() => {
      const file = this.#options.workerFile ?? join(__dirname, 'worker.js');
      this.#worker = new Worker(file, { workerData: setup, transferList: [port2], stdin: false });
    });
    const worker = this.#worker;
    worker.on('message', (news: FromWorker) => {
      this.#options.onNews(news);
    });
    worker.on('error', (error) => {
      console.error('slicescope: the viewer’s server stopped and is started again.', error);
    });
    this.keepAlive(this.#isNeeded);
    if (answer.type !== 'listening') {
      void worker.terminate();
      throw this.#failure('does not listen', answer);
    }
    try {
      const [secret, readerSecret] = [this.#secret, this.#readerSecret];
      this.#files?.write({ port: answer.port, secret, readerSecret, pid: process.pid });
    } catch (error) {
      void worker.terminate();
      throw error;
    }
    this.#port = answer.port;
    worker.on('exit', () => {
      this.#restart();
    });
    return [worker, this.#sync, this.#signal];
  }

  #restart(): void {
    const now = Date.now();
    this.#deaths.push(now);
    if (this.#deaths.filter((death) => now - death < 60_000).length > RESTARTS_A_MINUTE) {
      this.#files?.removeRecord();
      console.error(`slicescope: the viewer’s server keeps stopping. ${this.#again} to look at volumes again.`);
      return;
    }
    try {
      this.#start();
    } catch (error) {
      this.#files?.removeRecord();
      console.error(`slicescope: ${messageOf(error)}`);
      return;
    }
    this.#options.onRestart();
  }

  /** Do something that the worker answers, and wait for the answer; `onLate` is called once where it takes longer than that. */
  #ask(action: () => void, soonMs = 0, onLate?: () => void): SyncReply {
    while (receiveMessageOnPort(this.#sync) !== undefined); // Answers that came too late for their question.
    let before = Atomics.load(this.#signal, 0);
    action();
    const [soon, deadline] = [performance.now() + soonMs, performance.now() + PATIENCE_MS];
    let late = onLate;
    for (;;) {
      const now = performance.now();
      if (now >= deadline) return { type: 'failed', message: 'it did not answer in time' };
      if (late !== undefined && now >= soon) {
        late();
        late = undefined;
      }
      const until = late === undefined ? deadline : soon;
      if (Atomics.wait(this.#signal, 0, before, until - now) === 'timed-out') continue;
      const received: { message: SyncReply } | undefined = receiveMessageOnPort(this.#sync);
      if (received !== undefined) return received.message;
      before = Atomics.load(this.#signal, 0);
    }
  }

  /** What a person can do when there is no server any more. */
  get #again(): string {
    return this.#files === null ? 'Run the program again' : 'Restart the kernel';
  }

  #failure(what: string, answer: SyncReply): SlicescopeError {
    const reason = answer.type === 'failed' ? answer.message : answer.type;
    const message = `show: the viewer's server ${what} (${reason}); ${this.#again.toLowerCase()} and try again`;
    return new SlicescopeError('companion-failed', message, {});
  }
}
