import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { SlicescopeError } from '../protocol';

/** Bytes of pixels that are in memory at once: as many as an array holds, and no more than half of what the machine has. */
const MOST_BYTES: number = Math.min(2 ** 32, Math.min(totalmem(), constrainedMemory() || Infinity) / 2);

/**
 * Make sure that pictures fit into memory, before they are drawn.
 * @param count of pictures of this size that are there at once.
 * @throws SlicescopeError `limit-exceeded`.
 */
export function checkPixels({ width, height, count = 1 }: { width: number; height: number; count?: number }): void {
  const value = 4 * width * height * count;
  if (value <= MOST_BYTES) return;
  const [what, advice] =
    count === 1
      ? ['this picture', 'give a smaller scale, or a part of it']
      : [`${String(count)} pictures`, 'give fewer slices with { step }, or a smaller scale'];
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toPrecision(2)} GB`;
  const message = `${what} of ${String(width)} × ${String(height)} pixels would take ${gigabytes(value)} of memory, at most ${gigabytes(MOST_BYTES)}; ${advice}`;
  throw new SlicescopeError('limit-exceeded', message, { limit: 'bytes', value });
}
