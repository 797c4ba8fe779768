import { isMainThread, type Worker } from 'node:worker_threads';
import { askThread, type Asking } from './ask-thread';
import type { ReadRequest } from './format';
import { startThread } from './threads';
import type { WriteRequest } from './write-messages';

/** A program that goes on at once goes on without a spare: one that ends would wait for a thread that is starting, some 25 ms. */
const SPARE_DELAY_MS = 100;
/** Bytes of a volume that a thread may still hold on to while it waits for the next file. */
const LARGEST_KEPT = 2 ** 23;
/** How long a thread waits for the next file, if nobody wants one to be ready. */
const IDLE_MS = 2000;

let idle: ReturnType<typeof setTimeout> | undefined;
let isSpareWanted = false;
/** The thread that waits for a file. It may have died, and nobody may have heard of that yet. */
let spare: Worker | null = null;
/** Files that are being read or written. */
let busy = 0;

/** What a thread is asked to do with a file. */
export type FileRequest = { readonly read: ReadRequest } | { readonly write: WriteRequest };

/** What a thread says when it has heard what to do. */
export interface Begun {
  readonly type: 'begun';
}

interface FileAsking<Message, Answer> extends Pick<Asking<Message, Answer>, 'hear' | 'stopped' | 'signal'> {
  /** Bytes of a volume that the thread may hold on to after its answer. */
  readonly holds: (answer: Answer) => number;
}

/**
 * Have a thread read or write a file: the one that waits, or a new one if none does.
 * @throws as `askThread` does.
 */
export async function askFileThread<Message extends { readonly type: string }, Answer>(
  request: FileRequest,
  { hear, stopped, signal, holds }: FileAsking<Message, Answer>,
): Promise<Answer> {
  clearTimeout(idle);
  const taken = spare;
  spare = null;
  busy += 1;
  taken?.ref();
  const said = { begun: false };
  const ask = (thread: Worker): Promise<Answer> =>
    askThread<Message | Begun, Answer>(thread, request, {
      hear: (message) => {
        if (message.type !== 'begun') return hear(message as Message);
        said.begun = true;
        return undefined;
      },
      stopped,
      signal,
      afterwards: (worker, answer) => {
        keep(worker, holds(answer));
      },
    });
  try {
    try {
      return await ask(taken ?? startFileThread());
    } catch (error) {
      // A thread that died while it waited has not heard of the file.
      if (taken === null || said.begun || signal?.aborted === true) throw error;
      return await ask(startFileThread());
    }
  } finally {
    busy -= 1;
    startSpareSoon();
  }
}

/** From here on have a thread ready for the next file, so that opening or saving one does not wait for the start of a thread. */
export function keepSpareThread(): void {
  isSpareWanted = isMainThread;
  startSpareSoon();
}

/** A thread that reads and writes what it is sent, one file after the other. */
function startFileThread(workerData?: 'spare'): Worker {
  const thread = startThread('file-worker', workerData);
  // Whoever has asked it for something hears of its end. If nobody has, the next file has a thread started for it.
  thread.on('error', () => undefined);
  thread.on('exit', () => {
    if (spare === thread) spare = null;
  });
  return thread;
}

/** Only when no file is in hand: the start of a thread takes a processor from those that work. */
function startSpareSoon(): void {
  if (isSpareWanted) setTimeout(startSpare, SPARE_DELAY_MS).unref();
}

function startSpare(): void {
  if (spare === null && busy === 0) wait(startFileThread('spare'));
}

/**
 * A thread is done with a file. It does the next one, in a tenth of the time that a new thread takes; but after a large file it
 * ends, so that it does not hold on to what the program lets go of.
 */
function keep(thread: Worker, bytes: number): void {
  if (spare !== null || !isMainThread || bytes > LARGEST_KEPT) {
    void thread.terminate(); // It has closed its files, and its end takes a few ms.
    return;
  }
  wait(thread);
  if (isSpareWanted) return;
  idle = setTimeout(() => {
    if (spare === thread) void thread.terminate();
  }, IDLE_MS);
  idle.unref();
}

/** Have a thread wait for a file, without keeping the process alive. */
function wait(thread: Worker): void {
  thread.unref();
  spare = thread;
}
