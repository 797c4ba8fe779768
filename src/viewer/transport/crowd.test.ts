/** @jest-environment node */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { PAGE_HOST } from '../../../kernel-server/testing/client';
import { ServerChild } from '../../../kernel-server/testing/server-child';
import { LIMITS, type Frame } from '../../protocol';
import { Connection, type ChannelListener } from './connection';
import { installPage } from './testing/page';
import { wishFor } from '../testing/wishes';

jest.setTimeout(60_000);

const PAGES = 100;
const SECRET = randomBytes(32).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'slicescope-crowd-'));
let server: ServerChild;
const pages: Page[] = [];

beforeAll(async () => {
  installPage();
  const pagesFile = join(folder, 'pages.json');
  writeFileSync(pagesFile, JSON.stringify([PAGE_HOST]), { mode: 0o600 });
  server = new ServerChild(pagesFile, SECRET);
  await server.started();
});
afterAll(() => {
  for (const page of pages) page.close();
  server.kill();
  rmSync(folder, { recursive: true });
});

/** A page with one view; each time it is connected it asks for one slice, as a feed does. */
class Page implements ChannelListener {
  readonly #index: number;
  readonly #connection: Connection;
  #slices = 0;
  losses = 0;
  #wake: () => void = () => undefined;

  constructor(index: number) {
    this.#index = index;
    const urls = [`ws://127.0.0.1:${String(server.port)}/`];
    this.#connection = new Connection(() => Promise.resolve({ urls, secret: SECRET }));
    this.#connection.open('small', this);
  }

  opened(): void {
    this.#connection.comm('small', '', wishFor(this.#slices + 1, this.#index));
  }
  changed(): void {
    throw new Error('nothing changes here');
  }
  custom(): void {
    throw new Error('nothing else is asked for');
  }
  frame({ index }: Frame): void {
    expect(index).toBe(this.#index);
    this.#slices += 1;
    this.#wake();
  }
  failed(_message: string, isFinal: boolean): void {
    expect(isFinal).toBe(false);
    this.losses += 1;
  }

  async hasSlices(count: number): Promise<void> {
    while (this.#slices < count) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    this.#connection.close('small');
  }
}

test('a hundred pages that lose their companion at once come back one by one, each with its slice', async () => {
  // One after the other, so that none is refused because many others have not proved themselves yet.
  for (let at = 0; at < PAGES; at++) {
    const page = new Page(at % 8);
    pages.push(page);
    await page.hasSlices(1);
  }
  await server.measure();

  const timers = jest.spyOn(globalThis, 'setTimeout');
  server.stop();
  while (pages.some(({ losses }) => losses === 0)) await new Promise(setImmediate);
  const waits = timers.mock.calls.map(([, ms]) => ms ?? 0).filter((ms) => ms > 0 && ms < LIMITS.retryMs);
  // The first waits of all of them fill the time that there is evenly, with room for chance.
  const first = waits.slice(0, PAGES);
  expect(first).toHaveLength(PAGES);
  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => first.filter((ms) => Math.floor((ms / LIMITS.retryMs) * 10) === tenth).length,
  );
  for (const count of tenths) expect(count).toBeLessThan(30);
  expect(tenths.filter((count) => count > 0).length).toBeGreaterThan(7);

  await server.startAgain();
  await Promise.all(pages.map((page) => page.hasSlices(2)));
  expect((await server.report()).most).toBeLessThan(20_000_000);
});
