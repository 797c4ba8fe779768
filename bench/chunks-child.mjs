/** Our side of chunks.mjs, in a process of its own, so that its memory is its own. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const { Volume } = require('slicescope');

/** Of this process, resident, in bytes. Linux only. */
const peak = () => 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
const timed = async (act) => {
  const began = performance.now();
  const result = await act();
  return [result, performance.now() - began];
};

const [command, path, number, cacheBytes] = process.argv.slice(2);
const options = { onProgress: () => undefined, cacheBytes: Number(cacheBytes) };
const before = peak();
const [volume, open] = await timed(() => Volume.open(path, options));
if (command === 'slice') {
  const read = () => volume.readSlice('xy', Number(number));
  const [slice, first] = await timed(read);
  const [, cached] = await timed(read);
  const [, smallest] = await timed(() => Volume.open(path, { ...options, level: volume.levels.length - 1 }));
  let sum = 0;
  for (const value of slice.data) sum += value;
  console.log(JSON.stringify({ open, smallest, first, cached, sum }));
} else {
  // The same in every run: https://en.wikipedia.org/wiki/Linear_congruential_generator
  let state = 1;
  const random = (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const part = volume.at({});
  for (let slice = 0; slice < Number(number); slice += 1) {
    const plane = ['xy', 'xz', 'yz'][random(3)];
    const { count, width, height } = volume.info(0).planes[plane];
    // As a viewer that fits them in, and every fifth of xy as large as they are.
    const level = plane === 'xy' && slice % 5 === 0 ? 0 : 2;
    const rect = { x: 0, y: 0, width: Math.ceil(width / 2 ** level), height: Math.ceil(height / 2 ** level) };
    const target = new Uint16Array(rect.width * rect.height);
    const slab = { slab: 1, projection: 'max' };
    await part.readTile(plane, random(count), [level, level], rect, slab, target);
  }
  console.log(JSON.stringify({ peak: peak() - before, slices: Number(number) }));
}
