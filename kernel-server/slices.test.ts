import { beforeEach, describe, expect, test } from '@jest/globals';
import { DTYPES, PLANES } from '../src/protocol';
import { Volume } from '../src/volume';
import { phantom, phantomValue } from '../src/volume/testing/phantom';
import { valuesOf } from './testing/fake-peer';
import { viewRecord } from './testing/records';
import { twoViews } from './testing/two-views';

const small = phantom([5, 4, 6]);
/** Slices of 2 × 2100 × 1000 bytes: more than one frame. */
const large = phantom([1000, 2100, 2]);

let { views, peer } = twoViews(small);
beforeEach(() => {
  ({ views, peer } = twoViews(small));
});

describe('a slice larger than one frame', () => {
  /** Its tiles, from the first row on. */
  const all = [0, 1, 2, 3, 4].flatMap((row) => [0, 1].map((column) => ({ index: 1, tile: [column, row] as const })));
  beforeEach(() => {
    views.put(viewRecord('a', large, 7), 3);
    peer.messages.length = 0;
  });

  test('comes as the tiles that are wished for, which make up the slice, each within the limit', () => {
    peer.grant(1);
    peer.wish('a', 7, all);
    const whole = new Uint16Array(1000 * 2100);
    for (const frame of peer.drain()) {
      const { x, y, width, height } = frame.tile;
      expect(frame).toMatchObject({ width: 1000, height: 2100, revision: 7, index: 1 });
      const values = valuesOf(frame) as Uint16Array;
      for (let row = 0; row < height; row++) {
        whole.set(values.subarray(row * width, (row + 1) * width), (y + row) * 1000 + x);
      }
    }
    expect(Buffer.from(whole.buffer).equals(new Uint8Array(large.slice('xy', 1).data.buffer))).toBe(true);
    expect(peer.mostInFlight).toBe(1);
  });

  test('has at its right and lower edge what is left', () => {
    peer.grant(1);
    peer.wish('a', 7, [{ index: 0, tile: [1, 4] }]);
    expect(peer.take().tile).toEqual({ x: 512, y: 2048, width: 488, height: 52 });
  });

  test('has the values of the moment in which each tile is cut, and never a torn one', () => {
    const growing = Volume.alloc([1000, 2100, 1], 'uint16');
    views.put(viewRecord('a', growing, 8), 4);
    peer.grant(1);
    peer.wish('a', 8, [
      { index: 0, tile: [0, 0] },
      { index: 0, tile: [0, 1] },
    ]);
    growing.data.fill(9);
    const [first, second] = peer.drain();
    expect(new Set(valuesOf(first))).toEqual(new Set([0]));
    expect(new Set(valuesOf(second))).toEqual(new Set([9]));
  });

  test('is dropped when its volume is replaced half-way, and the new one is served', () => {
    peer.grant(1);
    const [old = 0] = peer.wish('a', 7, all);
    views.put(viewRecord('a', small, 8), 4);
    expect(peer.drain().map(({ requestId, revision }) => [requestId, revision])).toEqual([[old, 7]]);
    const fresh = peer.request('a', 8, 2);
    const frames = peer.drain();
    expect(frames.map(({ requestId, revision }) => [requestId, revision])).toEqual([[fresh, 8]]);
    expect(valuesOf(frames[0])).toEqual(small.slice('xy', 2).data);
  });

  test('is dropped when the view is closed half-way, by the client or by the kernel', () => {
    peer.grant(1);
    peer.wish('a', 7, all);
    peer.session.receive({ type: 'close', viewId: 'a' });
    expect(peer.drain()).toHaveLength(1);
    peer.open('a');
    peer.wish('a', 7, all);
    views.close('a');
    const b = peer.request('b', 1, 0);
    expect(peer.drain().map(({ requestId }) => requestId)).toEqual([all.length + 1, b]);
    expect(peer.messages.at(-1)).toEqual({ type: 'closed', viewId: 'a' });
  });
});

