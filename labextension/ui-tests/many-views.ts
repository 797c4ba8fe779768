import type { CDPSession, Page } from 'playwright-core';
import { expectPicture } from '../../tests/browser/pictures';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { volumeOf } from '../../tests/browser/volumes';
import type { NotebookPage } from './notebook';

/** Cells before the first view. */
export const FIRST = 2;
export const PATIENCE_MS = 60_000;
export const wave = volumeOf('uint8', [40, 30, 50], (x, y, z) => (7 * x + 11 * y + 53 * z) % 256, { window: [0, 255] });

interface Lab {
  shell: { currentWidget: { content: { scrollToItem(index: number, align: string): Promise<void> } } };
}

/** Runs in the page before anything else: what is to be counted. */
export function watch(): void {
  const page = window as unknown as { contexts: Set<unknown>; opened: Set<string> };
  page.contexts = new Set();
  page.opened = new Set();
  for (const kind of [HTMLCanvasElement, OffscreenCanvas]) {
    const prototype = kind.prototype as unknown as { getContext: (...args: unknown[]) => unknown };
    const original = prototype.getContext;
    prototype.getContext = function (this: unknown, ...args: unknown[]) {
      const context = original.apply(this, args);
      if (context !== null && String(args[0]).startsWith('webgl')) page.contexts.add(context);
      return context;
    };
  }
  // What the page has its worker say on a socket.
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message: unknown[]) {
    const data = message[2];
    if (typeof data === 'string' && /"type":"(open|close)"/.test(data)) {
      const { type, viewId } = JSON.parse(data) as { type: string; viewId: string };
      if (type === 'open') page.opened.add(viewId);
      else page.opened.delete(viewId);
    }
    post.call(this, message);
  };
}

/** WebGL contexts that the page has made, and views that it has open on its sockets. */
export async function counts(page: Page): Promise<{ contexts: number; opened: number }> {
  return await page.evaluate(() => {
    const { contexts, opened } = window as unknown as { contexts: Set<unknown>; opened: Set<string> };
    return { contexts: contexts.size, opened: opened.size };
  });
}

/** The viewer of the cell at this place, scrolled to. */
export async function scrolledTo(notebook: NotebookPage, at: number): Promise<ViewerPage> {
  await notebook.page.evaluate(async (cell) => {
    const { content } = (window as unknown as { jupyterapp: Lab }).jupyterapp.shell.currentWidget;
    await content.scrollToItem(cell, 'center');
  }, FIRST + at);
  return notebook.viewerIn(`.jp-Notebook .jp-Cell[data-windowed-list-index="${String(FIRST + at)}"]`);
}

/** Scroll to the view of a cell, and wait until it shows this slice. */
export async function expectSlice(notebook: NotebookPage, at: number, index: number): Promise<void> {
  await expectPicture(await scrolledTo(notebook, at), wave, { index }, PATIENCE_MS);
}

/** How many canvases of ours the page still holds, after garbage was collected, on the page or not. */
export async function canvasesHeld(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { result } = await session.send('Runtime.evaluate', { expression: 'HTMLCanvasElement.prototype' });
  const { objects } = await session.send('Runtime.queryObjects', { prototypeObjectId: result.objectId ?? '' });
  const found = await session.send('Runtime.callFunctionOn', {
    objectId: objects.objectId ?? '',
    functionDeclaration: `function () { return this.filter(({ className }) => className === 'slicescope-canvas').length; }`,
    returnByValue: true,
  });
  await session.send('Runtime.releaseObject', { objectId: objects.objectId ?? '' });
  return Number(found.result.value);
}
