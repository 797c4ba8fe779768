import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  VOLUME_ITSELF,
  tileGrid,
  tileRect,
  type Frame,
  type TileWish,
  type ViewState,
  type WishList,
} from '../protocol';
import { IDLE_MS, REST_MS } from './motion';
import { DEFAULT_CACHE_BYTES, tileCache, type Slice } from './slice-cache';
import { SliceFeed } from './slice-feed';
import { viewState } from './testing/states';
import { Line } from './transport/line';

let lists: WishList[];
let shown: Slice[];
let feed: SliceFeed;

/** All of a small slice is in sight. */
const IN_SIGHT = { scale: [1, 1], region: { x: 0, y: 0, width: 4, height: 3 } } as const;
const LOCAL = new Line(true, 0);
/** 512 × 512 uint16 take about 200 ms on it. */
const SLOW = new Line(false, 50);

beforeEach(() => {
  jest.useFakeTimers();
  tileCache.clear();
  tileCache.budget = DEFAULT_CACHE_BYTES;
  lists = [];
  shown = [];
  feed = new SliceFeed(
    (wishes) => lists.push(wishes),
    (slice) => shown.push(slice),
  );
});

afterEach(() => {
  feed.dispose();
  jest.useRealTimers();
});

const last = (): WishList => lists.at(-1)!;
const wished = (list: WishList = last()): string[] =>
  list.tiles.map(({ index, priority, encoding }) => `${String(index)} ${priority} ${encoding}`);

/** The frame that grants a wish of the last list: every voxel has the slice's index as its value. */
function grant(state: ViewState, wish: TileWish, list = last()): void {
  const { requestId, plane, index, level, tile, encoding } = wish;
  const { dtype, components } = state.volume;
  const grid = tileGrid(state.volume.planes[plane], state.volume, level);
  const rect = tileRect(grid, ...tile);
  const data = new Uint16Array(rect.width * rect.height).fill(index);
  const { width, height } = grid;
  const frame: Frame = {
    ...{ channel: 1, requestId, revision: list.revision, plane, index, level, dtype, components, width, height },
    ...{ tile: rect, encoding, payload: new Uint8Array(data.buffer) },
  };
  void feed.receive(frame);
}

const valueOf = (slice: Slice | undefined): number => slice?.layers[0]?.tiles[0]?.data[0] as number;
const small = (index: number, revision = 1): ViewState => viewState(revision, 'xy', index);

/** A volume whose slices are this large; the planes are all alike. */
function large(width: number, height: number, index = 0, count = 200): ViewState {
  const state = viewState(1, 'xy', index);
  const plane = { ...state.volume.planes.xy, width, height, count };
  return { ...state, volume: { ...state.volume, planes: { xy: plane, xz: plane, yz: plane } } };
}

describe('the picture itself', () => {
  beforeEach(() => {
    feed.connected('run-1', null);
  });

  test('is wished for once, however often the state is told', () => {
    feed.update(small(2));
    feed.update(small(2));
    expect(lists).toEqual([
      {
        kind: 'wishes',
        revision: 1,
        preview: null,
        tiles: [
          {
            requestId: 1,
            plane: 'xy',
            index: 2,
            ...VOLUME_ITSELF,
            level: [0, 0],
            tile: [0, 0],
            priority: 'view',
            encoding: 'raw',
          },
        ],
      },
    ]);
  });

  test('is taken from the cache if it was there before, and what was wished for meanwhile is taken back', () => {
    for (const index of [2, 3]) {
      feed.update(small(index));
      grant(small(index), last().tiles[0]!);
    }
    feed.update(small(4));
    feed.update(small(2));
    expect(shown.map(valueOf)).toEqual([2, 3, 2]);
    expect(wished()).toEqual([]);
    expect(lists).toHaveLength(4);
  });

  test('is not replaced by one that was wished for earlier and comes later; that one is kept', () => {
    feed.update(small(1));
    const first = last();
    feed.update(small(2));
    grant(small(2), last().tiles[0]!);
    grant(small(1), first.tiles[0]!, first);
    expect(shown.map(valueOf)).toEqual([2]);
    feed.update(small(1));
    expect(shown.map(valueOf)).toEqual([2, 1]);
  });

  test('follows the hand: a slice that it has passed is shown if it comes in order', () => {
    feed.update(small(1));
    const first = last();
    feed.update(small(3));
    grant(small(1), first.tiles[0]!, first);
    expect(shown.map(valueOf)).toEqual([1]);
  });

  test('is never of the volume before a swap, nor of the plane before a change', () => {
    feed.update(small(1));
    const before = last();
    feed.update(small(1, 2));
    grant(small(1), before.tiles[0]!, before);
    expect(shown).toEqual([]);
    grant(small(1, 2), last().tiles[0]!);
    expect(shown.map(({ revision }) => revision)).toEqual([2]);
    feed.update(viewState(2, 'xz', 1));
    expect(shown).toHaveLength(1);
    expect(last().tiles).toMatchObject([{ plane: 'xz', index: 1 }]);
  });

  test('is wished for again on another connection, and nothing of another run is taken', () => {
    feed.update(small(2));
    const before = last();
    feed.connected('run-2', null);
    expect(lists).toHaveLength(2);
    grant(small(2), before.tiles[0]!, before);
    expect(shown).toEqual([]);
    grant(small(2), last().tiles[0]!);
    feed.connected('run-3', null);
    expect(wished()).toEqual(['2 view raw']);
  });

  test('is all that is wished for where there is no line, however long the hand rests', () => {
    feed.need(feed, 'xy', IN_SIGHT);
    feed.update(small(2));
    grant(small(2), last().tiles[0]!);
    jest.advanceTimersByTime(10 * IDLE_MS);
    expect(lists).toHaveLength(1);
  });
});

