import { basename } from 'node:path';
import { openVolume, plainAddress, type Openable, type OpenOptions } from '../formats';
import type { Volume } from '../volume';
import { progressLine } from './progress-line';

/** What a person calls the source: its file's name. */
function nameOf(source: Openable): string {
  const first = typeof source === 'string' || source instanceof URL ? source : (source[0] ?? '');
  // Of an address basename takes the last part; of a query, which may be a secret, nothing.
  const isAddress = first instanceof URL || /^[a-z][a-z0-9+.-]+:\/\//i.test(first);
  return basename(isAddress ? plainAddress(String(first)) : first);
}

/**
 * Read a volume into shared memory: from a path, a URL of a file, or the paths of one series; docs/formats.md lists the
 * formats. A bar shows the progress in a notebook and on a terminal, unless `onProgress` is given. `signal` ends it.
 * @throws SlicescopeError `invalid-argument`, `file-not-found`, `file-unreadable`, `unsupported-format`, `file-corrupt`;
 * and the signal's reason.
 */
export async function open(source: Openable, options: OpenOptions = {}): Promise<Volume> {
  // They may be anything; openVolume says what is wrong with them.
  const isWatched = (options as OpenOptions | null)?.onProgress !== undefined;
  const line =
    isWatched || (options as OpenOptions | null) === null
      ? null
      : progressLine({ doing: 'Opening', done: 'Opened' }, nameOf(source));
  return await openVolume(source, line === null ? options : { ...options, onProgress: line });
}
