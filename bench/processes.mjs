/** Programs that the bench starts. None of them outlives it, nor does anything that they have started in turn. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants } from 'node:os';

/**
 * Each program has a name of its own in this variable of its environment. What it starts inherits the variable, so a
 * kernel can be found, although it is in a session of its own and may have lost its parent.
 */
const MARK = 'SLICESCOPE_BENCH_PROGRAM';
/** How long a program may take to end by itself. Jupyter gives a kernel 5 s. */
const GRACE_MS = 10_000;
const KILL_LIMIT_MS = 5_000;

/** How long the bench waits for something that should take seconds: machines may be busy. */
export const PATIENCE_MS = 180_000;

const programs = new Set();
const folders = new Set();
process.once('exit', () => {
  try {
    killPrograms();
  } catch (error) {
    console.error(error);
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** End all that still run, at once. */
export function killPrograms() {
  const errors = [];
  for (const program of programs) {
    try {
      program.kill();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Have a signal end this process as `process.exit` does, with all that was started. Playwright does so with Chromium. */
export function exitOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}

/** Remove `folder` when the bench ends, even if it is stopped. Returns what removes it earlier. */
export function removeInTheEnd(folder) {
  folders.add(folder);
  return async () => {
    folders.delete(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

/** The processes with this mark. */
function processesOf(mark) {
  const wanted = `${MARK}=${mark}\0`;
  const isOurs = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(wanted);
    } catch {
      return false; // It has ended, or belongs to somebody else.
    }
  };
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOurs(name));
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // It has ended.
  }
}

/** A program in a process group of its own, which no Ctrl-C reaches: the bench ends it. */
class Program {
  #mark = randomUUID();

  constructor(command, args, { env = process.env, ...options }) {
    this.child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...env, [MARK]: this.#mark },
      ...options,
    });
    programs.add(this);
    /** Resolves when it has ended, with why in words. */
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('exit', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
    });
    void this.ended.then(() => this.kill());
  }

  get pid() {
    return this.child.pid;
  }

  /** End it and all that it has started, at once. Returns when they have ended. */
  kill() {
    programs.delete(this);
    if (this.pid === undefined) return; // It has never run.
    if (process.platform !== 'linux') {
      kill(-this.pid, 'SIGKILL'); // Others don't show the environment of a process: this misses busy kernels.
      return;
    }
    const until = performance.now() + KILL_LIMIT_MS;
    for (let pids = processesOf(this.#mark); pids.length > 0; pids = processesOf(this.#mark)) {
      if (performance.now() > until) throw new Error(`processes ${pids.join(', ')} can't be killed`);
      for (const pid of pids) kill(Number(pid), 'SIGKILL');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }

  /** Have it end by itself, and kill what is left after a while. */
  close = async () => {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  };
}

/** Start a program that says what it has to say in messages (`process.send`); what it prints is shown. */
export function startModule(path, args = []) {
  return new Program(process.execPath, [path, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** The next message of a program of `startModule`. */
export async function nextMessage({ child, ended }) {
  const [message] = await Promise.race([
    once(child, 'message'),
    ended.then((why) => Promise.reject(new Error(`${child.spawnargs.join(' ')} ${why}`))),
  ]);
  return message;
}

/**
 * Start a program and wait until a line of what it prints matches `ready`.
 * @returns {Promise<{ match: RegExpMatchArray, pid: number, close: () => Promise<void> }>}
 */
export async function startProgram(command, args, { ready, limitMs = PATIENCE_MS, ...options }) {
  const program = new Program(command, args, options);
  let text = '';
  let timer;
  const found = new Promise((resolve, reject) => {
    const read = (chunk) => {
      if (text.length < 100_000) text += chunk;
      const match = text.match(ready);
      if (match) resolve(match);
    };
    program.child.stdout.on('data', read);
    program.child.stderr.on('data', read);
    timer = setTimeout(() => reject(new Error(`was not ready after ${limitMs} ms`)), limitMs);
    void program.ended.then((why) => reject(new Error(why)));
  });
  try {
    return { match: await found, pid: program.pid, close: program.close };
  } catch ({ message }) {
    program.kill();
    throw new Error(`${command} ${message}:\n${text.slice(-4000)}`);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Run a program to its end. An error if its code isn't 0.
 * @returns {Promise<string>} what it printed
 */
export async function runProgram(command, args, options = {}) {
  const program = new Program(command, args, options);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) program.child[name].on('data', (chunk) => (texts[name] += chunk));
  const [why] = await Promise.all([program.ended, once(program.child, 'close')]);
  if (why === 'ended with code 0') return texts.stdout;
  throw new Error(`${command} ${args.join(' ')} ${why}:\n${texts.stderr.slice(-4000)}`);
}

/** Go on with something that was started. If that fails, it is closed. */
export async function orClose(thing, goOn) {
  try {
    return await goOn(thing);
  } catch (error) {
    await thing.close();
    throw error;
  }
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
