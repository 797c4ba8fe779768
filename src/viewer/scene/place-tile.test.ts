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
    edge: [510, 20],
    slope: [-40 / 500, 30 / 300],
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
  const { box, edge, slope } = placeTile(last!, slice, {
    orientation: { transpose: false, flipX: false, flipY: false },
    ...placed,
  });
  expect(edge).toEqual([box[0], box[1]]);
  expect((box[2] - box[0]) * slope[0]).toBeCloseTo(512.5, 9);
  expect((box[3] - box[1]) * slope[1]).toBeCloseTo(8, 9);
});

test('transposed and flipped, each canvas pixel of a tile goes back to the tile’s pixel that it was made of', () => {
  const slice = { width: 600, height: 520 };
  const orientation = { transpose: true, flipX: true, flipY: false };
  const size = { left: 0, top: 0, width: 520, height: 600 }; // A canvas pixel a voxel.
  const tile = { ...tiles({ width: 5000, height: 5000 }, [0, 0])[0]!, rect: { x: 512, y: 512, width: 88, height: 8 } };
  const { box, edge, slope } = placeTile(tile, slice, { orientation, ...size });
  // The slice's rows run from right to left, its columns downwards.
  expect(box.map(Math.round)).toEqual([0, 512, 8, 600]);
  const back = (x: number, y: number): number[] =>
    [(x - edge[0]) * slope[0], (y - edge[1]) * slope[1]].map((at) => Math.round(at) + 0);
  expect(back(8, 512)).toEqual([0, 0]);
  expect(back(5, 514)).toEqual([3, 2]);
  expect(back(0, 600)).toEqual([8, 88]);
});
