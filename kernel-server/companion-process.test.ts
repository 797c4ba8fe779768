import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { describe, expect, jest, test } from '@jest/globals';
import { voxelsOf } from '../src/protocol';
import { phantom } from '../src/volume/testing/phantom';
import { TestClient } from './testing/client';
import { LIB } from './testing/companions';
import { NOTHING_MORE, SETTINGS, at, viewRecord } from './testing/records';
import { useCompanions } from './testing/stand';

const stand = useCompanions();
const volume = phantom([5, 4, 6]);

describe('when its worker dies', () => {
  /** The real worker, which ends when it hears so. */
  const mortal = (how: string): string =>
    stand.dir.script(
      'mortal.js',
      `const { BroadcastChannel } = require('node:worker_threads');
      const death = new BroadcastChannel(${JSON.stringify(stand.dir.path)});
      death.onmessage = () => { ${how} };
      death.unref();
      require(${JSON.stringify(join(LIB, 'kernel-server/worker.js'))});`,
    );
  const kill = (): void => {
    const death = new BroadcastChannel(stand.dir.path);
    death.postMessage('now');
    death.close();
  };

  test.each([
    ['by an error that nobody caught', "throw new RangeError('mine')", 1],
    ['by an exit', 'process.exit(3)', 0],
  ])('%s, it comes back on the same port with the same views and volumes', async (_, how, reports) => {
    const report = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const companion = stand.start({ workerFile: mortal(how) });
    const other = phantom([3, 3, 3], 'float32');
    companion.put(viewRecord('a', volume, 1));
    companion.put(viewRecord('b', other, 2, { plane: 'yz' }));
    companion.put(viewRecord('c', other, 3));
    companion.set('a', { index: 4, colormap: 'hot' });
    companion.close('c');
    companion.listen('a', ['probe']);
    companion.link({ id: 'link', viewIds: ['a', 'b'], names: ['zoom'] });
    const written = phantom([3, 3, 3]);
    companion.put(viewRecord('d', written));
    companion.refresh('d');
    const published = written.slice('xy', 1).data;
    written.data.fill(1);
    const before = await stand.client();
    await before.open('a');
    const { payload } = await before.slice('a', 1, { requestId: 1, index: 2 });
    const record = stand.dir.record;

    kill();
    expect((await before.untilClosed()).at(-1)).toMatchObject({ kind: 'closed' });
    const page = await stand.dir.clientWhenBack();
    stand.clients.push(page);
    expect(stand.dir.record).toEqual(record);
    expect(statSync(stand.dir.recordFile).mode & 0o777).toBe(0o600);
    expect((await page.open('a')).state).toEqual({
      ...SETTINGS,
      ...at(4),
      colormap: 'hot',
      ...NOTHING_MORE,
      listens: ['probe'],
      volume: volume.info(1),
    });
    expect((await page.slice('a', 1, { requestId: 1, index: 2 })).payload).toEqual(payload);
    expect((await page.open('b')).state).toEqual({ ...SETTINGS, plane: 'yz', ...NOTHING_MORE, volume: other.info(2) });
    page.change('a', 'm', { zoom: 2 });
    const told = [await page.message('comm'), await page.message('comm')];
    expect(told).toMatchObject([{ viewId: 'a' }, { viewId: 'b', data: { state: { zoom: 2 } } }]);
    const { revision } = (await page.open('d')).state.volume;
    const served = await page.slice('d', revision, { requestId: 2, index: 1 });
    expect(voxelsOf(served, served.payload)).toEqual(published);
    companion.refresh('d');
    expect(await page.message('comm')).toMatchObject({
      viewId: 'd',
      data: { state: { volume: written.info(revision + 1) } },
    });
    page.say({ type: 'open', viewId: 'c' });
    expect(await page.message('error')).toMatchObject({ code: 'unknown-view' });
    companion.set('a', { index: 1 });
    expect((await page.message('comm')).data).toMatchObject({ state: { index: 1 } });
    expect(companion.snapshot('a').png.length).toBeGreaterThan(0);
    expect(report).toHaveBeenCalledTimes(reports);
    report.mockRestore();
  });

  test('outside of a kernel, the process goes on, and pages find it where it was, until the view is closed', async () => {
    const lone = stand.process(`
      const { BroadcastChannel } = require('node:worker_threads');
      const { Companion } = require(${JSON.stringify(join(LIB, 'kernel-server'))});
      const { Volume } = require(${JSON.stringify(join(LIB, 'src/volume'))});
      const { initialSettings } = require(${JSON.stringify(join(LIB, 'src/shading'))});
      let changes = 0;
      const companion = new Companion({
        kernelId: null,
        workerFile: ${JSON.stringify(mortal('process.exit(3)'))},
        onChange: () => {
          changes += 1;
          if (changes === 2) return companion.close('a');
          const death = new BroadcastChannel(${JSON.stringify(stand.dir.path)});
          death.postMessage('now');
          death.close();
        },
      });
      const volume = Volume.alloc([4, 4, 4], 'uint16');
      const settings = initialSettings(volume.info(1), [0, 63]);
      companion.put({ viewId: 'a', volume: volume.toRecord(), overlays: [], settings });
      console.log(companion.pageUrl('a'));`);
    const url = new URL(await lone.line());
    const page = async (): Promise<TestClient> => {
      for (;;) {
        try {
          const made = await TestClient.connect(Number(url.port), { Origin: url.origin });
          stand.clients.push(made);
          await made.shakeHands(new URLSearchParams(url.hash.slice(1)).get('secret') ?? '');
          return made;
        } catch (error) {
          if (!/ECONNREFUSED|ECONNRESET/.test(String(error))) throw error;
          await new Promise(setImmediate);
        }
      }
    };
    const before = await page();
    await before.open('a');
    before.change('a', 'm', { zoom: 2 });
    expect((await before.untilClosed()).at(-1)).toMatchObject({ kind: 'closed' });
    const after = await page();
    expect((await after.open('a')).state).toMatchObject({ zoom: 2 });
    after.change('a', 'm', { zoom: 3 });
    expect(await lone.end()).toBe(0);
  });

  test('again and again, it gives up, says so and takes its record away', async () => {
    const said = new Promise((resolve) => jest.spyOn(console, 'error').mockImplementation(resolve));
    stand.start({ workerFile: stand.fakeWorker('dying.js', "reply({ type: 'listening', port: 1 });") });
    expect(await said).toBe(
      'slicescope: the viewer’s server keeps stopping. Restart the kernel to look at volumes again.',
    );
    expect(stand.dir.hasRecord).toBe(false);
    jest.mocked(console.error).mockRestore();
  });

  test('and can’t be started again, it says why and takes its record away', async () => {
    const started = join(stand.dir.path, 'started');
    const said = new Promise((resolve) => jest.spyOn(console, 'error').mockImplementation(resolve));
    stand.start({
      workerFile: stand.fakeWorker(
        'once.js',
        `const { existsSync, writeFileSync } = require('node:fs');
        const again = existsSync(${JSON.stringify(started)});
        writeFileSync(${JSON.stringify(started)}, '');
        reply(again ? { type: 'failed', message: 'no more ports' } : { type: 'listening', port: 1 });`,
      ),
    });
    expect(await said).toBe(
      "slicescope: show: the viewer's server does not listen (no more ports); restart the kernel and try again",
    );
    expect(stand.dir.hasRecord).toBe(false);
    jest.mocked(console.error).mockRestore();
  });
});

