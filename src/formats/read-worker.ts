import { parentPort, workerData } from 'node:worker_threads';
import { isSlicescopeError } from '../protocol';
import { readNifti } from './read-nifti';
import { scanFile } from './scan-file';
import type { ReadMessage, ReadTask } from './worker-messages';

/** The thread that reads one file, so that whatever a broken one does to the reader ends with the thread. */
function tell(message: ReadMessage): void {
  parentPort?.postMessage(message);
}

/** Tells at most a hundred times. */
function readingProgress(): (fraction: number) => void {
  let told = -1;
  return (fraction) => {
    const percent = Math.floor(fraction * 100);
    if (percent === told) return;
    told = percent;
    tell({ type: 'progress', progress: { stage: 'reading', fraction } });
  };
}

async function run({ path }: ReadTask): Promise<void> {
  try {
    const header = await scanFile(path, readingProgress());
    tell({ type: 'progress', progress: { stage: 'decoding', fraction: 0 } });
    const volume = await readNifti(path, header);
    tell({ type: 'progress', progress: { stage: 'decoding', fraction: 1 } });
    tell({ type: 'volume', record: volume.toRecord() });
  } catch (error) {
    if (!isSlicescopeError(error)) throw error;
    tell({ type: 'error', code: error.code, message: error.message, details: error.details });
  }
}

void run(workerData as ReadTask);
