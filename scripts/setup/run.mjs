import { spawn } from 'node:child_process';
import { SetupError } from './report.mjs';

const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Temporary failure|Name or service not known|NewConnectionError|Could not resolve|No matching distribution found/;

/** The tail of what a command printed; its last lines say why it failed. */
const tail = (text) => text.trimEnd().split('\n').slice(-30).join('\n');

/** Runs a command quietly and resolves to `{ ok, output, stdout }`; a command that isn't there is not ok. */
export function attempt(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.stdout.on('data', (text) => (stdout += text));
    child.on('error', (error) => resolve({ ok: false, output: error.message, stdout }));
    child.on('close', (status) => resolve({ ok: status === 0, output, stdout }));
  });
}

/** Runs a command and resolves to its stdout; when it fails, throws `advice` with the end of what it printed. */
export async function run(command, args, advice, options = {}) {
  const { ok, output, stdout } = await attempt(command, args, options);
  if (ok) return stdout;
  const line = [command, ...args].join(' ');
  throw NO_NETWORK.test(output)
    ? new SetupError(
        `\`${line}\` could not reach the package registry.`,
        'connect this machine to the network (behind a proxy, set HTTPS_PROXY; with a mirror, set it in .npmrc and pip.conf) and run npm run setup again.',
        { output: tail(output) },
      )
    : new SetupError(`\`${line}\` failed; the end of what it said is above.`, advice, { output: tail(output) });
}
