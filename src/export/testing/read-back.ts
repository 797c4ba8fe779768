import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterAll } from '@jest/globals';
import { PYTHON } from '../../formats/testing/python';

/** What another library reads of a file. */
export interface ReadBack {
  readonly shape: readonly number[];
  /** NumPy's name. */
  readonly dtype: string;
  readonly values: readonly number[];
  readonly info: Readonly<Record<string, unknown>>;
}

/** One for each file of tests, because Python takes longer to load the libraries than they take to read. */
interface Reader {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  readonly lines: AsyncIterator<string>;
}

let reader: Reader | null = null;
afterAll(() => {
  reader?.process.stdin.end(); // Which ends it.
});

function started(): Reader {
  const child = spawn(PYTHON, [join(__dirname, 'read-back.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  return { process: child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

/** Read files by Pillow, tifffile or NumPy. */
export async function readBack(...paths: readonly string[]): Promise<ReadBack[]> {
  reader ??= started();
  reader.process.stdin.write(`${JSON.stringify(paths)}\n`);
  const line = await reader.lines.next();
  if (line.done === true) throw new Error('read-back.py has ended; what it said is above');
  return JSON.parse(line.value) as ReadBack[];
}
