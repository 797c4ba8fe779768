import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shownRegion } from './region';

const MIDDLE = [0.5, 0.5] as const;

test.each<[string, [width: number, height: number], number, readonly [number, number], number[]]>([
  ['the whole picture at zoom 1', [100, 60], 1, MIDDLE, [0, 0, 100, 60]],
  ['the whole picture below it', [100, 60], 0.25, MIDDLE, [0, 0, 100, 60]],
  ['a quarter of each side', [100, 60], 4, MIDDLE, [38, 23, 25, 15]],
  ['what is around the middle of the canvas', [100, 60], 4, [0.3, 0.75], [18, 38, 25, 15]],
  ['no more than there is, at an edge', [100, 60], 2, [0, 1], [0, 45, 25, 15]],
  ['one pixel at least', [2, 2], 256, MIDDLE, [1, 1, 1, 1]],
  ['more of the height where a flat picture has a higher canvas', [600, 20], 2, MIDDLE, [150, 0, 300, 20]],
  ['more of the width where a narrow picture has a wider canvas', [20, 600], 2, MIDDLE, [0, 150, 20, 300]],
])('shows %s', (_, [width, height], zoom, center, [left, top, across, down]) => {
  const expected = { left, top, width: across, height: down };
  expect(shownRegion({ width, height }, zoom, center)).toEqual(expected);
});

test('shows nothing where the canvas is beside the picture', () => {
  expect(shownRegion({ width: 100, height: 100 }, 2, [1.3, 0.5])).toBeNull();
  expect(shownRegion({ width: 100, height: 100 }, 2, [0.5, -0.25])).toBeNull();
});

test('is always of whole pixels of the picture', () => {
  const size = fc.integer({ min: 1, max: 3000 });
  const share = fc.double({ min: -0.2, max: 1.2, noNaN: true });
  fc.assert(
    fc.property(
      size,
      size,
      fc.double({ min: 1 / 256, max: 256, noNaN: true }),
      share,
      share,
      (width, height, ...at) => {
        const region = shownRegion({ width, height }, at[0], [at[1], at[2]]);
        if (region === null) return;
        for (const [from, count, all] of [
          [region.left, region.width, width],
          [region.top, region.height, height],
        ] as const) {
          expect([from, count].every(Number.isInteger)).toBe(true);
          expect([from >= 0, count >= 1, from + count <= all]).toEqual([true, true, true]);
        }
      },
    ),
  );
});
