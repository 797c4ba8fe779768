import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, TSLAB, VENV, venvCommand, venvEnvironment } from './places.mjs';
import { SetupError } from './report.mjs';
import { run } from './run.mjs';

const SPEC = join(VENV, 'share', 'jupyter', 'kernels', 'tslab', 'kernel.json');

const isCurrent = () => existsSync(SPEC) && JSON.parse(readFileSync(SPEC, 'utf8')).argv[0] === TSLAB;

/** TypeScript's kernel, in the virtual environment only: the user's own kernels stay as they are. */
export async function installKernel(doing) {
  if (isCurrent()) return 'registered';
  doing('tslab install');
  const script = join(root, 'node_modules', 'tslab', 'bin', 'tslab');
  const args = [script, 'install', '--sys-prefix', '--python', venvCommand('python'), '--binary', TSLAB];
  await run(process.execPath, args, 'see the message above.', { cwd: root, env: venvEnvironment() });
  const listed = await run(venvCommand('jupyter'), ['kernelspec', 'list', '--json'], 'see the message above.', {
    env: venvEnvironment(),
  });
  const spec = JSON.parse(listed).kernelspecs.tslab;
  if (spec?.spec.argv[0] === TSLAB) return 'registered';
  throw new SetupError(
    `Jupyter ${spec ? `finds another tslab kernel first (${spec.resource_dir})` : "doesn't find the tslab kernel"}.`,
    'look at the output of .venv/bin/jupyter kernelspec list; `jupyter kernelspec remove tslab` removes another one. JUPYTER_PATH must not name its folder.',
  );
}
