import type { ChunkReader, ChunksRecord } from '../volume';
import { ThreadedReader } from './zarr/chunk-reader';

/** Of a volume's memory for chunks, the part that the thread which shows them has. */
const SHOWN_SHARE = 3 / 4;

/** Read a volume's chunks on a thread that shows it. */
export function openShownChunks(chunks: ChunksRecord): ChunkReader {
  return new ThreadedReader(chunks, SHOWN_SHARE);
}

/** Read a volume's chunks on a thread that takes values out of it. */
export function openChunks(chunks: ChunksRecord): ChunkReader {
  return new ThreadedReader(chunks, 1 - SHOWN_SHARE);
}
