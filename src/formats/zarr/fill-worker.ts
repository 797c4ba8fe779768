import { parentPort, workerData } from 'node:worker_threads';
import type { ErrorCode, ErrorDetails } from '../../protocol';
import { openLevel } from './arrays';
import { takeTurns, type Share } from './fill';
import { zarrError } from './store';

/** What a thread says when it ends: null, or what was wrong with a chunk. */
export type FillAnswer = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails[ErrorCode];
} | null;

/** A thread that fills an array together with others. */
async function run(share: Share): Promise<FillAnswer> {
  try {
    const level = await openLevel(share.source);
    await takeTurns(share, level.read, () => undefined);
    return null;
  } catch (cause) {
    const { code, message, details } = await zarrError(share.source.location, cause);
    return { code, message, details };
  }
}

void run(workerData as Share).then((answer) => parentPort?.postMessage(answer));
