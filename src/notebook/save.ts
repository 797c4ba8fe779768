import { basename } from 'node:path';
import { saveVolume, type SaveOptions, type Saved } from '../formats';
import type { Volume } from '../volume';
import { progressLine } from './progress-line';

declare module '../volume/volume' {
  interface Volume {
    /**
     * Write the volume into a file, or a folder of OME-Zarr; docs/formats.md says what each format holds. It appears whole or not at
     * all. A bar shows the progress in a notebook and on a terminal, unless `onProgress` is given. `signal` ends it.
     * @param path its ending says which format, unless `format` does.
     * @returns where it is, how large, and a sentence for each thing that the format has no place for.
     * @throws SlicescopeError `invalid-argument`, `unknown-dtype`, `unsupported-format` where values would change, `file-exists`,
     * `write-failed`; and the signal's reason.
     */
    save(path: string, options?: SaveOptions): Promise<Saved>;
  }
}

/** `volume.save`. */
export async function save(this: Volume, path: string, options: SaveOptions = {}): Promise<Saved> {
  // They may be anything; saveVolume says what is wrong with them.
  const given = options as SaveOptions | null;
  const isPlain = typeof path === 'string' && given !== null && given.onProgress === undefined;
  const line = isPlain ? progressLine({ doing: 'Saving', done: 'Saved' }, basename(path)) : null;
  return await saveVolume(this, path, line === null ? options : { ...options, onProgress: line });
}
