import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const CACHE = join(ROOT, 'node_modules/.cache/slicescope/fixtures');

/** The Python of the virtual environment that setup makes. */
export const PYTHON: string = join(ROOT, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** Where the modules are that scripts share; their names begin with `shared_`. */
const SHARED = __dirname;

/** What a script's files depend on beside the script itself: its Python and the packages that it imports. */
const ENVIRONMENT = ['.venv/pyvenv.cfg', 'requirements.txt', 'scripts/setup/requirements-data.txt'];

/** What a script has made. All tests share it, so none writes there: change a copy. */
export interface Made {
  /** Where the script has written its files. */
  readonly folder: string;
  /** What it printed. */
  readonly printed: string;
}

/**
 * Run a script that writes files for tests. It runs once for each version of the script and of the Python packages, and
 * later calls find what it made. It runs in the folder of its files; its arguments are `.`, the folder, and then `args`.
 * @param args paths of files that only setup changes
 */
export function madeByPython(script: string, ...args: readonly string[]): Made {
  // Scripts print absolute paths, of packages for example, so another clone has files of its own.
  const hash = createHash('sha256').update(JSON.stringify([ROOT, args]));
  const modules = readdirSync(SHARED).filter((each) => each.startsWith('shared_') && each.endsWith('.py'));
  const paths = [...modules.sort().map((each) => join(SHARED, each)), ...ENVIRONMENT.map((each) => join(ROOT, each))];
  for (const path of [script, ...paths]) hash.update(readFileSync(path));
  const name = basename(script, '.py');
  const made = join(CACHE, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(made)) make(script, args, name, made);
  return { folder: join(made, 'files'), printed: readFileSync(join(made, 'printed.txt'), 'utf8') };
}

/** Whole or not at all, because other workers may look meanwhile. */
function make(script: string, args: readonly string[], name: string, made: string): void {
  mkdirSync(CACHE, { recursive: true });
  const older = readdirSync(CACHE).filter((each) => each.startsWith(`${name}-`) && each !== basename(made));
  const making = mkdtempSync(join(CACHE, '.making-'));
  try {
    mkdirSync(join(making, 'files'));
    const printed = execFileSync(PYTHON, ['-W', 'ignore', script, '.', ...args], {
      cwd: join(making, 'files'),
      env: { ...process.env, PYTHONPATH: SHARED, PYTHONDONTWRITEBYTECODE: '1' },
      maxBuffer: 1 << 28,
    });
    writeFileSync(join(making, 'printed.txt'), printed);
    renameSync(making, made);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(made)) throw error; // Else another worker was first.
  }
  for (const each of older) rmSync(join(CACHE, each), { recursive: true, force: true });
}
