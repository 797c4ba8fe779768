/**
 * `node bench/check-rows.mjs [RESULTS.json] [--readme README.md]`: whether the README, the groups and, if a file of
 * results is named, its rows are the same, and all rows have figures. Ends with code 1 if they don't.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { complaints, rowsOfReadme } from './checking.mjs';
import { GROUPS } from './groups.mjs';

const { values, positionals } = parseArgs({ options: { readme: { type: 'string' } }, allowPositionals: true });
const [path] = positionals;
const rows = path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8')).rows;
const ids = GROUPS.flatMap((group) => group.ids);
const wrong = complaints(rowsOfReadme(values.readme), ids, rows);
for (const complaint of wrong) console.error(complaint);
if (wrong.length > 0) process.exitCode = 1;
else console.log(`${ids.length} rows are documented${rows === undefined ? '' : ' and measured'}.`);
