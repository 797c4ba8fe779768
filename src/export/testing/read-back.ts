import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const PYTHON = resolve('.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** What another library reads of a file. */
export interface ReadBack {
  readonly shape: readonly number[];
  /** NumPy's name. */
  readonly dtype: string;
  readonly values: readonly number[];
  readonly info: Readonly<Record<string, unknown>>;
}

/** Read files by Pillow, tifffile or NumPy. */
export function readBack(...paths: readonly string[]): ReadBack[] {
  const printed = execFileSync(PYTHON, [join(__dirname, 'read-back.py'), ...paths], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ReadBack);
}
