import { median, quantile, shuffled } from './statistics.mjs';

/**
 * Slider to pixels. The slices asked for lie four apart and come in random order, so that none was asked
 * for before or is a neighbour (which a viewer may fetch ahead) of one that was.
 */
export const GRID = Array.from({ length: 64 }, (_, k) => 4 * k + 2);
const WARM_UP = 4;

/** The steps of one round on an open page: milliseconds each. */
export async function scrubRound({ page, slider, canvas }, steps) {
  const indices = shuffled(GRID).slice(0, WARM_UP + steps);
  const times = await page.evaluate(([s, c, list]) => window.probe.scrub(s, c, list), [slider, canvas, indices]);
  return times.slice(WARM_UP);
}

/** Of the rounds' times p50 and p95, each the median of the rounds'. */
export function summary(rounds) {
  return {
    p50: median(rounds.map((times) => median(times))),
    p95: median(rounds.map((times) => quantile(times, 0.95))),
  };
}

/**
 * Rounds of every contestant in turn, in an order that turns.
 * @template T @param {(target: object, contestant: object) => Promise<T>} measure
 * @returns {Promise<Record<string, T[]>>}
 */
export async function inTurn(context, contestants, rounds, measure) {
  const results = Object.fromEntries(contestants.map(({ id }) => [id, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let k = 0; k < contestants.length; k += 1) {
      const contestant = contestants[(k + round) % contestants.length];
      results[contestant.id].push(await contestant.round(context, (target) => measure(target, contestant)));
    }
  }
  return results;
}

/** @returns {Promise<Record<string, { p50: number, p95: number }>>} */
export async function scrubAll(context, contestants, rounds, steps) {
  const times = await inTurn(context, contestants, rounds, (target) => scrubRound(target, steps));
  return Object.fromEntries(Object.entries(times).map(([id, all]) => [id, summary(all)]));
}

/** Ours idle and while a cell spins, in turn. */
export async function scrubBusy(context, ours, rounds, steps) {
  const idle = [];
  const busy = [];
  for (let round = 0; round < rounds; round += 1) {
    idle.push(await ours.round(context, (target) => scrubRound(target, steps)));
    busy.push(await ours.busyRound((target) => scrubRound(target, steps)));
  }
  return { idle: summary(idle), busy: summary(busy) };
}
