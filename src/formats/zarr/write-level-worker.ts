import { parentPort, workerData } from 'node:worker_threads';
import { Volume } from '../../volume';
import { failureOf } from '../failure';
import { openChunks } from '../open-chunks';
import { contentOf } from '../write-content';
import { takeTurns, type TurnsAnswer } from './turns';
import { chunkWriter, type WriteShare } from './write-level';

/** A thread that writes a level together with others. */
async function run({ source, place, turns }: WriteShare): Promise<TurnsAnswer> {
  const { record, plain, path } = source;
  try {
    const content = contentOf(Volume.fromRecord(record, openChunks), plain, path);
    await takeTurns(turns, await chunkWriter(content, place), () => undefined);
    return null;
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return failure;
  }
}

void run(workerData as WriteShare).then((answer) => parentPort?.postMessage(answer));
