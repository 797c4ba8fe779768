/**
 * npm start: sets up, then JupyterLab on the first notebook. Further arguments are JupyterLab's:
 * npm start -- --no-browser --port 9000. Ctrl-C ends it as it ends JupyterLab.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setup } from './setup.mjs';
import { root, venvCommand, venvEnvironment } from './setup/places.mjs';

if (await setup({ browser: false })) {
  const args = ['lab', join('examples', 'first-look.ipynb'), ...process.argv.slice(2)];
  if (process.getuid?.() === 0 && !args.includes('--allow-root')) args.push('--allow-root');
  const lab = spawn(venvCommand('jupyter'), args, { cwd: root, stdio: 'inherit', env: venvEnvironment() });
  // Ctrl-C reaches both: JupyterLab asks, ends its kernels and goes; this process only waits for it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => lab.kill(signal));
  lab.on('error', (error) => {
    console.error(`JupyterLab could not be started: ${error.message}. Remove .venv and run npm start again.`);
    process.exitCode = 1;
  });
  lab.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} else {
  process.exitCode = 1;
}
