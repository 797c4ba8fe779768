import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ARRAY_OF, DTYPES, levelSize, type DType, type Level, type Plane, type VoxelArray } from '../src/protocol';
import { BLOCK_BYTES, Volume, type BlockSource } from '../src/volume';
import { Layouts } from './layouts';

/** Steps that wait to be run, as they do for setImmediate. */
let steps: (() => void)[];
beforeEach(() => {
  steps = [];
});

const layoutsOf = (budgetBytes = 64 * BLOCK_BYTES): Layouts => new Layouts(budgetBytes, (step) => steps.push(step));

/** Run up to so many steps. */
function work(most = Infinity): number {
  let count = 0;
  for (let step = steps.shift(); step !== undefined; step = count < most ? steps.shift() : undefined) {
    step();
    count += 1;
  }
  return count;
}

/** A volume long enough along y or x that its blocks have few rows. */
function long(dtype: DType, axis: 'x' | 'y', components: 1 | 3 | 4 = 1): Volume {
  const shape = axis === 'x' ? ([3000, 70, 13] as const) : ([70, 3000, 13] as const);
  const data = new ARRAY_OF[dtype](70 * 3000 * 13 * components);
  // As many as a prime, so that no row, column or slice is like the next one.
  const pattern = new ARRAY_OF[dtype](65_521);
  for (let at = 0; at < pattern.length; at++) pattern[at] = Math.imul(at, 2_654_435_761) >>> 7;
  for (let at = 0; at < data.length; at += pattern.length) data.set(pattern.subarray(0, data.length - at), at);
  return Volume.from(data, shape, { components });
}

/** A whole slice, cut with blocks. */
function slice(volume: Volume, plane: Plane, index: number, blocks: BlockSource | null): VoxelArray {
  const { width, height } = volume.info(1).planes[plane];
  const target = new ARRAY_OF[volume.dtype](width * height * volume.components);
  volume.copyTile(plane, index, [0, 0], { x: 0, y: 0, width, height }, target, blocks);
  return target;
}

describe('a tile has the volume’s values, however many of its blocks are there,', () => {
  test.each<[DType, 1 | 3 | 4]>([...DTYPES.map((dtype): [DType, 1] => [dtype, 1]), ['uint8', 3], ['uint8', 4]])(
    'of %s with %d components',
    (dtype, components) => {
      const volumes = { xz: long(dtype, 'x', components), yz: long(dtype, 'y', components) };
      let revision = 0;
      fc.assert(
        fc.property(
          fc.constantFrom<('xz' | 'yz')[]>('xz', 'yz'),
          fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
          fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat(), fc.nat()),
          fc.nat({ max: 6 }),
          (plane, level: Level, [a, b, c, d, e], built) => {
            const volume = volumes[plane];
            const { count, ...whole } = volume.info(1).planes[plane];
            const { width, height } = levelSize(whole, level);
            const [x, y, index] = [a % width, b % height, c % count];
            const tile = { x, y, width: (d % (width - x)) + 1, height: (e % (height - y)) + 1 };
            const layouts = layoutsOf();
            const blocks = layouts.of(volume, ++revision);
            const target = new ARRAY_OF[dtype](tile.width * tile.height * components);
            const expected = target.slice();
            volume.copyTile(plane, index, level, tile, expected);
            for (const most of [0, built, Infinity, Infinity]) {
              work(most);
              target.fill(0);
              volume.copyTile(plane, index, level, tile, target, blocks);
              expect(target).toEqual(expected);
            }
          },
        ),
        { numRuns: 40 },
      );
    },
  );
});

