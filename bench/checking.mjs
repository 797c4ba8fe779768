/** Whether bench/README.md, the groups and the results name the same rows. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const README = fileURLToPath(new URL('README.md', import.meta.url));

/** The rows that a README documents: what stands in code marks in the first column of each table headed `id`. */
export function documentedRows(markdown) {
  const tables = markdown.match(/^(\|.*\n)+/gm) ?? [];
  return tables
    .map((text) => text.split('\n').map((line) => line.split('|')[1]?.trim() ?? ''))
    .filter(([head]) => head === 'id')
    .flatMap((cells) => cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, id]) => id)));
}

export const rowsOfReadme = (path = README) => documentedRows(readFileSync(path, 'utf8'));

const missingIn = (names, others) => names.filter((name) => !others.includes(name));

/**
 * What is wrong, a sentence each; nothing if all is well.
 * @param {string[]} documented the rows of the README
 * @param {string[]} ids the rows of the groups
 * @param {{ id: string, value: number | null, baseline: number | null, error?: string }[]} [rows] those of the results
 */
export function complaints(documented, ids, rows) {
  const duplicates = documented.filter((id, at) => documented.indexOf(id) !== at);
  const found = [
    ...duplicates.map((id) => `the README documents ${id} twice`),
    ...missingIn(documented, ids).map((id) => `the README documents ${id}, which no group measures`),
    ...missingIn(ids, documented).map((id) => `the README doesn't document ${id}`),
  ];
  if (rows === undefined) return found;
  const measured = rows.map(({ id }) => id);
  const isComplete = ({ value, baseline }) => Number.isFinite(value) && Number.isFinite(baseline);
  return [
    ...found,
    ...missingIn(ids, measured).map((id) => `the results have no row ${id}`),
    ...missingIn(measured, ids).map((id) => `the results have a row ${id}, which no group measures`),
    ...rows
      .filter((row) => !isComplete(row))
      .map(({ id, value, baseline, error }) => {
        const why = error ?? `value ${value}, baseline ${baseline}`;
        return `the results have no figures for ${id}: ${why}`;
      }),
  ];
}