describe('slices that may be needed next', () => {
  const grantAll = (state: ViewState): void => {
    for (const wish of last().tiles) grant(state, wish);
  };

  beforeEach(() => {
    feed.connected('run-1', LOCAL);
    feed.need(feed, 'xy', IN_SIGHT);
  });

  test('are wished for when the hand rests, and not before', () => {
    const state = large(512, 512, 100);
    feed.update(state);
    grantAll(state);
    jest.advanceTimersByTime(REST_MS - 1);
    expect(lists).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(wished()).toEqual([101, 99, 102, 98, 103, 97].map((index) => `${String(index)} prefetch raw`));
  });

  test('are shown when the hand gets there, and not before', () => {
    const state = large(512, 512, 100);
    feed.update(state);
    grantAll(state);
    jest.advanceTimersByTime(REST_MS);
    grantAll(state);
    expect(shown.map(valueOf)).toEqual([100]);
    const sent = lists.length;
    feed.update(large(512, 512, 101));
    expect(shown.map(valueOf)).toEqual([100, 101]);
    expect(lists.slice(sent).flatMap(({ tiles }) => tiles)).toEqual([]);
  });

  test('keep their request when the hand gets there before they do', () => {
    const state = large(512, 512, 100);
    feed.update(state);
    grantAll(state);
    jest.advanceTimersByTime(REST_MS);
    const ahead = last();
    feed.update(large(512, 512, 102));
    expect(wished()).toEqual(['102 view raw']);
    expect(last().tiles[0]!.requestId).toBe(ahead.tiles[2]!.requestId);
    grant(state, ahead.tiles[2]!, ahead);
    expect(shown.map(valueOf)).toEqual([100, 102]);
  });

  test('make way for the picture: the list that asks for it has nothing before it', () => {
    const state = large(512, 512, 100);
    feed.update(state);
    grantAll(state);
    jest.advanceTimersByTime(REST_MS);
    feed.update(large(512, 512, 10));
    expect(wished()).toEqual(['10 view raw']);
  });

  test('lie ahead of a hand that moves', () => {
    for (let index = 100; index < 106; index++) {
      feed.update(large(512, 512, index));
      jest.advanceTimersByTime(50);
    }
    const [picture, ...ahead] = wished();
    expect(picture).toBe('105 view raw');
    expect(ahead.slice(0, 3)).toEqual(['106 prefetch raw', '107 prefetch raw', '108 prefetch raw']);
  });

  test('are not wished for out of sight', () => {
    feed.need(feed, 'xy', null);
    feed.update(large(512, 512, 100));
    grantAll(large(512, 512, 100));
    jest.advanceTimersByTime(10 * IDLE_MS);
    expect(lists).toHaveLength(1);
  });

  test('fill a share of the cache when there is nothing else to do, the nearest first, and then it is quiet', () => {
    const sliceBytes = 2 * 512 * 512;
    tileCache.budget = 80 * sliceBytes; // A quarter is 20 slices.
    const state = large(512, 512, 100);
    feed.update(state);
    for (let round = 0; round < 20; round++) {
      if (last().tiles.length > 0) grantAll(state);
      jest.advanceTimersByTime(IDLE_MS);
    }
    const filled = lists.flatMap(({ tiles }) => tiles.filter(({ priority }) => priority === 'fill'));
    expect(filled[0]?.index).toBe(104);
    expect(filled.map(({ index }) => index).sort((a, b) => a - b)).toEqual([
      ...Array.from({ length: 7 }, (_, k) => 90 + k),
      ...Array.from({ length: 7 }, (_, k) => 104 + k),
    ]);
    expect(new Set(filled.map(({ index }) => index)).size).toBe(filled.length);
    const quiet = lists.length;
    jest.advanceTimersByTime(60_000);
    expect(lists).toHaveLength(quiet);
  });

  test('are left out while a cell writes and refreshes', () => {
    for (let revision = 1; revision < 40; revision++) {
      feed.update({ ...large(512, 512, 100), volume: { ...large(512, 512).volume, revision } });
      jest.advanceTimersByTime(33);
    }
    expect(lists.flatMap((list) => wished(list)).every((wish) => wish === '100 view raw')).toBe(true);
  });
});

