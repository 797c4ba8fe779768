import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { openVolume, type Openable, type OpenOptions, type OpenProgress } from '../formats';
import type { Volume } from '../volume';
import { findHost } from './host';

const PERCENT = 100;

/** The browser's own bar. @param name may be anything. */
function bar(name: string, fraction: number): string {
  const shown = name.replace(/[&<>"]/g, (each) => `&#${String(each.charCodeAt(0))};`);
  return `Opening ${shown} <progress value="${String(fraction)}" max="1"></progress>`;
}

/** What a person calls the source: its file's name. */
function nameOf(source: Openable): string {
  const first = typeof source === 'string' || source instanceof URL ? source : (source[0] ?? '');
  const path = first instanceof URL ? first.pathname : first.replace(/[?#].*$/, '');
  return basename(path);
}

/** Says how far the reading is: under the cell in a notebook, on the last line of a terminal, else nowhere. */
function progressLine(source: Openable): ((progress: OpenProgress) => void) | null {
  const host = findHost();
  const { stderr } = process;
  if (host === null && !stderr.isTTY) return null;
  const displayId = randomUUID();
  let shown = '';
  return ({ stage, fraction }) => {
    const name = nameOf(source);
    const isDone = stage === 'done';
    const text = isDone ? `Opened ${name}` : `Opening ${name}: ${String(Math.floor(fraction * PERCENT))} %`;
    if (text === shown) return;
    if (host === null) {
      stderr.write(isDone ? '\r\u001B[K' : `\r${text}`);
    } else {
      const data = isDone ? { 'text/plain': text } : { 'text/plain': text, 'text/html': bar(name, fraction) };
      host.display({ data, displayId, update: shown !== '' });
    }
    shown = text;
  };
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
  const line = isWatched || (options as OpenOptions | null) === null ? null : progressLine(source);
  return await openVolume(source, line === null ? options : { ...options, onProgress: line });
}
