import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { ENCODINGS, LIMITS, PRIORITIES, type Frame, type PreviewSettings } from '../src/protocol';
import { Volume } from '../src/volume';
import { phantom } from '../src/volume/testing/phantom';
import { FakePeer, valuesOf, type Wish } from './testing/fake-peer';
import { viewRecord } from './testing/records';
import { twoViews } from './testing/two-views';
import { Views } from './views';

jest.setTimeout(30_000); // Many tiles are encoded here.

const small = phantom([5, 4, 6]);
/** One that packs well; its slices differ. */
const smooth = Volume.from(
  Uint16Array.from({ length: 64 * 64 * 6 }, (_, at) => 1000 * Math.floor(at / 4096) + Math.floor((at % 64) / 8)),
  [64, 64, 6],
);
const PREVIEW: PreviewSettings = { window: [0, 250], quality: 60 };
const indices = (frames: readonly Frame[]): number[] => frames.map(({ index }) => index);

let { peer } = twoViews(small);
beforeEach(() => {
  ({ peer } = twoViews(small));
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
