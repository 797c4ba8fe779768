import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  ARRAY_OF,
  LIMITS,
  slabKind,
  tileGrid,
  tileRect,
  type LayerInfo,
  type OverlayInfo,
  type Plane,
  type TileWish,
  type ViewState,
  type WishList,
} from '../protocol';
import { REST_MS } from './motion';
import { DEFAULT_CACHE_BYTES, tileCache, type Slice } from './slice-cache';
import { SliceFeed } from './slice-feed';
import { viewState } from './testing/states';
import { Line } from './transport/line';

let lists: WishList[];
let shown: Slice[];
let feed: SliceFeed;

const LOCAL = new Line(true, 0);
const SLOW = new Line(false, 50);
const IN_SIGHT = { scale: [1, 1], region: { x: 0, y: 0, width: 64, height: 64 } } as const;

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
  list.tiles.map(({ plane, index, layer, priority }) => [plane, index, layer, priority].join(' '));

/** A cube of 64 voxels along each edge. */
function cube(patch: Partial<ViewState> = {}, plane: Plane = 'xy'): ViewState {
  const state = viewState(1, plane, 0);
  const info = { ...state.volume.planes.xy, width: 64, height: 64, count: 64 };
  const volume = { ...state.volume, shape: [64, 64, 64] as const, planes: { xy: info, xz: info, yz: info } };
  return { ...state, index: 30, position: [10, 20, 30], ...patch, volume: { ...volume, ...patch.volume } };
}

/** The same with `overlays` label maps of twice as many pixels along each edge. */
function covered(overlays: number, patch: Partial<ViewState> = {}): ViewState {
  const state = cube(patch);
  const info = { ...state.volume.planes.xy, width: 128, height: 128, spacing: [0.5, 0.5] as const };
  const overlayVolumes = Array.from({ length: overlays }, (_, at): OverlayInfo => {
    const planes = { xy: info, xz: info, yz: info };
    const own = { revision: 100 + at, name: 'labels', frames: 1, dtype: 'uint8', rescale: null } as const;
    return { ...own, components: 1, planes, labels: {} };
  });
  const settings = { colormap: 'gray', window: [0, 1], visible: true, opacity: 0.5 } as const;
  return { ...state, overlayVolumes, overlays: overlayVolumes.map(() => settings), ...patch };
}

/** Grant a wish of the last list, as the companion does: frames of an overlay have its own revision. */
function grant(state: ViewState, wish: TileWish | undefined, list = last()): void {
  if (wish === undefined) throw new Error('There is no such wish.');
  const { requestId, plane, index, layer, level, tile, encoding } = wish;
  const first = Math.max(1, state.channels.length);
  const info: LayerInfo = layer < first ? state.volume : (state.overlayVolumes[layer - first] as OverlayInfo);
  const { dtype, components } = slabKind(info, wish);
  const { width, height, ...grid } = tileGrid(info.planes[plane], { dtype, components }, level);
  const rect = tileRect({ width, height, ...grid }, ...tile);
  const data = new ARRAY_OF[dtype](rect.width * rect.height).fill(layer);
  void feed.receive({
    ...{
      channel: 1,
      requestId,
      revision: layer < first ? list.revision : info.revision,
      plane,
      index,
      level,
      dtype,
      components,
      width,
      height,
    },
    ...{ tile: rect, encoding, payload: new Uint8Array(data.buffer) },
  });
}

function grantAll(state: ViewState): void {
  const list = last();
  for (const wish of list.tiles) grant(state, wish, list);
}

const places = (slices = shown): string[] => slices.map(({ plane, index }) => `${plane} ${String(index)}`);

