import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from './places.mjs';

/** The folder in node_modules that an input of a bundle is in, or null for one of our own. */
function packageOf(input) {
  const [, path] = input.split('node_modules/');
  if (path === undefined) return null;
  return posix.join('node_modules', ...path.split('/').slice(0, path.startsWith('@') ? 2 : 1));
}

/**
 * Write the licences of what is in a bundle beside it: they ask to go with it.
 * @param inputs as esbuild's metafile has them.
 */
export function writeLicences(folder, inputs) {
  const packages = new Set(Object.keys(inputs).flatMap((input) => packageOf(input) ?? []));
  const licences = [...packages].sort().map((each) => {
    const name = readdirSync(join(root, each)).find((file) => /^licen[cs]e/i.test(file));
    if (name === undefined) throw new Error(`${each} has no licence in it`);
    return `${each.replace('node_modules/', '')}\n\n${readFileSync(join(root, each, name), 'utf8')}`;
  });
  writeFileSync(join(folder, 'LICENSES.txt'), licences.join(`\n${'-'.repeat(80)}\n`));
}
