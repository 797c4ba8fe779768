import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const READY_MS = 60_000;
const STOP_MS = 10_000;

/** A Jupyter server of its own: its folders, port and token are nobody else's. */
export interface JupyterServer {
  /** Ends with the base URL and a slash. */
  readonly url: string;
  readonly token: string;
  /** Where the notebooks are; `slicescope` can be imported from here. */
  readonly folder: string;
  readonly runtimeDir: string;
  /** All that the server and its kernels have printed. */
  log(): string;
  /** End the server, and start it again on the same port with the same token. What `meanwhile` does happens in between. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The environment of the project's virtual environment, with Jupyter's own folders in `home`. */
export function jupyterEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${join(ROOT, '.venv/bin')}:${process.env.PATH ?? ''}`,
    JUPYTER_CONFIG_DIR: join(home, 'config'),
    JUPYTER_DATA_DIR: join(home, 'data'),
    JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
    IPYTHONDIR: join(home, 'ipython'),
    PYTHONNOUSERSITE: '1',
  };
}

/** A folder inside the repository, so that notebooks in it find `slicescope` as those in examples/ do. */
export function makeWorkFolder(): string {
  const parent = join(ROOT, 'test-results');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, 'jupyter-'));
}

/**
 * Start JupyterLab, and wait until it answers.
 * @param options.baseUrl begins and ends with a slash; default `/`.
 * @param options.args further arguments of `jupyter lab`.
 */
export async function startJupyter(
  options: { baseUrl?: string; args?: readonly string[] } = {},
): Promise<JupyterServer> {
  const home = makeWorkFolder();
  const folder = join(home, 'notebooks');
  mkdirSync(folder);
  mkdirSync(join(home, 'config/labconfig'), { recursive: true });
  const disabledExtensions = { '@jupyterlab/apputils-extension:announcements': true };
  writeFileSync(join(home, 'config/labconfig/page_config.json'), JSON.stringify({ disabledExtensions }));
  const port = await freePort();
  const token = 'test-token';
  const baseUrl = options.baseUrl ?? '/';
  const args = [
    'lab',
    '--no-browser',
    '--allow-root',
    '--expose-app-in-browser',
    `--ServerApp.port=${String(port)}`,
    '--ServerApp.port_retries=0',
    `--ServerApp.base_url=${baseUrl}`,
    `--ServerApp.root_dir=${folder}`,
    `--IdentityProvider.token=${token}`,
    ...(options.args ?? []),
  ];
  const url = `http://localhost:${String(port)}${baseUrl}`;
  let text = '';
  const start = async (): Promise<ChildProcess> => {
    const started = spawn(join(ROOT, '.venv/bin/jupyter'), args, { cwd: folder, env: jupyterEnvironment(home) });
    started.stdout.on('data', (chunk) => (text += String(chunk)));
    started.stderr.on('data', (chunk) => (text += String(chunk)));
    await answers(`${url}api/status?token=${token}`, started, () => text);
    return started;
  };
  let server = await start();
  const end = async (): Promise<void> => {
    server.kill('SIGTERM');
    const killer = setTimeout(() => server.kill('SIGKILL'), STOP_MS);
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    clearTimeout(killer);
  };
  return {
    url,
    token,
    folder,
    runtimeDir: join(home, 'runtime'),
    log: () => text,
    restart: async (meanwhile) => {
      await end();
      await meanwhile();
      server = await start();
    },
    stop: async () => {
      await end();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function answers(url: string, server: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`JupyterLab did not start:\n${log()}`);
    const response = await fetch(url).catch(() => null);
    if (response?.ok === true) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
