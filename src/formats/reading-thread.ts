import { isMainThread, type Worker } from 'node:worker_threads';
import type { VolumeRecord } from '../volume';
import { startThread } from './threads';

/** Who goes on at once goes on without a spare: a program that ends would wait for a thread that is starting, some 25 ms. */
const SPARE_DELAY_MS = 100;

/** Those that have waited before. */
const waited = new WeakSet<Worker>();
let idle: ReturnType<typeof setTimeout> | undefined;
let isSpareWanted = false;
let spare: Worker | null = null;
let reading = 0;

/** Bytes of a volume that a thread may still hold on to while it waits for the next file. */
const LARGEST_KEPT = 2 ** 23;
/** How long a thread waits for the next file, if nobody wants one to be ready. */
const IDLE_MS = 2000;

/** A thread that reads what it is sent, one file after the other. */
export function startReader(workerData?: 'spare'): Worker {
  return startThread('read-worker', workerData);
}

/** From here on have a thread ready for the next file, so that opening one does not wait for the start of a thread. */
export function keepSpareReader(): void {
  isSpareWanted = isMainThread;
  startSpareSoon();
}

/**
 * The thread that is ready, for a file; null where there is none. It may have died, and nobody may have heard of that yet.
 * The next one is started when all files are read, as `readerIsDone` says: its start would take a processor from who reads.
 */
export function takeSpareReader(): Worker | null {
  clearTimeout(idle);
  const taken = spare;
  spare = null;
  reading += 1;
  taken?.ref();
  return taken;
}

/** The file is read. */
export function readerIsDone(): void {
  reading -= 1;
  startSpareSoon();
}

/** A process that has nothing else to do ends without it. */
function startSpareSoon(): void {
  if (isSpareWanted) setTimeout(startSpare, SPARE_DELAY_MS).unref();
}

function startSpare(): void {
  if (spare === null && reading === 0) wait(startReader('spare'));
}

/**
 * A thread has read a file. It reads the next one, in a tenth of the time that a new thread takes; but one that has read a large
 * file ends, so that it does not hold on to what the program lets go of.
 */
export function keepReader(reader: Worker, { data }: VolumeRecord): void {
  if (spare !== null || !isMainThread || data.byteLength > LARGEST_KEPT) {
    void reader.terminate(); // It has closed its files, and its end takes a few ms.
    return;
  }
  wait(reader);
  if (isSpareWanted) return;
  idle = setTimeout(() => {
    if (spare === reader) void reader.terminate();
  }, IDLE_MS);
  idle.unref();
}

/** Have a thread wait for a file, without keeping the process alive. */
function wait(reader: Worker): void {
  reader.unref();
  spare = reader;
  if (waited.has(reader)) return;
  waited.add(reader);
  reader.on('error', () => undefined); // The next file has a thread started for it, and hears what is wrong.
  reader.on('exit', () => {
    if (spare === reader) spare = null;
  });
}
