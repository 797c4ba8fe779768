/** `node bench/run.mjs [ID…]`: measure all rows or the named ones, print a table, write bench/results.json. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchBrowser, newContext } from './browser.mjs';
import { cached } from './cached.mjs';
import { startArticle, startBare } from './contestants.mjs';
import { opening } from './opening.mjs';
import { startOurs } from './ours.mjs';
import { machineFacts, row, table } from './report.mjs';
import { showAll } from './show.mjs';
import { scrubAll, scrubBusy } from './slider.mjs';
import { slow } from './slow.mjs';
import { steady } from './steady.mjs';
import { writeVolume } from './volume.mjs';

const ROUNDS = 5;
const GROUPS = [cached, steady, slow, opening];
const IDS = [
  'slider-vs-article',
  'slider-vs-bare',
  'bare-vs-article',
  'slider-while-busy',
  'show-first-picture',
  'companion-start',
  'show-memory',
  ...GROUPS.flatMap(({ ids }) => ids),
];

const unknown = process.argv.slice(2).filter((id) => !IDS.includes(id));
if (unknown.length > 0) {
  console.error(`bench: no row is called ${unknown.join(', ')}; there are ${IDS.join(', ')}`);
  process.exit(2);
}
const wanted = new Set(process.argv.length > 2 ? process.argv.slice(2) : IDS);
const wants = (...ids) => ids.some((id) => wanted.has(id));

const folder = fileURLToPath(new URL('.work', import.meta.url));
const volumePath = `${folder}/volume.raw`;
mkdirSync(folder, { recursive: true });
writeVolume(volumePath);

const rows = [];
const closers = [];
const opened = (thing) => (closers.unshift(() => thing.close()), thing);
try {
  const browser = opened(await launchBrowser());
  const context = await newContext(browser);
  const article = wants('slider-vs-article', 'bare-vs-article') ? opened(await startArticle(volumePath)) : null;
  const bare = opened(await startBare(volumePath));
  const venv = process.env.SLICESCOPE_BENCH_VENV;
  const ours = wants(...IDS.filter((id) => id !== 'bare-vs-article' && !slow.ids.includes(id)))
    ? opened(await startOurs(context, volumePath, { venv }))
    : null;
  await measure({ context, article, bare, ours });
  for (const group of GROUPS.filter(({ ids }) => wants(...ids))) {
    console.log(group.title);
    rows.push(...(await group.measure({ context, volumePath, venv, ours }, wants)));
  }
  const results = { machine: machineFacts(browser.version()), rows: rows.filter(({ id }) => wanted.has(id)) };
  writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\n${table(results.rows)}\n`);
  if (!results.rows.every(({ holds }) => holds)) process.exitCode = 1;
} finally {
  for (const close of closers) await close();
}

async function measure({ context, article, bare, ours }) {
  if (wants('show-first-picture', 'companion-start', 'show-memory')) {
    console.log('What show costs ...');
    const cost = await showAll(context, ours, bare, volumePath, ROUNDS);
    add('show-first-picture', 'calling show to the first picture; baseline: opening the bare page to its first', {
      unit: 'ms',
      value: cost.fromCall,
      fromRunningTheCell: Number(cost.fromCell.toFixed(2)),
      baseline: cost.bareFirstPicture,
      bound: 500,
      bounds: 'value',
    });
    add('companion-start', "the companion's start, in the first show; baseline: a bare worker with an HTTP server", {
      unit: 'ms',
      value: cost.companion,
      baseline: cost.bareWorker,
      bound: 150,
      bounds: 'value',
    });
    add('show-memory', "the kernel's resident memory after show; baseline: the same volume without slicescope", {
      unit: 'MB',
      value: cost.memory,
      baseline: cost.memoryWithout,
      bound: 80,
      bounds: 'difference',
    });
  }
  if (wants('slider-vs-article', 'slider-vs-bare', 'bare-vs-article')) {
    console.log('Slider to pixels ...');
    if (ours) await ours.show();
    const times = await scrubAll(context, [article, bare, ours].filter(Boolean), ROUNDS);
    const compare = (id, what, one, other, bound) => {
      if (!times[one] || !times[other]) return;
      const [a, b] = [times[one], times[other]];
      const p95 = { value: Number(a.p95.toFixed(2)), baseline: Number(b.p95.toFixed(2)) };
      add(id, what, { unit: 'ms', value: a.p50, baseline: b.p50, bound, bounds: 'ratio', p95 });
    };
    compare('slider-vs-article', 'slider to pixels, p50, nothing cached', 'ours', 'article', 0.7);
    compare('slider-vs-bare', 'slider to pixels, p50, nothing cached', 'ours', 'bare', 1.1);
    compare('bare-vs-article', 'the bare page against the article: a check of the bench itself', 'bare', 'article', 1);
  }
  if (wants('slider-while-busy')) {
    console.log('Slider to pixels while a cell spins ...');
    await ours.show();
    const { idle, busy } = await scrubBusy(context, ours, 3);
    add('slider-while-busy', 'slider to pixels, p50, while a cell spins; baseline: ours idle', {
      unit: 'ms',
      value: busy.p50,
      baseline: idle.p50,
      bound: 2.5,
      bounds: 'ratio',
    });
  }
}

function add(id, what, fields) {
  rows.push(row({ id, what, ...fields }));
}
