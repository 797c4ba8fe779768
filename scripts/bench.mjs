/** `npm run bench [-- ID…]`: set up what is missing, then measure. See bench/README.md. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

function run(script, args = []) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status } = spawnSync(process.execPath, [path, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run('setup.mjs');
run('../bench/run.mjs', process.argv.slice(2));
