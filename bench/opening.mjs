/**
 * A file to its first picture, and through all its slices, against NiiVue, which loads all of it first. NiiVue has a page
 * of its own, so the scrub is also measured on ours.
 */
import { startNiivue, writeNifti } from './niivue.mjs';
import { rounded } from './report.mjs';
import { median } from './statistics.mjs';
import { SHAPE } from './volume.mjs';

const ROUNDS = 3;

/** Milliseconds for the first `count` slices one after another, each waited for. */
async function scrubAll({ page, slider, canvas }, count) {
  const indices = Array.from({ length: count }, (_, z) => z);
  const args = [slider, canvas, indices, { afterMessage: false, pauseMs: [0, 0] }];
  const times = await page.evaluate(([s, c, list, options]) => window.probe.scrub(s, c, list, options), args);
  return times.reduce((sum, ms) => sum + ms, 0);
}

export const opening = {
  title: 'A file, beside NiiVue',
  ids: ['open-vs-niivue', 'scrub-vs-niivue', 'scrub-page-vs-niivue'],
  async measure(stage, add) {
    const [context, ours, page] = [await stage.context(), await stage.ours(), await stage.ownPage()];
    const path = stage.volumePath.replace(/raw$/, 'nii');
    writeNifti(path);
    const niivue = await stage.own(startNiivue(path));
    const first = { ours: [], cell: [], niivue: [] };
    const scrub = { ours: [], page: [], niivue: [] };
    const scrubbed = (target) => scrubAll(target, stage.amount(SHAPE[2], 60));
    for (let round = 0; round < stage.rounds(ROUNDS); round += 1) {
      await niivue.round(context, async (target) => {
        first.niivue.push(target.firstPicture);
        scrub.niivue.push(await scrubbed(target));
      });
      const { fromCall, fromCell } = await ours.open(path);
      first.ours.push(fromCall);
      first.cell.push(fromCell);
      scrub.ours.push(await ours.round(context, scrubbed));
      scrub.page.push(await page.round(context, scrubbed));
    }
    const compare = (id, what, times, one, bound, more) => {
      const [value, baseline] = [median(times[one]), median(times.niivue)];
      add(id, what, { unit: 'ms', value, baseline, bound, bounds: 'ratio', ...more });
    };
    const fromRunningTheCell = rounded(median(first.cell));
    compare('open-vs-niivue', 'a file to its first picture; baseline: NiiVue', first, 'ours', 0.1, {
      fromRunningTheCell,
    });
    compare('scrub-vs-niivue', '256 slices one after another, each waited for; baseline: NiiVue', scrub, 'ours', null);
    compare('scrub-page-vs-niivue', 'the same in the page of slicescope view', scrub, 'page', 0.8);
  },
};
