import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Child, LIB } from '../../kernel-server/testing/companions';
import { readPng } from '../export/testing/read-png';
import { VIEW_MIME } from '../protocol';
import { DisplayPace } from './display-pace';

jest.setTimeout(60_000); // Processes are started here, on machines that may be busy.

/** Stands for Jupyter's runtime folder, and has a module in the place of tslab's. */
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slicescope-host-')));
const tslab = join(folder, 'node_modules/tslab/dist/jupyter.js');
beforeAll(() => {
  mkdirSync(join(tslab, '..'), { recursive: true });
  writeFileSync(
    tslab,
    `exports.lastWriteDisplayData = (content, update) => console.log(JSON.stringify({ ...content, update }));`,
  );
});
const children: Child[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function kernel(code: string, words: readonly string[] = [`--config-path=${folder}/kernel-4c1e-aa.json`]): Child {
  const start = `
    const { findHost } = require(${JSON.stringify(join(LIB, 'src/notebook/host.js'))});
    const { Volume, show } = require(${JSON.stringify(join(LIB, 'src/index.js'))});
    const loadTslab = () => require(${JSON.stringify(tslab)});
    ${code}`;
  const child = new Child(start, words);
  children.push(child);
  return child;
}

test('what tslab sends in one turn arrives, however much it is', async () => {
  // zeromq puts off every 513th message of a socket, and without the host refuses the next one meanwhile.
  const child = kernel(`
    const { Publisher, Subscriber } = require(${JSON.stringify(require.resolve('zeromq'))});
    loadTslab();
    findHost();
    (async () => {
      const publisher = new Publisher();
      await publisher.bind('tcp://127.0.0.1:0');
      const subscriber = new Subscriber();
      subscriber.connect(publisher.lastEndpoint);
      subscriber.subscribe();
      subscriber.receiveTimeout = 20;
      while ((await subscriber.receive().catch(() => null)) === null) await publisher.send('is heard');
      subscriber.receiveTimeout = -1;
      for (let at = 0; at < 900; at++) void publisher.send(String(at)); // Up to 1,000 wait for a subscriber.
      const heard = [];
      while (heard.at(-1) !== '899') heard.push(String(await subscriber.receive()));
      console.log(heard.filter((message) => message !== 'is heard').join());
    })();`);
  expect(await child.line()).toBe(Array.from({ length: 900 }, (_, at) => at).join());
});

test('outputs in great numbers are spaced out, and after a while as many may follow each other again', () => {
  let now = 0;
  const pace = new DisplayPace(
    () => now,
    (ms) => (now += ms),
  );
  const timeOf = (outputs: number): number => {
    const from = now;
    for (let count = 0; count < outputs; count++) pace.wait();
    return now - from;
  };
  expect(timeOf(200)).toBe(0);
  expect(timeOf(50)).toBeCloseTo(500);
  now += 1000;
  expect(timeOf(100)).toBe(0);
  expect(timeOf(100)).toBeCloseTo(1000);
  now += 1e6;
  expect(timeOf(200)).toBe(0);
  expect(timeOf(1)).toBeCloseTo(10);
});

describe('the host', () => {
  const CONNECTION = `${folder}/kernel-4c1e-aa.json`;
  /** What a process has done with tslab, and the words that it was started with. */
  const CASES: readonly (readonly [what: string, tslab: string, words: readonly string[], host: unknown])[] = [
    ['tslab, told in one word', 'loadTslab();', [`--config-path=${CONNECTION}`], ['4c1e-aa', folder]],
    ['tslab, told in two words', 'loadTslab();', ['--config-path', CONNECTION], ['4c1e-aa', folder]],
    [
      'tslab, told after other words',
      'loadTslab();',
      ['kernel', '--js', `--config-path=${CONNECTION}`],
      ['4c1e-aa', folder],
    ],
    ['none where tslab is not loaded', '', [`--config-path=${CONNECTION}`], null],
    ['none where there is no connection file', 'loadTslab();', [], null],
    [
      'none where tslab has no notebook',
      'loadTslab().lastWriteDisplayData = null;',
      ['--config-path', 'kernel-1.json'],
      null,
    ],
  ];
  let hosts: readonly unknown[];
  beforeAll(async () => {
    // One after the other in one process, each as at its start.
    const steps = CASES.map(
      ([, code, words]) => `
        delete require.cache[${JSON.stringify(tslab)}];
        process.argv = [process.execPath, ...${JSON.stringify(words)}];
        ${code}
        hosts.push(findHost());`,
    );
    const print = 'console.log(JSON.stringify(hosts.map((host) => host && [host.kernelId, host.runtimeDir])));';
    hosts = JSON.parse(await kernel(`const hosts = []; ${steps.join('\n')} ${print}`, []).line()) as unknown[];
  });

  test.each(CASES.map(([what, , , host], at) => ({ what, host, at })))('is $what', ({ host, at }) => {
    expect(hosts[at]).toEqual(host);
  });
});

describe('in a notebook, show', () => {
  test('displays ids, a picture and a line, and neither port nor secret', async () => {
    const child = kernel(`
      loadTslab();
      const volume = Volume.from(Uint8Array.of(0, 100, 200, 250), [2, 2, 1], { name: 'four' });
      const view = show(volume, { window: [0, 255] });
      const { readFileSync } = require('node:fs');
      console.log(JSON.stringify([view.id, readFileSync(${JSON.stringify(`${folder}/slicescope-4c1e-aa.json`)}, 'utf8')]));
      view.index = 0;
      view.close();`);
    const first = JSON.parse(await child.line()) as Record<string, unknown>;
    const output = await child.line();
    const [viewId, record] = JSON.parse(await child.line()) as [string, string];
    const { port, secret } = JSON.parse(record) as { port: number; secret: string };
    const { data, metadata, transient, update } = JSON.parse(output) as Record<string, Record<string, unknown>>;
    // The browser may connect while the picture is drawn; then the same output gets it.
    const { 'image/png': _png, ...withoutPicture } = data ?? {};
    expect(first).toEqual({ data: withoutPicture, metadata: {}, transient: { display_id: viewId }, update: false });
    const key = expect.stringMatching(/^[0-9a-f]{8}$/);
    expect(metadata).toEqual({ 'application/vnd.slicescope.view.v1+json': { picture: key } });
    expect([transient, update]).toEqual([{ display_id: viewId }, true]);
    expect(Object.keys(data ?? {}).sort()).toEqual([VIEW_MIME, 'image/png', 'text/plain']);
    expect(data?.[VIEW_MIME]).toEqual({ kernelId: '4c1e-aa', viewId });
    expect(data?.['text/plain']).toBe(
      'SliceView of Volume "four": 2 × 2 × 1 uint8, 1 × 1 × 1 px: xy 0 of 1, window 0 to 255, gray',
    );
    const png = await readPng(Buffer.from(data?.['image/png'] as string, 'base64'));
    expect([png.width, png.height]).toEqual([2, 2]);
    expect(Array.from(png.data)).toEqual([0, 100, 200, 250].flatMap((value) => [value, value, value, 255]));
    for (const hidden of [secret, `:${String(port)}`, '127.0.0.1', 'localhost', '://']) {
      expect(output).not.toContain(hidden);
    }
    expect(await child.end()).toBe(0);
    expect(readdirSync(folder)).toEqual(['node_modules']);
  });

  test('starts one companion for all views, and a refused one starts none', async () => {
    const child = kernel(`
      loadTslab();
      const volume = Volume.alloc([2, 2, 2], 'uint8');
      const { readdirSync } = require('node:fs');
      const files = () => readdirSync(${JSON.stringify(folder)}).filter((name) => name.endsWith('.json')).length;
      const counts = [];
      try { show(volume, { index: 2 }); } catch (error) { counts.push(error.code, files()); }
      for (let i = 0; i < 3; i++) { show(volume); counts.push(files()); }
      console.log(JSON.stringify(counts));`);
    // One message each, or two where the picture takes longer than a moment, as the first one always does.
    const lines = [];
    let line = await child.line();
    for (; line.includes(VIEW_MIME); line = await child.line()) lines.push(line);
    expect(JSON.parse(line)).toEqual(['index-out-of-range', 0, 1, 1, 1]);
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(lines.length).toBeLessThanOrEqual(6);
    expect(lines.filter((line) => line.includes('image/png'))).toHaveLength(3);
    expect(lines.filter((line) => line.includes('"update":false'))).toHaveLength(3);
    expect(await child.end()).toBe(0);
  });

  test('serves no page: Jupyter has one', async () => {
    const child = kernel(`
      loadTslab();
      show(Volume.alloc([2, 2, 2], 'uint8'));
      const { readFileSync } = require('node:fs');
      console.log(readFileSync(${JSON.stringify(`${folder}/slicescope-4c1e-aa.json`)}, 'utf8'));
      setInterval(() => undefined, 1000);`);
    for (let i = 0; i < 2; i++) expect(await child.line()).toContain(VIEW_MIME);
    const { port } = JSON.parse(await child.line()) as { port: number };
    for (const path of ['', 'page.js', 'page.css', 'index.html']) {
      const answer = await fetch(`http://127.0.0.1:${String(port)}/${path}`);
      expect([answer.status, await answer.text()]).toEqual([426, '']);
    }
  });

  test('a view whose settings change, whose volume is swapped and refreshed, says so itself', async () => {
    const child = kernel(`
      loadTslab();
      const volume = Volume.alloc([2, 3, 4], 'uint8');
      const view = show(volume, { index: 3 });
      const states = [];
      const note = () => states.push([view.plane, view.index, view.colormap]);
      view.set({ plane: 'xz', colormap: 'hot' }); note();
      view.volume = Volume.alloc([2, 1, 1], 'float32'); note();
      view.refresh(); note();
      view.close(); note();
      console.log(JSON.stringify(states));`);
    for (let i = 0; i < 2; i++) await child.line();
    expect(JSON.parse(await child.line())).toEqual([
      ['xz', 1, 'hot'],
      ['xz', 0, 'hot'],
      ['xz', 0, 'hot'],
      ['xz', 0, 'hot'],
    ]);
    expect(await child.end()).toBe(0);
  });
});
