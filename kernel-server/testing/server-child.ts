import { join } from 'node:path';
import type { Limits } from '../../src/protocol';
import { Child, LIB } from './companions';

/**
 * A companion's server alone in a process, so that its memory can be looked at. It has a view `small` of
 * 8 × 8 × 8 and a view `large`, each of whose slices is a frame of nearly the largest size.
 */
export class ServerChild {
  readonly #child: Child;
  port = 0;

  constructor(pagesFile: string, secret: string, limits: Partial<Limits> = {}) {
    this.#child = new Child(`
      const { serve } = require(${JSON.stringify(join(LIB, 'kernel-server/server'))});
      const { Views } = require(${JSON.stringify(join(LIB, 'kernel-server/views'))});
      const { Volume } = require(${JSON.stringify(join(LIB, 'src/volume'))});
      require('node:v8').setFlagsFromString('--expose-gc');
      const gc = require('node:vm').runInNewContext('gc');
      const views = new Views(() => undefined);
      const { initialSettings } = require(${JSON.stringify(join(LIB, 'src/shading'))});
      let settings;
      for (const [viewId, width, height, depth] of [['small', 8, 8, 8], ['large', 2048, 1000, 4]]) {
        const volume = Volume.alloc([width, height, depth], 'uint16');
        settings = initialSettings(volume.info(1), [0, 1]);
        views.put({ viewId, volume: volume.toRecord(), revision: 1, overlays: [], settings }, 1);
      }
      const named = Volume.alloc([8, 8, 8], 'uint16', { name: 'x'.repeat(60_000) }).toRecord();
      let revision = 1;
      const options = ${JSON.stringify({ secret, pagesFile, limits })};
      let server;
      const start = async (port) => {
        server = await serve(views, { ...options, port });
        console.log(server.port);
      };
      const inUse = () => {
        gc(); // What it frees of memory outside of the heap it counts in a thread of its own,
        gc(); // which the next one waits for.
        const { heapUsed, external } = process.memoryUsage();
        return heapUsed + external;
      };
      let [base, most] = [0, 0];
      const watch = () => {
        const began = performance.now();
        most = Math.max(most, inUse());
        setTimeout(watch, Math.max(50, 9 * (performance.now() - began))); // The server works most of the time.
      };
      watch();
      require('node:readline').createInterface({ input: process.stdin }).on('line', (word) => {
        if (word === 'swap') views.put({ viewId: 'large', volume: named, revision: ++revision, overlays: [], settings }, revision);
        if (word === 'stop') server.close();
        if (word === 'start') void start(server.port);
        if (word === 'measure') { base = most = inUse(); console.log(base); }
        if (word === 'report') { most = Math.max(most, inUse()); console.log(JSON.stringify({ most: most - base, now: inUse() - base })); }
      }).on('close', () => process.exit());
      void start(0);`);
  }

  /** Resolves when it listens. */
  async started(): Promise<void> {
    this.port = Number(await this.#child.line());
  }

  /** Give the view `large` another volume, of which each client is told with 60 kB. */
  swap(): void {
    this.#child.write('swap');
  }

  /** Stop listening, and drop everybody. */
  stop(): void {
    this.#child.write('stop');
  }

  /** Listen again where it was. */
  async startAgain(): Promise<void> {
    this.#child.write('start');
    await this.started();
  }

  /** From now on memory is compared with what is in use now. */
  async measure(): Promise<void> {
    this.#child.write('measure');
    await this.#child.line();
  }

  /** Bytes more than at `measure`: at most, and now. Garbage is not counted. */
  async report(): Promise<{ readonly most: number; readonly now: number }> {
    this.#child.write('report');
    return JSON.parse(await this.#child.line()) as { most: number; now: number };
  }

  kill(): void {
    this.#child.kill();
  }
}
