import { readdirSync, statSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Companion, type CompanionOptions } from '../lib/kernel-server/companion';
import { drawSlice } from '../src/export';
import { readPng } from '../src/export/testing/read-png';
import { LIMITS, voxelsOf, type PointerMessage, type ViewSettings } from '../src/protocol';
import { phantom } from '../src/volume/testing/phantom';
import { Child, KERNEL_ID, LIB, RuntimeDir, companionCode } from './testing/companions';
import { TestClient } from './testing/client';
import { NOTHING_MORE, SETTINGS, at, viewRecord } from './testing/records';

process.setMaxListeners(0); // A kernel has one companion; this process has many, each waiting for its exit.
jest.setTimeout(60_000); // Threads and processes are started here, on machines that may be busy.

const volume = phantom([5, 4, 6]);
const dirs: RuntimeDir[] = [];
const clients: TestClient[] = [];
const children: Child[] = [];
let dir: RuntimeDir;
beforeEach(() => {
  dir = new RuntimeDir();
  dirs.push(dir);
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end();
  for (const child of children.splice(0)) child.kill();
});
afterAll(() => {
  for (const each of dirs) each.remove();
});

type OnChange = CompanionOptions['onChange'];

function start(more: Partial<CompanionOptions> = {}): Companion {
  return new Companion({ kernelId: KERNEL_ID, runtimeDir: dir.path, onChange: () => undefined, ...more });
}
async function client(): Promise<TestClient> {
  const made = await dir.client();
  clients.push(made);
  return made;
}
function child(code: string): Child {
  const made = new Child(companionCode(dir, code));
  children.push(made);
  return made;
}

describe('a companion', () => {
  test('listens when its constructor returns, and its record says where', () => {
    start();
    const { port, secret, pid } = dir.record;
    expect(port).toBeGreaterThan(0);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(pid).toBe(process.pid);
    expect(Object.keys(dir.record).sort()).toEqual(['pid', 'port', 'secret']);
  });

  test('writes its record for nobody but the user, under the kernel’s id, and leaves nothing else', () => {
    start();
    expect(readdirSync(dir.path)).toEqual([`slicescope-${KERNEL_ID}.json`]);
    expect(statSync(dir.recordFile).mode & 0o777).toBe(0o600);
  });

  test('has a port and a secret of its own', () => {
    start();
    const first = dir.record;
    dir = new RuntimeDir();
    dirs.push(dir);
    start();
    expect(dir.record.secret).not.toBe(first.secret);
    expect(dir.record.port).not.toBe(first.port);
  });

  test('forgets the pages of a kernel before it', () => {
    dir.notePage();
    start();
    expect(readdirSync(dir.path)).toEqual([`slicescope-${KERNEL_ID}.json`]);
  });

  test('serves the slices of its views, and of no other', async () => {
    const companion = start();
    companion.put(viewRecord('a', volume));
    const page = await client();
    const { state } = await page.open('a');
    expect(state).toEqual({ ...SETTINGS, ...NOTHING_MORE, volume: volume.info(1) });
    const frame = await page.slice('a', 1, { requestId: 1, plane: 'yz', index: 3 });
    expect(voxelsOf(frame, frame.payload)).toEqual(volume.slice('yz', 3).data);
    page.say({ type: 'open', viewId: 'b' });
    expect(await page.message('error')).toMatchObject({ code: 'unknown-view', viewId: 'b' });
  });

  test('knows a view as soon as it is put, however busy its thread is when a page opens it', async () => {
    const companion = start();
    companion.put(viewRecord('a', volume));
    const page = await client();
    for (let at = 0; at < 200; at++) {
      const viewId = `view-${String(at)}`;
      page.say({ type: 'open', viewId: 'a' }); // Its thread is awake, and busy with this, when the next two come.
      companion.put(viewRecord(viewId, volume));
      page.say({ type: 'open', viewId });
      page.say({ type: 'close', viewId });
      expect((await page.message('opened')).viewId).toBe('a');
      expect((await page.message('opened')).viewId).toBe(viewId);
    }
  });

  test('serves what is in shared memory now, not a copy of then', async () => {
    const companion = start();
    const own = phantom([3, 3, 3]);
    companion.put(viewRecord('a', own));
    const page = await client();
    await page.open('a');
    own.data.fill(77);
    const frame = await page.slice('a', 1, { requestId: 1, index: 1 });
    expect(voxelsOf(frame, frame.payload)).toEqual(new Uint16Array(9).fill(77));
  });

  test('tells clients of another volume in one message, and of a close', async () => {
    const companion = start();
    companion.put(viewRecord('a', volume));
    const page = await client();
    await page.open('a');
    const other = phantom([2, 2, 2], 'float32', { name: 'other' });
    companion.put(viewRecord('a', other, 0, { index: 1 }));
    expect((await page.message('comm')).data).toEqual({
      method: 'update',
      state: { ...SETTINGS, ...at(1), ...NOTHING_MORE, volume: other.info(2) },
      buffer_paths: [],
    });
    companion.close('a');
    expect(await page.message('closed')).toEqual({ type: 'closed', viewId: 'a' });
    expect(companion.settings('a')).toBeUndefined();
  });

  test('draws the snapshot that renderSlice defines', async () => {
    const companion = start();
    const settings = { plane: 'xz', index: 2, window: [20, 200], colormap: 'viridis', rotation: 1 } as const;
    companion.put(viewRecord('a', volume, 1, settings));
    const { png } = companion.snapshot('a');
    const drawn = await drawSlice(volume, { ...SETTINGS, ...settings });
    expect(await readPng(Buffer.from(png))).toEqual({ ...drawn, channels: 3 });
    companion.set('a', { index: 3 });
    const next = await drawSlice(volume, { ...SETTINGS, ...settings, index: 3 });
    expect(await readPng(Buffer.from(companion.snapshot('a').png))).toEqual({ ...next, channels: 3 });
  });

  test('that has no such view draws no picture, and goes on', () => {
    const companion = start();
    expect(() => companion.snapshot('a')).toThrow(
      "show: the viewer's server drew no picture (the view is closed); restart the kernel and try again",
    );
    companion.put(viewRecord('a', volume));
    expect(companion.snapshot('a').png.length).toBeGreaterThan(0);
  });
});

