/**
 * A real JupyterLab, driven from outside: a server of its own on a free port, with its own configuration,
 * and notebooks whose cells are run through the page as a person would run them.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { unwatch } from './browser.mjs';
import { freePort, removeInTheEnd, startProgram } from './processes.mjs';

const DEFAULT_VENV = fileURLToPath(new URL('../.venv', import.meta.url));

/**
 * Start JupyterLab on `folder`. A notebook in it can import what Node finds from there.
 * @param {{ folder: string, venv?: string, args?: string[] }} options
 * @returns {Promise<{ url: string, token: string, folder: string, runtimeDir: string, pid: number, close: () => Promise<void> }>}
 */
export async function startJupyter({ folder, venv = DEFAULT_VENV, args = [] }) {
  const home = mkdtempSync(join(tmpdir(), 'slicescope-jupyter-'));
  const removeHome = removeInTheEnd(home);
  const runtimeDir = join(home, 'runtime');
  const settings = join(home, 'settings');
  const notifications = join(settings, '@jupyterlab', 'apputils-extension', 'notification.jupyterlab-settings');
  mkdirSync(dirname(notifications), { recursive: true });
  writeFileSync(notifications, JSON.stringify({ fetchNews: 'false', checkForUpdates: false, doNotDisturbMode: true }));
  const port = await freePort();
  const token = randomBytes(16).toString('hex');
  const bin = join(venv, 'bin');
  const server = await startProgram(
    join(bin, 'jupyter-lab'),
    [
      '--no-browser',
      '--allow-root',
      `--ServerApp.root_dir=${folder}`,
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
      `--IdentityProvider.token=${token}`,
      '--LabApp.expose_app_in_browser=True',
      ...args,
    ],
    {
      ready: /Jupyter Server .* is running at/,
      env: {
        ...process.env,
        PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
        JUPYTER_CONFIG_DIR: join(home, 'config'),
        JUPYTER_DATA_DIR: join(home, 'data'),
        JUPYTER_RUNTIME_DIR: runtimeDir,
        JUPYTERLAB_SETTINGS_DIR: settings,
        JUPYTERLAB_WORKSPACES_DIR: join(home, 'workspaces'),
      },
    },
  );
  const close = async () => {
    await server.close();
    await removeHome();
  };
  return { url: `http://127.0.0.1:${port}`, token, folder, runtimeDir, pid: server.pid, close };
}

/**
 * Write a notebook with `sources` as its cells, without outputs.
 * @param {string} path @param {string[]} sources
 */
export function writeNotebook(
  path,
  sources,
  kernel = { name: 'tslab', display_name: 'TypeScript', language: 'typescript' },
) {
  const cells = sources.map((source, k) => ({
    cell_type: 'code',
    id: `cell-${k}`,
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  }));
  writeFileSync(path, JSON.stringify({ cells, metadata: { kernelspec: kernel }, nbformat: 4, nbformat_minor: 5 }));
}

/**
 * Open the notebook `name` of the server's folder in `page`, and wait for its kernel.
 * @param {import('playwright-core').Page} page
 */
export async function openNotebook(page, jupyter, name) {
  await page.goto(`${jupyter.url}/lab/tree/${name}?reset&token=${jupyter.token}`);
  await page.waitForFunction((path) => {
    const panel = window.jupyterapp?.shell.currentWidget;
    return panel?.context?.path === path && panel.sessionContext?.session?.kernel?.status === 'idle';
  }, name);
  await unwatch(page);
  return new Notebook(page);
}

/** Have a notebook of this name run in a kernel that is there already, once it is opened. */
export async function attach({ url, token }, name, kernelId) {
  const response = await fetch(`${url}/api/sessions`, {
    method: 'POST',
    headers: { Authorization: `token ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ path: name, name, type: 'notebook', kernel: { id: kernelId } }),
  });
  if (!response.ok) throw new Error(`Jupyter made no session for ${name}: ${await response.text()}`);
}

/** The notebook in front in a page. */
export class Notebook {
  constructor(page) {
    this.page = page;
  }

  /**
   * Append a cell and run it. Resolves with its outputs, as in the notebook file, when it has ended, whether
   * well or not. After a cell that failed, tslab drops what is run within 200 ms. `window.cellBegan` of the
   * page is the time at which the cell was run.
   * @param {string} source
   * @returns {Promise<object[]>}
   */
  execute(source) {
    return this.page.evaluate(appendAndRun, source);
  }

  /**
   * Like `execute`, but throws if the cell wrote to stderr, which is where tslab puts errors.
   * @returns {Promise<string>} what the cell printed
   */
  async print(source) {
    const outputs = await this.execute(source);
    const text = (name) =>
      outputs
        .filter((output) => output.name === name)
        .map((output) => [output.text].flat().join(''))
        .join('');
    if (text('stderr') !== '') throw new Error(`${text('stderr').trim()}\nin the cell:\n${source}`);
    return text('stdout');
  }

  /** Restart the kernel, and clear the cells away. */
  async restart() {
    await this.page.evaluate(async () => {
      const panel = window.jupyterapp.shell.currentWidget;
      const { sharedModel } = panel.content.model;
      sharedModel.deleteCellRange(0, sharedModel.cells.length);
      await panel.sessionContext.restartKernel();
    });
  }

  /** Jupyter's id of the kernel. */
  kernelId() {
    return this.page.evaluate(() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.id);
  }
}

/** Runs in the page. */
async function appendAndRun(source) {
  const app = window.jupyterapp;
  const { content } = app.shell.currentWidget;
  const { sharedModel } = content.model;
  const at = sharedModel.cells.length;
  sharedModel.insertCell(at, { cell_type: 'code', source, metadata: { trusted: true } });
  content.activeCellIndex = at;
  content.deselectAll();
  window.cellBegan = performance.now();
  await app.commands.execute('notebook:run-cell');
  return content.widgets[at].model.outputs.toJSON();
}
