import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HEADER_BYTES } from './frame';
import { LIMITS } from './limits';
import { TILE_EDGE, levelSize, levelVoxel, overviewLevel, tileGrid, tileRect, type PixelKind } from './tiles';
import { ARRAY_OF, DTYPES, MAX_LEVEL, type Level, type TileRect } from './types';

const KINDS: readonly PixelKind[] = [
  ...DTYPES.map((dtype) => ({ dtype, components: 1 })),
  { dtype: 'uint8', components: 3 },
  { dtype: 'uint8', components: 4 },
];
const kind = fc.constantFrom(...KINDS);
const level = fc.nat({ max: MAX_LEVEL });
const levels = fc.tuple(level, level);
const edge = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(511, 512, 513, 2047, 2048, 2049));

function tilesOf(grid: ReturnType<typeof tileGrid>): TileRect[] {
  const tiles: TileRect[] = [];
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) tiles.push(tileRect(grid, column, row));
  }
  return tiles;
}

const bytesOf = ({ width, height }: TileRect, { dtype, components }: PixelKind): number =>
  width * height * components * ARRAY_OF[dtype].BYTES_PER_ELEMENT;

describe('the tiles of a slice', () => {
  test('cover each of its pixels once, and each fits into a frame', () => {
    fc.assert(
      fc.property(edge, edge, kind, levels, (width, height, pixels, at) => {
        const grid = tileGrid({ width, height }, pixels, at);
        const tiles = tilesOf(grid);
        // The tiles of a row begin where the one before ends, and so do rows: nothing is left out or covered twice.
        let [x, y] = [0, 0];
        const wrong = tiles.filter((tile) => {
          const isBeside = tile.x === x && tile.y === y && tile.width > 0 && tile.height > 0;
          x += tile.width;
          if (x === grid.width) [x, y] = [0, y + tile.height];
          return !isBeside || HEADER_BYTES + bytesOf(tile, pixels) > LIMITS.frameBytes;
        });
        expect(wrong).toEqual([]);
        expect([x, y]).toEqual([0, grid.height]);
      }),
    );
  });

  test('are one where a frame and a texture of 2048 × 2048 hold the whole, and 512 × 512 each otherwise', () => {
    fc.assert(
      fc.property(edge, edge, kind, (width, height, pixels) => {
        const grid = tileGrid({ width, height }, pixels, [0, 0]);
        const isSmall = bytesOf({ x: 0, y: 0, width, height }, pixels) <= LIMITS.frameBytes - HEADER_BYTES;
        const isWhole = isSmall && width <= 2048 && height <= 2048;
        expect([grid.edge.width, grid.edge.height]).toEqual(isWhole ? [width, height] : [TILE_EDGE, TILE_EDGE]);
        if (isWhole) expect(tilesOf(grid)).toEqual([{ x: 0, y: 0, width, height }]);
      }),
    );
  });

  test.each([
    ['512 × 512 of uint16', 512, 512, 'uint16', [0, 0], [1, 1], [512, 512]],
    ['2048 × 1023 of uint16, the most rows that a frame holds', 2048, 1023, 'uint16', [0, 0], [1, 1], [2048, 1023]],
    ['2048 × 1024 of uint16, which is a frame without its header', 2048, 1024, 'uint16', [0, 0], [4, 2], [512, 512]],
    ['2049 × 1 of uint8', 2049, 1, 'uint8', [0, 0], [5, 1], [1, 1]],
    ['the same at the next level of columns', 2049, 1, 'uint8', [1, 0], [1, 1], [1025, 1]],
    ['4096 × 3000 of float64', 4096, 3000, 'float64', [0, 0], [8, 6], [512, 440]],
    ['the same at level 2 and 3', 4096, 3000, 'float64', [2, 3], [1, 1], [1024, 375]],
    ['600000 × 2 of float64', 600_000, 2, 'float64', [0, 0], [1172, 1], [448, 2]],
    ['one pixel at the highest level', 7, 7, 'uint8', [15, 15], [1, 1], [1, 1]],
  ] as const)('of %s', (_, width, height, dtype, at, [columns, rows], [lastWidth, lastHeight]) => {
    const grid = tileGrid({ width, height }, { dtype, components: 1 }, at);
    expect([grid.columns, grid.rows]).toEqual([columns, rows]);
    const last = tileRect(grid, columns - 1, rows - 1);
    expect([last.width, last.height]).toEqual([lastWidth, lastHeight]);
  });
});

describe('a pixel of a level', () => {
  test('is the middle one of the voxels that it stands for, and the last one at the border', () => {
    const voxels = (pixels: number, at: number, of: number): number[] =>
      Array.from({ length: pixels }, (_, pixel) => levelVoxel(pixel, at, of));
    expect(voxels(5, 0, 5)).toEqual([0, 1, 2, 3, 4]);
    expect(voxels(3, 1, 5)).toEqual([1, 3, 4]);
    expect(voxels(2, 2, 5)).toEqual([2, 4]);
    expect(voxels(1, 3, 5)).toEqual([4]);
    expect(voxels(2, 2, 8)).toEqual([2, 6]);
  });

  test('stands for 2^level voxels, so that its voxel is one of them and all have a pixel', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), level, (voxels, at) => {
        const { width } = levelSize({ width: voxels, height: 1 }, [at, 0] as Level);
        expect((width - 1) * 2 ** at).toBeLessThan(voxels);
        expect(width * 2 ** at).toBeGreaterThanOrEqual(voxels);
        const isOwn = (pixel: number): boolean => {
          const voxel = levelVoxel(pixel, at, voxels);
          return Math.floor(voxel / 2 ** at) === pixel && voxel < voxels;
        };
        expect(Array.from({ length: width }, (_, pixel) => pixel).filter((pixel) => !isOwn(pixel))).toEqual([]);
      }),
    );
  });
});

test('a slice that fits into a frame is shown whole; a larger one first at the finest level that does', () => {
  expect(overviewLevel({ width: 512, height: 512 }, { dtype: 'uint16', components: 1 })).toEqual([0, 0]);
  expect(overviewLevel({ width: 2048, height: 1000 }, { dtype: 'uint16', components: 1 })).toEqual([0, 0]);
  expect(overviewLevel({ width: 2049, height: 8 }, { dtype: 'uint16', components: 1 })).toEqual([1, 0]);
  expect(overviewLevel({ width: 16_384, height: 16_384 }, { dtype: 'uint16', components: 1 })).toEqual([4, 4]); // 1024², because 2048² are more than 4 MiB.
  expect(overviewLevel({ width: 100_000, height: 1 }, { dtype: 'uint16', components: 1 })).toEqual([6, 0]);
});

test('the longest axis that there can be has an overview', () => {
  expect(overviewLevel({ width: 2 ** 32, height: 1 }, { dtype: 'uint8', components: 1 })).toEqual([21, 0]);
});
