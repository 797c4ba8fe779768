/** `node bench/run.mjs [ID…]`: measure all rows or the named ones, print a table, write bench/results.json. */
import { writeFileSync } from 'node:fs';
import { GROUPS } from './groups.mjs';
import { machineFacts, row, table } from './report.mjs';
import { Stage } from './stage.mjs';

const ids = GROUPS.flatMap((group) => group.ids);
const unknown = process.argv.slice(2).filter((id) => !ids.includes(id));
if (unknown.length > 0) {
  console.error(`bench: no row is called ${unknown.join(', ')}; there are ${ids.join(', ')}`);
  process.exit(2);
}
const wanted = new Set(process.argv.length > 2 ? process.argv.slice(2) : ids);

const rows = [];
const stage = new Stage(wanted);
try {
  for (const group of GROUPS) {
    if (!group.ids.some((id) => wanted.has(id))) continue;
    console.log(`${group.title} ...`);
    await group.measure(stage, (id, what, fields) => {
      if (!wanted.has(id)) return;
      const measured = row({ id, what, ...fields });
      rows.push(measured);
      console.log(table([measured])); // Now: a later group may fail.
    });
  }
  const results = { machine: machineFacts(stage.chromium), rows };
  writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\n${table(rows)}\n`);
  if (!rows.every(({ holds }) => holds)) process.exitCode = 1;
} finally {
  await stage.close();
}
