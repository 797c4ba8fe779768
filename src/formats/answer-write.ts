import { parentPort } from 'node:worker_threads';
import { Volume } from '../volume';
import { failureOf } from './failure';
import { openChunks } from './open-chunks';
import { contentOf } from './write-content';
import type { WriteMessage, WriteRequest } from './write-messages';
import { WRITERS } from './writers';

function tell(message: WriteMessage): void {
  parentPort?.postMessage(message);
}

/** Write a file, and tell how far it is. */
export async function answerWrite({ record, plain, name, path, target, options }: WriteRequest): Promise<void> {
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
    const failure = failureOf(error);
    if (failure === null) throw error;
    tell(failure);
  }
}
