import { afterAll, afterEach, beforeEach, jest } from '@jest/globals';
import { Companion, type CompanionOptions } from '../../lib/kernel-server/companion';
import type { TestClient } from './client';
import { Child, KERNEL_ID, RuntimeDir, companionCode } from './companions';

/** Companions of one file of tests; what a test has made ends with it. */
export interface CompanionStand {
  /** A fresh one for each test. */
  readonly dir: RuntimeDir;
  /** From here on with a folder of its own. */
  freshDir(): void;
  start(more?: Partial<CompanionOptions>): Companion;
  /** A client that has proved itself to the companion of `dir`. */
  client(): Promise<TestClient>;
  /** Clients that a test has made itself are ended with it too. */
  readonly clients: TestClient[];
  /** A process with a companion of its own (`companionCode`), or with other code. */
  child(more: string): Child;
  process(code: string): Child;
  /** A worker that listens nowhere, and says what a test wants it to: the path of its file. */
  fakeWorker(name: string, code: string): string;
}

/** Call it at the head of a file of tests. */
export function useCompanions(): CompanionStand {
  process.setMaxListeners(0); // A kernel has one companion; this process has many, each waiting for its exit.
  jest.setTimeout(60_000); // Threads and processes are started here, on machines that may be busy.
  const dirs: RuntimeDir[] = [];
  const clients: TestClient[] = [];
  const children: Child[] = [];
  let dir: RuntimeDir;
  const freshDir = (): void => {
    dir = new RuntimeDir();
    dirs.push(dir);
  };
  const kept = <T>(list: T[], made: T): T => {
    list.push(made);
    return made;
  };
  beforeEach(freshDir);
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.end();
    for (const child of children.splice(0)) child.kill();
  });
  afterAll(() => {
    for (const each of dirs) each.remove();
  });
  return {
    get dir() {
      return dir;
    },
    freshDir,
    start: (more = {}) =>
      new Companion({ kernelId: KERNEL_ID, runtimeDir: dir.path, onChange: () => undefined, ...more }),
    client: async () => kept(clients, await dir.client()),
    clients,
    child: (more) => kept(children, new Child(companionCode(dir, more))),
    process: (code) => kept(children, new Child(code)),
    fakeWorker: (name, code) =>
      dir.script(
        name,
        `const { parentPort, workerData } = require('node:worker_threads');
        const reply = (answer) => {
          workerData.sync.postMessage(answer);
          Atomics.add(workerData.signal, 0, 1);
          Atomics.notify(workerData.signal, 0);
        };
        ${code}`,
      ),
  };
}
