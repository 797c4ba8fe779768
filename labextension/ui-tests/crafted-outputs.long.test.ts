import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { VIEW_MIME } from '../../src/protocol';
import { jupyterEnvironment } from './jupyter';
import { recordOf } from './kernels';
import { writeNotebook, type NotebookPage } from './notebook';
import { SHOW_CELL, showsRamp } from '../../tests/browser/ramp';
import { useJupyter } from './stand';
import type { Traffic } from '../../tests/browser/traffic';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();

const JUPYTER = resolve(__dirname, '../../.venv/bin/jupyter');
const RUN = 'window.wasRun = true';
const SCRIPT = `<img src=x onerror="${RUN}"><script>${RUN}</script><svg onload="${RUN}">`;
/** An id as Jupyter gives them, of a kernel that there is not. */
const NOBODY = '0f0f0f0f-0000-4000-8000-00000000000f';
const NO_VIEW = 'This output names no view. Run the cell again.';
const GONE = 'The kernel was restarted or shut down since. Run the cell again to look at this volume.';
const NO_SUCH_VIEW = 'The kernel no longer has this view. Run the cell again to show it.';

/** Stands for evil.test, and for a port of this machine where something else than a companion listens. */
let trap: Server;
let trapped = 0;

beforeAll(async () => {
  trap = createServer((socket) => {
    trapped += 1;
    socket.destroy();
  });
  trap.listen(0, '127.0.0.1');
  await once(trap, 'listening');
});
afterAll(() => {
  trap.close();
});

/** Bundles that name no view. `own` is a kernel of this server that has a companion. */
function nonsense(own: string): readonly unknown[] {
  const port = (trap.address() as AddressInfo).port;
  const evil = `evil.test:${String(port)}`;
  const kernelIds = [
    `http://${evil}/`,
    `ws://${evil}/`,
    `//${evil}`,
    `\\\\${evil}`,
    `@${evil}/`,
    `${NOBODY}@${evil}`,
    `${NOBODY}?host=${evil}`,
    `${NOBODY}#${evil}`,
    `${own}/../${NOBODY}`,
    '../../../evil',
    '..%2f..%2fapi%2fshutdown',
    '%2e%2e/%2e%2e/lab',
    '../../../api/kernels',
    `127.0.0.1:${String(port)}`,
    `${own} `,
    `${own}\n`,
    `${own}\0`,
    `${own}.`,
    'k'.repeat(129),
    'k'.repeat(100_000),
    '',
    SCRIPT,
    'javascript:' + RUN,
    7,
    port,
    -0.5,
    true,
    null,
    [own],
    { id: own },
    { kernelId: own },
    undefined,
  ];
  return [
    ...kernelIds.map((kernelId) => ({ kernelId, viewId: NOBODY })),
    ...kernelIds.map((viewId) => ({ kernelId: own, viewId })),
    {},
    [],
    [own, NOBODY],
    [[[[]]]],
    null,
    'text',
    SCRIPT,
    7,
    false,
  ];
}

/** Bundles that have the form of one, with more than the form allows. */
function wellFormed(own: string): { readonly gone: unknown[]; readonly unknown: unknown[] } {
  const port = (trap.address() as AddressInfo).port;
  const more = { host: 'evil.test', port, secret: 'ab'.repeat(32), base: `http://evil.test:${String(port)}/` };
  const urls = { url: `ws://evil.test:${String(port)}/`, urls: [`ws://127.0.0.1:${String(port)}/`] };
  return {
    gone: [
      { kernelId: NOBODY, viewId: NOBODY },
      { kernelId: NOBODY, viewId: NOBODY, ...more, ...urls },
      { kernelId: 'constructor', viewId: NOBODY },
      { kernelId: '__proto__', viewId: NOBODY },
    ],
    unknown: [
      { kernelId: own, viewId: NOBODY, ...more, ...urls },
      { kernelId: own, viewId: 'constructor' },
      { kernelId: own, viewId: '__proto__' },
      // JupyterLab's copy of it has the two ids as its own.
      JSON.parse(`{"__proto__":{"kernelId":"${own}","viewId":"${NOBODY}"}}`),
    ],
  };
}

/** A notebook with an output of our type for each bundle. */
function craft(name: string, bundles: readonly unknown[]): void {
  writeNotebook(stand.server, name, ['']);
  const path = join(stand.server.folder, name);
  const content = JSON.parse(readFileSync(path, 'utf8')) as { cells: { outputs: unknown[] }[] };
  const outputs = bundles.map((bundle) => ({
    output_type: 'display_data',
    metadata: { [VIEW_MIME]: { url: 'ws://evil.test/', html: SCRIPT } },
    data: { [VIEW_MIME]: bundle, 'image/png': `x" onerror="${RUN}`, 'text/plain': SCRIPT },
  }));
  for (const cell of content.cells) cell.outputs = outputs;
  writeFileSync(path, JSON.stringify(content));
}

function trust(name: string): void {
  const env = jupyterEnvironment(stand.server.home);
  execFileSync(JUPYTER, ['trust', join(stand.server.folder, name)], { env });
}

