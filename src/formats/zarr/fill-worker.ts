import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../failure';
import { openLevel, type PerDimension } from './arrays';
import type { Share } from './fill';
import { moveChunk } from './move-chunk';
import { zarrError } from './store';
import { takeTurns, type TurnsAnswer } from './turns';

/** A thread that fills an array together with others. */
async function run({ source, all, turns }: Share): Promise<TurnsAnswer> {
  try {
    const { read } = await openLevel(source);
    const act = async (place: PerDimension): Promise<void> => {
      moveChunk(turns.grid, place, await read(place), all);
    };
    await takeTurns(turns, act, () => undefined);
    return null;
  } catch (cause) {
    return failureOf(await zarrError(source.location, cause));
  }
}

void run(workerData as Share).then((answer) => parentPort?.postMessage(answer));
