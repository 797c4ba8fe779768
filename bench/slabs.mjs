import { setImmediate } from 'node:timers/promises';
import { filled, seconds } from './cutting.mjs';
import { median } from './statistics.mjs';

const SHAPE = [512, 512, 512];
const SLAB = 16;
/** Slabs that are cut in a round, each elsewhere. */
const SLABS = 8;

/** Milliseconds for the maximum of 16 slices, and for cutting the 16 one after the other, by plane. */
export async function slabs(rounds) {
  const volume = filled(SHAPE);
  const target = new Uint16Array(SHAPE[0] * SHAPE[1]);
  const tile = { x: 0, y: 0, width: SHAPE[0], height: SHAPE[1] };
  const indices = Array.from({ length: SLABS }, (_, at) => 32 + at * 56);
  const ask = { slab: SLAB, projection: 'max' };
  const results = {};
  for (const plane of ['xy', 'xz', 'yz']) {
    const times = { slab: [], slices: [] };
    for (let round = 0; round <= rounds; round += 1) {
      await setImmediate(); // A signal is heard in between.
      const slab = seconds(() => indices.forEach((at) => volume.copySlab(plane, at, [0, 0], tile, ask, target)));
      const slices = seconds(() =>
        indices.forEach((at) => {
          for (let next = 0; next < SLAB; next += 1) volume.copyTile(plane, at + next, [0, 0], tile, target);
        }),
      );
      if (round === 0) continue; // The first one warms up.
      times.slab.push((1000 * slab) / SLABS);
      times.slices.push((1000 * slices) / SLABS);
    }
    results[plane] = { slab: median(times.slab), slices: median(times.slices) };
  }
  return results;
}