describe('a large slice', () => {
  const state = large(16_384, 16_384);
  /** A canvas of 512 pixels over the slice's upper left corner, a voxel a pixel. */
  const zoomedIn = { scale: [1, 1], region: { x: 0, y: 0, width: 512, height: 512 } } as const;
  const whole = { scale: [1 / 32, 1 / 32], region: { x: 0, y: 0, width: 16_384, height: 16_384 } } as const;

  beforeEach(() => {
    feed.connected('run-1', null);
  });

  test('is shown whole first, and is exact when the screen can show no more', () => {
    feed.need(feed, 'xy', whole);
    feed.update(state);
    expect(last().tiles).toMatchObject([{ level: [4, 4], tile: [0, 0] }]);
    grant(state, last().tiles[0]!);
    expect(shown.map(({ quality }) => quality)).toEqual(['exact']);
  });

  test('is refined where it is zoomed in, over the coarser picture, and never with tiles of another slice', () => {
    feed.need(feed, 'xy', zoomedIn);
    feed.update(state);
    expect(last().tiles.map(({ level, tile }) => [level, tile])).toEqual([
      [
        [4, 4],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ]);
    grant(state, last().tiles[0]!);
    expect(shown.at(-1)).toMatchObject({ quality: 'partial', layers: [{ tiles: [{ level: [4, 4] }] }] });
    const fine = last();
    grant(state, last().tiles[1]!);
    expect(shown.at(-1)).toMatchObject({
      quality: 'exact',
      layers: [{ tiles: [{ level: [4, 4] }, { level: [0, 0] }] }],
    });
    feed.update(large(16_384, 16_384, 1));
    grant(large(16_384, 16_384, 1), last().tiles[0]!);
    expect(shown.at(-1)).toMatchObject({ index: 1, quality: 'partial', layers: [{ tiles: [{ level: [4, 4] }] }] });
    expect(fine.tiles).toHaveLength(2);
  });
});

describe('on a slow line', () => {
  const state = large(512, 512, 100);

  beforeEach(() => {
    feed.connected('run-1', SLOW);
    feed.need(feed, 'xy', IN_SIGHT);
  });

  test('a preview is wished for first, through the view’s window', () => {
    feed.update(state);
    expect(wished()).toEqual(['100 view preview']);
    expect(last().preview).toEqual({ window: [0, 100], quality: 75 });
  });

  test('another window needs another preview', () => {
    feed.update(state);
    feed.update({ ...state, window: [0, 50] });
    expect(last().preview).toMatchObject({ window: [0, 50] });
    expect(last().tiles[0]!.requestId).toBe(2);
  });

  test('nothing but previews is wished for while the hand moves', () => {
    for (let index = 100; index < 130; index++) {
      feed.update(large(512, 512, index));
      jest.advanceTimersByTime(40);
    }
    const all = lists.flatMap((list) => wished(list));
    expect(all).toContain('129 view preview');
    expect(all.every((wish) => wish.endsWith('preview'))).toBe(true);
  });

  test('a slice that is here exactly is shown so, without a preview before', () => {
    feed.connected('run-1', LOCAL);
    feed.update(state);
    grant(state, last().tiles[0]!);
    feed.connected('run-1', SLOW);
    const sent = lists.length;
    feed.update(large(512, 512, 101));
    feed.update(state);
    expect(shown.map(({ index, quality }) => [index, quality])).toEqual([[100, 'exact']]);
    expect(lists.slice(sent).flatMap((list) => wished(list))).toEqual(['101 view preview']);
  });
});
