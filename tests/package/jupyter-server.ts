import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../free-port';
import { cleanEnvironment, venvCommand } from './tools';

const START_MS = 60_000;

/** A Jupyter server of the virtual environment, with a runtime folder of its own and a token. */
export class JupyterServer {
  readonly token = 'a-token-for-tests';
  readonly runtimeDir: string;
  readonly #process: ChildProcess;
  readonly #base: string;
  #log = '';

  /** @param config what stands in its jupyter_server_config.py. */
  private constructor(folder: string, port: number, basePath: string, config: string) {
    const env = cleanEnvironment(folder);
    this.runtimeDir = join(folder, 'runtime');
    this.#base = `http://127.0.0.1:${port}${basePath}`;
    for (const name of ['notebooks', 'config']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'config', 'jupyter_server_config.py'), config);
    const options = {
      'ServerApp.ip': '127.0.0.1',
      'ServerApp.port': port,
      'ServerApp.port_retries': 0,
      'ServerApp.base_url': basePath,
      'ServerApp.root_dir': join(folder, 'notebooks'),
      'ServerApp.open_browser': 'False',
      'ServerApp.log_level': 'DEBUG',
      'IdentityProvider.token': this.token,
    };
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    this.#process = spawn(venvCommand('jupyter'), ['server', '--allow-root', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#log += chunk.toString()));
    }
  }

  static async start(folder: string, config = '', basePath = '/lab-of-a-hub/'): Promise<JupyterServer> {
    const server = new JupyterServer(folder, await freePort(), basePath, config);
    const end = Date.now() + START_MS;
    while (Date.now() < end && server.#process.exitCode === null) {
      const answer = await server.get('api/status').catch(() => null);
      if (answer?.status === 200) return server;
      await delay(100);
    }
    await server.stop();
    throw new Error(`The Jupyter server did not start:\n${server.log}`);
  }

  /** Everything that the server has logged, at level DEBUG. */
  get log(): string {
    return this.#log;
  }

  url(path: string): string {
    return this.#base + path;
  }

  get(path: string, headers: Record<string, string> = { Authorization: `token ${this.token}` }): Promise<Response> {
    return fetch(this.url(path), { headers, redirect: 'manual' });
  }

  /** Starts a kernel and returns its id. */
  async startKernel(name: string): Promise<string> {
    const response = await fetch(`${this.#base}api/kernels`, {
      method: 'POST',
      headers: { Authorization: `token ${this.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    if (response.status !== 201) throw new Error(`Kernel ${name}: ${response.status} ${await response.text()}`);
    const { id } = (await response.json()) as { id: string };
    return id;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = new Promise((done) => this.#process.once('exit', done));
    this.#process.kill('SIGTERM');
    await exited;
  }
}
