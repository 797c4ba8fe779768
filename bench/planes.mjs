/** Three planes whose crosshair is dragged, against one plane whose slider is. */
import { CANVAS } from './ours.mjs';
import { median } from './statistics.mjs';
import { sweep, sweepOf } from './steady.mjs';
import { SHAPE } from './volume.mjs';

const ROUNDS = 5;
const PANE = (plane) => `.slicescope-pane[data-plane="${plane}"] ${CANVAS}`;

/** Pictures of xy a second, of slices that are not in any cache. */
const rateOf = ({ seen, durationMs }) => (1000 * seen.length) / durationMs;

/** The crosshair goes down through xz along its diagonal, so that xy and yz both move. */
const drag = ({ page }, options) =>
  page.evaluate(
    ([from, watched, o]) => window.probe.drag(from, watched, o),
    [PANE('xz'), PANE('xy'), { ...options, of: SHAPE[2] }],
  );

export const planes = {
  title: 'Three planes',
  ids: ['planes-vs-one'],
  async measure(stage, add) {
    const [context, ours] = [await stage.context(), await stage.ours()];
    await ours.show();
    const rates = { one: [], three: [] };
    const options = sweepOf(stage);
    for (let round = 0; round < stage.rounds(ROUNDS); round += 1) {
      await ours.notebook.print("view.set({ layout: 'slice', plane: 'xy' });");
      rates.one.push(rateOf(await ours.round(context, (target) => sweep(target, options))));
      await ours.notebook.print("view.set({ layout: 'planes', plane: 'xz' });");
      await ours.notebook.print('view.set({ position: [0, 256, 0] });\nview.refresh();');
      await ours.page.waitForSelector(PANE('yz'));
      await ours.page.waitForTimeout(500);
      rates.three.push(rateOf(await drag(ours, options)));
    }
    add('planes-vs-one', 'pictures of xy a second, a crosshair moves it and yz at 60/s; baseline: one plane', {
      unit: '/s',
      value: median(rates.three),
      baseline: median(rates.one),
      bound: 0.5,
      bounds: 'ratio',
      at: 'least',
    });
  },
};