describe('three planes', () => {
  const planes = (position: ViewState['position'], patch: Partial<ViewState> = {}): ViewState =>
    cube({ layout: 'planes', position, index: position[2], ...patch });

  test.each(['planes', 'volume'] as const)('of the layout %s are wished for in one list, at the position', (layout) => {
    feed.connected('run-1', null);
    feed.update(planes([10, 20, 30], { layout }));
    expect(lists).toHaveLength(1);
    expect(wished()).toEqual(['xy 30 0 view', 'xz 20 0 view', 'yz 10 0 view']);
  });

  test('come each as it is here, and each is what sliceOf says', () => {
    feed.connected('run-1', null);
    const state = planes([10, 20, 30]);
    feed.update(state);
    grant(state, last().tiles[2]);
    expect(places()).toEqual(['yz 10']);
    expect([feed.sliceOf('yz')?.index, feed.sliceOf('xy')]).toEqual([10, null]);
    grant(state, last().tiles[0]);
    grant(state, last().tiles[1]);
    expect(places()).toEqual(['yz 10', 'xy 30', 'xz 20']);
  });

  test('that the hand moves go first, and what did not move is not asked for again', () => {
    feed.connected('run-1', null);
    const state = planes([10, 20, 30]);
    feed.update(state);
    grantAll(state);
    feed.update(planes([11, 20, 30]));
    expect(wished()).toEqual(['yz 11 0 view']);
    feed.update(planes([12, 21, 30])); // A crosshair in xy.
    expect(wished()).toEqual(['xz 21 0 view', 'yz 12 0 view']);
    feed.update(planes([13, 21, 30]));
    expect(wished()).toEqual(['yz 13 0 view', 'xz 21 0 view']);
  });

  test('follow the hand each on its own: one that is late is not taken for another', () => {
    feed.connected('run-1', null);
    feed.update(planes([10, 20, 30]));
    const first = last();
    feed.update(planes([11, 20, 30]));
    const second = last();
    grant(planes([11, 20, 30]), first.tiles[2], first); // Passed, but in order.
    grant(planes([11, 20, 30]), second.tiles[0], second);
    feed.update(planes([12, 20, 30]));
    expect(places()).toEqual(['yz 10', 'yz 11']);
    expect(wished()[0]).toBe('yz 12 0 view');
  });

  test('are all of the new volume after a swap', () => {
    feed.connected('run-1', null);
    const state = planes([10, 20, 30]);
    feed.update(state);
    const before = last();
    feed.update({ ...state, volume: { ...state.volume, revision: 2 } });
    grant(state, before.tiles[0], before);
    expect(shown).toEqual([]);
    expect([last().revision, wished()]).toEqual([2, ['xy 30 0 view', 'xz 20 0 view', 'yz 10 0 view']]);
  });

  test('of the planes that move, slices are fetched ahead, in turn; at rest, around all that are seen', () => {
    feed.connected('run-1', LOCAL);
    for (const plane of ['xy', 'xz', 'yz'] as const) feed.need(feed, plane, IN_SIGHT);
    feed.update(planes([10, 20, 30]));
    grantAll(planes([10, 20, 30]));
    jest.advanceTimersByTime(REST_MS);
    expect(wished().slice(0, 4)).toEqual([
      'xy 31 0 prefetch',
      'xz 21 0 prefetch',
      'yz 11 0 prefetch',
      'xy 29 0 prefetch',
    ]);
    for (let step = 1; step < 5; step++) {
      jest.advanceTimersByTime(50);
      feed.update(planes([10 + step, 20 - step, 30]));
      grantAll(planes([10 + step, 20 - step, 30]));
    }
    const ahead = lists
      .slice(-2)
      .flatMap((list) => wished(list))
      .filter((wish) => wish.endsWith('prefetch'));
    expect(ahead.every((wish) => !wish.startsWith('xy'))).toBe(true);
    expect(ahead).toEqual(expect.arrayContaining(['xz 13 0 prefetch', 'yz 17 0 prefetch']));
  });

  test('take no more than the wishes that a list may have', () => {
    const state = planes([10, 20, 30]);
    const large = { ...state.volume.planes.xy, width: 16_384, height: 16_384 };
    const volume = { ...state.volume, planes: { xy: large, xz: large, yz: large } };
    feed.connected('run-1', LOCAL);
    const whole = { scale: [0.5, 0.5], region: { x: 0, y: 0, width: 16_384, height: 16_384 } } as const;
    for (const plane of ['xy', 'xz', 'yz'] as const) feed.need(feed, plane, whole);
    feed.update({ ...state, volume });
    expect(last().tiles).toHaveLength(LIMITS.wishes);
    expect(wished().slice(0, 3)).toEqual(['xy 30 0 view', 'xz 20 0 view', 'yz 10 0 view']);
    expect(
      last()
        .tiles.slice(0, 3)
        .every(({ level }) => level[0] > 1),
    ).toBe(true);
  });
});

