import { expect, test } from '@jest/globals';
import { tileGrid, tileRect, type Level } from '../../protocol';
import { placeTile } from './place-tile';

const UINT16 = { dtype: 'uint16', components: 1 } as const;
const placed = { left: 10, top: 20, width: 500, height: 300 };

function tiles(slice: { width: number; height: number }, level: Level): Parameters<typeof placeTile>[0][] {
  const grid = tileGrid(slice, UINT16, level);
  return Array.from({ length: grid.columns * grid.rows }, (_, at) => {
    const rect = tileRect(grid, at % grid.columns, Math.floor(at / grid.columns));
    return { level, rect, data: new Uint16Array(0), ...UINT16, window: null };
  });
}

test('the one tile of a slice is the whole picture', () => {
  const slice = { width: 40, height: 30 };
  const [tile] = tiles(slice, [0, 0]);
  expect(placeTile(tile!, slice, { orientation: { transpose: false, flipX: true, flipY: false }, ...placed })).toEqual({
    box: [10, 20, 510, 320],
    extent: [40, 30],
  });
});

test.each([
  [false, false, false],
  [true, false, true],
  [true, true, false],
  [false, true, true],
])(
  'tiles share their edges to the bit, and cover the picture (transpose %s, flips %s %s)',
  (transpose, flipX, flipY) => {
    const slice = { width: 5003, height: 3001 };
    for (const level of [
      [0, 0],
      [2, 1],
    ] as const) {
      const boxes = tiles(slice, level).map(
        (tile) => placeTile(tile, slice, { orientation: { transpose, flipX, flipY }, ...placed }).box,
      );
      const lefts = new Set(boxes.map(([left]) => left));
      const rights = new Set(boxes.map(([, , right]) => right));
      // Every left edge but that of the picture is some tile's right edge, and so for top and bottom.
      for (const left of lefts) if (left !== 10) expect(rights).toContain(left);
      expect([Math.min(...lefts), Math.max(...rights)]).toEqual([10, 510]);
      const area = boxes.reduce((sum, [left, top, right, bottom]) => sum + (right - left) * (bottom - top), 0);
      expect(area).toBeCloseTo(500 * 300, 4);
    }
  },
);

test('the last pixel of a level covers only the voxels that there are', () => {
  const slice = { width: 4100, height: 8 }; // 1025 pixels of four voxels, of which the last has all; at 2^3, 513 with a half.
  const last = tiles(slice, [3, 0]).at(-1);
  expect(
    placeTile(last!, slice, { orientation: { transpose: false, flipX: false, flipY: false }, ...placed }).extent,
  ).toEqual([512.5, 8]);
});
