import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeLicences } from './licences.mjs';
import { root } from './places.mjs';
import { isBundled, stampBundle, unstamp } from './stamps.mjs';

const PAGE = join(root, 'lib', 'page');

const HTML = 'src/page/index.html';

/**
 * The page for browsers outside of Jupyter: what `src/page` and the viewer were compiled to, in one script and one style
 * sheet.
 */
export async function buildPage() {
  if (existsSync(PAGE) && isBundled('page')) return 'current';
  unstamp('page');
  const { build } = await import('esbuild'); // Only now: setup runs before there is a node_modules.
  rmSync(PAGE, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'lib/src/page/main.js', out: 'page' },
      { in: 'src/page/page.css', out: 'page' },
    ],
    outdir: 'lib/page',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none', // They are in the file of licences, whole.
    metafile: true,
    logLevel: 'warning',
  });
  copyFileSync(join(root, HTML), join(PAGE, 'index.html'));
  writeLicences(PAGE, metafile.inputs);
  stampBundle('page', [...Object.keys(metafile.inputs), HTML]);
  return 'built';
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildPage();