describe('another plane', () => {
  test('that the one before is left for is not shown a slice that was asked for then', () => {
    feed.connected('run-1', null);
    feed.update(cube());
    const before = last();
    feed.update(cube({ plane: 'yz', index: 10 }));
    expect(feed.sliceOf('xy')).toBeNull();
    feed.update(cube({ index: 33, position: [10, 20, 33] }));
    grant(cube(), before.tiles[0], before);
    expect(shown).toEqual([]);
    grantAll(cube());
    expect(places()).toEqual(['xy 33']);
  });
});

describe('volumes over each other', () => {
  test('are shown only when each has its slice, and are never of two slices', () => {
    feed.connected('run-1', null);
    const state = covered(2);
    feed.update(state);
    expect(wished()).toEqual(['xy 30 0 view', 'xy 30 1 view', 'xy 30 2 view']);
    const [base, one, two] = last().tiles;
    grant(state, base);
    grant(state, two);
    expect(shown).toEqual([]);
    grant(state, one);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.layers.map(({ layer, width, tiles }) => [layer, width, tiles[0]?.data[0]])).toEqual([
      [0, 64, 0],
      [1, 128, 1],
      [2, 128, 2],
    ]);
    feed.update(covered(2, { index: 31, position: [10, 20, 31] }));
    grant(state, last().tiles[0]);
    expect(shown).toHaveLength(1);
  });

  test('that are switched off are not asked for, and not waited for', () => {
    feed.connected('run-1', null);
    const state = covered(1);
    const hidden = { ...state, overlays: state.overlays.map((each) => ({ ...each, visible: false })) };
    feed.update(hidden);
    grantAll(hidden);
    expect([wished(lists[0]), shown.map(({ layers }) => layers.length)]).toEqual([['xy 30 0 view'], [1]]);
    feed.update(state);
    expect(wished()).toEqual(['xy 30 1 view']);
    grantAll(state);
    expect(shown.at(-1)?.layers.map(({ layer }) => layer)).toEqual([0, 1]);
  });

  test('of which none is switched on are a picture of nothing, at once', () => {
    feed.connected('run-1', null);
    const channel = { colormap: 'gray', window: [0, 1], visible: false } as const;
    feed.update(cube({ channels: [channel, channel] }));
    expect(shown.map(({ layers, quality }) => [layers.length, quality])).toEqual([[0, 'exact']]);
    expect(lists).toEqual([]);
  });

  test('are cached by their own revision: an overlay alone can be swapped', () => {
    feed.connected('run-1', null);
    const state = covered(1);
    feed.update(state);
    grantAll(state);
    const overlayVolumes = state.overlayVolumes.map((each) => ({ ...each, revision: 200 }));
    const swapped = { ...state, overlayVolumes };
    feed.update(swapped);
    expect(feed.sliceOf('xy')).toBeNull();
    expect(wished()).toEqual(['xy 30 1 view']);
    grantAll(swapped);
    expect(feed.sliceOf('xy')?.layers.map(({ revision }) => revision)).toEqual([1, 200]);
    feed.update(state);
    expect(shown.at(-1)?.layers[1]?.revision).toBe(100);
  });

  test('are of the overlay that their frame names, where it was replaced while they were on their way', () => {
    feed.connected('run-1', null);
    const state = covered(1);
    feed.update(state);
    const list = last();
    const overlayVolumes = state.overlayVolumes.map((each) => ({ ...each, revision: 200 }));
    const swapped = { ...state, overlayVolumes };
    for (const wish of list.tiles) grant(swapped, wish, list);
    expect(feed.sliceOf('xy')).toBeNull();
    feed.update(swapped);
    expect(feed.sliceOf('xy')?.layers.map(({ revision }) => revision)).toEqual([1, 200]);
    expect(lists).toHaveLength(1);
  });

  test('have frames and slabs of their own: an overlay has none', () => {
    feed.connected('run-1', null);
    const volume = { ...cube().volume, frames: 9 };
    feed.update(covered(1, { volume, frame: 4, slab: 7, projection: 'mean' }));
    expect(last().tiles).toMatchObject([
      { layer: 0, frame: 4, slab: 7, projection: 'mean' },
      { layer: 1, frame: 0, slab: 1 },
    ]);
  });

  test('of colours have slabs too', () => {
    feed.connected('run-1', null);
    const volume = { ...cube().volume, dtype: 'uint8', components: 3 } as const;
    feed.update(cube({ volume, slab: 7, projection: 'min' }));
    expect(last().tiles).toMatchObject([{ layer: 0, slab: 7, projection: 'min' }]);
  });

  test('come as previews only where the view has one window; what lies over them comes as it is', () => {
    feed.connected('run-1', SLOW);
    feed.need(feed, 'xy', IN_SIGHT);
    const base = covered(1);
    const large = { ...base.volume.planes.xy, width: 512, height: 512 };
    const volume = { ...base.volume, planes: { xy: large, xz: large, yz: large } };
    feed.update({ ...base, volume });
    expect(last().tiles.map(({ layer, encoding }) => [layer, encoding])).toEqual([
      [0, 'preview'],
      [1, 'packed'],
    ]);
    const channel = { colormap: 'gray', window: [0, 9], visible: true } as const;
    feed.update({ ...base, volume, channels: [channel, channel] });
    expect(last().tiles.map(({ layer, encoding }) => [layer, encoding])).toEqual([
      [0, 'packed'],
      [1, 'packed'],
      [2, 'packed'],
    ]);
  });
});

