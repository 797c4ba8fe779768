import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.mjs';
import { SetupError } from './report.mjs';
import { run } from './run.mjs';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** The build tools need this Node or a later one; the library itself is content with less (`engines`). */
const NODE_WANTED = [20, 19];

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const tooOld = major < NODE_WANTED[0] || (major === NODE_WANTED[0] && minor < NODE_WANTED[1]);
  if (!tooOld) return process.versions.node;
  throw new SetupError(
    `This is Node.js ${process.versions.node}; slicescope is built with ${NODE_WANTED.join('.')} or later.`,
    'install the current LTS release from https://nodejs.org, or with your version manager, and run npm run setup again.',
  );
}

/**
 * Whether node_modules is what package-lock.json says. npm keeps a lock of what it installed, so this is
 * right after a hand-made `npm install` too. Packages of other platforms are optional and may be missing.
 */
export function nodeModulesAreCurrent() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = readJson(installedFile).packages;
  return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version;
  });
}

export async function installNodePackages(doing) {
  if (nodeModulesAreCurrent()) return 'as package-lock.json says';
  doing('npm ci');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await run(
    npm,
    ['ci', '--no-audit', '--no-fund'],
    'see the message; if package.json and package-lock.json disagree, run npm install and commit both.',
    {
      cwd: root,
      shell: process.platform === 'win32',
    },
  );
  return 'installed';
}
