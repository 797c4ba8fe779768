/**
 * `node bench/run.mjs [--quick] [ID…]`: measure all rows or the named ones, print a table, write it to a file. Ends
 * with code 1 if something failed, or if a row of a full run doesn't hold.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { complaints, rowsOfReadme } from './checking.mjs';
import { GROUPS } from './groups.mjs';
import { measureGroups } from './measuring.mjs';
import { exitOnSignals } from './processes.mjs';
import { machineFacts, table } from './report.mjs';
import { Stage } from './stage.mjs';

exitOnSignals();

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const quick = values.quick === true;
const ids = GROUPS.flatMap((group) => group.ids);
const unknown = positionals.filter((id) => !ids.includes(id));
if (unknown.length > 0) {
  console.error(`bench: no row is called ${unknown.join(', ')}; there are ${ids.join(', ')}`);
  process.exit(2);
}
const isWhole = positionals.length === 0;

let isWell = true;
const complain = (reason) => {
  isWell = false;
  console.error(reason);
};
process.on('unhandledRejection', complain); // Something that a group has left behind; the others go on.

const stage = new Stage(new Set(isWhole ? ids : positionals), { quick });
const { groups, rows } = await measureGroups(GROUPS, stage, {
  onGroup: ({ title }) => console.log(`${title} ...`),
  onRow: (row) => console.log(table([row])), // Now: a later group may fail.
});
const name = `results${quick ? '-quick' : ''}${isWhole ? '' : '-part'}.json`;
const results = { machine: machineFacts(stage.chromium), groups, rows };
writeFileSync(fileURLToPath(new URL(name, import.meta.url)), `${JSON.stringify(results, null, 2)}\n`);
await stage.close().catch(complain);

console.log(`\n${table(rows)}\n`);
for (const { title, seconds, error } of groups) {
  console.log(`${title}: ${seconds} s${error === undefined ? '' : `, failed: ${error.split('\n')[0]}`}`);
}
console.log(`Written to bench/${name}.`);
if (isWhole) complaints(rowsOfReadme(), ids, rows).forEach(complain);
const hold = rows.every((row) => row.holds !== false) && groups.every(({ error }) => error === undefined);
process.exit(isWell && hold ? 0 : 1);
