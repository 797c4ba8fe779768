import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, STAMPS } from './places.mjs';

/** Every file below `paths` (files or folders, relative to the repository), without folders that are built. */
function filesBelow(paths, skip) {
  const found = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) if (!skip.has(name)) visit(join(path, name));
    } else found.push(path);
  };
  for (const path of paths) visit(join(root, path));
  return found;
}

/**
 * The hash of what a step depends on. The repository's own place is part of it: what setup makes (a venv,
 * a kernel spec) holds absolute paths, so in a copied or moved folder every stamp is void.
 */
export function hashOf(paths, extra = [], skip = new Set(['node_modules', '__pycache__'])) {
  const hash = createHash('sha256').update(JSON.stringify([root, ...extra]));
  for (const file of filesBelow(paths, skip)) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

const stampFile = (name) => join(STAMPS, name);

/** Whether the step was last finished with this hash. */
export function isStamped(name, hash) {
  return existsSync(stampFile(name)) && readFileSync(stampFile(name), 'utf8') === hash;
}

export function stamp(name, hash) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stampFile(name), hash);
}

/** What decides what esbuild makes, beside the files that it reads. */
const OF_ALL_BUNDLES = ['package.json', 'package-lock.json', 'tsconfig.base.json', 'scripts/setup'];

/** Whether the bundle was last made of the files that there are now. */
export function isBundled(name) {
  const file = stampFile(name);
  if (!existsSync(file)) return false;
  const { inputs, hash } = JSON.parse(readFileSync(file, 'utf8'));
  return hashOf([...inputs, ...OF_ALL_BUNDLES]) === hash;
}

/** `inputs` are those of esbuild's metafile. */
export function stampBundle(name, inputs) {
  stamp(name, JSON.stringify({ inputs, hash: hashOf([...inputs, ...OF_ALL_BUNDLES]) }));
}

/** To be called before a step begins, so that one that is interrupted is done again. */
export function unstamp(...names) {
  for (const name of names) rmSync(stampFile(name), { force: true });
}
