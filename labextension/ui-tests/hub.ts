import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { PROXY, answers, configureLab, end, jupyterEnvironment, makeWorkFolder, type JupyterServer } from './jupyter';
import { freePort } from '../../tests/free-port';
import { CONTEXT } from './lab';
import { eventually } from '../../tests/browser/waiting';
import { REMOTE_HOST } from './way';

const ROOT = resolve(__dirname, '../..');
const BASE = '/some/hub/';
const ADMIN_TOKEN = 'the-token-of-the-tests';

/** A JupyterHub of its own, on loopback, with pages on another name as if it were elsewhere. */
export interface Hub {
  /** Where its pages are; ends with the base URL and a slash. */
  readonly pageUrl: string;
  /** The server of a user, started if need be, and that user's token. */
  server(user: string): Promise<JupyterServer>;
  /** A browser of that user's, logged in. */
  login(browser: Browser, user: string): Promise<BrowserContext>;
  log(): string;
  stop(): Promise<void>;
}

/**
 * A hub with configurable-http-proxy in front. Its users are whoever logs in, and all of them this system's one
 * user: what keeps them apart here is the hub and what is below it, and not the rights of files.
 */
export async function startHub(users: readonly string[]): Promise<Hub> {
  const home = makeWorkFolder();
  const [port, hubPort, apiPort] = [await freePort(), await freePort(), await freePort()];
  // What JSON writes here, Python reads: text, numbers and lists.
  const settings: Readonly<Record<string, unknown>> = {
    'JupyterHub.bind_url': `http://127.0.0.1:${String(port)}${BASE}`,
    'JupyterHub.hub_port': hubPort,
    'JupyterHub.db_url': `sqlite:///${join(home, 'hub.sqlite')}`,
    'JupyterHub.cookie_secret_file': join(home, 'cookie-secret'),
    'JupyterHub.authenticator_class': 'dummy',
    'JupyterHub.spawner_class': 'simple',
    'JupyterHub.services': [{ name: 'tests', api_token: ADMIN_TOKEN }],
    'JupyterHub.load_roles': [
      { name: 'tests', services: ['tests'], scopes: ['admin:users', 'admin:servers', 'tokens'] },
    ],
    'ConfigurableHTTPProxy.api_url': `http://127.0.0.1:${String(apiPort)}`,
    'ConfigurableHTTPProxy.command': [process.execPath, PROXY],
    'ConfigurableHTTPProxy.pid_file': join(home, 'proxy.pid'),
    'SimpleLocalProcessSpawner.home_dir_template': join(home, '{username}'),
    'Spawner.args': ['--allow-root', '--LabApp.expose_app_in_browser=True'],
    'Spawner.default_url': '/lab',
    'Spawner.environment': { PYTHONNOUSERSITE: '1' },
  };
  const lines = Object.entries(settings).map(([name, value]) => `c.${name} = ${JSON.stringify(value)}`);
  const names = JSON.stringify(users);
  writeFileSync(join(home, 'config.py'), [...lines, `c.Authenticator.allowed_users = set(${names})`, ''].join('\n'));
  for (const user of users) configureLab(join(home, user, '.jupyter'));

  const process_ = spawn(join(ROOT, '.venv/bin/jupyterhub'), ['--config', join(home, 'config.py')], {
    cwd: home,
    env: jupyterEnvironment(home),
  });
  let text = '';
  process_.stdout.on('data', (chunk) => (text += String(chunk)));
  process_.stderr.on('data', (chunk) => (text += String(chunk)));
  const url = `http://127.0.0.1:${String(port)}${BASE}`;
  const pageUrl = url.replace('127.0.0.1', REMOTE_HOST);
  try {
    await answers(`${url}hub/api/`, process_, () => text);
  } catch (error) {
    await end(process_);
    throw error;
  }

  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}hub/api/${path}`, {
      method,
      headers: { Authorization: `token ${ADMIN_TOKEN}` },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${answer}\n${text}`);
    return answer === '' ? null : JSON.parse(answer);
  };

  return {
    pageUrl,
    log: () => text,
    async server(user) {
      const { server } = (await call('GET', `users/${user}`)) as { server: string | null };
      if (server === null) await call('POST', `users/${user}/server`);
      await eventually(async () => {
        const model = (await call('GET', `users/${user}`)) as { server: string | null };
        if (model.server === null) throw new Error(`The server of ${user} is not there:\n${text}`);
      }, 60_000);
      const { token } = (await call('POST', `users/${user}/tokens`, {})) as { token: string };
      const folder = join(home, user);
      const runtimeDir = join(folder, '.local/share/jupyter/runtime');
      mkdirSync(runtimeDir, { recursive: true });
      return {
        url: `${url}user/${user}/`,
        pageUrl: `${pageUrl}user/${user}/`,
        token,
        folder,
        prefix: '',
        home: folder,
        runtimeDir,
      };
    },
    async login(browser, user) {
      const context = await browser.newContext(CONTEXT);
      const page = await context.newPage();
      await page.goto(`${pageUrl}hub/login`);
      await page.locator('#username_input').fill(user);
      await page.locator('#password_input').fill('any');
      await page.locator('#login_submit').click();
      await page.waitForURL(/\/user\//);
      await page.close();
      return context;
    },
    stop: async () => {
      try {
        for (const user of users) await call('DELETE', `users/${user}/server`);
      } finally {
        await end(process_);
      }
      // A kernel that outlives its server would hold the other ends open, and the tests with them.
      process_.stdout.destroy();
      process_.stderr.destroy();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
