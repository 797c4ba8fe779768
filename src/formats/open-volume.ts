import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SlicescopeError, messageOf, quote } from '../protocol';
import { Volume, type VolumeRecord } from '../volume';
import type { OpenProgress, ReadMessage, ReadTask } from './worker-messages';

export interface OpenOptions {
  /** Told of each step, at most about a hundred times. What it throws ends the opening. */
  readonly onProgress?: ((progress: OpenProgress) => void) | undefined;
}

/** A thread needs compiled code; a test that runs this file from its source takes that of the last build. */
const FOLDER = __filename.endsWith('.ts') ? join(__dirname, '../../lib/src/formats') : __dirname;

/**
 * Read a volume from a file into shared memory, on a thread of its own. NIfTI-1 (.nii, .nii.gz) of one
 * volume, or of several in time, which are its frames: integers up to 32 bits, float32, float64, RGB and RGBA. Values with a slope or an intercept
 * come scaled, as float32. A file that says nothing of its orientation makes a volume without direction.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`, `unsupported-format` (another kind of file,
 * NIfTI-2, more than four dimensions, 64-bit integers, complex numbers, over 2 GiB), `file-corrupt`.
 */
export async function openVolume(path: string, options: OpenOptions = {}): Promise<Volume> {
  if (typeof path !== 'string' || path === '') {
    throw new SlicescopeError('invalid-argument', `Volume.open: path is ${quote(path)}, expected the path of a file`, {
      argument: 'path',
    });
  }
  const task: ReadTask = { path: resolve(path) };
  // Its output is kept from the notebook: the reader prints what comes as an error anyway.
  const worker = new Worker(join(FOLDER, 'read-worker.js'), {
    workerData: task,
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  try {
    const volume = Volume.fromRecord(await answerOf(worker, task.path, options.onProgress));
    options.onProgress?.({ stage: 'done', fraction: 1 });
    return volume;
  } finally {
    await worker.terminate();
  }
}

function answerOf(worker: Worker, path: string, onProgress: OpenOptions['onProgress']): Promise<VolumeRecord> {
  return new Promise((fulfil, reject) => {
    const stopped = (why: string, cause?: unknown): void => {
      reject(new SlicescopeError('file-unreadable', `${path}: the reader stopped (${why})`, { path }, { cause }));
    };
    worker.on('message', (message: ReadMessage) => {
      switch (message.type) {
        case 'progress':
          try {
            onProgress?.(message.progress);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(messageOf(error), { cause: error }));
          }
          return;
        case 'volume':
          fulfil(message.record);
          return;
        case 'error':
          reject(new SlicescopeError(message.code, message.message, message.details));
      }
    });
    worker.on('error', (error) => {
      stopped(messageOf(error), error);
    });
    worker.on('exit', (code) => {
      stopped(`exit code ${String(code)}`);
    });
  });
}
