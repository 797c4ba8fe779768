/** Fifty views on a page: whether the hand on one of them feels the others, and what it takes to open such a page. */
import { withPage } from './browser.mjs';
import { attach } from './jupyter.mjs';
import { CELLS } from './ours.mjs';
import { rounded } from './report.mjs';
import { scrubRound, summary } from './slider.mjs';
import { median } from './statistics.mjs';
import { pagesMegabytes } from './swaps.mjs';

const VIEWS = 50;
const ROUNDS = 3;

/** A copy of the notebook for the other page: two pages that have one notebook open change it behind each other's back. */
const COPY = 'copy.ipynb';

/** Runs in the page: drop the cells whose outputs have no view, and all but so many that have one; and save a copy. */
async function keepViews([cells, path]) {
  const { serviceManager, shell } = window.jupyterapp;
  const { model } = shell.currentWidget.content;
  const { sharedModel } = model;
  const hasView = (cell) =>
    cell.getOutputs?.().some(({ data = {} }) => Object.keys(data).join().includes('slicescope'));
  let kept = 0;
  for (let at = 0; at < sharedModel.cells.length;) {
    if (hasView(sharedModel.cells[at]) && kept < cells) {
      kept += 1;
      at += 1;
    } else sharedModel.deleteCell(at);
  }
  await serviceManager.contents.save(path, { type: 'notebook', format: 'json', content: model.toJSON() });
}

/** Runs in the page: resolves when so many viewers are there and those in the window are drawn. */
function areDrawn(count) {
  const views = [...document.querySelectorAll('.slicescope-view')];
  if (views.length !== count) return false;
  return views.every((view) => {
    const { top, bottom } = view.getBoundingClientRect();
    return bottom < 0 || top > window.innerHeight || view.dataset.state === 'live';
  });
}

/** Open the copy in another page: milliseconds until it is drawn, and megabytes of the page at rest. */
async function openCopy(context, url, count) {
  const before = await pagesMegabytes(context);
  const start = performance.now();
  return await withPage(context, url, async (page) => {
    await page.waitForFunction(areDrawn, count, { polling: 50 });
    const ms = performance.now() - start;
    await page.waitForTimeout(3000);
    return { ms, megabytes: (await pagesMegabytes(context)) - before };
  });
}

export const fifty = {
  title: 'Fifty views on a page',
  ids: ['fifty-slider', 'fifty-open', 'fifty-memory'],
  async measure(stage, add) {
    const [context, ours] = [await stage.context(), await stage.ours()];
    const { notebook, page } = ours;
    await ours.show();
    const times = { one: [], fifty: [] };
    const opened = { one: [], fifty: [] };
    const opens = stage.wants('fifty-open', 'fifty-memory');
    if (opens) await attach(ours.jupyter, COPY, await notebook.kernelId());
    const url = `${ours.jupyter.url}/lab/tree/${COPY}?reset`;
    const scrubbed = (target) => scrubRound(target, stage.amount(60, 16));
    for (let round = 0; round < stage.rounds(ROUNDS); round += 1) {
      times.one.push(await ours.round(context, scrubbed));
      await notebook.print(CELLS.more(VIEWS - 1));
      times.fifty.push(await ours.round(context, scrubbed));
      await page.evaluate(keepViews, [2, COPY]);
      if (opens) opened.fifty.push(await openCopy(context, url, VIEWS));
      await notebook.print('for (const each of more) each.close();');
      await page.evaluate(keepViews, [1, COPY]);
      if (opens) opened.one.push(await openCopy(context, url, 1));
    }
    const [value, baseline] = [summary(times.fifty), summary(times.one)];
    add('fifty-slider', 'slider to pixels, p50, with fifty views on the page; baseline: with one', {
      unit: 'ms',
      value: value.p50,
      baseline: baseline.p50,
      bound: 1.3,
      bounds: 'ratio',
      p95: { value: rounded(value.p95), baseline: rounded(baseline.p95) },
    });
    if (!opens) return;
    const of = (name, what) => median(opened[name].map((each) => each[what]));
    const free = { bound: null, bounds: 'ratio' };
    add('fifty-open', 'JupyterLab and a page of fifty views, opened until it is drawn; baseline: one view', {
      unit: 'ms',
      value: of('fifty', 'ms'),
      baseline: of('one', 'ms'),
      ...free,
    });
    add('fifty-memory', 'resident memory of that page; baseline: one view', {
      unit: 'MB',
      value: of('fifty', 'megabytes'),
      baseline: of('one', 'megabytes'),
      ...free,
    });
  },
};
