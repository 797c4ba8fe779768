import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** A folder for the files of a test, gone when the test file ends. */
export interface FilesFolder {
  readonly path: string;
  /** Write a file there. @returns its path */
  readonly put: (name: string, bytes: Uint8Array) => string;
}

export function filesFolder(): FilesFolder {
  const path = mkdtempSync(join(tmpdir(), 'slicescope-formats-'));
  afterAll(() => {
    rmSync(path, { recursive: true });
  });
  const put = (name: string, bytes: Uint8Array): string => {
    const file = join(path, name);
    writeFileSync(file, bytes);
    return file;
  };
  return { path, put };
}
