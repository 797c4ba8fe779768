import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlicescopeError, messageOf, type CompanionRecord } from '../src/protocol';

/**
 * What a kernel has in Jupyter's runtime folder: the companion's record, by which pages find it, and the file in which
 * Jupyter's server notes the pages that have asked for it. Both are gone when the process ends.
 */
export class RecordFiles {
  readonly pagesFile: string;
  readonly #recordFile: string;
  #isWritten = false;

  constructor(runtimeDir: string, kernelId: string) {
    const base = join(runtimeDir, `slicescope-${kernelId}`);
    this.#recordFile = `${base}.json`;
    this.pagesFile = `${base}.pages.json`;
  }

  /**
   * The record appears whole, and nobody else can ever read it.
   * @throws SlicescopeError `companion-failed` if the folder can't be written; nothing is left of the record then.
   */
  write(record: CompanionRecord): void {
    const partial = `${this.#recordFile}.${String(process.pid)}`;
    try {
      if (!this.#isWritten) rmSync(this.pagesFile, { recursive: true, force: true }); // Of a kernel before this one.
      rmSync(partial, { force: true });
      writeFileSync(partial, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
      renameSync(partial, this.#recordFile);
    } catch (cause) {
      remove(partial);
      const why = `(${messageOf(cause)}), so no page would find the viewer's server`;
      const message = `show: Jupyter's runtime folder can't be written ${why}; make it writable and run the cell again`;
      throw new SlicescopeError('companion-failed', message, {}, { cause });
    }
    if (this.#isWritten) return;
    this.#isWritten = true;
    process.once('exit', () => {
      this.removeRecord();
      remove(this.pagesFile);
    });
  }

  removeRecord(): void {
    remove(this.#recordFile);
  }
}

/** Where it can't be removed, it could not be written either. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Jupyter's server takes no record of a process that has ended.
  }
}