describe('a tile has the numbers of the volume', () => {
  const [width, height, depth] = [700, 3, 5];
  const sizes = { xy: [width, height], xz: [width, depth], yz: [height, depth] } as const;
  const at = { xy: 4, xz: 2, yz: 699 } as const;
  const voxel = (pixel: number, level: number, voxels: number): number =>
    Math.min(voxels - 1, pixel * 2 ** level + Math.floor(2 ** level / 2));

  test.each(
    DTYPES.flatMap((dtype) =>
      PLANES.flatMap((plane) =>
        [[0, 0] as const, [1, 0] as const, [0, 2] as const, [3, 1] as const].map(
          (level) => [dtype, plane, level] as const,
        ),
      ),
    ),
  )('%s, plane %s, level %p', (dtype, plane, level) => {
    views.put(viewRecord('a', phantom([width, height, depth], dtype), 3), 3);
    peer.grant(1);
    peer.request('a', 3, at[plane], { plane, level });
    const frame = peer.take();
    const [columns, rows] = [Math.ceil(sizes[plane][0] / 2 ** level[0]), Math.ceil(sizes[plane][1] / 2 ** level[1])];
    expect(frame).toMatchObject({ plane, index: at[plane], level, dtype, components: 1, encoding: 'raw' });
    expect(frame).toMatchObject({ width: columns, height: rows, tile: { x: 0, y: 0, width: columns, height: rows } });
    const expected: number[] = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const [u, v] = [voxel(column, level[0], sizes[plane][0]), voxel(row, level[1], sizes[plane][1])];
        const place = { xy: [u, v, 4], xz: [u, 2, v], yz: [699, u, v] }[plane] as [number, number, number];
        const value = phantomValue(...place);
        expected.push(dtype === 'int8' ? (value << 24) >> 24 : value);
      }
    }
    expect(Array.from(valuesOf(frame) ?? [])).toEqual(expected);
  });

  test('colours too', () => {
    const colors = Uint8Array.from({ length: 3 * 4 * 2 * 3 }, (_, i) => i);
    views.put(viewRecord('a', Volume.from(colors, [4, 2, 3], { components: 3 }), 3), 3);
    peer.grant(1);
    peer.request('a', 3, 2, { level: [1, 0] });
    expect(Array.from(valuesOf(peer.take()) ?? [])).toEqual([51, 52, 53, 57, 58, 59, 63, 64, 65, 69, 70, 71]);
  });

  test('in a slice of one pixel, at every level', () => {
    views.put(viewRecord('a', Volume.from(Float64Array.of(3, NaN), [1, 1, 2]), 3), 3);
    peer.grant(1);
    for (const level of [[0, 0] as const, [15, 15] as const]) {
      peer.request('a', 3, 1, { level });
      expect(valuesOf(peer.take())).toEqual(Float64Array.of(NaN));
    }
  });

  test('in a slice whose rows are wider than a frame', () => {
    const wide = Volume.alloc([600_000, 2, 2], 'float64');
    for (let i = 0; i < wide.data.length; i++) wide.data[i] = i;
    views.put(viewRecord('a', wide, 3), 3);
    peer.grant(1);
    peer.request('a', 3, 1, { tile: [1171, 0] });
    const last = peer.take();
    expect(last.tile).toEqual({ x: 599_552, y: 0, width: 448, height: 2 });
    const row = (from: number): number[] => Array.from({ length: 448 }, (_, x) => from + x);
    expect(Array.from(valuesOf(last) ?? [])).toEqual([...row(1_799_552), ...row(2_399_552)]);
    peer.request('a', 3, 0, { level: [9, 0] });
    const coarse = peer.take();
    expect(coarse.tile).toEqual({ x: 0, y: 0, width: 1172, height: 2 });
    expect(valuesOf(coarse)?.[1]).toBe(512 + 256);
    expect(valuesOf(coarse)?.[1171]).toBe(599_808);
  });
});
