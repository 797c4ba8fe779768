import { spawnSync } from 'node:child_process';
import { SetupError } from './report.mjs';

const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Temporary failure|Name or service not known|NewConnectionError|Could not resolve|No matching distribution found/;

/** The tail of what a command printed; its last lines say why it failed. */
const tail = (text) => text.trimEnd().split('\n').slice(-30).join('\n');

/** Runs a command quietly and returns `{ ok, output }`; a command that isn't there is not ok. */
export function attempt(command, args, options = {}) {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  return { ok: result.status === 0, output, stdout: result.stdout ?? '', missing: result.error?.code === 'ENOENT' };
}

/** Runs a command; when it fails, shows the end of what it printed and throws `advice` with it. */
export function run(command, args, advice, options = {}) {
  const { ok, output, stdout } = attempt(command, args, options);
  if (ok) return stdout;
  if (output.trim() !== '') console.error(`\n${tail(output)}\n`);
  const line = [command, ...args].join(' ');
  throw NO_NETWORK.test(output)
    ? new SetupError(
        `\`${line}\` could not reach the package registry.`,
        'connect this machine to the network (behind a proxy, set HTTPS_PROXY; with a mirror, set it in .npmrc and pip.conf) and run npm run setup again.',
      )
    : new SetupError(`\`${line}\` failed; the end of what it said is above.`, advice);
}
