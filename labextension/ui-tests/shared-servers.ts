/** The servers that jest's own process starts before its workers, and stops after them. */
import { closeBrowser } from '../../tests/browser/environment';
import { startShared } from './jupyter';
import type { Way } from './way';

const stops: (() => Promise<void>)[] = [];

export async function keep(way: Way): Promise<void> {
  stops.push(await startShared(way));
}

export async function stopAll(): Promise<void> {
  await closeBrowser(); // Where jest has run the files in its own process.
  await Promise.all(stops.splice(0).map((stop) => stop()));
}
