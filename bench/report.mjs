import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';

/** What the figures were measured on. */
export function machineFacts(chromium) {
  let os = `${type()} ${release()}`;
  try {
    const [, name] = readFileSync('/etc/os-release', 'utf8').match(/^PRETTY_NAME="(.*)"$/m);
    os = `${name}, ${os}`;
  } catch {
    // Not every system names itself there.
  }
  return {
    cpu: `${cpus()[0]?.model ?? 'unknown'} (${arch()})`,
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e9),
    node: process.version,
    chromium,
    os,
    date: new Date().toISOString(),
  };
}

export const rounded = (value) => Number(value.toPrecision(4));

/**
 * One row. `bound` is the most, or with `at: 'least'` the least, that may be of what `bounds` names: the ratio of value
 * and baseline, the value itself, or the difference of the two. Where it is null, the row is for information.
 * @param {{ id: string, what: string, unit: string, value: number, baseline: number, bound: number | null,
 *   bounds: 'ratio' | 'value' | 'difference', at?: 'most' | 'least' }} fields
 */
export function row({ id, what, unit, value, baseline, bound, bounds, at = 'most', ...more }) {
  const ratio = value / baseline;
  const measured = { ratio, value, difference: value - baseline }[bounds];
  return {
    id,
    what,
    unit,
    value: rounded(value),
    baseline: rounded(baseline),
    ratio: rounded(ratio),
    bound,
    bounds,
    at,
    holds: bound === null || (at === 'most' ? measured <= bound : measured >= bound),
    ...more,
  };
}

/** The rows as a table. */
export function table(rows) {
  const head = ['id', 'value', 'baseline', 'ratio', 'bound', 'holds', 'what'];
  const lines = rows.map((r) => [
    r.id,
    `${r.value} ${r.unit}`,
    `${r.baseline} ${r.unit}`,
    String(r.ratio),
    r.bound === null
      ? ''
      : `${r.bounds} ${r.at === 'most' ? '≤' : '≥'} ${r.bound}${r.bounds === 'ratio' ? '' : ` ${r.unit}`}`,
    r.bound === null ? '' : r.holds ? 'yes' : 'NO',
    r.what,
  ]);
  const widths = head.map((_, k) => Math.max(...[head, ...lines].map((line) => line[k].length)));
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, k) => cell.padEnd(widths[k]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
