import { afterAll, afterEach, beforeAll, expect, jest } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser';
import { startJupyter, type JupyterServer } from './jupyter';
import { writeNotebook, type NotebookPage } from './notebook';
import { openWatched, type Traffic } from './traffic';
import { WAY, strays } from './way';

/** Screenshots that a person may look at; nothing is asserted of them. */
export const SCREENSHOTS: string = resolve(__dirname, '../../test-results/screenshots', WAY);

const TEST_MS = 180_000;
/** Cells are checked with TypeScript's rules; what a test computes in them is not the subject. */
const FIRST_CELL = `
import { Volume, show } from 'slicescope';
import { readFileSync, writeFileSync } from 'fs';
const load = (name: string) => {
  const { dtype, shape, options } = JSON.parse(readFileSync(name + '.json', 'utf8'));
  const volume = Volume.alloc(shape, dtype, options);
  new Uint8Array(volume.data.buffer).set(readFileSync(name + '.raw'));
  return volume;
};`;

/** JupyterLab and a browser for the tests of one file. */
export interface Stand {
  readonly server: JupyterServer;
  readonly browser: Browser;
  /**
   * A fresh notebook, whose first cell has `Volume`, `show` and `load` (volumes.ts) and has run, followed
   * by `cells`, which have not. The kernel ends with the test.
   */
  open(cells: readonly string[], prepare?: () => void): Promise<NotebookPage>;
  /** A notebook that is in the server's folder. The kernel ends with the test. */
  openFile(name: string, prepare?: () => void): Promise<NotebookPage>;
}

/** Call it at the head of a file of tests. */
export function useJupyter(): Stand {
  let server: JupyterServer | null = null;
  let browser: Browser | null = null;
  let count = 0;
  const pages: { notebook: NotebookPage; traffic: Traffic }[] = [];
  jest.setTimeout(TEST_MS);

  beforeAll(async () => {
    [server, browser] = await Promise.all([startJupyter(), launchBrowser()]);
  });
  afterEach(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const name = (expect.getState().currentTestName ?? 'test').replaceAll(/[^\w]+/g, '-');
    const opened = pages.splice(0);
    for (const { notebook } of opened) {
      await notebook.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
      await notebook.shutdown();
      await notebook.close();
    }
    for (const { traffic } of opened) {
      expect(traffic.companions).not.toEqual([]);
      expect(strays(traffic)).toEqual([]);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const started = <T>(part: T | null): T => {
    if (part === null) throw new Error('JupyterLab has not been started.');
    return part;
  };
  const openFile = async (name: string, prepare?: () => void): Promise<NotebookPage> => {
    const watched = await openWatched(started(browser), started(server), name, prepare);
    pages.push(watched);
    return watched.notebook;
  };
  return {
    get server() {
      return started(server);
    },
    get browser() {
      return started(browser);
    },
    openFile,
    async open(cells, prepare) {
      const name = `view-${String(++count)}.ipynb`;
      writeNotebook(started(server), name, [FIRST_CELL, ...cells]);
      const notebook = await openFile(name, prepare);
      await notebook.runCell(0);
      return notebook;
    },
  };
}
