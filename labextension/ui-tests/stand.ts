import { basename, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { photograph } from '../../tests/browser/page-stand';
import { sharedServer, startJupyter, type JupyterServer, type OwnServer, type StartOptions } from './jupyter';
import { endSession, startKernel, type Session } from './kernels';
import * as lab from './lab';
import { writeNotebook, type NotebookPage } from './notebook';
import { WAY, strays, type Way } from './way';

const TEST_MS = 180_000;
const PORTS = resolve(__dirname, '../../lib/src/notebook/ports.js');

/** Cells are checked with TypeScript's rules; what a test computes in them is not the subject. */
const firstCell = (folder: string): string => `
import { Volume, show } from 'slicescope';
import { readFileSync, writeFileSync } from 'fs';
process.chdir(${JSON.stringify(folder)});
for (const left of require(${JSON.stringify(PORTS)}).views.values()) left.close(); // Of the test before.
const load = (name: string) => {
  const { dtype, shape, options } = JSON.parse(readFileSync(name + '.json', 'utf8'));
  const volume = Volume.alloc(shape, dtype, options);
  new Uint8Array(volume.data.buffer).set(readFileSync(name + '.raw'));
  return volume;
};`;

/** A notebook in the file's folder by this name. */
export interface Named extends lab.Watched {
  readonly name: string;
}

/** JupyterLab and a browser for the tests of one file. */
export interface Stand<Server extends JupyterServer = JupyterServer> {
  readonly server: Server;
  readonly browser: Browser;
  /**
   * A notebook whose first cell has `Volume`, `show` and `load` (volumes.ts) and has run, followed by `cells`, which
   * have not. Page and kernel are those of the tests before, unless something is to run in the page before anything else
   * (`prepare`): then the page is loaded anew.
   */
  open(cells: readonly string[], prepare?: () => void): Promise<NotebookPage>;
  /** The same, with what its page asks the network for. */
  openWatched(cells: readonly string[], prepare?: () => void): Promise<Named>;
  /**
   * A notebook that is in the file's folder, in a fresh page and with a kernel of its own, both of which end with the
   * test. What a test does to them harms no other.
   */
  openFresh(name: string, prepare?: () => void, server?: JupyterServer): Promise<lab.Watched>;
  /** The same as `openFresh` with these cells, none of which has run. */
  openCells(cells: readonly string[], prepare?: () => void): Promise<Named>;
  /** A notebook that is in the file's folder, in the kept page, with a kernel of its own, which the test may end. */
  openFile(name: string): Promise<Named>;
  /** The same with these cells, none of which has run. */
  openMortal(cells: readonly string[]): Promise<Named>;
}

/** The tests of a file that share a server with those of others. Call it at the head of the file. */
export function useJupyter(): Stand {
  const name = basename(expect.getState().testPath ?? 'tests', '.test.ts');
  let server: JupyterServer | null = null;
  beforeAll(() => {
    server = sharedServer(name);
  });
  return useStand(() => server, WAY);
}

/** The tests of a file that stop their server, or that configure it. */
export function useOwnJupyter(options: StartOptions = {}): Stand<OwnServer> {
  let server: OwnServer | null = null;
  beforeAll(async () => {
    server = await startJupyter(options);
  });
  const stand = useStand(() => server, options.way === undefined ? WAY : null);
  afterAll(async () => {
    if (server === null) return;
    await lab.forgetLab(server);
    await server.stop();
  });
  return stand;
}

/** @param way the one that all pages must have gone; null where the file looks itself */
function useStand<Server extends JupyterServer>(serverOf: () => Server | null, way: Way | null): Stand<Server> {
  let browser: Browser | null = null;
  let count = 0;
  const opened: { notebook: NotebookPage; companions: () => string[]; server: JupyterServer }[] = [];
  const sessions: { session: Session; server: JupyterServer }[] = [];
  jest.setTimeout(TEST_MS);

  const server = (): Server => {
    const started = serverOf();
    if (started === null) throw new Error('JupyterLab has not been started.');
    return started;
  };

  beforeAll(async () => {
    browser = await slicescopeKept.browser();
  });
  afterEach(async () => {
    const { hasFailed } = slicescopeKept;
    const left: string[] = [];
    const [pages, kernels] = [opened.splice(0), sessions.splice(0)];
    for (const { notebook, server: where } of pages) {
      if (hasFailed) await photograph(notebook.page);
      try {
        if (!lab.isKept(where, notebook)) await notebook.close();
        else if (!hasFailed) left.push(...(await lab.clearKept(where, kernels.length > 0)));
      } catch (error) {
        left.push(String(error)); // Such as that of a page that has crashed: it is given up like one that something is left in.
      }
    }
    if (hasFailed || left.length > 0) {
      await lab.dropKeptPage(server());
      await lab.dropKeptKernel(server());
    }
    for (const { session, server: where } of kernels) await endSession(where, session);
    const astray = way === null ? [] : pages.flatMap(({ companions }) => strays(companions(), way));
    expect({ left, astray }).toEqual({ left: [], astray: [] });
  });

  const watch = (watched: lab.Watched, where: JupyterServer): lab.Watched => {
    opened.push({ notebook: watched.notebook, companions: () => watched.traffic.companions, server: where });
    return watched;
  };
  const openFresh: Stand['openFresh'] = async (name, prepare, where = server()) => {
    const [watched, session] = await Promise.all([lab.openFresh(where, name, prepare), startKernel(where, name)]);
    sessions.push({ session, server: where });
    return watch(watched, where);
  };
  const openFile: Stand['openFile'] = async (name) => {
    sessions.push({ session: await startKernel(server(), name), server: server() });
    return { ...watch(await lab.openKept(server(), name), server()), name };
  };
  const openWatched: Stand['openWatched'] = async (cells, prepare) => {
    const name = `${WAY}-${String(++count)}.ipynb`;
    writeNotebook(server(), name, [firstCell(server().folder), ...cells]);
    await lab.takeKeptKernel(server(), name);
    const open = prepare === undefined ? lab.openKept(server(), name) : lab.openFresh(server(), name, prepare);
    const watched = watch(await open, server());
    await watched.notebook.runCell(0);
    return { ...watched, name };
  };
  return {
    get server() {
      return server();
    },
    get browser() {
      if (browser === null) throw new Error('The browser has not been started.');
      return browser;
    },
    openFresh,
    async openCells(cells, prepare) {
      const name = `${WAY}-${String(++count)}.ipynb`;
      writeNotebook(server(), name, cells);
      return { ...(await openFresh(name, prepare)), name };
    },
    openFile,
    async openMortal(cells) {
      const name = `${WAY}-${String(++count)}.ipynb`;
      writeNotebook(server(), name, cells);
      return await openFile(name);
    },
    async open(cells, prepare) {
      return (await openWatched(cells, prepare)).notebook;
    },
    openWatched,
  };
}