describe('a refresh', () => {
  /** The only value of a slice, and the revision that the client was told of for it. */
  const next = async (page: TestClient, viewId: string): Promise<[number, number]> => {
    const message = await page.message('comm');
    expect(message).toMatchObject({ viewId, parentId: '', data: { method: 'update' } });
    const revision = message.data.method === 'custom' ? 0 : Number(message.data.state.volume?.revision);
    const frame = await page.slice(viewId, revision, { requestId: revision, index: 1 });
    const data = voxelsOf(frame, frame.payload);
    expect(new Set(data).size).toBe(1);
    return [Number(data[0]), revision];
  };

  test('shows what was written before it, and what is written after it not before the next one', async () => {
    const companion = start();
    const own = phantom([3, 3, 3]);
    companion.put(viewRecord('a', own));
    const page = await client();
    await page.open('a');
    expect(companion.published(own.data)).toBeUndefined();
    for (const value of [10, 20, 30]) {
      own.data.fill(value);
      companion.refresh('a');
      own.data.fill(value + 1);
      expect(companion.published(own.data)).toEqual(new Uint16Array(27).fill(value));
      expect((await next(page, 'a'))[0]).toBe(value);
      const [red] = (await readPng(Buffer.from(companion.snapshot('a').png))).data;
      expect(red).toBe(Math.round((255 * value) / 250));
    }
  });

  test('is seen in all views of the volume, each with a revision of its own, and in no other', async () => {
    const companion = start();
    const own = phantom([3, 3, 3]);
    companion.put(viewRecord('a', own));
    companion.put(viewRecord('b', own));
    companion.put(viewRecord('c', phantom([3, 3, 3])));
    const pages = [await client(), await client(), await client()] as const;
    for (const [at, viewId] of ['a', 'b', 'c'].entries()) await pages[at]?.open(viewId);
    own.data.fill(5);
    companion.refresh('a');
    const [[one, first], [other, second]] = [await next(pages[0], 'a'), await next(pages[1], 'b')];
    expect([one, other]).toEqual([5, 5]);
    expect(first).not.toBe(second);
    companion.set('c', { index: 2 });
    expect(await pages[2].message('comm')).toMatchObject({ viewId: 'c', data: { state: { index: 2 } } });
  });

  test('lasts while a view shows the volume: a swap back, and a new view, show it as it is then', async () => {
    const companion = start();
    const own = phantom([3, 3, 3]);
    companion.put(viewRecord('a', own));
    const page = await client();
    await page.open('a');
    own.data.fill(5);
    companion.refresh('a');
    await next(page, 'a');
    own.data.fill(6);
    companion.put(viewRecord('a', phantom([3, 3, 3])));
    expect(companion.published(own.data)).toBeUndefined();
    await page.message('comm');
    companion.put(viewRecord('a', own));
    expect((await next(page, 'a'))[0]).toBe(6);

    companion.refresh('a');
    await next(page, 'a');
    own.data.fill(7);
    companion.put(viewRecord('b', own)); // Also where another view has published it, and that one follows.
    own.data.fill(8);
    expect((await next(page, 'a'))[0]).toBe(7);
    const { revision } = (await page.open('b')).state.volume;
    const frame = await page.slice('b', revision, { requestId: 99, index: 1 });
    expect(voxelsOf(frame, frame.payload)).toEqual(new Uint16Array(9).fill(7));
    companion.close('a');
    expect(companion.published(own.data)).toEqual(new Uint16Array(27).fill(7));
    companion.close('b');
    expect(companion.published(own.data)).toBeUndefined();
  });

  test('right after a swap is not lost, whatever is still on its way', async () => {
    const companion = start();
    const [one, other] = [phantom([3, 3, 3]), phantom([3, 3, 3])];
    companion.put(viewRecord('a', one));
    const page = await client();
    await page.open('a');
    for (let round = 0; round < 50; round++) {
      for (const volume of [one, other]) {
        companion.put(viewRecord('a', volume));
        volume.data.fill(round);
        companion.refresh('a');
      }
      other.data.fill(9999);
    }
    page.grant(LIMITS.credits);
    let shown = 0;
    while (shown !== 49) {
      const arrival = await page.next();
      if (arrival.kind === 'frame') {
        page.grant(1);
        const data = voxelsOf(arrival.frame, arrival.frame.payload);
        shown = Number(data[0]);
        expect(new Set(data)).toEqual(new Set([shown]));
        expect(shown).toBeLessThan(50);
      } else if (arrival.kind === 'message' && arrival.message.type === 'comm') {
        const { data } = arrival.message;
        const revision = data.method === 'custom' ? 0 : Number(data.state.volume?.revision);
        page.wish('a', revision, { requestId: revision, index: 1 });
      } else throw new Error(JSON.stringify(arrival));
    }
  });

  test('of a view that is closed is left out', () => {
    const companion = start();
    companion.refresh('gone');
    expect(companion.settings('gone')).toBeUndefined();
  });
});

