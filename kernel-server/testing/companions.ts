import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import type { CompanionRecord } from '../../src/protocol';
import { PAGE_HOST, TestClient } from './client';

/** The compiled library: a worker needs compiled code, and so does a child process. */
export const LIB = join(__dirname, '../../lib');
export const KERNEL_ID = '0a1b2c3d-kernel';

/** A folder that stands for Jupyter's runtime folder, with what the companion and Jupyter's server write into it. */
export class RuntimeDir {
  readonly path: string = mkdtempSync(join(tmpdir(), 'slicescope-runtime-'));
  readonly recordFile: string = join(this.path, `slicescope-${KERNEL_ID}.json`);
  readonly pagesFile: string = join(this.path, `slicescope-${KERNEL_ID}.pages.json`);

  get record(): CompanionRecord {
    return JSON.parse(readFileSync(this.recordFile, 'utf8')) as CompanionRecord;
  }

  get hasRecord(): boolean {
    return existsSync(this.recordFile);
  }

  /** Do as Jupyter's server does when a page asks for the record. */
  notePage(): void {
    writeFileSync(this.pagesFile, JSON.stringify([PAGE_HOST]), { mode: 0o600 });
  }

  /** A client that has proved itself. */
  async client(): Promise<TestClient> {
    this.notePage();
    const { port, secret } = this.record;
    return await TestClient.proven(port, secret);
  }

  /** The same, tried again until the companion listens. */
  async clientWhenBack(): Promise<TestClient> {
    for (;;) {
      try {
        return await this.client();
      } catch (error) {
        // Reset, or hung up: it came to the port of the thread that was just dying.
        if (!/ECONNREFUSED|ECONNRESET|socket hang up/.test(String(error))) throw error;
        await setImmediate();
      }
    }
  }

  /** Write a file with code for a worker or a child. */
  script(name: string, code: string): string {
    const path = join(this.path, name);
    writeFileSync(path, code);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What every child begins with: a companion of a view `a` of a 4 × 4 × 4 volume whose voxels are their own index. */
export function companionCode(dir: RuntimeDir, more: string): string {
  return `
    const { existsSync, writeSync } = require('node:fs');
    const { Companion } = require(${JSON.stringify(join(LIB, 'kernel-server'))});
    const { Volume } = require(${JSON.stringify(join(LIB, 'src/volume'))});
    const { initialSettings } = require(${JSON.stringify(join(LIB, 'src/shading'))});
    const say = (word) => writeSync(1, word + '\\n');
    const volume = Volume.alloc([4, 4, 4], 'uint16');
    volume.data.forEach((_, at) => (volume.data[at] = at));
    const companion = new Companion({
      kernelId: ${JSON.stringify(KERNEL_ID)},
      runtimeDir: ${JSON.stringify(dir.path)},
      onChange: (viewId, patch) => say(JSON.stringify([viewId, patch])),
    });
    const settings = {
      ...initialSettings(volume.info(1), [0, 63]), index: 0, position: [2, 2, 0],
    };
    companion.put({ viewId: 'a', volume: volume.toRecord(), overlays: [], settings });
    ${more}`;
}

/** A process of its own, whose lines can be waited for. */
export class Child {
  readonly #process;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<number | null>;
  #errors = '';

  /** `words` are what it finds in `process.argv`. */
  constructor(code: string, words: readonly string[] = []) {
    this.#process = spawn(process.execPath, ['-e', code, '--', ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stderr.on('data', (bytes: Buffer) => (this.#errors += bytes.toString('utf8')));
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => this.#process.once('close', resolve));
  }

  async line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done === true) throw new Error(`the child ended without a word: ${this.#errors}`);
    return next.value;
  }

  /** Send it a line. */
  write(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  /** Nothing more comes from outside; a child that only waits for that ends. */
  endInput(): void {
    this.#process.stdin.end();
  }

  /** @returns its exit code, once it has ended by itself */
  async end(): Promise<number | null> {
    const code = await this.#ended;
    if (this.#errors !== '') throw new Error(`the child said: ${this.#errors}`);
    return code;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}
