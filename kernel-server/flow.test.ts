import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { ENCODINGS, LIMITS, PRIORITIES, type Frame, type PreviewSettings } from '../src/protocol';
import { Volume } from '../src/volume';
import { phantom } from '../src/volume/testing/phantom';
import { FakePeer, valuesOf, type Wish } from './testing/fake-peer';
import { viewRecord } from './testing/records';
import { Views } from './views';

jest.setTimeout(30_000); // Many tiles are encoded here.

const small = phantom([5, 4, 6]);
/** One that packs well; its slices differ. */
const smooth = Volume.from(
  Uint16Array.from({ length: 64 * 64 * 6 }, (_, at) => 1000 * Math.floor(at / 4096) + Math.floor((at % 64) / 8)),
  [64, 64, 6],
);
/** One that does not. */
const noise = Volume.from(randomBytes(300 * 300), [300, 300, 1]);
const PREVIEW: PreviewSettings = { window: [0, 250], quality: 60 };
const indices = (frames: readonly Frame[]): number[] => frames.map(({ index }) => index);

let views = new Views(() => undefined);
let peer = new FakePeer(views);
beforeEach(() => {
  views = new Views(() => undefined);
  views.put(viewRecord('a', small), 1);
  views.put(viewRecord('b', small), 2);
  peer = new FakePeer(views);
  peer.open('a');
  peer.open('b');
  peer.messages.length = 0;
});

describe('credits', () => {
  test('without one nothing is sent, with one a waiting slice is', () => {
    const requestId = peer.request('a', 1, 3);
    expect(peer.inFlight).toEqual([]);
    peer.grant(1);
    expect(peer.inFlight).toHaveLength(1);
    expect(peer.inFlight[0]).toMatchObject({ channel: 1, requestId, revision: 1, plane: 'xy', index: 3 });
    expect(valuesOf(peer.inFlight[0])).toEqual(small.slice('xy', 3).data);
  });

  test('are used up by frames, and not by messages', () => {
    peer.grant(2);
    peer.open('a');
    peer.session.receive({
      type: 'comm',
      viewId: 'a',
      msgId: '1',
      data: { method: 'update', state: { index: 2 }, buffer_paths: [] },
    });
    for (const index of [0, 1, 2]) peer.request('a', 1, index);
    expect(indices(peer.inFlight)).toEqual([0, 1]);
  });

  test('can’t be saved up beyond the limit', () => {
    for (let i = 0; i < 10; i++) peer.grant(LIMITS.credits);
    for (let i = 0; i < 10; i++) peer.request('a', 1, i % 6);
    expect(peer.inFlight).toHaveLength(LIMITS.credits);
  });

  test('half of what a client has granted is kept, also of fewer than it may', () => {
    peer.grant(LIMITS.localCredits);
    peer.wish(
      'a',
      1,
      [1, 2, 3].map((index) => ({ index, priority: 'prefetch' })),
    );
    expect(indices(peer.inFlight)).toEqual([1]);
    peer.request('b', 1, 0);
    expect(indices(peer.inFlight)).toEqual([1, 0]);
    expect(peer.drain()).toHaveLength(4);
  });

  test.each(['prefetch', 'fill'] as const)(
    '%s uses no more than half of them, so that a view finds one',
    (priority) => {
      peer.grant(LIMITS.credits);
      const far = [1, 2, 3, 4].map((index) => ({ index, priority }));
      peer.wish('a', 1, far);
      expect(indices(peer.inFlight)).toEqual([1, 2]);
      peer.request('b', 1, 0);
      expect(indices(peer.inFlight)).toEqual([1, 2, 0]);
      expect(peer.drain()).toHaveLength(5);
    },
  );
});

