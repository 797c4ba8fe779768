/** The parts of a test run: each is a program, and what it found is kept for the summary at the end. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findChromium } from '../setup/chromium.mjs';
import { root, STAMPS, TSC, venvEnvironment } from '../setup/places.mjs';

/** Files that are named as the slowest. */
const SLOWEST = 10;
const bin = (...path) => join(root, 'node_modules', ...path);
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

export class TestRun {
  /** The names of the parts that failed. */
  failed = [];
  /** Jest's results of test files, over all its runs. */
  #files = [];
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #began = performance.now();

  /**
   * Run a program of Node's with what it prints shown as it comes, or as a whole at its end if others run beside it.
   * @returns whether it ended with 0
   */
  async part(name, script, args, { env = {}, node = process.execPath, isBeside = false } = {}) {
    const began = performance.now();
    if (!isBeside) console.log(`\n== ${name}`);
    const chromium = findChromium();
    const known = chromium === null ? {} : { CHROME_PATH: chromium };
    const child = spawn(node, [script, ...args], {
      cwd: root,
      env: { ...venvEnvironment(known), SLICESCOPE_IS_BUILT: '1', ...env },
      stdio: ['ignore', isBeside ? 'pipe' : 'inherit', isBeside ? 'pipe' : 'inherit'],
    });
    let text = '';
    child.stdout?.on('data', (data) => (text += data));
    child.stderr?.on('data', (data) => (text += data));
    const status = await new Promise((resolve) => child.on('close', resolve).on('error', () => resolve(1)));
    if (isBeside) console.log(`\n== ${name}\n${text.trimEnd()}`);
    console.log(`${name}: ${status === 0 ? 'passed' : 'failed'} in ${seconds(performance.now() - began)}`);
    if (status !== 0) this.failed.push(name);
    return status === 0;
  }

  /** Oxlint beside Prettier and the types of the tests. */
  async lint() {
    const beside = { isBeside: true };
    mkdirSync(bin('.cache', 'slicescope'), { recursive: true });
    const cache = [
      '--cache',
      '--cache-strategy',
      'content',
      '--cache-location',
      bin('.cache', 'slicescope', 'prettier'),
    ];
    await Promise.all([
      this.part('Oxlint', bin('oxlint', 'bin', 'oxlint'), [], beside).then(() =>
        this.part('Types of the tests', TSC, ['-p', 'tsconfig.tests.json'], beside),
      ),
      this.part('Prettier', bin('prettier', 'bin', 'prettier.cjs'), [...cache, '--check', '.'], beside),
    ]);
  }

  /** Run jest; its counts go into the summary. */
  async jest(name, args, options) {
    const report = join(STAMPS, 'jest.json');
    mkdirSync(STAMPS, { recursive: true });
    rmSync(report, { force: true });
    // A test that failed may leave something open; the run ends all the same.
    const own = ['--json', `--outputFile=${report}`, '--forceExit'];
    await this.part(name, bin('jest', 'bin', 'jest.js'), [...own, ...args], options);
    if (!existsSync(report)) return;
    const { testResults, ...counts } = JSON.parse(readFileSync(report, 'utf8'));
    this.#files.push(...testResults.map((file) => ({ ...file, run: name })));
    this.#counts.passed += counts.numPassedTests;
    this.#counts.skipped += counts.numPendingTests + counts.numTodoTests;
    // A file that could not be run has no tests to count, and counts as one that failed.
    const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
    this.#counts.failed += failed;
    if (failed > 0) this.failed = this.failed.filter((each) => each !== name); // Counted one by one.
  }

  /** Say what was slow, what needed a second try, which parts failed and, in the last line, the counts. */
  summary() {
    const byTime = [...this.#files].sort((one, other) => lasted(other) - lasted(one));
    if (byTime.length > 0) console.log(`\nThe slowest files:`);
    for (const file of byTime.slice(0, SLOWEST))
      console.log(`  ${seconds(lasted(file)).padStart(8)}  ${placeOf(file)}`);
    const again = this.#files.flatMap((file) =>
      file.assertionResults.filter(({ invocations = 1 }) => invocations > 1).map((test) => ({ file, ...test })),
    );
    console.log(again.length === 0 ? '\nNo test needed a second try.' : '\nTests that needed a second try:');
    for (const { file, fullName, status } of again) console.log(`  ${placeOf(file)}: ${fullName} (${status} then)`);
    const { passed, failed, skipped } = this.#counts;
    const total = failed + this.failed.length;
    console.log(total === 0 ? '\nAll parts passed.' : `\nFailed: ${[...this.failed, ...named(failed)].join(', ')}.`);
    console.log(`It took ${seconds(performance.now() - this.#began)}.`);
    console.log(`${passed} passed, ${total} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    process.exitCode = total === 0 ? 0 : 1;
  }
}

const lasted = ({ startTime, endTime }) => endTime - startTime;
const placeOf = ({ name, run }) => `${relative(root, name)} (${run})`;
const named = (failed) => (failed === 0 ? [] : [`${failed} tests`]);
