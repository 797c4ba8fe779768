import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { openVolume, type OpenOptions, type OpenProgress } from '../formats';
import type { Volume } from '../volume';
import { findHost } from './host';

const PERCENT = 100;

/** A line under the cell that says how far the reading is. */
function progressLine(path: string): ((progress: OpenProgress) => void) | null {
  const host = findHost();
  if (host === null) return null;
  const displayId = randomUUID();
  let shown = '';
  return ({ stage, fraction }) => {
    const text =
      stage === 'done'
        ? `Opened ${basename(path)}`
        : `Opening ${basename(path)}: ${stage} ${String(Math.floor(fraction * PERCENT))} %`;
    if (text === shown) return;
    host.display({ data: { 'text/plain': text }, displayId, update: shown !== '' });
    shown = text;
  };
}

/**
 * Read a volume from a file, into shared memory: NIfTI (.nii, .nii.gz). In a notebook a line under the
 * cell shows the progress, unless `onProgress` is given.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`, `unsupported-format`, `file-corrupt`.
 */
export async function open(path: string, options: OpenOptions = {}): Promise<Volume> {
  const line = options.onProgress === undefined ? progressLine(path) : null;
  return await openVolume(path, line === null ? options : { ...options, onProgress: line });
}