test('a worker that can’t listen is a companion-failed, and is not started again', async () => {
  const starts = join(stand.dir.path, 'starts');
  const worker = stand.fakeWorker(
    'failing.js',
    `require('node:fs').appendFileSync(${JSON.stringify(starts)}, 'x');
    reply({ type: 'failed', message: 'no port' });`,
  );
  writeFileSync(starts, '');
  const code = `
    let failure;
    try {
      const runtimeDir = ${JSON.stringify(stand.dir.path)};
      new Companion({ kernelId: 'other', runtimeDir, workerFile: ${JSON.stringify(worker)}, onChange: () => {} });
    } catch (error) { failure = error; }
    say(failure.code + ': ' + failure.message);`;
  const kernel = stand.child(code);
  expect(await kernel.line()).toBe(
    "companion-failed: show: the viewer's server does not listen (no port); restart the kernel and try again",
  );
  expect(await kernel.end()).toBe(0);
  expect(readFileSync(starts, 'utf8')).toBe('x');
});

test('a record that can’t be written is a companion-failed, and leaves neither a thread nor a port nor a file', async () => {
  const kernel = stand.process(`
    const { readdirSync, readFileSync, mkdirSync, rmSync } = require('node:fs');
    const { Companion } = require(${JSON.stringify(join(LIB, 'kernel-server'))});
    const folder = ${JSON.stringify(join(stand.dir.path, 'runtime'))};
    const start = () => new Companion({ kernelId: 'a', runtimeDir: folder, onChange: () => {} });
    const threads = () => readdirSync('/proc/self/task').length;
    const listening = () => process.getActiveResourcesInfo().length;
    const settled = async (wanted) => { while (wanted !== undefined && threads() > wanted) await new Promise(setImmediate); };
    (async () => {
      const before = threads();
      const said = [];
      for (let i = 0; i < 12; i++) try { start(); } catch (error) { said.push(error.name + ' ' + error.code + ': ' + error.message); }
      await settled(before);
      console.log(JSON.stringify([new Set(said).size, said.length, said[0], process.listenerCount('exit')]));
      mkdirSync(folder);
      start();
      console.log(JSON.stringify([readdirSync(folder), process.listenerCount('exit')]));
    })();`);
  const [kinds, count, sentence, listeners] = JSON.parse(await kernel.line()) as unknown[];
  expect([kinds, count, listeners]).toEqual([1, 12, 0]);
  expect(sentence).toMatch(
    /^SlicescopeError companion-failed: show: Jupyter's runtime folder can't be written \(ENOENT: .*\), so no page would find the viewer's server; make it writable and run the cell again$/,
  );
  expect(JSON.parse(await kernel.line())).toEqual([['slicescope-a.json'], 1]);
  expect(await kernel.end()).toBe(0);
});

