import { beforeEach, expect, test } from '@jest/globals';
import type { Frame, SliceRequest } from '../protocol';
import { sliceCache, type Slice } from './slice-cache';
import { SliceFeed } from './slice-feed';
import { viewState } from './testing/states';

let asked: SliceRequest[];
let shown: Slice[];
let feed: SliceFeed;

beforeEach(() => {
  sliceCache.clear();
  asked = [];
  shown = [];
  feed = new SliceFeed(
    (request) => asked.push(request),
    (slice) => shown.push(slice),
  );
  feed.connected('run-1');
});

/** The frame that answers a request: every voxel has the slice's index as its value. */
function answer(request: SliceRequest | undefined, part: Partial<Frame> = {}): Frame {
  if (request === undefined) throw new Error('nothing was asked');
  const { requestId, revision, plane, index } = request;
  const tile = part.tile ?? { x: 0, y: 0, width: 4, height: 3 };
  const data = new Uint16Array(tile.width * tile.height).fill(index);
  return {
    channel: 1,
    requestId,
    revision,
    plane,
    index,
    level: 0,
    dtype: 'uint16',
    components: 1,
    width: 4,
    height: 3,
    tile,
    last: true,
    data,
    ...part,
  };
}

test('a state asks for its slice once, however often it is told', () => {
  feed.update(viewState(1, 'xy', 2));
  feed.update(viewState(1, 'xy', 2));
  expect(asked).toEqual([{ kind: 'slice', requestId: 1, revision: 1, plane: 'xy', index: 2 }]);
});

test('a slice that was there before is taken from the cache and not asked for again', () => {
  feed.update(viewState(1, 'xy', 2));
  feed.receive(answer(asked[0]));
  feed.update(viewState(1, 'xy', 3));
  feed.receive(answer(asked[1]));
  feed.update(viewState(1, 'xy', 2));
  expect(asked).toHaveLength(2);
  expect(shown.map((slice) => slice.index)).toEqual([2, 3, 2]);
  expect(Array.from(shown[2]?.data ?? [])).toEqual(new Array(12).fill(2));
});

test('a slice that comes after one that was wished for later is kept, and not shown', () => {
  feed.update(viewState(1, 'xy', 1));
  feed.update(viewState(1, 'xy', 2));
  feed.receive(answer(asked[1]));
  feed.receive(answer(asked[0]));
  expect(shown.map((slice) => slice.index)).toEqual([2]);
  feed.update(viewState(1, 'xy', 1));
  expect(asked).toHaveLength(2);
});

test('a slice of the volume before a swap is never shown', () => {
  feed.update(viewState(1, 'xy', 1));
  feed.update(viewState(2, 'xy', 1));
  feed.receive(answer(asked[0]));
  expect(shown).toEqual([]);
  feed.receive(answer(asked[1]));
  expect(shown.map((slice) => slice.revision)).toEqual([2]);
});

test('a slice of the plane before a change of plane is never shown', () => {
  feed.update(viewState(1, 'xy', 1));
  feed.update(viewState(1, 'xz', 1));
  feed.receive(answer(asked[0]));
  expect(shown).toEqual([]);
});

test('bands are put together, and shown when the last is there', () => {
  feed.update(viewState(1, 'xy', 4));
  const band = (y: number, height: number, value: number, last: boolean): Frame =>
    answer(asked[0], {
      tile: { x: 0, y, width: 4, height },
      last,
      data: new Uint16Array(4 * height).fill(value),
    });
  feed.receive(band(0, 2, 7, false));
  expect(shown).toEqual([]);
  feed.receive(band(2, 1, 8, true));
  expect(Array.from(shown[0]?.data ?? [])).toEqual([7, 7, 7, 7, 7, 7, 7, 7, 8, 8, 8, 8]);
});

test('after another run of the companion what was under way is asked for again, and nothing old is taken', () => {
  feed.update(viewState(1, 'xy', 2));
  feed.receive(answer(asked[0]));
  feed.connected('run-2');
  feed.update(viewState(1, 'xy', 2));
  expect(asked).toHaveLength(2);
});
