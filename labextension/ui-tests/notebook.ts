import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { JupyterServer } from './jupyter';

const CELL = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [] };
const KERNEL = { display_name: 'TypeScript', language: 'typescript', name: 'tslab' };

/** The parts of JupyterLab's application object that the tests use; it is `window.jupyterapp`. */
interface Lab {
  commands: { execute(id: string, args?: object): Promise<unknown> };
  shell: { currentWidget: LabNotebook };
}
interface LabNotebook {
  content: { activeCellIndex: number; widgets: readonly { model: { id: string } }[] };
  sessionContext: {
    ready: Promise<void>;
    session: { kernel: { id: string; status: string; requestExecute(content: object): LabFuture } } | null;
  };
}
interface LabFuture {
  onIOPub: (message: { header: { msg_type: string }; content: { text?: string } }) => void;
  done: Promise<{ content: { status: string } }>;
}

/** A notebook of TypeScript cells, as a file in the server's folder. */
export function writeNotebook(server: JupyterServer, name: string, cells: readonly string[], kernel = KERNEL): void {
  const content = {
    cells: cells.map((source, at) => ({ ...CELL, id: `cell-${String(at)}`, source })),
    metadata: { kernelspec: kernel },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(join(server.folder, name), JSON.stringify(content));
}

/** An open notebook in a page of JupyterLab, with a kernel. */
export class NotebookPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: Browser, server: JupyterServer, name: string): Promise<NotebookPage> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(`${server.url}lab/tree/${name}?token=${server.token}`);
    const notebook = new NotebookPage(page);
    await notebook.ready();
    return notebook;
  }

  /** Wait for the notebook and its kernel. */
  async ready(): Promise<void> {
    await this.page.waitForSelector('.jp-NotebookPanel .jp-Cell');
    await this.page.waitForFunction(() => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      const widget = jupyterapp.shell.currentWidget as LabNotebook | null;
      const kernel = widget?.sessionContext.session?.kernel;
      return kernel?.status === 'idle';
    });
  }

  /** Run a cell and wait until it has ended. */
  async runCell(index: number): Promise<void> {
    await this.page.evaluate(async (at) => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      jupyterapp.shell.currentWidget.content.activeCellIndex = at;
      await jupyterapp.commands.execute('notebook:run-cell');
    }, index);
  }

  /** Start a cell and do not wait. */
  async startCell(index: number): Promise<void> {
    await this.page.evaluate((at) => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      jupyterapp.shell.currentWidget.content.activeCellIndex = at;
      void jupyterapp.commands.execute('notebook:run-cell');
    }, index);
  }

  /** Run code in the kernel as a further cell would; returns what it printed, errors included. */
  async run(code: string): Promise<string> {
    return await this.page.evaluate(async (source) => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
      const future = kernel.requestExecute({ code: source, store_history: false });
      let printed = '';
      future.onIOPub = (message) => {
        if (message.header.msg_type === 'stream') printed += message.content.text ?? '';
      };
      await future.done;
      return printed;
    }, code);
  }

  async command(id: string, args: object = {}): Promise<void> {
    await this.page.evaluate(
      async ([name, options]) => {
        const { jupyterapp } = window as unknown as { jupyterapp: Lab };
        await jupyterapp.commands.execute(name, options);
      },
      [id, args] as const,
    );
  }

  async kernelId(): Promise<string> {
    return await this.page.evaluate(() => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      return jupyterapp.shell.currentWidget.sessionContext.session.kernel.id;
    });
  }

  async save(): Promise<void> {
    await this.command('docmanager:save');
  }

  /** The `nth` viewer of the page. */
  viewer(nth = 0): ViewerPage {
    return new ViewerPage(this.page.locator('.slicescope-view').nth(nth));
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** One viewer on the page. */
export class ViewerPage {
  readonly root: Locator;
  readonly canvas: Locator;
  readonly slider: Locator;
  readonly notice: Locator;

  constructor(root: Locator) {
    this.root = root;
    this.canvas = root.locator('.slicescope-canvas');
    this.slider = root.locator('.slicescope-slider');
    this.notice = root.locator('.slicescope-notice');
  }

  /** Wait until the picture shows this slice. */
  async shows(index: number, plane = 'xy', timeout = 5_000): Promise<void> {
    await this.root
      .and(this.root.page().locator(`[data-shown-index="${String(index)}"]`))
      .and(this.root.page().locator(`[data-shown-plane="${plane}"][data-state="live"]`))
      .waitFor({ timeout });
  }

  async shownIndex(): Promise<number> {
    return Number(await this.root.getAttribute('data-shown-index'));
  }

  /** The canvas' own pixels, RGBA, row by row from the top left. */
  async pixels(): Promise<{ width: number; height: number; data: Uint8Array }> {
    const { width, height, base64 } = await this.canvas.evaluate((node) => {
      const canvas = node as HTMLCanvasElement;
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no 2D context');
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let text = '';
      for (let at = 0; at < data.length; at += 32_768) {
        text += String.fromCharCode(...data.subarray(at, at + 32_768));
      }
      return { width: canvas.width, height: canvas.height, base64: btoa(text) };
    });
    return { width, height, data: new Uint8Array(Buffer.from(base64, 'base64')) };
  }
}