describe('the newest list', () => {
  test('replaces an older one that has not been cut', () => {
    peer.grant(1);
    peer.request('a', 1, 0);
    for (const index of [1, 2, 3, 4]) peer.request('a', 1, index);
    const last = peer.request('a', 1, 5);
    expect(indices(peer.drain())).toEqual([0, 5]);
    expect(last).toBe(6);
  });

  test('that is empty takes back what was wished for', () => {
    peer.request('a', 1, 0);
    peer.wish('a', 1, []);
    peer.grant(4);
    expect(peer.inFlight).toEqual([]);
  });

  test('is served from its beginning to its end', () => {
    peer.grant(1);
    peer.wish(
      'a',
      1,
      [4, 0, 5, 1, 3].map((index) => ({ index })),
    );
    expect(indices(peer.drain())).toEqual([4, 0, 5, 1, 3]);
  });

  test('does not bring again what was sent before, unless it was not in a list between', () => {
    peer.grant(1);
    const [first = 0, second = 0] = peer.wish('a', 1, [{ index: 0 }, { index: 1 }]);
    // The first is in flight, the second waits; both stay.
    peer.wish('a', 1, [{ requestId: second, index: 1 }, { requestId: first, index: 0 }, { index: 2 }]);
    expect(indices(peer.drain())).toEqual([0, 1, 2]);
    peer.wish('a', 1, [{ requestId: first, index: 0 }]);
    expect(peer.inFlight).toEqual([]);
    // Ids are remembered no longer than they stand in the list.
    peer.wish('a', 1, []);
    peer.wish('a', 1, [{ requestId: first, index: 0 }]);
    expect(indices(peer.drain())).toEqual([0]);
  });

  test('brings a tile that is in it twice once', () => {
    peer.grant(4);
    peer.wish('a', 1, [
      { requestId: 9, index: 0 },
      { requestId: 9, index: 0 },
    ]);
    expect(peer.inFlight).toHaveLength(1);
  });

  test('of one view does not push out that of another, and who waits longest is served first', () => {
    peer.request('b', 1, 1);
    peer.request('a', 1, 2);
    peer.request('b', 1, 3);
    peer.grant(1);
    expect(peer.drain().map(({ channel, index }) => [channel, index])).toEqual([
      [2, 3],
      [1, 2],
    ]);
  });

  test('of a view that always wishes for more lets the other views have their turns', () => {
    peer.grant(1);
    const all = [0, 1, 2, 3, 4, 5].map((index) => ({ index }));
    peer.wish('a', 1, all);
    peer.wish('b', 1, all);
    const channels: number[] = [];
    for (let i = 0; i < 6; i++) {
      channels.push(peer.take().channel);
      peer.wish('a', 1, all);
    }
    expect(channels).toEqual([1, 1, 2, 1, 2, 1]);
  });

  test('has its priorities kept over all views: view, prefetch, fill', () => {
    const tiles = [
      { index: 0, priority: 'fill' },
      { index: 1, priority: 'prefetch' },
      { index: 2, priority: 'view' },
    ] as const;
    peer.wish('a', 1, tiles);
    peer.wish('b', 1, tiles);
    peer.grant(LIMITS.credits);
    expect(peer.drain().map(({ channel, index }) => [channel, index])).toEqual([
      [1, 2],
      [2, 2],
      [1, 1],
      [2, 1],
      [1, 0],
      [2, 0],
    ]);
  });

  test('can make a tile that waits more or less urgent', () => {
    const [near = 0, far = 0] = peer.wish('a', 1, [{ index: 0 }, { index: 1, priority: 'fill' }]);
    peer.wish('a', 1, [
      { requestId: near, index: 0, priority: 'fill' },
      { requestId: far, index: 1 },
    ]);
    peer.grant(LIMITS.credits);
    expect(indices(peer.drain())).toEqual([1, 0]);
  });

  test('arrives, whatever came before it, once, and no frame was sent without a credit', async () => {
    const tile = fc.record({
      at: fc.nat({ max: 5 }),
      priority: fc.constantFrom(...PRIORITIES),
      encoding: fc.constantFrom('raw', ...ENCODINGS),
      keeps: fc.boolean(),
    });
    const view = fc.constantFrom('a', 'b');
    const step = fc.oneof(
      fc.record({ do: fc.constant('wish' as const), view, tiles: fc.array(tile, { maxLength: 5 }) }),
      fc.record({ do: fc.constantFrom('take' as const, 'swap' as const), view }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const own = new Views(() => undefined);
        const revisions: Record<string, number> = { a: 1, b: 1 };
        for (const viewId of ['a', 'b']) own.put(viewRecord(viewId, smooth), 0);
        const client = new FakePeer(own);
        for (const viewId of ['a', 'b']) client.open(viewId);
        client.grant(LIMITS.credits);
        const lists: Record<string, readonly (Wish & { requestId: number })[]> = { a: [], b: [] };
        const frames: Frame[] = [];
        let lastId = 0;
        const wish = (viewId: string, tiles: readonly Wish[]): void => {
          lists[viewId] = tiles.map((each) => ({ ...each, requestId: each.requestId ?? ++lastId }));
          client.wish(viewId, Number(revisions[viewId]), lists[viewId], PREVIEW);
        };
        for (const each of steps) {
          const revision = Number(revisions[each.view]);
          if (each.do === 'wish') {
            // Some tiles of the list before are kept, with their ids.
            const before = lists[each.view] ?? [];
            const kept = before.filter((_, at) => each.tiles[at]?.keeps === true);
            wish(each.view, [...each.tiles.map(({ at, keeps, ...tile }) => ({ index: at, ...tile })), ...kept]);
          }
          if (each.do === 'take' && client.inFlight.length > 0) frames.push(client.take());
          if (each.do === 'swap') {
            revisions[each.view] = revision + 1;
            own.put(viewRecord(each.view, smooth, revision + 1), 0);
            // A page that hears of another volume wishes anew.
            wish(each.view, [{ index: lastId % 6 }]);
          }
        }
        const wanted = Object.values(lists).flatMap((list) => list.map(({ requestId }) => requestId));
        const ids = (): number[] => frames.map(({ requestId }) => requestId);
        for (;;) {
          frames.push(...client.drain());
          if (wanted.every((id) => ids().includes(id))) break;
          await client.next();
        }
        expect(client.mostInFlight).toBeLessThanOrEqual(LIMITS.credits);
        expect(client.messages.filter(({ type }) => type === 'error')).toEqual([]);
        expect(new Set(ids()).size).toBe(frames.length);
        for (const frame of frames) {
          if (frame.encoding === 'preview') continue;
          expect(valuesOf(frame)).toEqual(smooth.slice('xy', frame.index).data);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a tile in another encoding', () => {
  const packed = { encoding: 'packed' } as const;
  const preview = { encoding: 'preview' } as const;
  /** Take the next frame, which may still be encoded. */
  const arrival = async (): Promise<Frame> => {
    while (peer.inFlight.length === 0) await peer.next();
    return peer.take();
  };
  beforeEach(() => {
    views.put(viewRecord('a', smooth, 2), 3);
    views.put(viewRecord('b', smooth, 2), 4);
    peer.messages.length = 0;
  });

  test('packed, has all its numbers in fewer bytes, and the header of the raw one', async () => {
    peer.grant(1);
    peer.request('a', 2, 3, { ...packed, level: [1, 0] });
    const frame = await arrival();
    peer.request('a', 2, 3, { level: [1, 0] });
    const raw = await arrival();
    expect(frame).toEqual({ ...raw, requestId: 1, encoding: 'packed', payload: frame.payload });
    expect(raw.encoding).toBe('raw');
    expect(frame.payload.length).toBeLessThan(raw.payload.length / 10);
    expect(valuesOf(frame)).toEqual(valuesOf(raw));
  });

  test('as a preview, is a WebP of its size, behind the header of the raw one', async () => {
    peer.grant(1);
    peer.wish('a', 2, [{ index: 3, ...preview, level: [0, 1] }], PREVIEW);
    const frame = await arrival();
    peer.request('a', 2, 3, { level: [0, 1] });
    const raw = await arrival();
    expect(frame).toEqual({ ...raw, requestId: 1, encoding: 'preview', payload: frame.payload });
    expect(frame.tile).toEqual({ x: 0, y: 0, width: 64, height: 32 });
    expect(frame.payload.length).toBeLessThan(raw.payload.length / 2);
    const text = Buffer.from(frame.payload).toString('latin1');
    expect([text.slice(0, 4), text.slice(8, 12)]).toEqual(['RIFF', 'WEBP']);
  });

  test('as a preview through a window of real values, is the one through that of the stored ones', async () => {
    const { shape, data } = smooth;
    const rescaled = Volume.from(data, shape, { rescale: { slope: 2, intercept: -50 } });
    views.put(viewRecord('b', rescaled, 2), 5);
    peer.messages.length = 0;
    peer.grant(2);
    peer.wish('a', 2, [{ index: 3, ...preview }], PREVIEW);
    const plain = await arrival();
    peer.wish('b', 2, [{ index: 3, ...preview }], { ...PREVIEW, window: [-50, 450] });
    const frame = await arrival();
    expect(frame.encoding).toBe('preview');
    expect(frame.payload).toEqual(plain.payload);
  });

  test.each([packed, preview])('%p, that is not smaller than the raw one comes raw', async (encoding) => {
    views.put(viewRecord('a', encoding === packed ? noise : small, 3), 5);
    peer.grant(1);
    peer.wish('a', 3, [{ index: 0, ...encoding }], PREVIEW);
    const frame = await arrival();
    expect(frame.encoding).toBe('raw');
    expect(valuesOf(frame)).toEqual((encoding === packed ? noise : small).slice('xy', 0).data);
  });

  test.each([packed, preview])('%p, of one pixel comes', async (encoding) => {
    views.put(viewRecord('a', Volume.from(Uint8Array.of(7), [1, 1, 1]), 3), 5);
    peer.grant(1);
    peer.wish('a', 3, [{ index: 0, ...encoding }], PREVIEW);
    expect(valuesOf(await arrival())).toEqual(Uint8Array.of(7));
    expect(peer.messages.filter(({ type }) => type === 'error')).toEqual([]);
  });

  test('has the values of the moment in which it was cut', async () => {
    const growing = Volume.alloc([64, 64, 1], 'uint16');
    views.put(viewRecord('a', growing, 3), 5);
    peer.grant(1);
    peer.request('a', 3, 0, packed);
    growing.data.fill(9);
    expect(new Set(valuesOf(await arrival()))).toEqual(new Set([0]));
  });

  test('is no reason for a raw one to wait, also if it is first in line, and two are encoded at most', async () => {
    peer.grant(LIMITS.credits);
    const tiles = [0, 1, 2, 3].map((index) => ({ index, ...packed }));
    peer.wish('a', 2, [...tiles, { index: 4 }, { index: 5 }]);
    expect(indices(peer.inFlight)).toEqual([4, 5]);
    const frames = [];
    for (let i = 0; i < 6; i++) frames.push(await arrival());
    expect(indices(frames).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(peer.mostInFlight).toBeLessThanOrEqual(LIMITS.credits);
  });

  test('that is not needed now leaves an encoder to one that is', async () => {
    peer.grant(LIMITS.credits);
    const far = [0, 1].map((index) => ({ index, priority: 'prefetch', ...packed }) as const);
    peer.wish('a', 2, far);
    // The first is being encoded, and so is the one of b at once: two credits are left.
    peer.wish('b', 2, [{ index: 2, ...packed }, { index: 3 }, { index: 4 }, { index: 5 }]);
    expect(indices(peer.inFlight)).toEqual([3, 4]);
    const frames = [];
    for (let i = 0; i < 6; i++) frames.push(await arrival());
    expect(indices(frames).indexOf(2)).toBeLessThan(indices(frames).indexOf(1));
    expect(indices(frames).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('that was fetched ahead and is not in the newest list any more gives its credit back at once, and is not sent', async () => {
    peer.grant(3);
    peer.request('a', 2, 0, { priority: 'prefetch', ...packed });
    const raw = [1, 2, 3].map((index) => ({ index }));
    peer.wish('a', 2, raw);
    expect(indices(peer.inFlight)).toEqual([1, 2, 3]);
    peer.drain();
    const last = peer.request('a', 2, 4, packed);
    expect((await arrival()).requestId).toBe(last);
    // Nothing is held: all credits are there again.
    peer.grant(LIMITS.credits);
    peer.wish('a', 2, [...raw, { index: 0 }]);
    expect(indices(peer.inFlight)).toEqual([1, 2, 3, 0]);
  });

  test('is sent although the hand has passed it, and then the one where the hand is, not those between', async () => {
    peer.grant(LIMITS.credits);
    for (let index = 0; index < 6; index++) peer.request('a', 2, index, packed);
    // Two were being encoded; of the others only the newest is wished for when an encoder is free.
    const frames = [await arrival(), await arrival(), await arrival()];
    expect(indices(frames).sort()).toEqual([0, 1, 5]);
    expect(frames.at(-1)?.index).toBe(5);
    peer.grant(LIMITS.credits);
    peer.wish(
      'a',
      2,
      [0, 1, 2, 3].map((index) => ({ index })),
    );
    expect(indices(peer.inFlight)).toEqual([0, 1, 2, 3]);
  });

  test('stays under way when a newer list has it too, and is sent once', async () => {
    peer.grant(1);
    const id = peer.request('a', 2, 0, packed);
    peer.wish('a', 2, [
      { requestId: id, index: 0, ...packed },
      { index: 1, ...packed },
    ]);
    expect([(await arrival()).index, (await arrival()).index]).toEqual([0, 1]);
  });

  test.each<[string, () => void]>([
    ['its volume is replaced', () => views.put(viewRecord('a', smooth, 3), 5)],
    ['the client closes its view', () => peer.session.receive({ type: 'close', viewId: 'a' })],
    ['the kernel closes its view', () => views.close('a')],
  ])('is not sent when %s meanwhile', async (_, end) => {
    peer.grant(1);
    peer.request('a', 2, 0, packed);
    end();
    const other = peer.request('b', 2, 0, packed);
    expect((await arrival()).requestId).toBe(other);
    expect(peer.inFlight).toEqual([]);
  });

  test('is not sent to a client that is gone', async () => {
    const gone = new FakePeer(views);
    gone.open('a');
    gone.grant(1);
    gone.request('a', 2, 0, packed);
    gone.session.dispose();
    peer.grant(1);
    peer.request('a', 2, 0, packed);
    await arrival();
    expect(gone.inFlight).toEqual([]);
  });

  test('that can’t be made is an error with a sentence, gives its credit back, and the next is served', async () => {
    peer.grant(1);
    peer.wish('a', 2, [{ index: 0, ...preview }, { index: 1 }], { window: [0, 250], quality: 0 });
    expect((await arrival()).index).toBe(1);
    expect(peer.messages).toEqual([
      {
        type: 'error',
        code: 'companion-failed',
        message: expect.stringMatching(/^The slice could not be made \(.*quality.*\)\. Show another one/) as unknown,
        viewId: 'a',
      },
    ]);
  });
});
