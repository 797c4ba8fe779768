import { readdirSync, statSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { drawSlice } from '../src/export';
import { readPng } from '../src/export/testing/read-png';
import { LIMITS, voxelsOf, type ViewSettings } from '../src/protocol';
import type { Picture } from '../src/shading';
import { phantom } from '../src/volume/testing/phantom';
import { TestClient } from './testing/client';
import { KERNEL_ID } from './testing/companions';
import { NOTHING_MORE, SETTINGS, at, viewRecord } from './testing/records';
import { useCompanions } from './testing/stand';

const stand = useCompanions();
const volume = phantom([5, 4, 6]);

describe('a companion', () => {
  test('listens when its constructor returns, and its record says where', () => {
    stand.start();
    const { port, secret, readerSecret, pid } = stand.dir.record;
    expect(port).toBeGreaterThan(0);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(readerSecret).toMatch(/^[0-9a-f]{64}$/);
    expect(readerSecret).not.toBe(secret);
    expect(pid).toBe(process.pid);
    expect(Object.keys(stand.dir.record).sort()).toEqual(['pid', 'port', 'readerSecret', 'secret']);
  });

  test('writes its record for nobody but the user, under the kernel’s id, and leaves nothing else', () => {
    stand.start();
    expect(readdirSync(stand.dir.path)).toEqual([`slicescope-${KERNEL_ID}.json`]);
    expect(statSync(stand.dir.recordFile).mode & 0o777).toBe(0o600);
  });

  test('has a port and a secret of its own', () => {
    stand.start();
    const first = stand.dir.record;
    stand.freshDir();
    stand.start();
    expect(stand.dir.record.secret).not.toBe(first.secret);
    expect(stand.dir.record.port).not.toBe(first.port);
  });

  test('forgets the pages of a kernel before it', () => {
    stand.dir.notePage();
    stand.start();
    expect(readdirSync(stand.dir.path)).toEqual([`slicescope-${KERNEL_ID}.json`]);
  });

  test('serves the slices of its views, and of no other', async () => {
    const companion = stand.start();
    companion.put(viewRecord('a', volume));
    const page = await stand.client();
    const { state } = await page.open('a');
    expect(state).toEqual({ ...SETTINGS, ...NOTHING_MORE, volume: volume.info(1) });
    const frame = await page.slice('a', 1, { requestId: 1, plane: 'yz', index: 3 });
    expect(voxelsOf(frame, frame.payload)).toEqual(volume.slice('yz', 3).data);
    page.say({ type: 'open', viewId: 'b' });
    expect(await page.message('error')).toMatchObject({ code: 'unknown-view', viewId: 'b' });
  });

  test('knows a view as soon as it is put, however busy its thread is when a page opens it', async () => {
    const companion = stand.start();
    companion.put(viewRecord('a', volume));
    const page = await stand.client();
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
    const companion = stand.start();
    const own = phantom([3, 3, 3]);
    companion.put(viewRecord('a', own));
    const page = await stand.client();
    await page.open('a');
    own.data.fill(77);
    const frame = await page.slice('a', 1, { requestId: 1, index: 1 });
    expect(voxelsOf(frame, frame.payload)).toEqual(new Uint16Array(9).fill(77));
  });

  test('tells clients of another volume in one message, and of a close', async () => {
    const companion = stand.start();
    companion.put(viewRecord('a', volume));
    const page = await stand.client();
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
    const companion = stand.start();
    const settings = { plane: 'xz', index: 2, window: [20, 200], colormap: 'viridis', rotation: 1 } as const;
    companion.put(viewRecord('a', volume, 1, settings));
    const { png } = companion.snapshot('a');
    const drawn = await drawSlice(volume, { ...SETTINGS, ...settings });
    expect(await readPng(Buffer.from(png))).toEqual({ ...drawn, channels: 3 });
    companion.set('a', { index: 3 });
    const next = await drawSlice(volume, { ...SETTINGS, ...settings, index: 3 });
    expect(await readPng(Buffer.from(companion.snapshot('a').png))).toEqual({ ...next, channels: 3 });
  });

  test('draws the part that a view is zoomed in to, as large as the whole, and all of what it has none of', async () => {
    const companion = stand.start();
    const drawn = async (settings: Partial<ViewSettings>): Promise<Picture> => {
      companion.put(viewRecord('a', large, 1, settings));
      const { channels, ...picture } = await readPng(Buffer.from(companion.snapshot('a').png));
      expect(channels).toBe(3);
      return picture;
    };
    const large = phantom([40, 24, 6]);
    const part = { index: 2, zoom: 4, center: [0.25, 0.75, 0.5] } as const;
    const whole = await drawSlice(large, { ...SETTINGS, index: 2 });
    const all = await drawSlice(large, { ...SETTINGS, ...part }, [], 'whole', 4);
    const { width, height, data } = await drawn(part);
    expect([width, height]).toEqual([40, 24]);
    // Around column 10 and row 18, at 4 pixels a voxel.
    const rows = Array.from({ length: 24 }, (_, y) => {
      const from = 4 * ((4 * 15 + y) * all.width + 4 * 5);
      return all.data.subarray(from, from + 4 * 40);
    });
    expect(Buffer.compare(data, Buffer.concat(rows))).toBe(0);
    expect(await drawn({ ...part, layout: 'planes' })).toEqual(whole);
    expect(await drawn({ ...part, center: [9, 9, 9] })).toEqual(whole);
    expect(await drawn({ ...part, zoom: 0.5, center: [0.5, 0.5, 0.5] })).toEqual(whole);
  });

  test('that has no such view draws no picture, and goes on', () => {
    const companion = stand.start();
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
    const companion = stand.start();
    const own = phantom([3, 3, 3]);
    companion.put(viewRecord('a', own));
    const page = await stand.client();
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
    const companion = stand.start();
    const own = phantom([3, 3, 3]);
    companion.put(viewRecord('a', own));
    companion.put(viewRecord('b', own));
    companion.put(viewRecord('c', phantom([3, 3, 3])));
    const pages = [await stand.client(), await stand.client(), await stand.client()] as const;
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
    const companion = stand.start();
    const own = phantom([3, 3, 3]);
    companion.put(viewRecord('a', own));
    const page = await stand.client();
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

  test('has a revision also past 2³¹; before 2³² revisions begin anew, in a run of another name', async () => {
    const LAST = 0xf000_0000;
    const companion = stand.start({ lastRevision: LAST - 4 });
    const [own, other] = [phantom([3, 3, 3]), phantom([3, 3, 3])];
    companion.put(viewRecord('a', own));
    companion.put(viewRecord('b', other));
    stand.dir.notePage();
    const { port, secret } = stand.dir.record;
    const connect = async (): Promise<[TestClient, string, number]> => {
      const page = await TestClient.connect(port);
      stand.clients.push(page);
      const instance = await page.shakeHands(secret);
      return [page, instance, (await page.open('a')).state.volume.revision];
    };
    const [page, before, first] = await connect();
    expect(first).toBe(LAST - 3);
    page.change('a', 'm', { index: 2, zoom: 3 });
    await page.message('comm');
    for (const revision of [LAST - 1, LAST]) {
      own.data.fill(revision % 100);
      companion.refresh('a');
      const { data } = await page.message('comm');
      if (data.method === 'custom') throw new Error('no state');
      expect(data.state.volume?.revision).toBe(revision);
      const frame = await page.slice('a', revision, { requestId: revision % 100, index: 1 });
      expect([frame.revision, voxelsOf(frame, frame.payload)[0]]).toEqual([revision, revision % 100]);
    }
    own.data.fill(77);
    companion.refresh('a');
    expect((await page.untilClosed()).at(-1)).toMatchObject({ kind: 'closed' });
    const [next, after, again] = await connect();
    expect(after).not.toBe(before);
    expect(again).toBeLessThan(10);
    const frame = await next.slice('a', again, { requestId: 1, index: 1 });
    expect(voxelsOf(frame, frame.payload)[0]).toBe(77);
    const { state } = await next.open('b');
    expect(state.volume.revision).not.toBe(again);
    expect((await next.open('a')).state).toMatchObject({ index: 2, zoom: 3 });
  });

  test('right after a swap is not lost, whatever is still on its way', async () => {
    const companion = stand.start();
    const [one, other] = [phantom([3, 3, 3]), phantom([3, 3, 3])];
    companion.put(viewRecord('a', one));
    const page = await stand.client();
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
    const companion = stand.start();
    companion.refresh('gone');
    expect(companion.settings('gone')).toBeUndefined();
  });
});
