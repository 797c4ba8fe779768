/** Our side of saving.mjs, in a process of its own: saves the volume. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const { Volume } = require('slicescope');
const { SHAPE } = await import('./volume.mjs');

/** As saving.py has them. */
const CHUNKS = [128, 128, 64];
const COMPRESSION = 1;
const OPTIONS = {
  nii: {},
  gz: { compression: COMPRESSION },
  zarr: { compression: COMPRESSION, chunks: CHUNKS, levels: 1 },
};

const [raw, path] = process.argv.slice(2);
const direction = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const volume = Volume.alloc(SHAPE, 'int16', { spacing: [1, 1, 1], unit: 'mm', direction });
volume.data.set(new Int16Array(readFileSync(raw).buffer));
volume.changed();
// As between two cells, of which the first imports: what the import has begun is over.
await new Promise((resolve) => setTimeout(resolve, 1000));
const options = { ...OPTIONS[path.slice(path.lastIndexOf('.') + 1)], onProgress: () => undefined };
const began = performance.now();
await volume.save(path, options);
console.log(JSON.stringify({ ms: performance.now() - began }));
