/** A loop that writes and refreshes 30 times a second, against a page that moves through slices in memory as fast. */
import { CANVAS, CELLS } from './ours.mjs';
import { inTurn } from './slider.mjs';
import { median } from './statistics.mjs';

const ROUNDS = 5;
const PER_SECOND = 30;
const PATIENCE_MS = 1000;

/** The share of what was written that was seen. What is seen at the end is the last that was written. */
async function refreshed({ notebook, page }, pictures) {
  const [seen] = await Promise.all([
    page.evaluate(
      ([canvas, last, patienceMs]) => window.probe.follow(canvas, last, { patienceMs }),
      [CANVAS, pictures, 1000 * (pictures / PER_SECOND) + PATIENCE_MS],
    ),
    notebook.print(CELLS.simulate(pictures, PER_SECOND)),
  ]);
  await notebook.print(CELLS.undo);
  return seen / pictures;
}

async function moved({ page, slider, canvas }, pictures) {
  const options = { count: pictures + 1, perSecond: PER_SECOND, patienceMs: PATIENCE_MS };
  const args = [slider, canvas, options];
  const { seen } = await page.evaluate(([s, c, o]) => window.probe.sweep(s, c, o), args);
  return seen.length / options.count;
}

export const refreshing = {
  title: 'A loop that refreshes',
  ids: ['refresh-30'],
  async measure(stage, add) {
    const [context, memory, ours] = [await stage.context(), await stage.memory(), await stage.ours()];
    await ours.show();
    const pictures = stage.amount(120, 30);
    const shares = await inTurn(context, [memory, ours], stage.rounds(ROUNDS), (target, { id }) =>
      id === 'memory' ? moved(target, pictures) : refreshed(ours, pictures),
    );
    add('refresh-30', 'what a loop writes 30 times a second: the share that was shown; baseline: from memory', {
      unit: 'of all',
      value: median(shares.ours),
      baseline: median(shares.memory),
      bound: 0.95,
      bounds: 'ratio',
      at: 'least',
    });
  },
};
