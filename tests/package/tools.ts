import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

/** The repository. Jest runs there. */
export const ROOT: string = resolve('.');
const VENV_BIN = join(ROOT, '.venv', process.platform === 'win32' ? 'Scripts' : 'bin');

/** A command of the virtual environment that setup makes. */
export const venvCommand = (name: string): string => join(VENV_BIN, name);

/** The environment of a command that shall see no settings of the machine's Jupyter. */
export function cleanEnvironment(folder: string, bin = VENV_BIN): NodeJS.ProcessEnv {
  const {
    PYTHONPATH: _path,
    PYTHONHOME: _home,
    JUPYTER_PATH: _jupyter,
    JUPYTER_CONFIG_PATH: _config,
    ...env
  } = process.env;
  return {
    ...env,
    PATH: [bin, dirname(process.execPath), env.PATH ?? ''].join(delimiter),
    PYTHONNOUSERSITE: '1',
    JUPYTER_CONFIG_DIR: join(folder, 'config'),
    JUPYTER_DATA_DIR: join(folder, 'data'),
    JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
  };
}

/** Runs a command and returns what it printed; throws with it when the command fails. */
export function run(command: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    maxBuffer: 1 << 26,
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return stdout + stderr;
  throw new Error(`${[command, ...args].join(' ')} failed (${String(status ?? error)}):\n${stdout}${stderr}`);
}

const folders: string[] = [];

/** A folder outside of the repository, so that nothing of its node_modules is found from there. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `slicescope-${name}-`));
  folders.push(folder);
  return folder;
}

export function removeTemporaryFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
