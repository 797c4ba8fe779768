import { parentPort } from 'node:worker_threads';
import { isSlicescopeError, messageOf } from '../protocol';
import { Volume } from '../volume';
import { openChunks } from './open-chunks';
import { contentOf } from './write-content';
import type { WriteMessage, WriteRequest } from './write-messages';
import { WRITERS } from './writers';

/** The thread that writes, so that the notebook goes on meanwhile. */
function tell(message: WriteMessage): void {
  parentPort?.postMessage(message);
}

async function run({ record, plain, name, path, target, options }: WriteRequest): Promise<void> {
  const writer = WRITERS.find((each) => each.name === name);
  if (writer === undefined) throw new Error(`no writer of ${name}`);
  let told = -1;
  const onFraction = (fraction: number): void => {
    const percent = Math.floor(fraction * 100);
    if (percent === told) return;
    told = percent;
    tell({ type: 'progress', fraction });
  };
  try {
    const content = contentOf(Volume.fromRecord(record, openChunks), plain, path);
    await writer.write(content, target, options, onFraction, (note) => tell({ type: 'note', note }));
    tell({ type: 'written' });
  } catch (error) {
    if (isSlicescopeError(error)) {
      tell({ type: 'error', code: error.code, message: error.message, details: error.details });
    } else if (error instanceof Error && 'syscall' in error && 'code' in error) {
      tell({ type: 'failed', code: String(error.code), syscall: String(error.syscall), message: messageOf(error) });
    } else {
      throw error;
    }
  }
}

parentPort?.once('message', (request: WriteRequest) => {
  void run(request);
});
