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
 * and baseline, the value itself, or the difference of the two. If it is null, the row is for information.
 * @param {{ id: string, what: string, unit: string, value: number, baseline: number, bound: number | null,
 *   bounds: 'ratio' | 'value' | 'difference', at?: 'most' | 'least' }} fields
 * @param {{ isBound?: boolean }} options whether the row says if it holds; a quick run measures too little to say so
 */
export function row({ id, what, unit, value, baseline, bound, bounds, at = 'most', ...more }, { isBound = true } = {}) {
  if (!Number.isFinite(value) || !Number.isFinite(baseline)) {
    return failedRow(id, `value ${value} and baseline ${baseline} should both be finite numbers`);
  }
  const ratio = value / baseline;
  const measured = { ratio, value, difference: value - baseline }[bounds];
  const isWithin = at === 'most' ? measured <= bound : measured >= bound;
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
    holds: bound === null || !isBound ? null : isWithin,
    ...more,
  };
}

/** The row of something that could not be measured. */
export function failedRow(id, error) {
  return { id, value: null, baseline: null, holds: false, error };
}

/** The bound of a row in words. */
function boundOf({ bound, bounds, at, unit }) {
  if (bound === null) return '';
  return `${bounds} ${at === 'most' ? '≤' : '≥'} ${bound}${bounds === 'ratio' ? '' : ` ${unit}`}`;
}

const ANSWERS = new Map([
  [true, 'yes'],
  [false, 'NO'],
  [null, ''],
]);

function cellsOf(r) {
  if (r.error !== undefined) return [r.id, '', '', '', '', 'FAILED', r.error.split('\n')[0]];
  const figures = [`${r.value} ${r.unit}`, `${r.baseline} ${r.unit}`, String(r.ratio)];
  return [r.id, ...figures, boundOf(r), ANSWERS.get(r.holds), r.what];
}

/** The rows as a table. */
export function table(rows) {
  const lines = [['id', 'value', 'baseline', 'ratio', 'bound', 'holds', 'what'], ...rows.map(cellsOf)];
  const widths = lines[0].map((_, k) => Math.max(...lines.map((line) => line[k].length)));
  const written = (line) => line.map((cell, k) => cell.padEnd(widths[k])).join('  ');
  return lines.map((line) => written(line).trimEnd()).join('\n');
}
