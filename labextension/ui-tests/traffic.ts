import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { JupyterServer } from './jupyter';
import { startKernel } from './kernels';
import { NotebookPage } from './notebook';

/** The window of the tests. */
export const CONTEXT = { viewport: { width: 1200, height: 900 } } as const;

/** What a page has asked the network for since it was made. */
export class Traffic {
  readonly requests: string[] = [];
  readonly sockets: string[] = [];

  constructor(page: Page) {
    page.on('request', (request) => this.requests.push(request.url()));
    page.on('websocket', (socket) => this.sockets.push(socket.url()));
  }

  /** Requests for a companion's port and secret. */
  get lookups(): string[] {
    return this.requests.filter((url) => url.includes('slicescope/api'));
  }

  /** WebSockets to companions; Jupyter's own have other paths. */
  get companions(): string[] {
    return this.sockets.filter((url) => /^wss?:\/\/127\.0\.0\.1:\d+\/$|\/proxy\/\d+\/$/.test(url));
  }

  /** All that went to another place than the page's own host. */
  elsewhere(host: string): string[] {
    return [...this.requests, ...this.sockets].filter((address) => {
      const url = new URL(address);
      return url.host !== host && url.protocol !== 'data:' && url.protocol !== 'blob:';
    });
  }
}

/**
 * Open a notebook in a page whose traffic is watched from its first request on; `prepare` runs in the page before
 * anything else does.
 */
export async function openWatched(
  browser: Browser,
  server: JupyterServer,
  name: string,
  prepare?: () => void,
): Promise<{ notebook: NotebookPage; traffic: Traffic }> {
  const context = await browser.newContext(CONTEXT);
  if (prepare !== undefined) await context.addInitScript(prepare);
  // `reset`: not the notebooks of other pages too, which the server keeps as the workspace.
  const [watched] = await Promise.all([
    openIn(context, `${server.pageUrl}lab/tree/${name}?reset&token=${server.token}`),
    startKernel(server, name),
  ]);
  return watched;
}

/** The same, in a context that may be logged in already. */
export async function openIn(
  context: BrowserContext,
  url: string,
): Promise<{ notebook: NotebookPage; traffic: Traffic }> {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const traffic = new Traffic(page);
  await page.goto(url);
  const notebook = new NotebookPage(page);
  await notebook.ready();
  return { notebook, traffic };
}
