import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompanionRecord } from '../src/protocol';

/**
 * What a kernel has in Jupyter's runtime folder: the companion's record, by which pages find it, and the file in which
 * Jupyter's server notes the pages that have asked for it. Both are gone when the process ends.
 */
export class RecordFiles {
  readonly pagesFile: string;
  readonly #recordFile: string;

  constructor(runtimeDir: string, kernelId: string) {
    const base = join(runtimeDir, `slicescope-${kernelId}`);
    this.#recordFile = `${base}.json`;
    this.pagesFile = `${base}.pages.json`;
    rmSync(this.pagesFile, { force: true });
    process.once('exit', () => {
      this.removeRecord();
      rmSync(this.pagesFile, { force: true });
    });
  }

  /** The record appears whole, and nobody else can ever read it. */
  write(record: CompanionRecord): void {
    const partial = `${this.#recordFile}.${String(process.pid)}`;
    rmSync(partial, { force: true });
    writeFileSync(partial, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
    renameSync(partial, this.#recordFile);
  }

  removeRecord(): void {
    rmSync(this.#recordFile, { force: true });
  }
}
