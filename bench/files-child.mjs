/** Our side of files.mjs, in a process of its own, so that its memory is its own: opens a file, or writes a stack. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const { Volume, exportStack } = require('slicescope');
const { SHAPE, WINDOW } = await import('./volume.mjs');
// As between two cells, of which the first imports: what the import has begun is over.
await new Promise((resolve) => setTimeout(resolve, 1000));

/** Of this process, resident, in bytes. Linux only. */
const peak = () => 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);

const [command, path, folder] = process.argv.slice(2);
const quiet = { onProgress: () => undefined };
// Into an array, as the others.
const whole = /\.zarr$/.test(path) ? { ...quiet, level: 0 } : quiet;
if (command === 'read') {
  const before = peak();
  const began = performance.now();
  const volume = await Volume.open(path, whole);
  const ms = performance.now() - began;
  const most = peak() - before;
  let sum = 0;
  for (const value of volume.data) sum += value;
  console.log(JSON.stringify({ ms, peak: most, sum }));
} else {
  const volume = await Volume.open(path, { ...quiet, raw: { shape: SHAPE, dtype: 'uint16' } });
  const began = performance.now();
  await exportStack(volume, `${folder}/{index}.png`, { window: WINDOW, overwrite: true });
  console.log(JSON.stringify({ ms: performance.now() - began, peak: peak() }));
}
