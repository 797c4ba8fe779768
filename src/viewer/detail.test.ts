import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tileGrid, tileRect, type PlaneInfo } from '../protocol';
import { needsOf, neededLevel, overviewLevel, tilesIn, together } from './detail';

const UPRIGHT = { transpose: false, flipX: false, flipY: false };
const UINT16 = { dtype: 'uint16', components: 1 } as const;

function slice(width: number, height: number): PlaneInfo {
  return { count: 1, width, height, spacing: [1, 1], orientation: UPRIGHT, edges: null };
}

test('a slice that fits into a frame is shown whole; a larger one first at the finest level that does', () => {
  expect(overviewLevel(slice(512, 512), UINT16)).toEqual([0, 0]);
  expect(overviewLevel(slice(2048, 1000), UINT16)).toEqual([0, 0]);
  expect(overviewLevel(slice(2049, 8), UINT16)).toEqual([1, 0]);
  expect(overviewLevel(slice(16_384, 16_384), UINT16)).toEqual([4, 4]); // 1024², because 2048² are more than 4 MiB.
  expect(overviewLevel(slice(100_000, 1), UINT16)).toEqual([6, 0]);
});

test('the longest axis that there can be has an overview', () => {
  expect(overviewLevel(slice(2 ** 32, 1), { dtype: 'uint8', components: 1 })).toEqual([21, 0]);
});

test('the level needed is the coarsest with a pixel for each of the canvas, for each axis of its own', () => {
  const at = (columns: number, rows: number): readonly number[] =>
    neededLevel({ scale: [columns, rows], region: { x: 0, y: 0, width: 1, height: 1 } });
  expect(at(1, 1)).toEqual([0, 0]);
  expect(at(0.5, 0.26)).toEqual([1, 1]);
  expect(at(0.25, 40)).toEqual([2, 0]);
});

test('what a canvas shows of a slice follows its place on the canvas, and how it is turned', () => {
  const placed = { canvas: { width: 100, height: 100 }, left: -100, top: 0, width: 200, height: 100 };
  const info = slice(400, 200);
  expect(needsOf(info, UPRIGHT, placed)).toEqual({
    scale: [0.5, 0.5],
    region: { x: 200, y: 0, width: 200, height: 200 },
  });
  expect(needsOf(info, { ...UPRIGHT, flipX: true }, placed).region).toEqual({ x: 0, y: 0, width: 200, height: 200 });
  const turned = { ...placed, left: 0, top: -100, width: 100, height: 200 };
  expect(needsOf(info, { transpose: true, flipX: false, flipY: true }, turned).region).toEqual({
    x: 0,
    y: 0,
    width: 200,
    height: 200,
  });
});

test('a picture that was moved out of the canvas needs no tile', () => {
  const placed = { canvas: { width: 100, height: 100 }, left: 300, top: 0, width: 200, height: 100 };
  expect(tilesIn(slice(4096, 4096), UINT16, [0, 0], needsOf(slice(4096, 4096), UPRIGHT, placed))).toEqual([]);
});

test('two viewers need the finer scale, and what both see', () => {
  const one = { scale: [1, 1], region: { x: 0, y: 0, width: 10, height: 10 } } as const;
  const other = { scale: [0.5, 2], region: { x: 20, y: 5, width: 5, height: 20 } } as const;
  expect(together([one, other])).toEqual({ scale: [1, 2], region: { x: 0, y: 0, width: 25, height: 25 } });
  expect(together([])).toBeNull();
});

test('the tiles of a region are those that touch it, each once, and the middle ones come first', () => {
  const info = slice(5000, 3000);
  const size = fc.integer({ min: 1, max: 1500 });
  fc.assert(
    fc.property(
      fc.nat({ max: 3400 }),
      fc.nat({ max: 1400 }),
      size,
      size,
      fc.nat({ max: 2 }),
      (x, y, width, height, l) => {
        const region = { x, y, width, height };
        const found = tilesIn(info, UINT16, [l, l], { scale: [1, 1], region });
        const grid = tileGrid(info, UINT16, [l, l]);
        const touching: string[] = [];
        for (let row = 0; row < grid.rows; row++) {
          for (let column = 0; column < grid.columns; column++) {
            const rect = tileRect(grid, column, row);
            const [left, top] = [rect.x * 2 ** l, rect.y * 2 ** l];
            const touches =
              left < x + width && left + rect.width * 2 ** l > x && top < y + height && top + rect.height * 2 ** l > y;
            if (touches) touching.push(`${String(column)} ${String(row)}`);
          }
        }
        expect(found.map((tile) => tile.join(' ')).sort()).toEqual(touching.sort());
      },
    ),
  );
});
