import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeLicences } from './licences.mjs';
import { root } from './places.mjs';
import { isBundled, stampBundle, unstamp } from './stamps.mjs';

const READER = join(root, 'lib', 'reader');

/** Each in a script of its own. */
const THREADS = ['file-worker', 'zarr/write-level-worker', 'zarr/fill-worker', 'zarr/chunk-worker'].map(
  (name) => `src/formats/${name}.ts`,
);

/** What goes into it beside our own code: packages that are small, or of so many files that Node takes long to load them. */
const INSIDE = ['@zarrita/storage', 'dicom-parser', 'geotiff', 'nifti-reader-js', 'yauzl', 'zarrita', 'zstddec'];

/** Of ES modules what is used, and what only TIFF files need in a script of its own. */
const parts = {
  name: 'parts',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(nifti-reader-js|geotiff)$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, namespace: 'parts' } : undefined,
    );
    onLoad({ filter: /^nifti-reader-js$/, namespace: 'parts' }, () => ({
      contents: "export { NIFTI1, NIFTI2 } from 'nifti-reader-js';",
      resolveDir: root,
    }));
    onLoad({ filter: /^geotiff$/, namespace: 'parts' }, () => ({
      contents: "module.exports = require('./geotiff.js');",
    }));
    onLoad({ filter: /\/zstddec\.[a-z]+\.?js$/ }, ({ path }) => ({
      contents: `var fetch;\n${readFileSync(path, 'utf8')}`,
    }));
    onResolve({ filter: /^\.\/geotiff\.js$/, namespace: 'parts' }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * The threads that read files, each in one script: one starts with each file, and most of the time until it reads went into
 * finding and loading modules.
 */
export async function buildReader() {
  if (existsSync(READER) && isBundled('reader')) return 'current';
  unstamp('reader');
  const { build } = await import('esbuild'); // Only now: setup runs before there is a node_modules.
  rmSync(READER, { recursive: true, force: true });
  const options = {
    absWorkingDir: root,
    outdir: 'lib/reader',
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'none', // They are in the file of licences, whole.
    metafile: true,
    logLevel: 'warning',
  };
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const external = Object.keys(dependencies).filter((name) => !INSIDE.includes(name));
  const results = [
    await build({
      ...options,
      stdin: { contents: "export { GeoTIFF, getDecoder } from 'geotiff';", resolveDir: root, sourcefile: 'geotiff.js' },
      entryNames: 'geotiff',
      external: ['lerc'], // It has no licence in it to go with it.
    }),
    await build({ ...options, entryPoints: THREADS, entryNames: '[name]', external, plugins: [parts] }),
  ];
  const inputs = Object.assign({}, ...results.map(({ metafile }) => metafile.inputs));
  writeLicences(READER, inputs);
  stampBundle('reader', Object.keys(inputs));
  return 'built';
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildReader();
