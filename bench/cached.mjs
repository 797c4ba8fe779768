/**
 * Slider to pixels where the slice is in the page already, against the bare page with all slices in memory, in the
 * same place of the same page.
 */
import { inPlace } from './contestants.mjs';
import { rounded } from './report.mjs';
import { GRID, inTurn, summary } from './slider.mjs';
import { shuffled } from './statistics.mjs';

const WARM_UP = 4;
/** Long enough for a viewer to fetch what is around, and too short for it to fetch everything. */
const REST_MS = [300, 340];

const scrub = ({ page, slider, canvas }, indices, options) =>
  page.evaluate(([s, c, list, o]) => window.probe.scrub(s, c, list, o), [slider, canvas, indices, options]);

/** So many slices of the grid once more, in another order. */
async function revisit(target, { id }, count) {
  const slices = shuffled(GRID).slice(0, count);
  await scrub(target, slices, { afterMessage: !id.startsWith('memory'), pauseMs: [0, 0] });
  return (await scrub(target, shuffled(slices), { afterMessage: false })).slice(WARM_UP);
}

/** A neighbour of a slice of the grid, after a rest. */
async function stepAside(target, { id }, neighbours) {
  const times = [];
  for (const index of shuffled(GRID).slice(0, WARM_UP + neighbours)) {
    await scrub(target, [index], { afterMessage: !id.startsWith('memory') });
    const side = Math.random() < 0.5 ? -1 : 1;
    times.push(...(await scrub(target, [index + side], { afterMessage: false, pauseMs: REST_MS })));
  }
  return times.slice(WARM_UP);
}

export const cached = {
  title: 'Slider to pixels, in the page already',
  ids: ['slider-cached-vs-memory', 'slider-prefetched-vs-memory'],
  async measure(stage, add) {
    const [context, memory, ours] = [await stage.context(), await stage.memory(), await stage.ours()];
    await ours.show();
    const compare = async (id, what, rounds, measure, count) => {
      if (!stage.wants(id)) return;
      const contestants = [memory, inPlace(memory, ours), ours];
      const times = await inTurn(context, contestants, stage.rounds(rounds), (target, contestant) =>
        measure(target, contestant, count),
      );
      const [a, b, blank] = [summary(times.ours), summary(times.memoryInPlace), summary(times.memory)];
      const p95 = { value: rounded(a.p95), baseline: rounded(b.p95) };
      add(id, what, {
        unit: 'ms',
        value: a.p50,
        baseline: b.p50,
        bound: 1.1,
        bounds: 'ratio',
        p95,
        onBlankPage: blank.p50,
      });
    };
    const what = 'slider to pixels, p50, slices seen before; baseline: from memory';
    await compare('slider-cached-vs-memory', what, 5, revisit, stage.amount(GRID.length, 16));
    await compare(
      'slider-prefetched-vs-memory',
      'the same, a neighbour after a rest',
      3,
      stepAside,
      stage.amount(24, 6),
    );
  },
};
