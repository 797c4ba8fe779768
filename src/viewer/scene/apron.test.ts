import { expect, test } from '@jest/globals';
import type { Tile } from '../slice-cache';
import { around, withApron } from './apron';

const [WIDTH, HEIGHT] = [10, 5];
const valueAt = (x: number, y: number): number => 10 * y + x;

/** A part of a slice of 10 × 5 voxels, each of which says where it is. */
function tile(x: number, y: number, width: number, height: number, more: Partial<Tile> = {}): Tile {
  const { components = 1 } = more;
  const data = Uint8Array.from({ length: width * height * components }, (_, at) => {
    const voxel = Math.floor(at / components);
    return valueAt(x + (voxel % width), y + Math.floor(voxel / width)) + 100 * (at % components);
  });
  return { level: [0, 0], rect: { x, y, width, height }, data, dtype: 'uint8', components, window: null, ...more };
}

const clamp = (at: number, length: number): number => Math.max(0, Math.min(length - 1, at));

/** What a tile with an apron must be: the slice's values, and beyond the slice's border those at the border. */
function expected({ rect, components }: Tile): number[] {
  const out: number[] = [];
  for (let y = rect.y - 1; y <= rect.y + rect.height; y++) {
    for (let x = rect.x - 1; x <= rect.x + rect.width; x++) {
      for (let at = 0; at < components; at++) out.push(valueAt(clamp(x, WIDTH), clamp(y, HEIGHT)) + 100 * at);
    }
  }
  return out;
}

test.each([1, 3])(
  'an apron has the neighbours’ pixels, and beyond the slice the outermost, %d components',
  (components) => {
    const tiles = [0, 3].flatMap((y) =>
      [0, 4, 8].map((x) => tile(x, y, Math.min(4, WIDTH - x), Math.min(3, HEIGHT - y), { components })),
    );
    for (const each of tiles) expect(Array.from(withApron(each, around(each, tiles)))).toEqual(expected(each));
  },
);

test('where a neighbour is not here yet, the tile’s own border stands for it', () => {
  const [left, right] = [tile(0, 0, 4, 5), tile(4, 0, 6, 5)];
  const alone = Array.from(withApron(left, around(left, [left])));
  expect(alone.slice(6, 12)).toEqual([0, 0, 1, 2, 3, 3]);
  expect(Array.from(withApron(left, around(left, [left, right]))).slice(6, 12)).toEqual([0, 0, 1, 2, 3, 4]);
});

test('tiles of another level, type or window are no neighbours', () => {
  const left = tile(0, 0, 4, 5);
  const others = [{ level: [1, 0] }, { dtype: 'int8' }, { window: [0, 255] }] as const;
  for (const other of others) {
    const right = tile(4, 0, 6, 5, other);
    expect(around(left, [left, right]).filter((each) => each !== undefined)).toEqual([left]);
  }
});
