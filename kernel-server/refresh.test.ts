import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { UNASKED, voxelsOf, type Frame } from '../src/protocol';
import { Volume } from '../src/volume';
import { Publication } from './publication';
import { Child, RuntimeDir, companionCode } from './testing/companions';
import type { TestClient } from './testing/client';
import { FakePeer } from './testing/fake-peer';
import { viewRecord } from './testing/records';
import { Views } from './views';

jest.setTimeout(60_000); // A process is started here, on machines that may be busy.

/** A view of a volume whose voxels all have one value, and a cell that writes and refreshes. */
class Scene {
  readonly views: Views = new Views(() => undefined);
  readonly volume: Volume;
  readonly peer: FakePeer;
  revision = 1;
  #publication: Publication | null = null;

  constructor(shape: readonly [number, number, number]) {
    this.volume = Volume.alloc(shape, 'uint16');
    this.views.put(viewRecord('a', this.volume), 1);
    this.peer = new FakePeer(this.views);
    this.peer.open('a');
    this.peer.messages.length = 0;
  }

  /** As a cell and the main thread do. */
  refresh(value: number): void {
    const first = this.#publication === null;
    this.#publication ??= new Publication(this.volume.toRecord());
    this.volume.data.fill(value);
    this.#publication.publish();
    this.views.refresh('a', ++this.revision, [first ? this.#publication.shared : undefined]);
  }

  /** The revisions that the page has been told of, from messages that say nothing else. */
  told(): number[] {
    return this.peer.messages.map((message) => {
      if (message.type !== 'comm' || message.data.method !== 'update') throw new Error(JSON.stringify(message));
      const { volume, ...rest } = message.data.state;
      expect(rest).toEqual({});
      return Number(volume?.revision);
    });
  }
}

const valuesOf = (frames: readonly Frame[]): number[] => [
  ...new Set(frames.flatMap((frame) => [...new Set<number>(voxelsOf(frame, frame.payload))])),
];

describe('a page', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('that does not ask is told of one refresh out of 10 000, and when it follows, of the last', () => {
    const scene = new Scene([2, 2, 2]);
    const { peer } = scene;
    for (let value = 1; value <= 10_000; value++) scene.refresh(value);
    jest.advanceTimersByTime(1000);
    expect(scene.told()).toEqual([2]);
    peer.grant(1);
    peer.request('a', 2, 1);
    expect(peer.inFlight).toMatchObject([{ revision: 2, index: 1 }]);
    expect(valuesOf(peer.drain())).toEqual([10_000]);
    expect(scene.told()).toEqual([2, 10_001]);
    peer.request('a', 10_001, 1);
    expect(valuesOf(peer.drain())).toEqual([10_000]);
    jest.advanceTimersByTime(1000);
    expect(scene.told()).toEqual([2, 10_001]);
  });

  test('that moves its slider meanwhile gets its slice, and keeps its index', () => {
    const scene = new Scene([2, 2, 9]);
    const { peer } = scene;
    scene.refresh(1);
    peer.grant(4);
    const data = { method: 'update', state: { index: 7 }, buffer_paths: [] } as const;
    peer.session.receive({ type: 'comm', viewId: 'a', msgId: 'm', data });
    scene.refresh(2);
    peer.request('a', 2, 7);
    scene.refresh(3);
    expect(peer.inFlight).toMatchObject([{ revision: 2, index: 7 }]);
    expect(valuesOf(peer.drain())).toEqual([2]);
    expect(scene.views.get('a')?.state.index).toBe(7);
    expect(peer.messages.filter((m) => m.type === 'comm' && m.parentId === 'm')).toMatchObject([
      { data: { method: 'echo_update', state: { index: 7 } } },
    ]);
  });

  test('that takes no more frames gets nothing of a volume that was swapped away', () => {
    const scene = new Scene([2, 2, 2]);
    const { peer, views } = scene;
    scene.refresh(1);
    peer.request('a', 2, 0);
    views.put(viewRecord('a', Volume.alloc([2, 2, 2], 'uint16'), 9), 2);
    peer.grant(4);
    expect(peer.inFlight).toHaveLength(0);
    peer.request('a', 9, 1);
    expect(peer.drain().map(({ revision }) => revision)).toEqual([9]);
  });

  test('gets the tiles of a large slice of one content only: those of a later one come with the later revision', () => {
    const scene = new Scene([1000, 2100, 1]);
    const { peer } = scene;
    scene.refresh(1);
    const overview = { index: 0, level: [0, 1] } as const;
    const tiles = [overview, { index: 0, tile: [0, 0] }, { index: 0, tile: [1, 0] }] as const;
    peer.wish('a', 2, tiles);
    peer.grant(1);
    scene.refresh(2);
    peer.grant(3);
    const before = peer.drain();
    expect(before.map(({ level }) => level)).toEqual([[0, 1]]);
    expect(valuesOf(before)).toEqual([1]);
    jest.advanceTimersByTime(1000);
    expect(scene.told()).toEqual([2, 3]);
    peer.wish('a', 3, tiles);
    const after = peer.drain();
    expect(after.map(({ revision }) => revision)).toEqual([3, 3, 3, 3]); // The overview also unasked, before the message.
    expect(valuesOf(after)).toEqual([2]);
  });
});

describe('a kernel that writes and refreshes in a busy loop', () => {
  const dir = new RuntimeDir();
  let kernel: Child | null = null;
  let page: TestClient | null = null;
  afterEach(async () => {
    await page?.end();
    kernel?.kill();
  });
  afterAll(() => {
    dir.remove();
  });

  test('is followed with slices that are whole, in order and of the slider’s place, and at last with the last one', async () => {
    const stop = join(dir.path, 'stop');
    kernel = new Child(
      companionCode(
        dir,
        `volume.data.fill(0);
        companion.refresh('a');
        say('writing');
        let turn = 0;
        while (!existsSync(${JSON.stringify(stop)})) {
          turn++;
          for (let at = 0; at < 64; at++) volume.data[at] = turn % 65536;
          companion.refresh('a');
        }
        say(String(turn));
        process.stdin.resume();`,
      ),
    );
    expect(await kernel.line()).toBe('writing');
    page = await dir.client();
    let { revision } = (await page.open('a')).state.volume;
    page.grant(4);
    let requestId = 0;
    let index = 0;
    let wanted = revision;
    let pushed = 0;
    const values: number[] = [];
    const ask = (): void => page?.wish('a', revision, { requestId: ++requestId, index });
    ask();
    while (values.length < 60) {
      const arrival = await page.next();
      if (arrival.kind === 'frame') {
        const { frame } = arrival;
        page.grant(1);
        const data = voxelsOf(frame, frame.payload);
        expect(new Set(data).size).toBe(1);
        if (frame.requestId === UNASKED) {
          expect(frame.revision).toBeGreaterThan(wanted);
          pushed = frame.revision;
        } else {
          expect(frame.revision).toBe(wanted);
          expect(frame.index).toBe(index);
        }
        values.push(Number(data[0]));
        if (values.length === 30) {
          index = 3;
          page.change('a', 'slider', { index });
          ask();
        }
      } else if (
        arrival.kind === 'message' &&
        arrival.message.type === 'comm' &&
        arrival.message.data.method !== 'custom'
      ) {
        const { parentId, data } = arrival.message;
        if (parentId === 'slider') expect(data.state).toEqual({ index: 3, position: [2, 2, 3] });
        else expect(Object.keys(data.state)).toEqual(['volume']);
        const told = data.state.volume?.revision ?? revision;
        if (told === revision) continue;
        expect(told).toBeGreaterThan(revision);
        wanted = revision = told;
        if (told !== pushed) ask();
      } else throw new Error(JSON.stringify(arrival));
    }
    expect(new Set(values).size).toBeGreaterThan(50);
    writeFileSync(stop, '');
    const turns = Number(await kernel.line());
    let shown = wanted; // It may be the last one already.
    while (shown !== turns + 2) {
      const arrival = await page.next();
      if (arrival.kind === 'frame') {
        page.grant(1);
        values.push(Number(voxelsOf(arrival.frame, arrival.frame.payload)[0]));
        shown = arrival.frame.revision;
      } else if (
        arrival.kind === 'message' &&
        arrival.message.type === 'comm' &&
        arrival.message.data.method !== 'custom'
      ) {
        revision = arrival.message.data.state.volume?.revision ?? revision;
        ask();
      }
    }
    expect(values.at(-1)).toBe(turns % 65536);
    expect(JSON.parse(await kernel.line())).toEqual(['a', { index: 3, position: [2, 2, 3] }]);
  });
});
