import { describe, expect, jest, test } from '@jest/globals';
import type { Companion, CompanionOptions } from '../lib/kernel-server/companion';
import type { PointerMessage, ViewSettings } from '../src/protocol';
import { phantom } from '../src/volume/testing/phantom';
import type { TestClient } from './testing/client';
import { SETTINGS, at, viewRecord } from './testing/records';
import { useCompanions } from './testing/stand';

type OnChange = CompanionOptions['onChange'];

const stand = useCompanions();
const volume = phantom([5, 4, 6]);

describe('a change', () => {
  test('by a client reaches onChange, and the settings that the kernel reads', async () => {
    const heard = new Promise((resolve) => {
      const companion = stand.start({
        onChange: (viewId, patch) => {
          resolve([viewId, patch, companion.settings('a')]);
        },
      });
      companion.put(viewRecord('a', volume));
    });
    const page = await stand.client();
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
    const companion = stand.start({ onChange });
    companion.put(viewRecord('a', volume));
    const page = await stand.client();
    await page.open('a');
    companion.set('a', { index: 5 });
    expect(companion.settings('a')?.index).toBe(5);
    expect((await page.message('comm')).data).toMatchObject({ method: 'update', state: { index: 5 } });
    companion.set('gone', { index: 5 });
    companion.snapshot('a'); // By now the worker has told of everything before.
    expect(onChange).not.toHaveBeenCalled();
  });

  test('by both at the same time ends with the same settings at both ends', async () => {
    const companion = stand.start();
    companion.put(viewRecord('a', volume));
    const page = await stand.client();
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
    const companion = stand.start({ onPointer: (viewId, message) => heard.push([viewId, message]) });
    companion.put(viewRecord('a', volume));
    const page = await stand.client();
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
    const companion = stand.start({ onChange });
    for (const viewId of ['a', 'b']) companion.put(viewRecord(viewId, volume));
    companion.set('a', { index: 3 });
    const page = await stand.client();
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
    const companion = stand.start({ onChange: (viewId, patch) => heard.push([viewId, patch]) });
    for (const viewId of ['a', 'b']) companion.put(viewRecord(viewId, volume));
    companion.link(link);
    const page = await stand.client();
    await page.open('a');
    const other = await stand.client();
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

describe('a client’s change that is older than one of the kernel', () => {
  /** The worker tells of each change by the kernel as if a client had changed the same view just before it. */
  const echo = (patch: string, seen: string): string =>
    stand.fakeWorker(
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
      companion = stand.start({ workerFile, onChange: (_, patch) => resolve(patch) });
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
