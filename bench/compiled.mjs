import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Import a module of the bench that is TypeScript, so that the compiler checks it against the protocol. */
export async function compiled(name) {
  const outfile = here(`.work/${name}.cjs`);
  await build({
    entryPoints: [here(`${name}.ts`)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  return await import(pathToFileURL(outfile).href);
}