describe('a kernel’s process', () => {
  test('ends by itself, and its record with it', async () => {
    const kernel = stand.child("companion.snapshot('a'); say('shown');");
    expect(await kernel.line()).toBe('shown');
    expect(await kernel.end()).toBe(0);
    expect(stand.dir.hasRecord).toBe(false);
  });

  test('ends by itself also while a page is connected; the page is told by the close', async () => {
    const kernel = stand.child("say('shown'); process.stdin.resume();");
    expect(await kernel.line()).toBe('shown');
    const page = await stand.client();
    await page.open('a');
    kernel.endInput();
    expect(await kernel.end()).toBe(0);
    expect((await page.untilClosed()).at(-1)).toMatchObject({ kind: 'closed' });
    expect(readdirSync(stand.dir.path)).toEqual([]);
  });

  test('that calls process.exit leaves no record', async () => {
    const kernel = stand.child('process.exit(5)');
    expect(await kernel.end()).toBe(5);
    expect(readdirSync(stand.dir.path)).toEqual([]);
  });

  test('that spins in a busy loop is served all the while, with exact values, and hears of it afterwards', async () => {
    const stop = join(stand.dir.path, 'stop');
    const spin = `while (!existsSync(${JSON.stringify(stop)}));`;
    const kernel = stand.child(`say('spinning'); ${spin} say('done'); process.stdin.resume();`);
    expect(await kernel.line()).toBe('spinning');
    const page = await stand.client();
    const { state } = await page.open('a');
    expect(state.index).toBe(0);
    for (let requestId = 1; requestId <= 40; requestId++) {
      const index = requestId % 4;
      page.change('a', String(requestId), { index });
      expect(await page.message('comm')).toMatchObject({ data: { state: { index } } });
      const frame = await page.slice('a', 1, { requestId, index });
      expect(voxelsOf(frame, frame.payload)).toEqual(Uint16Array.from({ length: 16 }, (_, at) => 16 * index + at));
    }
    writeFileSync(stop, '');
    expect(await kernel.line()).toBe('done');
    // The first change was under way; of those after it the newest is told.
    expect(JSON.parse(await kernel.line())).toEqual(['a', { index: 1, position: [2, 2, 1] }]);
    expect(JSON.parse(await kernel.line())).toEqual(['a', { index: 0, position: [2, 2, 0] }]);
    kernel.endInput();
    expect(await kernel.end()).toBe(0);
  });
});
