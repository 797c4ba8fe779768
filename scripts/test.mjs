/**
 * npm test: sets up, lints, type-checks the tests, and runs every test. It goes on after a part that
 * failed, says which parts did, and ends with a line of counts, in which a failed part counts as one.
 * Further arguments are jest's: npm test -- src/volume.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setup } from './setup.mjs';
import { findChromium } from './setup/chromium.mjs';
import { root, STAMPS, TSC, venvEnvironment } from './setup/places.mjs';

const REPORT = join(STAMPS, 'jest.json');
const failedParts = [];

/** Runs a script of node_modules with this Node; what it prints is shown as it comes. */
function part(name, script, args) {
  console.log(`\n== ${name}`);
  const chromium = findChromium();
  const env = venvEnvironment(chromium === null ? {} : { CHROME_PATH: chromium });
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) failedParts.push(name);
}

const bin = (...path) => join(root, 'node_modules', ...path);

/** Jest's counts; a file that could not be run has no tests to count, and counts as one that failed. */
function counts() {
  if (!existsSync(REPORT)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(REPORT, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

rmSync(REPORT, { force: true });
if (await setup()) {
  mkdirSync(STAMPS, { recursive: true });
  part('ESLint', bin('eslint', 'bin', 'eslint.js'), ['.']);
  part('Prettier', bin('prettier', 'bin', 'prettier.cjs'), ['--check', '.']);
  part('Types of the tests', TSC, ['-p', 'tsconfig.tests.json']);
  part('Tests', bin('jest', 'bin', 'jest.js'), ['--json', `--outputFile=${REPORT}`, ...process.argv.slice(2)]);
} else {
  failedParts.push('Setup');
}

const { passed, failed, skipped } = counts();
// The tests are counted one by one; as a part they count only if jest failed with none of them failing.
const others = failedParts.filter((name) => name !== 'Tests' || failed === 0);
console.log(failedParts.length === 0 ? '\nAll parts passed.' : `\nFailed: ${failedParts.join(', ')}.`);
console.log(`${passed} passed, ${failed + others.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failedParts.length === 0 ? 0 : 1;
