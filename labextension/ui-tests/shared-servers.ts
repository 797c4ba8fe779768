/** The servers that jest's own process starts before its workers, and stops after them. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { closeBrowser } from '../../tests/browser/environment';
import { startShared } from './jupyter';
import type { Way } from './way';

/** Builds what is stale. Jest calls it for all projects, but after what each project starts. */
const BUILD = resolve(__dirname, '../../scripts/tests/build.mjs');

const stops: (() => Promise<void>)[] = [];

export async function keep(way: Way): Promise<void> {
  execFileSync(process.execPath, [BUILD], { stdio: 'inherit' });
  stops.push(await startShared(way));
}

export async function stopAll(): Promise<void> {
  await closeBrowser(); // Where jest has run the files in its own process.
  await Promise.all(stops.splice(0).map((stop) => stop()));
}
