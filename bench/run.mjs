/** `node bench/run.mjs [ID…]`: measure all rows or the named ones, print a table, write bench/results.json. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchBrowser, newContext } from './browser.mjs';
import { startArticle, startBare } from './contestants.mjs';
import { startOurs } from './ours.mjs';
import { comparePacking } from './packing.mjs';
import { machineFacts, row, table } from './report.mjs';
import { showAll } from './show.mjs';
import { scrubAll, scrubBusy } from './slider.mjs';
import { swapAll } from './swaps.mjs';
import { writeVolume } from './volume.mjs';

const ROUNDS = 5;
const IDS = [
  'slider-vs-article',
  'slider-vs-bare',
  'bare-vs-article',
  'slider-while-busy',
  'show-first-picture',
  'companion-start',
  'show-memory',
  'packing-bench-20',
  'packing-bench-100',
  'packing-t1-20',
  'packing-t1-100',
  'swap-memory',
];
/** Those that need neither JupyterLab nor a page. */
const isPacking = (id) => id.startsWith('packing-');

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
  const ours = wants(...IDS.filter((id) => id !== 'bare-vs-article' && !isPacking(id)))
    ? opened(await startOurs(context, volumePath, process.env.SLICESCOPE_BENCH_VENV))
    : null;
  await measure({ context, article, bare, ours });
  const results = { machine: machineFacts(browser.version()), rows: rows.filter(({ id }) => wanted.has(id)) };
  writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\n${table(results.rows)}\n`);
  if (!results.rows.every(({ holds }) => holds)) process.exitCode = 1;
} finally {
  for (const close of closers) await close();
}

async function measure({ context, article, bare, ours }) {
  if (wants(...IDS.filter(isPacking))) {
    console.log('Packing ...');
    for (const { name, line, value, baseline } of await comparePacking()) {
      add(`packing-${name}-${line}`, `a slice packed, sent at ${line} Mbit/s and unpacked; baseline: sent raw`, {
        unit: 'ms',
        value,
        baseline,
        bound: 0.85,
        bounds: 'ratio',
      });
    }
  }
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
  if (wants('swap-memory')) {
    console.log('Swaps ...');
    const { first, last } = await swapAll(context, ours);
    const [worse] = ['kernel', 'pages'].sort((a, b) => last[b] / first[b] - last[a] / first[a]);
    add('swap-memory', "memory after 50 swaps of 128 MB volumes, the kernel's or the pages'; baseline: after the 2nd", {
      unit: 'MB',
      value: last[worse],
      baseline: first[worse],
      bound: 1.1,
      bounds: 'ratio',
      kernel: last.kernel / first.kernel,
      pages: last.pages / first.pages,
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
    compare('slider-vs-bare', 'slider to pixels, p50, nothing cached', 'ours', 'bare', 1.2);
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
