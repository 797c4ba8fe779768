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

/** To be called before a step begins, so that one that is interrupted is done again. */
export function unstamp(...names) {
  for (const name of names) rmSync(stampFile(name), { force: true });
}
