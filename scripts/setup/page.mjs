import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './places.mjs';

const PAGE = join(root, 'lib', 'page');

/** The folder in node_modules that an input of the bundle is in, or null for one of our own. */
function packageOf(input) {
  const [, path] = input.split('node_modules/');
  if (path === undefined) return null;
  return posix.join('node_modules', ...path.split('/').slice(0, path.startsWith('@') ? 2 : 1));
}

/** The licences of what is in the bundle: they ask to go with it. */
function licencesOf(inputs) {
  const folders = new Set(Object.keys(inputs).flatMap((input) => packageOf(input) ?? []));
  return [...folders].sort().map((folder) => {
    const name = readdirSync(join(root, folder)).find((file) => /^licen[cs]e/i.test(file));
    if (name === undefined) throw new Error(`${folder} has no licence in it`);
    return `${folder.replace('node_modules/', '')}\n\n${readFileSync(join(root, folder, name), 'utf8')}`;
  });
}

/**
 * The page for browsers outside of Jupyter: what `src/page` and the viewer were compiled to, in one script and one style
 * sheet. It takes a fraction of a second, so nothing remembers whether it is current.
 */
export async function buildPage() {
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
  copyFileSync(join(root, 'src/page/index.html'), join(PAGE, 'index.html'));
  writeFileSync(join(PAGE, 'LICENSES.txt'), licencesOf(metafile.inputs).join(`\n${'-'.repeat(80)}\n`));
  return 'built';
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildPage();
