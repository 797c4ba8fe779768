import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Frame, OverlaySettings, ServerMessage, ViewSettings } from '../src/protocol';
import { Volume } from '../src/volume';
import { phantom, phantomValue } from '../src/volume/testing/phantom';
import { Publication } from './publication';
import { FakePeer, valuesOf } from './testing/fake-peer';
import { viewRecord } from './testing/records';
import { Views } from './views';

const [WIDTH, HEIGHT, DEPTH] = [4, 3, 5];
/** Its value says which one it is: 1000 × frame + 100 × channel + a voxel's place in its slice. */
const series = Volume.alloc([WIDTH, HEIGHT, DEPTH], 'uint16', { channels: 2, frames: 3 });
for (let at = 0; at < series.data.length; at++) {
  const [voxel, part] = [at % 12, Math.floor(at / 60)];
  series.data[at] = 1000 * Math.floor(part / 2) + 100 * (part % 2) + voxel;
}
const sliceOf = (frame: number, channel: number): number[] =>
  Array.from({ length: 12 }, (_, voxel) => 1000 * frame + 100 * channel + voxel);
const OVERLAY: OverlaySettings = { colormap: 'hot', window: [0, 1], visible: true, opacity: 0.5 };

let views = new Views(() => undefined);
let peer = new FakePeer(views);
beforeEach(() => {
  views = new Views(() => undefined);
  peer = new FakePeer(views);
});

function put(volume: Volume, overlays: readonly Volume[] = [], settings: Partial<ViewSettings> = {}): void {
  const record = viewRecord('a', volume, 1, { overlays: overlays.map(() => OVERLAY), ...settings });
  const records = overlays.map((each, at) => ({
    volume: each.toRecord(),
    labels: at === 0 ? {} : null,
    revision: 2 + at,
  }));
  views.put({ ...record, overlays: records }, 1);
  peer.open('a');
  peer.messages.length = 0;
  peer.grant(4);
}

const values = (frame: Frame | undefined): number[] => Array.from(valuesOf(frame) ?? []);
const errors = (): ServerMessage[] => peer.messages.filter(({ type }) => type === 'error');

