import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ViewerPage } from '../../tests/browser/viewer-page';
import type { JupyterServer } from './jupyter';

const CELL = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [] };
const KERNEL = { display_name: 'TypeScript', language: 'typescript', name: 'tslab' };

/** A kernel has a whole TypeScript compiler to load. */
const READY_MS = 90_000;

/** The parts of JupyterLab's application object that the tests use; it is `window.jupyterapp`. */
interface Lab {
  commands: { execute(id: string, args?: object): Promise<unknown> };
  shell: { currentWidget: LabNotebook };
}
interface LabNotebook {
  content: { activeCellIndex: number; mode: string };
  sessionContext: {
    shutdown(): Promise<void>;
    session: { kernel: { id: string; status: string; requestExecute(content: object): LabFuture } | null } | null;
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

  /** Wait for the notebook and its kernel. */
  async ready(): Promise<void> {
    await this.page.waitForSelector('.jp-NotebookPanel .jp-Cell', { timeout: READY_MS });
    const isIdle = (): boolean => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      const widget = jupyterapp.shell.currentWidget as LabNotebook | null;
      const kernel = widget?.sessionContext.session?.kernel;
      return kernel?.status === 'idle';
    };
    await this.page.waitForFunction(isIdle, undefined, { timeout: READY_MS });
  }

  /** Wait until what the kernel says comes here: what it says just after a restart that others asked for may be lost. */
  async hearsKernel(): Promise<void> {
    const hears = async (): Promise<boolean> => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      const kernel = jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
      if (kernel == null) return false;
      const { done } = kernel.requestExecute({ code: '0', store_history: false });
      const isLate = new Promise<boolean>((resolve) => setTimeout(resolve, 5000, false));
      return await Promise.race([done.then(() => true), isLate]);
    };
    await this.page.waitForFunction(hears, undefined, { timeout: READY_MS });
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
      const kernel = jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
      if (kernel == null) throw new Error('The notebook has no kernel.');
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
      const kernel = jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
      if (kernel == null) throw new Error('The notebook has no kernel.');
      return kernel.id;
    });
  }

  /** What JupyterLab's own shortcuts would change. */
  async focusOfNotebook(): Promise<{ activeCell: number; mode: string }> {
    return await this.page.evaluate(() => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      const { activeCellIndex, mode } = jupyterapp.shell.currentWidget.content;
      return { activeCell: activeCellIndex, mode };
    });
  }

  /** Whatever the cells have printed, errors included. */
  async printed(): Promise<string> {
    const outputs = await this.page.locator('.jp-NotebookPanel .jp-OutputArea-output pre').allTextContents();
    return outputs.join('\n');
  }

  /** End the kernel, which a closed page leaves running. */
  async shutdown(): Promise<void> {
    await this.page.evaluate(async () => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      await jupyterapp.shell.currentWidget.sessionContext.shutdown();
    });
  }

  async save(): Promise<void> {
    await this.command('docmanager:save');
  }

  async selectCell(index: number): Promise<void> {
    await this.page.evaluate((at) => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      jupyterapp.shell.currentWidget.content.activeCellIndex = at;
    }, index);
  }

  /** Make the notebook the current tab again. */
  async activate(): Promise<void> {
    await this.page.getByRole('tab', { name: '.ipynb' }).first().click();
    await this.page.waitForFunction(() => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      return 'sessionContext' in jupyterapp.shell.currentWidget;
    });
  }

  /** The viewer in a part of the page. */
  viewerIn(selector: string): ViewerPage {
    return new ViewerPage(this.page.locator(`${selector} .slicescope-view`));
  }

  /** The `nth` viewer of the page. */
  viewer(nth = 0): ViewerPage {
    return new ViewerPage(this.page.locator('.slicescope-view').nth(nth));
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}