describe('frames', () => {
  const volume = { ...cube().volume, frames: 20 };

  test('are fetched ahead when they are what the hand moves, and slices when it moves these', () => {
    feed.connected('run-1', LOCAL);
    feed.need(feed, 'xy', IN_SIGHT);
    for (let frame = 3; frame < 7; frame++) {
      feed.update(cube({ volume, frame }));
      grantAll(cube({ volume }));
      jest.advanceTimersByTime(50);
    }
    const ahead = lists.flatMap(({ tiles }) => tiles).filter(({ priority }) => priority === 'prefetch');
    expect(ahead.map(({ frame }) => frame)).toContain(8);
    expect(ahead.every(({ index }) => index === 30)).toBe(true);
    const sent = lists.length;
    feed.update(cube({ volume, frame: 6, index: 31, position: [10, 20, 31] }));
    grantAll(cube({ volume }));
    jest.advanceTimersByTime(REST_MS);
    const around = lists
      .slice(sent)
      .flatMap(({ tiles }) => tiles)
      .filter(({ priority }) => priority === 'prefetch');
    expect(around.map(({ index }) => index)).toEqual([32, 33, 29, 34, 28]);
    expect(around.every(({ frame }) => frame === 6)).toBe(true);
  });

  test('of a late one the picture is not shown over that of a newer one', () => {
    feed.connected('run-1', null);
    feed.update(cube({ volume, frame: 1 }));
    const first = last();
    feed.update(cube({ volume, frame: 2 }));
    grantAll(cube({ volume }));
    grant(cube({ volume }), first.tiles[0], first);
    expect(shown.map(({ frame }) => frame)).toEqual([2]);
  });
});
