/** On a line of 20 Mbit/s and 50 ms, beside the article's server on the same. */
import { REMOTE_HOST } from './browser.mjs';
import { startArticle } from './contestants.mjs';
import { startOurs } from './ours.mjs';
import { rounded } from './report.mjs';
import { GRID, inTurn, summary } from './slider.mjs';
import { startSlowLine } from './slow-line.mjs';
import { median, shuffled } from './statistics.mjs';
import { sweep, sweepOf } from './steady.mjs';

const ROUNDS = 3;
const WARM_UP = 4;
const PAUSE_MS = [300, 700];

/** So many, to slices far away that are not in the page. */
async function jumps({ page, slider, canvas }, count) {
  const indices = shuffled(GRID).slice(0, WARM_UP + count);
  const args = [slider, canvas, indices, { pauseMs: PAUSE_MS }];
  const times = await page.evaluate(([s, c, list, options]) => window.probe.scrub(s, c, list, options), args);
  return times.slice(WARM_UP);
}

/** Different slices that were seen while the slider moved, a second. */
const perSecond = ({ seen, durationMs }) => seen.filter(({ at }) => at <= durationMs).length / (durationMs / 1000);

async function measure(stage, add) {
  const context = await stage.context();
  const overSlowLine = async (url) => {
    const line = await stage.own(startSlowLine(Number(new URL(url).port)));
    return `http://${REMOTE_HOST}:${line.port}`;
  };
  const article = await stage.own(startArticle(stage.volumePath, overSlowLine));
  const ours = await stage.own(startOurs(context, stage.volumePath, overSlowLine));
  await ours.show();
  const inRounds = (scrub, options) =>
    inTurn(context, [article, ours], stage.rounds(ROUNDS), (target) => scrub(target, options));
  if (stage.wants('slow-jump')) {
    const times = await inRounds(jumps, stage.amount(20, 6));
    const [a, b] = [summary(times.ours), summary(times.article)];
    const p95 = { value: rounded(a.p95), baseline: rounded(b.p95) };
    const fields = { unit: 'ms', value: a.p50, baseline: b.p50, bound: 200, bounds: 'value', p95 };
    add('slow-jump', '20 Mbit/s, 50 ms: a jump to its first picture, p50; baseline: the article', fields);
  }
  if (stage.wants('slow-drag', 'slow-drag-vs-article')) {
    const sweeps = await inRounds(sweep, sweepOf(stage));
    const [value, baseline] = ['ours', 'article'].map((id) => median(sweeps[id].map(perSecond)));
    const fields = { unit: '/s', value, baseline, at: 'least' };
    const what = '20 Mbit/s, 50 ms: pictures a second while dragging; baseline: the article';
    add('slow-drag', what, { ...fields, bound: 24, bounds: 'value' });
    add('slow-drag-vs-article', what, { ...fields, bound: 1, bounds: 'ratio' });
  }
}

export const slow = {
  title: 'On a slow line',
  ids: ['slow-jump', 'slow-drag', 'slow-drag-vs-article'],
  measure,
};
