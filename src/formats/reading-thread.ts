import { isMainThread, type Worker } from 'node:worker_threads';
import { startThread } from './threads';

/** Who goes on at once goes on without a spare: a program that ends would wait for a thread that is starting, some 25 ms. */
const SPARE_DELAY_MS = 100;

let isSpareWanted = false;
let spare: Worker | null = null;
let reading = 0;

/** A thread that reads what it is sent, one file. */
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
  if (spare !== null || reading > 0) return;
  const started = startReader('spare');
  started.unref();
  spare = started;
  started.on('error', () => undefined); // The next file has a thread started for it, and hears what is wrong.
  started.on('exit', () => {
    if (spare === started) spare = null;
  });
}