describe('a change', () => {
  test('by a client reaches onChange, and the settings that the kernel reads', async () => {
    const heard = new Promise((resolve) => {
      const companion = start({
        onChange: (viewId, patch) => {
          resolve([viewId, patch, companion.settings('a')]);
        },
      });
      companion.put(viewRecord('a', volume));
    });
    const page = await client();
    await page.open('a');
    page.change('a', 'm1', { index: 4, zoom: 2 });
    expect(await heard).toEqual(['a', { ...at(4), zoom: 2 }, { ...SETTINGS, ...at(4), zoom: 2 }]);
    expect(await page.message('comm')).toMatchObject({
      parentId: 'm1',
      data: { method: 'echo_update', state: { index: 4, zoom: 2 } },
    });
  });

  test('by the kernel reaches the client, and not onChange', async () => {
    const onChange = jest.fn<OnChange>();
    const companion = start({ onChange });
    companion.put(viewRecord('a', volume));
    const page = await client();
    await page.open('a');
    companion.set('a', { index: 5 });
    expect(companion.settings('a')?.index).toBe(5);
    expect((await page.message('comm')).data).toMatchObject({ method: 'update', state: { index: 5 } });
    companion.set('gone', { index: 5 });
    companion.snapshot('a'); // By now the worker has told of everything before.
    expect(onChange).not.toHaveBeenCalled();
  });

  test('by both at the same time ends with the same settings at both ends', async () => {
    const companion = start();
    companion.put(viewRecord('a', volume));
    const page = await client();
    await page.open('a');
    let shown: Partial<ViewSettings> = {};
    for (let round = 0; round < 20; round++) {
      page.change('a', 'mine', { index: round % 6 });
      if (round % 3 === 0) await new Promise(setImmediate);
      companion.set('a', { index: (round + 3) % 6 });
      const heard: string[] = [];
      while (heard.length < 2) {
        const { parentId, data } = await page.message('comm');
        if (data.method === 'custom') continue;
        heard.push(parentId);
        shown = { ...shown, ...data.state };
      }
      expect(heard.sort()).toEqual(['', 'mine']);
    }
    // The last change is told to the kernel by a message that may still be on its way.
    while (companion.settings('a')?.index !== shown.index) await new Promise(setImmediate);
    expect(companion.settings('a')?.index).toBe(shown.index);
  });
});

