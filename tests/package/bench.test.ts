import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ROOT } from './tools';

jest.setTimeout(60_000);

const PROBE = 'tests/package/bench-probe.mjs';

function run(...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

describe('the rows of the bench', () => {
  const readme = readFileSync(join(ROOT, 'bench/README.md'), 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'slicescope-bench-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function check(markdown: string, rows?: readonly object[]): { code: number | null; stdout: string; stderr: string } {
    const [readmePath, resultsPath] = [join(folder, 'README.md'), join(folder, 'results.json')];
    writeFileSync(readmePath, markdown);
    writeFileSync(resultsPath, JSON.stringify({ rows }));
    const results = rows === undefined ? [] : [resultsPath];
    return run('bench/check-rows.mjs', ...results, '--readme', readmePath);
  }

  /** The rows that the README documents, read in another way than the bench does. */
  const documented = readme
    .split('\n')
    .filter((line) => line.startsWith('| `') && !line.startsWith('| `--'))
    .flatMap((line) => (line.split('|')[1] ?? '').replaceAll(/[`\s]/g, '').split(','));
  const complete = documented.map((id) => ({ id, value: 1, baseline: 2 }));

  test('are those that the README documents', () => {
    const { code, stdout, stderr } = check(readme);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${String(documented.length)} rows are documented.\n`,
      stderr: '',
    });
  });

  test('are complaints if the README lacks one, names one that is not measured, or names one twice', () => {
    const line = '| `packing-bench-100` | a row | another | 1 |\n';
    const other = readme
      .replace(/^\| `slow-jump` .*\n/m, '')
      .replace('`slab-max-16` ', '`slab-max-17` ')
      .replace(/^\| `show-memory` .*\n/m, (row) => row + row)
      .concat('\n| id | value |\n| --- | --- |\n', line);
    const { code, stderr } = check(other);
    expect(code).toBe(1);
    expect(stderr.split('\n').filter(Boolean).sort()).toEqual([
      'the README documents packing-bench-100 twice',
      'the README documents show-memory twice',
      'the README documents slab-max-17, which no group measures',
      "the README doesn't document slab-max-16",
      "the README doesn't document slow-jump",
    ]);
  });

  test('in results are all there, and have figures', () => {
    expect(check(readme, complete)).toEqual({
      code: 0,
      stdout: `${String(documented.length)} rows are documented and measured.\n`,
      stderr: '',
    });
    const rows = complete
      .filter(({ id }) => id !== 'scrub-64')
      .map((row) => {
        if (row.id === 'slices-xy') return { ...row, baseline: null };
        return row.id === 'fifty-open' ? { ...row, value: null, error: 'the page has closed' } : row;
      });
    const { code, stderr } = check(readme, [...rows, { id: 'former', value: 1, baseline: 1 }]);
    expect(code).toBe(1);
    expect(stderr.split('\n').filter(Boolean).sort()).toEqual([
      'the results have a row former, which no group measures',
      'the results have no figures for fifty-open: the page has closed',
      'the results have no figures for slices-xy: value 1, baseline null',
      'the results have no row scrub-64',
    ]);
  });
});

describe('groups of the bench', () => {
  interface Results {
    readonly groups: readonly { title: string; error?: string }[];
    readonly rows: readonly { id: string; value: number | null; holds: boolean | null; error?: string }[];
    readonly closed: readonly string[];
  }
  let results: Results;
  beforeAll(() => {
    results = JSON.parse(run(PROBE, 'groups').stdout) as Results;
  });
  const rowOf = (id: string): object | undefined => results.rows.find((row) => row.id === id);

  test('that fail have rows that say why, and the others are measured', () => {
    expect(results.rows.map(({ id }) => id)).toEqual(['before', 'after', 'hung', 'forgotten', 'infinite', 'well']);
    expect(rowOf('before')).toMatchObject({ value: 3, holds: false });
    expect(rowOf('after')).toEqual({
      id: 'after',
      value: null,
      baseline: null,
      holds: false,
      error: 'the server has ended\nand more',
    });
    expect(rowOf('hung')).toMatchObject({ holds: false, error: 'did not end within 0.2 s' });
    expect(rowOf('forgotten')).toMatchObject({ holds: false, error: 'the group has ended without this row' });
    expect(rowOf('infinite')).toMatchObject({
      holds: false,
      error: 'value NaN and baseline 2 should both be finite numbers',
    });
    expect(rowOf('well')).toMatchObject({ value: 3, holds: false });
  });

  test('are named with their errors, and those that nobody wants are left out', () => {
    expect(results.groups.map(({ title, error }) => [title, error])).toEqual([
      ['throws', 'the server has ended\nand more'],
      ['hangs', 'did not end within 0.2 s'],
      ['forgets', undefined],
      ['has no figure', undefined],
      ['is well', undefined],
    ]);
  });

  test('leave nothing open, whether they fail or not', () => {
    expect(results.closed).toEqual(['throws', 'hangs', 'forgets', 'has no figure', 'is well']);
  });

  test('have rows that hold or not, but in a quick run only if they failed', () => {
    const quick = JSON.parse(run(PROBE, 'groups', 'quick').stdout) as Results;
    expect(quick.rows.map(({ id, holds }) => [id, holds])).toEqual([
      ['before', null],
      ['after', false],
      ['hung', false],
      ['forgotten', false],
      ['infinite', false],
      ['well', null],
    ]);
  });
});

/** Only Linux shows which processes a program has started. */
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('programs that the bench starts', () => {
  /** One that nobody has waited for yet has ended too. */
  function isRunning(pid: number): boolean {
    try {
      return !/\) [ZX] /.test(readFileSync(`/proc/${String(pid)}/stat`, 'latin1'));
    } catch {
      return false;
    }
  }

  let bench: ChildProcessByStdio<null, Readable, null>;
  afterEach(() => {
    bench.kill();
  });

  test.each([
    ['throws', 'throw', null, 1],
    ['exits', 'exit', null, 3],
    ['closes them', 'close', null, 0],
    ['has nothing more to do after they crashed', 'crash', null, 0],
    ['gets SIGTERM', 'wait', 'SIGTERM', 143],
    ['gets SIGINT', 'wait', 'SIGINT', 130],
  ] as const)('end with their own children when it %s', async (_, then, signal, code) => {
    bench = spawn(process.execPath, [PROBE, 'programs', then], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(bench, 'exit');
    const [line] = (await once(createInterface({ input: bench.stdout }), 'line')) as [string];
    const pids = JSON.parse(line) as number[];
    expect(pids).toHaveLength(2);
    if (signal !== null) {
      expect(pids.map(isRunning)).toEqual([true, true]);
      bench.kill(signal);
    }
    expect((await ended)[0]).toBe(code);
    expect(pids.map(isRunning)).toEqual([false, false]);
  });
});
