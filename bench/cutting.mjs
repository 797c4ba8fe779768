import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { median, shuffled } from './statistics.mjs';

const require = createRequire(import.meta.url);
const { Volume } = require('../lib/src/volume');
const { Layouts } = require('../lib/kernel-server/layouts');

/** Slices that are cut in a round: they lie in so many different places that no cache has them. */
const SLICES = 32;
const MEMCPY_BYTES = 2 ** 29;

/** The slice as one writes it down, in the better order of the two loops. */
const PLAIN = {
  xz({ data, shape: [width, height, depth] }, index, target) {
    let at = 0;
    for (let z = 0; z < depth; z += 1) {
      const start = (z * height + index) * width;
      for (let x = 0; x < width; x += 1) target[at++] = data[start + x];
    }
  },
  yz({ data, shape: [width, height, depth] }, index, target) {
    let at = 0;
    for (let z = 0; z < depth; z += 1) {
      for (let y = 0; y < height; y += 1) target[at++] = data[(z * height + y) * width + index];
    }
  },
};

/** A volume of uint16 whose every page is in memory. */
export function filled(shape) {
  const volume = Volume.alloc(shape, 'uint16');
  const bytes = new Uint8Array(volume.data.buffer);
  const pattern = new Uint8Array(2 ** 20).map((_, at) => at * 7);
  for (let at = 0; at < bytes.length; at += pattern.length) bytes.set(pattern, at);
  return volume;
}

/** Seconds that `work` takes. */
export function seconds(work) {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/**
 * Bytes a second of cutting slices of `plane`: by the plain loops; by `copyTile` straight from the volume, which is
 * how the first slice in a place is cut; from the blocks that are built after it; building them, shared by all the slices
 * that are in them; and copying as many bytes that lie together.
 */
export async function cutting(shape, plane, rounds) {
  const volume = filled(shape);
  const { count, width, height } = volume.info(1).planes[plane];
  const target = new Uint16Array(width * height);
  const tile = { x: 0, y: 0, width, height };
  const plain = new Uint8Array(MEMCPY_BYTES).fill(1);
  const copyOf = new Uint8Array(target.buffer);
  const steps = [];
  const layouts = new Layouts(undefined, (step) => steps.push(step));
  const figures = { before: [], direct: [], blocks: [], building: [], memcpy: [] };
  const slicesOf = (cut) => (indices) => seconds(() => indices.forEach(cut));
  const contestants = {
    before: slicesOf((index) => PLAIN[plane](volume, index, target)),
    direct: slicesOf((index) => volume.copyTile(plane, index, [0, 0], tile, target)),
    blocks: slicesOf((index) => volume.copyTile(plane, index, [0, 0], tile, target, blocks)),
    memcpy: slicesOf((index) => {
      const start = (index * 7919 * 4096) % (plain.length - copyOf.length);
      copyOf.set(plain.subarray(start, start + copyOf.length));
    }),
  };
  let blocks;
  for (let round = 0; round <= rounds; round += 1) {
    await setImmediate(); // A signal is heard in between.
    // Slabs that no round had before would not fit into the memory for many rounds: forget the last ones.
    layouts.keepOnly(new Set());
    blocks = layouts.of(volume, round);
    const near = Math.floor(Math.random() * count * 0.75);
    const indices = shuffled(Array.from({ length: count / 4 }, (_, at) => near + at)).slice(0, SLICES);
    contestants.blocks(indices);
    const building = seconds(() => {
      while (steps.length > 0) steps.pop()();
    });
    const built = layouts.bytes;
    const results = Object.entries(contestants).map(([name, cut]) => [name, (SLICES * copyOf.length) / cut(indices)]);
    if (round === 0) continue; // The first one warms up.
    for (const [name, result] of [...results, ['building', built / building]]) figures[name].push(result);
  }
  return Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, median(values)]));
}
