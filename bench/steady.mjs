/** A steady scrub through all slices, against the bare page that has them in memory, in the same place of the same page. */
import { REMOTE_HOST } from './browser.mjs';
import { inPlace } from './contestants.mjs';
import { startOurs } from './ours.mjs';
import { orClose } from './processes.mjs';
import { rounded } from './report.mjs';
import { inTurn } from './slider.mjs';
import { median, quantile } from './statistics.mjs';
import { SHAPE } from './volume.mjs';

const ROUNDS = 5;

/** A scrub through all slices, or in a quick run for a second. */
export const sweepOf = (stage) => ({ count: stage.amount(SHAPE[2], 60), perSecond: 60, patienceMs: 1000 });

/** What probe.js saw of one scrub. */
export const sweep = ({ page, slider, canvas }, options) =>
  page.evaluate(([s, c, o]) => window.probe.sweep(s, c, o), [slider, canvas, options]);

/** Of all rounds: the share of positions that was shown, the time from a position to its picture, frames a second. */
function summary(sweeps, count) {
  const late = ({ seen }) => {
    const times = seen.map(({ asked, at }) => at - asked);
    return quantile(times, 0.95);
  };
  return {
    share: median(sweeps.map(({ seen }) => seen.length / count)),
    lateMs: rounded(median(sweeps.map(late))),
    framesPerSecond: rounded(median(sweeps.map(({ frames, durationMs }) => (1000 * frames) / durationMs))),
  };
}

/** Ours on a page from another host than loopback, which goes through jupyter-server-proxy. */
async function startProxied(context, volumePath) {
  const ours = await startOurs(context, volumePath, (url) => url.replace('127.0.0.1', REMOTE_HOST));
  await orClose(ours, () => ours.show());
  return { ...ours, id: 'proxied' };
}

export const steady = {
  title: 'A steady scrub',
  ids: ['scrub-256', 'scrub-256-proxied'],
  async measure(stage, add) {
    const context = await stage.context();
    const memory = await stage.memory();
    const ours = await stage.ours();
    await ours.show();
    const proxied = stage.wants('scrub-256-proxied') ? await stage.own(startProxied(context, stage.volumePath)) : null;
    const options = sweepOf(stage);
    const contestants = [memory, inPlace(memory, ours), ours, proxied].filter(Boolean);
    const sweeps = await inTurn(context, contestants, stage.rounds(ROUNDS), (target) => sweep(target, options));
    const compare = (id, what, one, bound) => {
      if (!sweeps[one]) return;
      const [{ share: value, ...of }, { share: baseline, ...from }] = [one, 'memoryInPlace'].map((each) =>
        summary(sweeps[each], options.count),
      );
      const onBlankPage = summary(sweeps.memory, options.count).share;
      const bounded = { unit: 'of all', value, baseline, bound, bounds: 'ratio', at: 'least' };
      add(id, what, { ...bounded, ours: of, memory: from, onBlankPage });
    };
    compare('scrub-256', 'a scrub at 60/s, the share of positions shown; baseline: from memory', 'ours', 0.95);
    compare('scrub-256-proxied', 'the same through jupyter-server-proxy', 'proxied', 0.9);
  },
};
