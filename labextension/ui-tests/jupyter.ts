import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../tests/free-port';
import { REMOTE_BASE, REMOTE_HOST, WAY, type Way } from './way';

const ROOT = resolve(__dirname, '../..');
/** What JupyterHub has in front of its servers. */
export const PROXY: string = join(ROOT, 'node_modules/configurable-http-proxy/bin/configurable-http-proxy');
const READY_MS = 60_000;
const STOP_MS = 10_000;

/** A Jupyter server as a file of tests uses it. */
export interface JupyterServer {
  /** For the tests' own requests. Ends with the base URL and a slash. */
  readonly url: string;
  /** For the browser: the same server, by the name that the way to it has. */
  readonly pageUrl: string;
  readonly token: string;
  /** Where the file's notebooks are; `slicescope` can be imported from here. */
  readonly folder: string;
  /** The same folder as Jupyter's paths begin; empty, or with a slash at its end. */
  readonly prefix: string;
  /** Holds Jupyter's own folders (`jupyterEnvironment`). */
  readonly home: string;
  readonly runtimeDir: string;
}

/** One that runs in this process' care. */
export interface OwnServer extends JupyterServer {
  /** All that the server and its kernels have printed. */
  log(): string;
  stop(): Promise<void>;
  /** End the server, and start it again on the same port with the same token. What `meanwhile` does happens in between. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
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

/**
 * A folder as a person's own, with slicescope and the types of Node among its packages. In the repository a kernel would
 * read the types of all its tools each time it starts, which takes twice as long as all else that it does then.
 */
export function makeWorkFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slicescope-jupyter-')));
  const packages = join(folder, 'node_modules');
  mkdirSync(join(packages, '@types'), { recursive: true });
  symlinkSync(ROOT, join(packages, 'slicescope'), 'junction');
  symlinkSync(join(ROOT, 'node_modules/@types/node'), join(packages, '@types/node'), 'junction');
  return folder;
}

/** JupyterLab's own settings for the tests, in a folder of Jupyter's configuration. */
export function configureLab(configDir: string): void {
  const disabledExtensions = { '@jupyterlab/apputils-extension:announcements': true };
  mkdirSync(join(configDir, 'labconfig'), { recursive: true });
  writeFileSync(join(configDir, 'labconfig/page_config.json'), JSON.stringify({ disabledExtensions }));
}

/** How a server is started. */
export interface StartOptions {
  /** Default the one of jest's project. */
  readonly way?: Way;
  /** Further arguments of `jupyter lab`. */
  readonly args?: readonly string[];
}

/** Start JupyterLab, and wait until it answers. */
export async function startJupyter(options: StartOptions = {}): Promise<OwnServer> {
  const { way = WAY, args: more = [] } = options;
  const isProxied = way === 'proxied';
  const baseUrl = isProxied ? REMOTE_BASE : '/';
  const home = makeWorkFolder();
  const folder = join(home, 'notebooks');
  mkdirSync(folder);
  configureLab(join(home, 'config'));
  const port = await freePort();
  const token = 'test-token';
  const args = [
    'lab',
    '--no-browser',
    '--allow-root',
    '--expose-app-in-browser',
    `--ServerApp.port=${String(port)}`,
    '--ServerApp.port_retries=0',
    `--ServerApp.base_url=${baseUrl}`,
    `--ServerApp.allow_remote_access=${isProxied ? 'True' : 'False'}`,
    `--ServerApp.root_dir=${folder}`,
    `--IdentityProvider.token=${token}`,
    ...more,
  ];
  const url = `http://localhost:${String(port)}${baseUrl}`;
  let text = '';
  const start = async (): Promise<ChildProcess> => {
    const started = spawn(join(ROOT, '.venv/bin/jupyter'), args, { cwd: folder, env: jupyterEnvironment(home) });
    started.stdout.on('data', (chunk) => (text += String(chunk)));
    started.stderr.on('data', (chunk) => (text += String(chunk)));
    process.once('exit', () => started.kill()); // Where the tests are broken off.
    try {
      await answers(`${url}api/status?token=${token}`, started, () => text);
    } catch (error) {
      await end(started);
      throw error;
    }
    return started;
  };
  let server = await start();
  return {
    url,
    pageUrl: isProxied ? url.replace('localhost', REMOTE_HOST) : url,
    token,
    folder,
    prefix: '',
    home,
    runtimeDir: join(home, 'runtime'),
    log: () => text,
    restart: async (meanwhile) => {
      await end(server);
      try {
        await meanwhile();
      } finally {
        server = await start();
      }
    },
    stop: async () => {
      await end(server);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Another proxy in front of a server, as institutions have them; `args` are configurable-http-proxy's. */
export async function startProxy(
  server: JupyterServer,
  args: readonly string[],
): Promise<{ readonly pageUrl: string; stop(): Promise<void> }> {
  const [port, apiPort] = [await freePort(), await freePort()];
  const target = new URL(server.url);
  const ports = [`--port=${String(port)}`, `--api-port=${String(apiPort)}`];
  const more = ['--ip=127.0.0.1', '--api-ip=127.0.0.1', `--default-target=${target.origin}`, ...args];
  const proxy = spawn(process.execPath, [PROXY, ...ports, ...more], { stdio: 'ignore' });
  const pageUrl = new URL(server.pageUrl);
  pageUrl.port = String(port);
  await answers(`http://127.0.0.1:${String(port)}${target.pathname}api`, proxy, () => 'configurable-http-proxy');
  return {
    pageUrl: pageUrl.href,
    stop: async () => {
      await end(proxy);
    },
  };
}

/** Wait until `url` is answered with success. */
export async function answers(url: string, server: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`${url} does not answer:\n${log()}`);
    const response = await fetch(url).catch(() => null);
    if (response?.ok === true) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** End a server; resolves when it has ended. */
export async function end(server: ChildProcess): Promise<void> {
  server.kill('SIGTERM');
  const killer = setTimeout(() => server.kill('SIGKILL'), STOP_MS);
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  clearTimeout(killer);
}

const variableOf = (way: Way): string => `SLICESCOPE_TEST_SERVER_${way.toUpperCase()}`;

/**
 * Start the server that all files of a way share, before jest's workers are (jest.config.js, `globalSetup`).
 * @returns what ends it
 */
export async function startShared(way: Way): Promise<() => Promise<void>> {
  const server = await startJupyter({ way });
  const { url, pageUrl, token, folder, home, runtimeDir } = server;
  process.env[variableOf(way)] = JSON.stringify({ url, pageUrl, token, folder, home, runtimeDir });
  return () => server.stop();
}

/** The shared server, with a folder in it that is this file's alone. */
export function sharedServer(name: string, way: Way = WAY): JupyterServer {
  const text = process.env[variableOf(way)];
  if (text === undefined) throw new Error(`There is no shared server for the way ${way}; jest starts it.`);
  const server = JSON.parse(text) as Omit<JupyterServer, 'prefix'>;
  const folder = join(server.folder, name);
  mkdirSync(folder, { recursive: true });
  return { ...server, folder, prefix: `${name}/` };
}
