/**
 * Jest's `globalSetup`: builds what the tests use of compiled code, once and before them, so that none meets what is stale.
 * The servers of JupyterLab load it, and jest would start them first; so they call this as a program (shared-servers.ts).
 */
import { pathToFileURL } from 'node:url';
import { buildExtension, buildTypeScript, installWheel } from '../setup/build.mjs';
import { buildPage } from '../setup/page.mjs';
import { buildReader } from '../setup/reader.mjs';

/** Set by `npm test`, which has just built it all. */
const IS_BUILT = 'SLICESCOPE_IS_BUILT';

export default async function build() {
  if (process.env[IS_BUILT] === '1') return;
  const doing = (what) => console.log(`${what} …`);
  for (const step of [buildTypeScript, buildPage, buildReader, buildExtension, installWheel]) {
    try {
      await step(doing);
    } catch (error) {
      throw new Error(`${error.message} ${error.advice ?? ''}`, { cause: error });
    }
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await build();