describe('blocks', () => {
  test('are not built for xy, nor for a tile that takes few of the voxels that it covers', () => {
    const layouts = layoutsOf();
    const volume = long('uint16', 'y');
    const blocks = layouts.of(volume, 1);
    slice(volume, 'xy', 3, blocks);
    volume.copyTile('yz', 3, [2, 1], { x: 0, y: 0, width: 750, height: 7 }, new Uint16Array(5250), blocks);
    expect(work()).toBe(0);
    expect(layouts.bytes).toBe(0);
  });

  test('are built after the slice that wished for them, four a step: those that it lies in', () => {
    const layouts = layoutsOf();
    const volume = long('uint16', 'y');
    const blocks = layouts.of(volume, 1);
    for (const index of [3, 35]) slice(volume, 'yz', index, blocks);
    expect(layouts.bytes).toBe(0);
    expect(work(1)).toBe(1);
    // Two slabs, of 13 rows in blocks of 5: all but the two blocks that were wished for first.
    expect(layouts.bytes).toBe((13 + 3) * 32 * 3000 * 2);
    expect(work()).toBe(1);
    expect(layouts.bytes).toBe(2 * 13 * 32 * 3000 * 2);
  });

  test('are what the next slices are cut from: those of the slab, and then those of the slab beside it', () => {
    const layouts = layoutsOf();
    const volume = long('uint16', 'y');
    const blocks = layouts.of(volume, 1);
    const before = volume.slice('yz', 31).data;
    slice(volume, 'yz', 3, blocks);
    work();
    slice(volume, 'yz', 31, blocks); // The last of its slab: the next one is wanted.
    work();
    const next = volume.slice('yz', 32).data;
    volume.data.fill(0); // What has been cut from now on is not the volume's.
    expect(slice(volume, 'yz', 31, blocks)).toEqual(before);
    expect(slice(volume, 'yz', 32, blocks)).toEqual(next);
    expect(slice(volume, 'yz', 64, blocks).every((value) => value === 0)).toBe(true);
  });

  test('of a refreshed volume are new, and the old ones are let go', () => {
    const layouts = layoutsOf();
    const volume = long('uint16', 'y');
    slice(volume, 'yz', 3, layouts.of(volume, 1));
    slice(volume, 'yz', 40, layouts.of(volume, 1));
    work(1);
    expect(layouts.bytes).toBeGreaterThan(0);
    volume.data.fill(7);
    layouts.keepOnly((memory) => memory === 2);
    expect(layouts.bytes).toBe(0);
    expect(work()).toBe(1); // Which finds that nothing is wanted any more.
    expect(layouts.bytes).toBe(0);
    const blocks = layouts.of(volume, 2);
    for (let round = 0; round < 2; round++) {
      expect(slice(volume, 'yz', 3, blocks).every((value) => value === 7)).toBe(true);
      work();
    }
  });

  test('are shared by views of one memory, however it comes to them, and by no others', () => {
    const layouts = layoutsOf();
    const volume = long('uint16', 'y');
    slice(volume, 'yz', 3, layouts.of(volume, 1));
    work();
    slice(volume, 'yz', 3, layouts.of(Volume.fromRecord(volume.toRecord()), 1));
    const { bytes } = layouts;
    work();
    expect(layouts.bytes).toBe(bytes);
    slice(volume, 'yz', 3, layouts.of(volume, 2));
    work();
    expect(layouts.bytes).toBe(2 * bytes);
  });

  test('stay within the budget: those not used for longest go', () => {
    const budget = 3 * BLOCK_BYTES;
    const layouts = layoutsOf(budget);
    const volume = long('uint16', 'y');
    const blocks = layouts.of(volume, 1);
    for (const index of [3, 40, 68]) {
      slice(volume, 'yz', index, blocks);
      work();
      expect(layouts.bytes).toBeLessThanOrEqual(budget);
    }
    const row = { x: 0, y: 0, width: 3000, height: 1 };
    const [last, first] = [new Uint16Array(3000), new Uint16Array(3000)];
    volume.data.fill(9);
    volume.copyTile('yz', 68, [0, 0], row, last, blocks);
    volume.copyTile('yz', 3, [0, 0], row, first, blocks);
    expect(last.every((value) => value === 9)).toBe(false); // Still there.
    expect(first.every((value) => value === 9)).toBe(true);
  });
});
