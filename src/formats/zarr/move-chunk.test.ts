import { expect, test } from '@jest/globals';
import { ARRAY_OF, DTYPES, type VoxelArray } from '../../protocol';
import { byDimension, chunksAlong, type Grid, type PerDimension } from './arrays';
import { moveChunk } from './move-chunk';
import type { Dimension } from './multiscales';

/** Orders in which the voxels of a chunk may lie, the last one fastest. */
const ORDERS: readonly (readonly Dimension[])[] = [
  ['frame', 'channel', 'z', 'y', 'x'],
  ['x', 'z', 'frame', 'y', 'channel'],
];

function* places(grid: Grid): Generator<PerDimension> {
  for (let frame = 0; frame < chunksAlong(grid, 'frame'); frame++)
    for (let channel = 0; channel < chunksAlong(grid, 'channel'); channel++)
      for (let z = 0; z < chunksAlong(grid, 'z'); z++)
        for (let y = 0; y < chunksAlong(grid, 'y'); y++)
          for (let x = 0; x < chunksAlong(grid, 'x'); x++) yield { x, y, z, channel, frame };
}

/** Where a voxel lies in an array of `sizes`, x fastest, then y, z, channel, frame; -1 beyond its border. */
function indexOf(sizes: PerDimension, { x, y, z, channel, frame }: PerDimension): number {
  if (x >= sizes.x || y >= sizes.y || z >= sizes.z || channel >= sizes.channel || frame >= sizes.frame) return -1;
  return (((frame * sizes.channel + channel) * sizes.z + z) * sizes.y + y) * sizes.x + x;
}

/** A chunk whose voxels hold their index in all, in an order, and in the middle of a larger piece of memory. */
function chunkOf({ sizes, chunk }: Grid, place: PerDimension, order: readonly Dimension[], like: VoxelArray) {
  const steps = order.map((_, at) => order.slice(at + 1).reduce((product, each) => product * chunk[each], 1));
  const count = order.reduce((product, each) => product * chunk[each], 1);
  const Values = like.constructor as new (length: number) => VoxelArray;
  const data = new Values(count + 3).subarray(3);
  for (let at = 0; at < count; at++) {
    const within = byDimension(
      order,
      order.map((each, axis) => Math.floor(at / (steps[axis] as number)) % chunk[each]),
      0,
    );
    const voxel = { ...within };
    for (const each of order) voxel[each] += place[each] * chunk[each];
    data[at] = indexOf(sizes, voxel) + 1;
  }
  return { data, stride: byDimension(order, steps, 0) };
}

const GRIDS: readonly [what: string, x: number, chunkX: number][] = [
  ['rows of whole words', 24, 8],
  ['rows of whole words, and the last chunk’s end in one', 22, 8],
  ['rows that begin and end in words', 23, 5],
  ['long rows', 1100, 600],
];

test.each(DTYPES.flatMap((dtype) => GRIDS.map(([what, x, chunkX]) => [dtype, what, x, chunkX] as const)))(
  'every voxel of %s comes to its place: %s',
  (dtype, _what, x, chunkX) => {
    const grid = {
      sizes: { x, y: 5, z: 3, channel: 3, frame: 2 },
      chunk: { x: chunkX, y: 2, z: 2, channel: 2, frame: 1 },
    };
    const count = x * 5 * 3 * 3 * 2;
    const expected = new ARRAY_OF[dtype](count).map((_: number, at: number) => at + 1);
    for (const order of ORDERS) {
      const all = new ARRAY_OF[dtype](new SharedArrayBuffer(count * ARRAY_OF[dtype].BYTES_PER_ELEMENT));
      for (const place of places(grid)) moveChunk(grid, place, chunkOf(grid, place, order, all), all);
      expect(all.every((value, at) => value === expected[at])).toBe(true);
    }
  },
);