/** A notebook with a live view, whose kernel is a real one. */
async function openOwn(cell = SHOW_CELL): Promise<NotebookPage> {
  writeNotebook(stand.server, 'own.ipynb', [cell]);
  const { notebook } = await stand.openFresh('own.ipynb');
  await notebook.runCell(0);
  await showsRamp(notebook.viewer(), { index: 10 });
  return notebook;
}

const wasRun = async ({ page }: NotebookPage): Promise<boolean> => await page.evaluate(() => 'wasRun' in window);

/** Open a trusted notebook of such outputs, and wait until each says its sentence. */
async function openCrafted(name: string, bundles: readonly unknown[], sentences: readonly string[]): Promise<Traffic> {
  craft(name, bundles);
  trust(name);
  const { notebook, traffic } = await stand.openFresh(name);
  await eventually(async () => {
    const texts = await notebook.page.locator('.jp-OutputArea-child').allInnerTexts();
    expect(texts.map((text, at) => [JSON.stringify(bundles[at]), text.trim()])).toEqual(
      bundles.map((bundle, at) => [JSON.stringify(bundle), sentences[at]]),
    );
  });
  // The kernel of the notebook can be used; until then all that is done by itself is done.
  expect(await notebook.run('console.log(6 * 7)')).toBe('42\n');
  expect(trapped).toBe(0);
  expect(await wasRun(notebook)).toBe(false);
  // The viewer's own drawings are hidden from screen readers.
  const markup = notebook.page.locator('.slicescope-output').locator('script, img[src="x"], svg:not([aria-hidden])');
  expect(await markup.count()).toBe(0);
  return traffic;
}

test('outputs that somebody has crafted say that they name no view, ask for nothing, and run nothing', async () => {
  const own = await (await openOwn()).kernelId();
  const bundles = nonsense(own);
  // JupyterLab shows 50 outputs of a cell.
  for (let from = 0; from < bundles.length; from += 40) {
    const some = bundles.slice(from, from + 40);
    const traffic = await openCrafted(
      `nonsense-${String(from)}.ipynb`,
      some,
      some.map(() => NO_VIEW),
    );
    expect(traffic.lookups).toEqual([]);
    expect(traffic.companions).toEqual([]);
    expect(traffic.elsewhere(new URL(stand.server.url).host)).toEqual([]);
  }
});

test('outputs that somebody has crafted around a kernel’s id reach the own server and its companion, and nobody else', async () => {
  const own = await (await openOwn()).kernelId();
  const { gone, unknown } = wellFormed(own);
  const sentences = [...gone.map(() => GONE), ...unknown.map(() => NO_SUCH_VIEW)];
  const traffic = await openCrafted('more.ipynb', [...gone, ...unknown], sentences);
  const asked = new Set(traffic.lookups.map((url) => new URL(url).pathname));
  const paths = [own, NOBODY, 'constructor', '__proto__'].map((id) => `/slicescope/api/companions/${id}`);
  expect([...asked].sort()).toEqual(paths.sort());
  const companion = `ws://127.0.0.1:${String(recordOf(stand.server, own).port)}/`;
  expect(new Set(traffic.companions)).toEqual(new Set([companion]));
  expect(traffic.elsewhere(new URL(stand.server.url).host)).toEqual(traffic.companions);
});

test('in a notebook that is not trusted the same outputs ask for nothing at all', async () => {
  const own = await (await openOwn()).kernelId();
  const { gone, unknown } = wellFormed(own);
  craft('distrusted.ipynb', [...nonsense(own), ...gone, ...unknown]);
  const { notebook, traffic } = await stand.openFresh('distrusted.ipynb');
  await notebook.page.locator('.jp-OutputArea-output').first().waitFor();
  expect(await notebook.run('console.log(6 * 7)')).toBe('42\n');
  expect(await notebook.page.locator('.slicescope-output').count()).toBe(0);
  expect(traffic.lookups).toEqual([]);
  expect(traffic.companions).toEqual([]);
  expect(traffic.elsewhere(new URL(stand.server.url).host)).toEqual([]);
  expect(trapped).toBe(0);
  expect(await wasRun(notebook)).toBe(false);
});

test('HTML in the name of a volume stays text', async () => {
  const name = JSON.stringify(SCRIPT);
  const notebook = await openOwn(SHOW_CELL.replace('[48, 32, 20])', `[48, 32, 20], { name: ${name} })`));
  expect(await notebook.viewer().canvas.getAttribute('aria-label')).toBe(`${SCRIPT}, xy slice 10 of 19`);
  await notebook.run(`view.volume = Volume.from(values, [48, 32, 20], { name: ${name} + '2', window: [0, 4000] })`);
  await eventually(async () => {
    expect(await notebook.viewer().canvas.getAttribute('aria-label')).toContain(`${SCRIPT}2, `);
  });
  await notebook.save();
  await notebook.page.reload();
  await notebook.ready();
  await showsRamp(notebook.viewer(), { index: 10 });
  expect(await wasRun(notebook)).toBe(false);
  // The viewer's own drawings are hidden from screen readers.
  const markup = notebook.page.locator('.slicescope-output').locator('script, img[src="x"], svg:not([aria-hidden])');
  expect(await markup.count()).toBe(0);
  expect(trapped).toBe(0);
});
