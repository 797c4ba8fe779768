/**
 * JupyterLab in the browser of a jest worker. One page of it and one kernel are kept from test to test and from file to
 * file: loading the one and starting the other takes ten times as long as what a test looks at. A test that is about
 * loading, or that ends its kernel, takes a fresh page and a kernel of its own.
 */
import type { BrowserContext, Page } from 'playwright-core';
import type { JupyterServer } from './jupyter';
import { endSession, kernelState, passKernel, startKernel, type Session } from './kernels';
import { NotebookPage } from './notebook';
import { Traffic } from '../../tests/browser/traffic';

/** The window of the tests. */
export const CONTEXT = { viewport: { width: 1200, height: 900 } } as const;
const ACTION_MS = 30_000;
const READY_MS = 90_000;

/** For `prepare`, where a page is to be loaded anew with nothing run in it before. */
export const LOADED_ANEW = (): void => undefined;

/** A notebook that is open, and what its page has asked the network for. */
export interface Watched {
  readonly notebook: NotebookPage;
  readonly traffic: Traffic;
}

/** The parts of JupyterLab's application object that are used here. */
interface Lab {
  readonly restored: Promise<void>;
  readonly commands: { execute(id: string, args?: object): Promise<unknown> };
  readonly shell: { widgets(area: 'main'): Iterable<{ dispose(): void }> };
}

/** What the worker keeps of a server: plain data, because each file of tests has its own classes. */
interface KeptLab {
  context: Promise<BrowserContext> | null;
  page: { readonly page: Page; readonly requests: string[]; readonly sockets: string[] } | null;
  session: Session | null;
  pages: number;
}

function keptLab(server: JupyterServer): KeptLab {
  const { kept } = slicescopeKept;
  const key = `lab of ${server.url}`;
  const lab = (kept.get(key) ?? { context: null, page: null, session: null, pages: 0 }) as KeptLab;
  kept.set(key, lab);
  return lab;
}

/** The window that all pages of a server share, with what the browser has cached of it. */
async function contextOf(server: JupyterServer): Promise<BrowserContext> {
  const lab = keptLab(server);
  if (lab.context === null) {
    lab.context = (await slicescopeKept.browser()).newContext(CONTEXT);
    (await lab.context).on('close', () => (lab.context = null));
  }
  return await lab.context;
}

/** An address of JupyterLab with a workspace that no other page has; `reset` forgets what was open in it. */
function addressOf(server: JupyterServer, path: string): string {
  const lab = keptLab(server);
  const workspace = `tests-${process.env.JEST_WORKER_ID ?? '1'}-${String(++lab.pages)}`;
  return `${server.pageUrl}lab/workspaces/${workspace}${path}?reset&token=${server.token}`;
}

/** Open an address in a fresh page of a window whose traffic is watched from its first request on. */
export async function openIn(context: BrowserContext, url: string, prepare?: () => void): Promise<Watched> {
  const page = await context.newPage();
  page.setDefaultTimeout(ACTION_MS);
  if (prepare !== undefined) await page.addInitScript(prepare);
  const traffic = Traffic.of(page);
  await page.goto(url);
  const notebook = new NotebookPage(page);
  await notebook.ready();
  return { notebook, traffic };
}

/** A notebook in a fresh page; it must have its kernel, or be about to get it. */
export async function openFresh(server: JupyterServer, name: string, prepare?: () => void): Promise<Watched> {
  return await openIn(await contextOf(server), addressOf(server, `/tree/${server.prefix}${name}`), prepare);
}

/** The kept page, loaded if need be. */
async function keptPage(server: JupyterServer): Promise<NonNullable<KeptLab['page']>> {
  const lab = keptLab(server);
  if (lab.page !== null && !lab.page.page.isClosed()) return lab.page;
  const page = await (await contextOf(server)).newPage();
  page.setDefaultTimeout(ACTION_MS);
  const { requests, sockets } = Traffic.of(page);
  lab.page = { page, requests, sockets };
  await page.goto(addressOf(server, ''));
  await page.waitForFunction(() => 'jupyterapp' in window, undefined, { timeout: READY_MS });
  await page.evaluate(() => (window as unknown as { jupyterapp: Lab }).jupyterapp.restored);
  return lab.page;
}

/** A notebook in the kept page. */
export async function openKept(server: JupyterServer, name: string): Promise<Watched> {
  const { page, requests, sockets } = await keptPage(server);
  await page.setViewportSize(CONTEXT.viewport);
  await page.evaluate(async (path) => {
    await (window as unknown as { jupyterapp: Lab }).jupyterapp.commands.execute('docmanager:open', { path });
  }, `${server.prefix}${name}`);
  const notebook = new NotebookPage(page);
  await notebook.ready();
  return { notebook, traffic: Traffic.seen(requests, sockets) };
}

/** Whether a page is the kept one of its server. */
export function isKept(server: JupyterServer, { page }: NotebookPage): boolean {
  return keptLab(server).page?.page === page;
}

/**
 * Close all that is open in the kept page, as closing its tabs does, but without a question about what is not saved.
 * @param mayAsk whether JupyterLab may have opened dialogs, as it does about a kernel that has died
 * @returns what is left and should not be
 */
export async function clearKept(server: JupyterServer, mayAsk: boolean): Promise<string[]> {
  const { page } = await keptPage(server);
  const dialogs = page.locator('.jp-Dialog .jp-mod-accept');
  while (mayAsk && (await dialogs.count()) > 0) await dialogs.first().click();
  await page.mouse.move(0, 0);
  await page.emulateMedia({ reducedMotion: null, colorScheme: null });
  return await page.evaluate(async () => {
    const { shell } = (window as unknown as { jupyterapp: Lab }).jupyterapp;
    for (const widget of [...shell.widgets('main')]) widget.dispose();
    await new Promise((resolve) => setTimeout(resolve, 0));
    const left = '.slicescope-view, .slicescope-output, .slicescope-tab, .jp-Dialog, .lm-Menu, .jp-NotebookPanel';
    return [...document.querySelectorAll(left)].map(({ className }) => className);
  });
}

/** Give the kept page up; the next test loads another one. */
export async function dropKeptPage(server: JupyterServer): Promise<void> {
  const lab = keptLab(server);
  const { page } = lab;
  lab.page = null;
  await page?.page.close();
}

/** Give the kept kernel to a notebook, or start one for it. */
export async function takeKeptKernel(server: JupyterServer, name: string): Promise<void> {
  const lab = keptLab(server);
  const isIdle = async ({ kernel }: Session): Promise<boolean> =>
    (await kernelState(server, kernel.id).catch(() => 'gone')) === 'idle';
  if (lab.session !== null && (await isIdle(lab.session))) {
    await passKernel(server, lab.session, name);
    return;
  }
  await dropKeptKernel(server);
  lab.session = await startKernel(server, name);
}

/** End the kept kernel; the next test starts another one. */
export async function dropKeptKernel(server: JupyterServer): Promise<void> {
  const lab = keptLab(server);
  const { session } = lab;
  lab.session = null;
  if (session !== null) await endSession(server, session);
}

/** Close all pages of a server, which is about to be stopped. */
export async function forgetLab(server: JupyterServer): Promise<void> {
  const lab = keptLab(server);
  slicescopeKept.kept.delete(`lab of ${server.url}`);
  await (await lab.context)?.close();
}
