import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** The scripts of threads, each with all that it needs (scripts/setup/reader.mjs). */
export type ThreadScript = 'file-worker' | 'write-level-worker' | 'fill-worker' | 'chunk-worker';

/** A thread's own memory, in MB: voxels are not part of it. */
const THREAD_MEGABYTES = 1024;

/** Where they are: beside this one, if it is in one of them; a test that runs this file from its source takes the last build. */
const FOLDER =
  basename(__dirname) === 'reader'
    ? __dirname
    : join(__dirname, __filename.endsWith('.ts') ? '../../lib' : '../..', 'reader');

/** Start a thread that reads. Its output is kept from the notebook: what comes as an error is told anyway. */
export function startThread(script: ThreadScript, workerData: unknown): Worker {
  return new Worker(join(FOLDER, `${script}.js`), {
    workerData,
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES },
  });
}
