import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_META, root, TSC, venvCommand, venvEnvironment } from './places.mjs';
import { SetupError } from './report.mjs';
import { run } from './run.mjs';
import { hashOf, isStamped, stamp, unstamp } from './stamps.mjs';

const LABEXTENSION = join(root, 'labextension');
const BUNDLE = join(LABEXTENSION, 'slicescope', 'labextension');

/** The compiled code, without the tests, whose types are only checked. tsc -b knows by itself what is current. */
export async function buildTypeScript() {
  removeOrphans(join(root, 'lib', 'src'), join(root, 'src'));
  removeOrphans(join(root, 'lib', 'kernel-server'), join(root, 'kernel-server'));
  await run(process.execPath, [TSC, '-b', 'tsconfig.build.json'], 'correct what the compiler reports above.', {
    cwd: root,
  });
}

/** Remove what was compiled from sources that have gone: `x.js` would be taken for the folder `x` that a source became. */
function removeOrphans(compiled, sources) {
  if (!existsSync(compiled)) return;
  for (const entry of readdirSync(compiled, { withFileTypes: true })) {
    const path = join(compiled, entry.name);
    const source = join(sources, entry.name.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts'));
    if (entry.isDirectory() && existsSync(source)) removeOrphans(path, source);
    else if (!existsSync(source) && !entry.name.endsWith('.tsbuildinfo')) rmSync(path, { recursive: true });
  }
}

/** JupyterLab's bundle of the extension. Its inputs are compiled code, so this comes after the compiler. */
export async function buildExtension(doing) {
  const compiled = ['labextension/lib', 'lib/src/viewer', 'lib/src/protocol', 'lib/src/shading'];
  const hash = hashOf([
    ...compiled,
    'labextension/style',
    'src/viewer/viewer.css',
    'src/viewer/panel.css',
    'labextension/schema',
    'labextension/package.json',
    'package-lock.json',
  ]);
  if (existsSync(join(BUNDLE, 'package.json')) && isStamped('extension', hash)) return 'current';
  unstamp('extension');
  doing('jupyter-builder build');
  rmSync(BUNDLE, { recursive: true, force: true });
  // Without the installed core's own list, jupyter-builder would look it up in the network.
  await run(
    venvCommand('jupyter-builder'),
    ['build', `--core-package-file=${coreMetaFile()}`, LABEXTENSION],
    'correct what the bundler reports above.',
    { cwd: LABEXTENSION, env: venvEnvironment() },
  );
  stamp('extension', hash);
  return 'built';
}

function coreMetaFile() {
  const file = join(CORE_META, 'core.package.json');
  if (existsSync(file)) return file;
  throw new SetupError(
    'node_modules has no @jupyterlab/core-meta.',
    'remove node_modules and run npm run setup again.',
  );
}

/** The wheel, built and installed as its users do it. */
export async function installWheel(doing) {
  const inputs = ['slicescope', 'jupyter-config', 'install.json', 'pyproject.toml', 'package.json', 'README.md'];
  const hash = hashOf(inputs.map((name) => `labextension/${name}`));
  if (isStamped('wheel', hash)) return 'installed';
  unstamp('wheel');
  doing('building and installing it');
  await buildWheel(join(LABEXTENSION, 'dist'));
  const [wheel] = readdirSync(join(LABEXTENSION, 'dist')).filter((name) => name.endsWith('.whl'));
  await run(
    venvCommand('python'),
    [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-deps',
      '--force-reinstall',
      join(LABEXTENSION, 'dist', wheel),
    ],
    'see the message above.',
    { cwd: LABEXTENSION, env: venvEnvironment() },
  );
  stamp('wheel', hash);
  return 'installed';
}

async function buildWheel(outDir) {
  rmSync(outDir, { recursive: true, force: true });
  await run(
    venvCommand('python'),
    ['-m', 'build', '--wheel', '--no-isolation', '--outdir', outDir, LABEXTENSION],
    'see the message above; labextension/pyproject.toml says what is in the wheel.',
    { cwd: LABEXTENSION, env: venvEnvironment() },
  );
}
