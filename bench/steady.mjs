/** A steady scrub through all slices, against a page that has them in memory. */
import { REMOTE_HOST } from './browser.mjs';
import { startMemory } from './contestants.mjs';
import { startOurs } from './ours.mjs';
import { row, rounded } from './report.mjs';
import { inTurn } from './slider.mjs';
import { median, quantile } from './statistics.mjs';
import { SHAPE } from './volume.mjs';

const ROUNDS = 5;
export const SWEEP = { count: SHAPE[2], perSecond: 60, patienceMs: 1000 };

/** What probe.js saw of one scrub. */
export const sweep = ({ page, slider, canvas }) =>
  page.evaluate(([s, c, options]) => window.probe.sweep(s, c, options), [slider, canvas, SWEEP]);

const share = ({ seen }) => seen.length / SWEEP.count;
const lag = ({ seen }) => quantile(seen.map(({ asked, at }) => at - asked), 0.95); // prettier-ignore

export const steady = {
  ids: ['scrub-256', 'scrub-256-proxied'],
  title: 'A steady scrub ...',
  async measure({ context, volumePath, venv, ours }, wants) {
    const memory = await startMemory(volumePath);
    const contestants = [memory];
    if (wants('scrub-256')) {
      await ours.show();
      contestants.push(ours);
    }
    let proxied = null;
    if (wants('scrub-256-proxied')) {
      const at = (url) => url.replace('127.0.0.1', REMOTE_HOST);
      proxied = { ...(await startOurs(context, volumePath, { venv, at })), id: 'proxied' };
      await proxied.show();
      contestants.push(proxied);
    }
    const sweeps = await inTurn(context, contestants, ROUNDS, sweep);
    await proxied?.close();
    await memory.close();
    const compare = (id, what, one, bound) => {
      if (!wants(id)) return [];
      const [value, baseline] = [one, 'memory'].map((name) => median(sweeps[name].map(share)));
      const p95 = { value: rounded(median(sweeps[one].map(lag))), baseline: rounded(median(sweeps.memory.map(lag))) };
      return [row({ id, what, unit: '', value, baseline, bound, bounds: 'ratio', sense: 'at least', lagMs: p95 })];
    };
    return [
      ...compare('scrub-256', 'a scrub at 60/s, the share of positions shown; baseline: from memory', 'ours', 0.95),
      ...compare('scrub-256-proxied', 'the same, through jupyter-server-proxy', 'proxied', 0.9),
    ];
  },
};
