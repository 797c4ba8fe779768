/**
 * npm run test:all: everything that npm test runs, what is too long for it, the node project under later versions of Node.js, and
 * each benchmark for one round. A test gets no second try here.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setup } from './setup.mjs';
import { root, STAMPS } from './setup/places.mjs';
import { run as runProgram } from './setup/run.mjs';
import { TestRun } from './tests/parts.mjs';

/** Of the npm package `node`, which carries the program. */
const LATER_NODES = ['22.23.3', '24.21.0'];
const STRICT = { env: { SLICESCOPE_RETRIES: '0' } };
/** Pages without JupyterLab are put together with GL, as by a graphics card. JupyterLab would take a third longer. */
const WITH_GL = { env: { ...STRICT.env, SLICESCOPE_COMPOSITING: 'gpu' } };

/** A version of Node.js from the npm registry, installed if need be. */
async function laterNode(version) {
  const folder = join(STAMPS, `node-${version}`);
  const program = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(program)) {
    const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `node@${version}`];
    await runProgram('npm', args, 'see the message above; the npm package `node` has this version for most platforms.');
  }
  return program;
}

const run = new TestRun();
if (await setup()) {
  const { ALL_PROJECTS } = await import('./tests/tiers.mjs'); // Only now: jest.config.js may need node_modules.
  await run.lint();
  const pages = ALL_PROJECTS.filter((name) => name.startsWith('page'));
  await run.jest('Tests', ['--selectProjects', ...ALL_PROJECTS.filter((name) => !pages.includes(name))], STRICT);
  await run.jest('Pages', ['--selectProjects', ...pages], WITH_GL);
  for (const version of LATER_NODES) {
    const name = `Node.js ${version}`;
    try {
      const node = await laterNode(version);
      await run.jest(name, ['--selectProjects', 'node'], { ...STRICT, node });
    } catch (error) {
      console.error(error);
      run.failed.push(name);
    }
  }
  await run.part('Benchmarks, one round each', join(root, 'bench', 'run.mjs'), ['--quick']);
} else {
  run.failed.push('Setup');
}
run.summary();