describe('a pointer', () => {
  const click = (x: number): PointerMessage => ({
    kind: 'click',
    plane: 'xy',
    position: [x, 1, 2],
    frame: 0,
    values: [x],
  });
  const point = (page: TestClient, content: PointerMessage): void => {
    page.say({ type: 'comm', viewId: 'a', msgId: '', data: { method: 'custom', content } });
  };

  test('is heard of what the kernel listens to, which pages are told', async () => {
    const heard: unknown[] = [];
    const companion = start({ onPointer: (viewId, message) => heard.push([viewId, message]) });
    companion.put(viewRecord('a', volume));
    const page = await client();
    expect((await page.open('a')).state.listens).toEqual([]);
    point(page, click(0));
    companion.listen('a', ['click']);
    expect((await page.message('comm')).data).toMatchObject({ state: { listens: ['click'] } });
    point(page, click(5)); // There is no such voxel.
    point(page, { ...click(1), kind: 'probe' });
    point(page, { ...click(1), frame: 1 });
    point(page, click(1));
    point(page, click(2));
    while (heard.length < 2) await new Promise(setImmediate);
    expect(heard).toEqual([
      ['a', click(1)],
      ['a', click(2)],
    ]);
    companion.put(viewRecord('a', phantom([2, 2, 2]))); // Another volume is listened to as well.
    expect((await page.message('comm')).data).toMatchObject({ state: { listens: ['click'] } });
  });
});

describe('linked views', () => {
  const link = { id: 'link', viewIds: ['a', 'b'], names: ['index'] } as const;

  test('begin with what the first one shows, and the kernel reads at once what it has changed', async () => {
    const onChange = jest.fn<OnChange>();
    const companion = start({ onChange });
    for (const viewId of ['a', 'b']) companion.put(viewRecord(viewId, volume));
    companion.set('a', { index: 3 });
    const page = await client();
    await page.open('b');
    companion.link(link);
    expect(companion.settings('b')?.index).toBe(3);
    expect((await page.message('comm')).data).toMatchObject({ state: { index: 3 } });
    companion.set('b', { index: 1, zoom: 2 });
    expect(companion.settings('a')).toMatchObject({ index: 1, zoom: 1 });
    companion.unlink('link');
    companion.set('b', { index: 4 });
    expect(companion.settings('a')?.index).toBe(1);
    companion.snapshot('a');
    expect(onChange).not.toHaveBeenCalled();
  });

  test('are kept in step by the worker when a person changes one', async () => {
    const heard: unknown[] = [];
    const companion = start({ onChange: (viewId, patch) => heard.push([viewId, patch]) });
    for (const viewId of ['a', 'b']) companion.put(viewRecord(viewId, volume));
    companion.link(link);
    const page = await client();
    await page.open('a');
    const other = await client();
    await other.open('b');
    page.change('a', 'm', { index: 5 });
    expect((await other.message('comm')).data).toEqual({ method: 'update', state: at(5), buffer_paths: [] });
    while (heard.length < 2) await new Promise(setImmediate);
    expect(heard).toEqual([
      ['a', at(5)],
      ['b', at(5)],
    ]);
    companion.close('b');
    page.change('a', 'm', { index: 2 });
    while (companion.settings('a')?.index !== 2) await new Promise(setImmediate);
  });
});

