/**
 * npm test: sets up, lints, type-checks the tests, and runs every test that is not too long for it. It goes on after a
 * part that failed, and ends with the slowest files, the tests that needed a second try, and a line of counts, in which a
 * failed part counts as one. Further arguments are jest's: npm test -- src/volume.
 */
import { setup } from './setup.mjs';
import { TestRun } from './tests/parts.mjs';

const run = new TestRun();
if (await setup()) {
  const { SHORT_PROJECTS } = await import('./tests/tiers.mjs'); // Only now: jest.config.js may need node_modules.
  await run.lint();
  const args = process.argv.slice(2);
  const hasChosen = args.some((arg) => arg.startsWith('--selectProjects'));
  await run.jest('Tests', hasChosen ? args : [...args, '--selectProjects', ...SHORT_PROJECTS]);
} else {
  run.failed.push('Setup');
}
run.summary();
