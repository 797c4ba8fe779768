import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

/**
 * Start a program and wait until a line of what it prints matches `ready`.
 * @returns {Promise<{ match: RegExpMatchArray, pid: number, close: () => Promise<void> }>}
 */
export function startProgram(command, args, { ready, limitMs = 60_000, ...options }) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const close = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, 5000);
    await ended;
    clearTimeout(timer);
    process.removeListener('exit', kill);
  };
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (why) => {
      kill();
      reject(new Error(`${command} ${why}:\n${text.slice(-4000)}`));
    };
    const timer = setTimeout(() => fail(`was not ready after ${limitMs} ms`), limitMs);
    const read = (chunk) => {
      if (text.length < 100_000) text += chunk;
      const match = text.match(ready);
      if (!match) return;
      clearTimeout(timer);
      resolve({ match, pid: child.pid, close });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(`ended with code ${code}`);
    });
  });
}

/** A port of the loopback interface that was free just now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