/** A worker that listens nowhere, and says what a test wants it to. */
function fakeWorker(name: string, code: string): string {
  return dir.script(
    name,
    `const { parentPort, workerData } = require('node:worker_threads');
    const reply = (answer) => {
      workerData.sync.postMessage(answer);
      Atomics.add(workerData.signal, 0, 1);
      Atomics.notify(workerData.signal, 0);
    };
    ${code}`,
  );
}

describe('a client’s change that is older than one of the kernel', () => {
  /** The worker tells of each change by the kernel as if a client had changed the same view just before it. */
  const echo = (patch: string, seen: string): string =>
    fakeWorker(
      'echo.js',
      `parentPort.on('message', ({ type, viewId, seq }) => {
        if (type === 'set') {
          const changes = [{ patch: ${patch}, seen: ${seen} }];
          parentPort.postMessage({ type: 'news', viewId, changes, clicks: [], probe: null });
        }
      });
      reply({ type: 'listening', port: 1 });`,
    );

  const outcome = async (workerFile: string, put: Partial<ViewSettings>, set: Partial<ViewSettings>) => {
    let companion: Companion | null = null;
    const heard = new Promise<unknown>((resolve) => {
      companion = start({ workerFile, onChange: (_, patch) => resolve(patch) });
      companion.put(viewRecord('a', volume, 1, put));
      companion.set('a', set);
    });
    return [await heard, (companion as Companion | null)?.settings('a')];
  };

  test('is dropped, setting by setting', async () => {
    const worker = echo('{ index: 1, zoom: 4 }', 'seq - 1');
    expect(await outcome(worker, {}, { index: 3 })).toEqual([{ zoom: 4 }, { ...SETTINGS, ...at(3), zoom: 4 }]);
  });

  test('is taken if it is not older', async () => {
    const worker = echo('{ index: 1, zoom: 4 }', 'seq');
    expect(await outcome(worker, {}, { index: 3 })).toEqual([
      { index: 1, zoom: 4 },
      { ...SETTINGS, ...at(1), zoom: 4 },
    ]);
  });

  test('of the plane leaves an index that the plane has', async () => {
    const worker = echo('{ plane: "xz", index: 2 }', 'seq - 1');
    const [heard, settings] = await outcome(worker, {}, { index: 5 });
    expect(heard).toEqual({ plane: 'xz' });
    expect(settings).toEqual({ ...SETTINGS, plane: 'xz', index: 3, position: [0, 3, 5] });
  });
});

