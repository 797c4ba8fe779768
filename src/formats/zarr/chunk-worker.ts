import { parentPort, workerData } from 'node:worker_threads';
import { isSlicescopeError, messageOf, type ErrorCode, type ErrorDetails, type VoxelArray } from '../../protocol';
import type { ChunkSource } from '../../volume';
import { openLevel, type Level, type PerDimension } from './arrays';
import { zarrError } from './store';

/** One chunk that is asked for. */
export interface ChunkRequest {
  readonly id: number;
  readonly level: number;
  readonly place: PerDimension;
}

export type ChunkAnswer =
  | { readonly id: number; readonly data: VoxelArray; readonly stride: PerDimension }
  | {
      readonly id: number;
      readonly error: { readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails[ErrorCode] };
    };

/**
 * The thread that reads the chunks of one volume, so that decoding delays nobody and a broken chunk
 * does no harm.
 */
const { location, arrays, axes } = workerData as ChunkSource;
const levels: Map<number, Promise<Level>> = new Map();

async function answer({ id, level, place }: ChunkRequest): Promise<void> {
  try {
    const opened = levels.get(level) ?? openLevel({ location, path: arrays[level] as string, axes });
    levels.set(level, opened);
    const { data, stride } = await (await opened).read(place);
    // A chunk may be a part of a larger piece of memory, such as that of a file.
    const own = data.byteLength === data.buffer.byteLength ? data : data.slice();
    parentPort?.postMessage({ id, data: own, stride } satisfies ChunkAnswer, [own.buffer as ArrayBuffer]);
  } catch (cause) {
    const error = await zarrError(location, cause);
    if (!isSlicescopeError(error)) throw new Error(messageOf(cause), { cause });
    const { code, message, details } = error;
    parentPort?.postMessage({ id, error: { code, message, details } } satisfies ChunkAnswer);
  }
}

parentPort?.on('message', (request: ChunkRequest) => {
  void answer(request);
});
