import type { RangeOptions } from '../export';

/**
 * Write several slices: a terminal shows how far it is, and Ctrl-C ends it between two of them, so that what is there is
 * whole.
 */
export async function watched<T>(work: (range: Pick<RangeOptions, 'onProgress' | 'signal'>) => Promise<T>): Promise<T> {
  const { stderr } = process;
  const abort = new AbortController();
  const stop = (): void => {
    abort.abort(new Error('stopped by Ctrl-C; the files that are there are whole'));
  };
  const onProgress = (fraction: number): void => {
    if (stderr.isTTY) stderr.write(`\rWriting: ${String(Math.floor(100 * fraction))} %`);
  };
  process.once('SIGINT', stop);
  try {
    return await work({ onProgress, signal: abort.signal });
  } finally {
    process.off('SIGINT', stop);
    if (stderr.isTTY) stderr.write('\r\u001B[K');
  }
}