describe('when its worker dies', () => {
  /** The real worker, which ends when it hears so. */
  const mortal = (how: string): string =>
    dir.script(
      'mortal.js',
      `const { BroadcastChannel } = require('node:worker_threads');
      const death = new BroadcastChannel(${JSON.stringify(dir.path)});
      death.onmessage = () => { ${how} };
      death.unref();
      require(${JSON.stringify(join(LIB, 'kernel-server/worker.js'))});`,
    );
  const kill = (): void => {
    const death = new BroadcastChannel(dir.path);
    death.postMessage('now');
    death.close();
  };

  test.each([
    ['by an error that nobody caught', "throw new RangeError('mine')", 1],
    ['by an exit', 'process.exit(3)', 0],
  ])('%s, it comes back on the same port with the same views and volumes', async (_, how, reports) => {
    const report = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const companion = start({ workerFile: mortal(how) });
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
    const before = await client();
    await before.open('a');
    const { payload } = await before.slice('a', 1, { requestId: 1, index: 2 });
    const record = dir.record;

    kill();
    expect((await before.untilClosed()).at(-1)).toMatchObject({ kind: 'closed' });
    const page = await dir.clientWhenBack();
    clients.push(page);
    expect(dir.record).toEqual(record);
    expect(statSync(dir.recordFile).mode & 0o777).toBe(0o600);
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
    const lone = new Child(`
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
          const death = new BroadcastChannel(${JSON.stringify(dir.path)});
          death.postMessage('now');
          death.close();
        },
      });
      const volume = Volume.alloc([4, 4, 4], 'uint16');
      const settings = initialSettings(volume.info(1), [0, 63]);
      companion.put({ viewId: 'a', volume: volume.toRecord(), overlays: [], settings });
      console.log(companion.pageUrl('a'));`);
    children.push(lone);
    const url = new URL(await lone.line());
    const page = async (): Promise<TestClient> => {
      for (;;) {
        try {
          const made = await TestClient.connect(Number(url.port), { Origin: url.origin });
          clients.push(made);
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
    start({ workerFile: fakeWorker('dying.js', "reply({ type: 'listening', port: 1 });") });
    expect(await said).toBe(
      'slicescope: the viewer’s server keeps stopping. Restart the kernel to look at volumes again.',
    );
    expect(dir.hasRecord).toBe(false);
    jest.mocked(console.error).mockRestore();
  });

  test('and can’t be started again, it says why and takes its record away', async () => {
    const started = join(dir.path, 'started');
    const said = new Promise((resolve) => jest.spyOn(console, 'error').mockImplementation(resolve));
    start({
      workerFile: fakeWorker(
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
    expect(dir.hasRecord).toBe(false);
    jest.mocked(console.error).mockRestore();
  });
});

test('a worker that can’t listen is a companion-failed, and is not started again', async () => {
  const starts = join(dir.path, 'starts');
  const worker = fakeWorker(
    'failing.js',
    `require('node:fs').appendFileSync(${JSON.stringify(starts)}, 'x');
    reply({ type: 'failed', message: 'no port' });`,
  );
  writeFileSync(starts, '');
  const code = `
    let failure;
    try {
      const runtimeDir = ${JSON.stringify(dir.path)};
      new Companion({ kernelId: 'other', runtimeDir, workerFile: ${JSON.stringify(worker)}, onChange: () => {} });
    } catch (error) { failure = error; }
    say(failure.code + ': ' + failure.message);`;
  const kernel = child(code);
  expect(await kernel.line()).toBe(
    "companion-failed: show: the viewer's server does not listen (no port); restart the kernel and try again",
  );
  expect(await kernel.end()).toBe(0);
  expect(readFileSync(starts, 'utf8')).toBe('x');
});

describe('a kernel’s process', () => {
  test('ends by itself, and its record with it', async () => {
    const kernel = child("companion.snapshot('a'); say('shown');");
    expect(await kernel.line()).toBe('shown');
    expect(await kernel.end()).toBe(0);
    expect(dir.hasRecord).toBe(false);
  });

  test('ends by itself also while a page is connected; the page is told by the close', async () => {
    const kernel = child("say('shown'); process.stdin.resume();");
    expect(await kernel.line()).toBe('shown');
    const page = await client();
    await page.open('a');
    kernel.endInput();
    expect(await kernel.end()).toBe(0);
    expect((await page.untilClosed()).at(-1)).toMatchObject({ kind: 'closed' });
    expect(readdirSync(dir.path)).toEqual([]);
  });

  test('that calls process.exit leaves no record', async () => {
    const kernel = child('process.exit(5)');
    expect(await kernel.end()).toBe(5);
    expect(readdirSync(dir.path)).toEqual([]);
  });

  test('that spins in a busy loop is served all the while, with exact values, and hears of it afterwards', async () => {
    const stop = join(dir.path, 'stop');
    const spin = `while (!existsSync(${JSON.stringify(stop)}));`;
    const kernel = child(`say('spinning'); ${spin} say('done'); process.stdin.resume();`);
    expect(await kernel.line()).toBe('spinning');
    const page = await client();
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
