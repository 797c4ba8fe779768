import { realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const windows = process.platform === 'win32';

/** The repository. */
export const root = realpathSync(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));
export const STAMPS = join(root, '.setup');
export const VENV = join(root, '.venv');
const VENV_BIN = join(VENV, windows ? 'Scripts' : 'bin');

/** A command of the virtual environment. */
export const venvCommand = (name) => join(VENV_BIN, windows ? `${name}.exe` : name);
export const TSC = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
export const TSLAB = join(root, 'node_modules', '.bin', windows ? 'tslab.cmd' : 'tslab');
export const CORE_META = join(root, 'node_modules', '@jupyterlab', 'core-meta');

/**
 * The environment for what runs in the virtual environment: its commands and this Node first, and nothing
 * of another Python's. Packages of the user's home folder would hide what is missing in requirements.txt. Python may
 * keep the bytecode of what it loads: uv compiles nothing beforehand.
 */
export function venvEnvironment(more = {}) {
  const { PYTHONHOME: _home, PYTHONPATH: _path, PYTHONDONTWRITEBYTECODE: _noBytecode, ...env } = process.env;
  return {
    ...env,
    VIRTUAL_ENV: VENV,
    PATH: [VENV_BIN, dirname(process.execPath), env.PATH ?? ''].join(delimiter),
    PYTHONNOUSERSITE: '1',
    ...more,
  };
}