describe('a tile is of the layer, the frame and the slab that is wished for', () => {
  test('channels and frames', () => {
    put(series);
    for (const [layer, frame] of [
      [0, 0],
      [1, 0],
      [0, 2],
      [1, 1],
    ] as const) {
      for (const plane of ['xy', 'xz'] as const) {
        peer.request('a', 1, 2, { layer, frame, plane });
        const tile = peer.take();
        expect(tile).toMatchObject({ revision: 1, dtype: 'uint16', plane });
        const row = sliceOf(frame, layer);
        expect(values(tile)).toEqual(plane === 'xy' ? row : Array(5).fill(row.slice(8)).flat());
      }
    }
  });

  test('also where it is taken from blocks', async () => {
    const long = Volume.alloc([40, 3, 5], 'uint16', { frames: 2 });
    long.data.forEach((_, at) => (long.data[at] = at));
    put(long);
    for (let round = 0; round < 3; round++) {
      for (const frame of [1, 0]) {
        peer.request('a', 1, 7, { frame, plane: 'yz' });
        expect(values(peer.take())).toEqual(Array.from(long.slice('yz', 7, { frame }).data));
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  test('slabs', () => {
    const volume = phantom([WIDTH, HEIGHT, DEPTH], 'int16');
    put(volume);
    for (const projection of ['max', 'min', 'mean'] as const) {
      peer.request('a', 1, 3, { slab: 4, projection });
      const tile = peer.take();
      expect(tile.dtype).toBe(projection === 'mean' ? 'float32' : 'int16');
      expect(values(tile)).toEqual(Array.from(volume.slice('xy', 3, { slab: 4, projection }).data));
    }
    peer.request('a', 1, 4, { slab: 65_535, projection: 'max' });
    expect(values(peer.take())[0]).toBe(Math.max(...[0, 1, 2, 3, 4].map((z) => phantomValue(0, 0, z))));
  });

  test('slabs of colours, which stay colours', () => {
    const data = Uint8Array.from({ length: WIDTH * HEIGHT * DEPTH * 3 }, (_, at) => (59 * at) % 256);
    const colors = Volume.from(data, [WIDTH, HEIGHT, DEPTH], { components: 3 });
    put(colors);
    for (const projection of ['max', 'mean'] as const) {
      peer.request('a', 1, 2, { slab: 3, projection });
      const tile = peer.take();
      expect(tile).toMatchObject({ dtype: 'uint8', components: 3 });
      const at = (z: number): number => data[z * WIDTH * HEIGHT * 3] as number;
      const first = projection === 'max' ? Math.max(at(1), at(2), at(3)) : Math.round((at(1) + at(2) + at(3)) / 3);
      expect(values(tile)[0]).toBe(first);
      expect(values(tile)).toEqual(Array.from(colors.slice('xy', 2, { slab: 3, projection }).data));
    }
  });

  test('overlays in time: each frame its own, and the only one of an overlay that stands still', () => {
    const at = (...values: number[]): Volume =>
      Volume.from(Uint8Array.from(values), [2, 1, 1], { frames: values.length / 2 });
    put(at(1, 2, 3, 4), [at(10, 20, 30, 40), at(50, 60)]);
    expect(views.get('a')?.state.overlayVolumes).toMatchObject([{ frames: 2 }, { frames: 1 }]);
    for (const [layer, frame, expected] of [
      [1, 0, [10, 20]],
      [1, 1, [30, 40]],
      [2, 0, [50, 60]],
      // One that was in time may have been replaced while this was under way.
      [2, 1, [50, 60]],
    ] as const) {
      peer.request('a', 1, 0, { layer, frame });
      expect(values(peer.take())).toEqual(expected);
    }
    peer.request('a', 1, 0, { layer: 1, frame: 2 });
    expect(errors()).toMatchObject([{ code: 'index-out-of-range' }]);
  });

  test('overlays, on the grid of the volume, with a revision of their own', () => {
    const volume = phantom([WIDTH, HEIGHT, DEPTH]);
    const labels = phantom([8, 6, 5], 'uint8', { spacing: [0.5, 0.5, 1], origin: [-0.25, -0.25, 0] });
    const map = phantom([WIDTH, HEIGHT, DEPTH], 'int16', { origin: [1, 0, 0] });
    put(volume, [labels, map]);
    expect(views.get('a')?.state.overlayVolumes).toMatchObject([
      { revision: 2, dtype: 'uint8', labels: {}, planes: { xy: { width: 8, height: 6, count: 5 } } },
      { revision: 3, dtype: 'float32', labels: null, planes: { xy: { width: 4, height: 3, count: 5 } } },
    ]);
    peer.request('a', 1, 2, { layer: 1 });
    const first = peer.take();
    expect(first).toMatchObject({ revision: 2, dtype: 'uint8', width: 8, height: 6 });
    expect(values(first)).toEqual(Array.from(labels.slice('xy', 2).data));
    peer.request('a', 1, 2, { layer: 2, slab: 3 });
    const second = peer.take();
    expect(second).toMatchObject({ revision: 3, dtype: 'float32', width: 4, height: 3 });
    const moved = Array.from({ length: 12 }, (_, at) => (at % 4 === 0 ? NaN : map.valueAt((at % 4) - 1, at >> 2, 2)));
    expect(values(second)).toEqual(moved);
    peer.request('a', 1, 0, { layer: 0 });
    expect(peer.take().revision).toBe(1);
  });
});

describe('what there is not is an error with the view’s id, and the rest of the list is served:', () => {
  test.each([
    [{ layer: 2 }, 'invalid-argument', 'slice: layer is 2, expected a whole number from 0 to 1'],
    [{ layer: 4294967295 }, 'invalid-argument', 'slice: layer is 4294967295, expected a whole number from 0 to 1'],
    [{ frame: 3 }, 'index-out-of-range', 'slice: frame is 3, expected a whole number from 0 to 2'],
    [{ slab: 0 }, 'invalid-argument', 'slice: slab is 0, expected a whole number from 1 on'],
    [{ index: 5 }, 'index-out-of-range', 'slice: index of plane xy is 5, expected a whole number from 0 to 4'],
    [
      { tile: [1, 0] as const },
      'invalid-argument',
      'slice: tile 1, 0 of plane xy, expected one of 1 × 1 at level 0, 0',
    ],
  ])('%p', (wish, code, message) => {
    put(series);
    peer.wish('a', 1, [{ index: 1, ...wish }, { index: 1 }]);
    expect(errors()).toEqual([{ type: 'error', code, message, viewId: 'a' }]);
    expect(peer.drain().map(values)).toEqual([sliceOf(0, 0)]);
  });

  test('of an overlay: a frame and an index', () => {
    put(phantom([2, 2, 2]), [phantom([2, 2, 2]), phantom([3, 3, 3], 'uint8')]);
    peer.wish('a', 1, [
      { index: 1, layer: 1, frame: 1 },
      { index: 2, layer: 1 },
      { index: 2, layer: 2 },
    ]);
    expect(errors().map((error) => error.type === 'error' && error.code)).toEqual(Array(3).fill('index-out-of-range'));
  });
});

describe('another overlay in the place of one', () => {
  const volume = phantom([WIDTH, HEIGHT, DEPTH]);
  const before = phantom([WIDTH, HEIGHT, DEPTH], 'uint8');
  const after = Volume.from(new Uint8Array(60).fill(9), [WIDTH, HEIGHT, DEPTH]);
  const record = { volume: after.toRecord(), labels: { 9: { name: 'nine', color: '#102030' } }, revision: 77 };

  test('is told with its settings and nothing else, and what is wished for of the volume stays', () => {
    put(volume, [before]);
    const own = new FakePeer(views);
    own.open('a');
    own.messages.length = 0;
    own.wish('a', 1, [{ index: 1 }, { index: 1, layer: 1 }]);
    const overlays = [{ ...OVERLAY, opacity: 1 }];
    views.setOverlay('a', 0, record, { overlays }, 5);
    const overlayVolumes = views.get('a')?.state.overlayVolumes;
    expect(overlayVolumes).toMatchObject([{ revision: 77, labels: { 9: { name: 'nine', color: '#102030' } } }]);
    expect(own.messages).toMatchObject([{ data: { method: 'update', state: { overlays, overlayVolumes } } }]);
    own.grant(4);
    const frames = own.drain();
    expect(frames.map(({ revision }) => revision)).toEqual([1, 77]);
    expect(values(frames[0])).toEqual(Array.from(volume.slice('xy', 1).data));
    expect(values(frames[1])).toEqual(Array(12).fill(9));
    views.setOverlay('gone', 0, record, {}, 6);
  });

  test('of a smaller grid answers wishes for tiles of the one before with nothing', () => {
    const base = Volume.alloc([1100, 1000, 1], 'uint8');
    const fine = Volume.alloc([2200, 2000, 1], 'uint8', { spacing: [0.5, 0.5, 1] });
    put(base, [fine]);
    peer.wish('a', 1, [{ index: 0, layer: 1, tile: [4, 3] }]);
    expect(peer.drain()).toMatchObject([{ width: 2200, tile: { x: 2048, y: 1536 } }]);
    views.setOverlay('a', 0, { ...record, volume: base.toRecord() }, {}, 5);
    peer.wish('a', 1, [{ index: 0, layer: 1, tile: [4, 3] }, { index: 0 }]);
    expect(peer.drain()).toMatchObject([{ width: 1100, revision: 1 }]);
    expect(errors()).toEqual([]);
  });
});

describe('a refresh', () => {
  test('gives overlays the revisions after the volume’s, and shows what was published of each', () => {
    const [volume, labels] = [phantom([2, 2, 2]), Volume.alloc([2, 2, 2], 'uint8')];
    put(volume, [labels]);
    const publication = new Publication(labels.toRecord());
    labels.data.fill(3);
    publication.publish();
    views.refresh('a', 10, [undefined, publication.shared]);
    labels.data.fill(4);
    expect(peer.messages).toMatchObject([
      { data: { state: { volume: { revision: 10 }, overlayVolumes: [{ revision: 11 }] } } },
    ]);
    peer.wish('a', 10, [{ index: 1 }, { index: 1, layer: 1 }]);
    const frames = peer.drain();
    expect(frames.map(({ revision }) => revision)).toEqual([10, 11]);
    expect(values(frames[0])).toEqual(Array.from(volume.slice('xy', 1).data));
    expect(values(frames[1])).toEqual([3, 3, 3, 3]);
  });

  test('copies all frames and channels', () => {
    const own = Volume.alloc([2, 1, 1], 'uint8', { frames: 2, channels: 2 });
    put(own);
    const publication = new Publication(own.toRecord());
    own.data.set([0, 1, 2, 3, 4, 5, 6, 7]);
    publication.publish();
    views.refresh('a', 10, [publication.shared]);
    own.data.fill(99);
    peer.wish('a', 10, [
      { index: 0, layer: 1 },
      { index: 0, layer: 1, frame: 1 },
    ]);
    expect(peer.drain().map(values)).toEqual([
      [2, 3],
      [6, 7],
    ]);
  });

  const [plain, timed] = [phantom([2, 2, 2]), Volume.alloc([2, 2, 2], 'uint8', { frames: 2 })];
  test.each<[string, Volume, Partial<ViewSettings>, number]>([
    ['the volume alone', plain, {}, 1],
    ['a slab', plain, { slab: 2 }, 0],
    ['three planes', plain, { layout: 'planes' }, 0],
    ['a volume in time', timed, {}, 0],
    ['an overlay', plain, { overlays: [OVERLAY] }, 0],
    ['an overlay that is switched off', plain, { overlays: [{ ...OVERLAY, visible: false }] }, 1],
  ])('brings the slice unasked of %s: %#', (_, volume, settings, pushed) => {
    put(volume, settings.overlays === undefined ? [] : [plain], settings);
    peer.request('a', 1, 0);
    peer.drain();
    const publication = new Publication(volume.toRecord());
    publication.publish();
    views.refresh('a', 10, [publication.shared]);
    expect(peer.drain().filter(({ requestId }) => requestId === 0)).toHaveLength(pushed);
  });
});
