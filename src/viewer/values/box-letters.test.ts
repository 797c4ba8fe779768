import { describe, expect, test } from '@jest/globals';
import type { Triple } from '../../protocol';
import { boxOf } from '../../shading';
import { boxLetters, type BoxSight } from './box-letters';

const ENDS = [
  ['R', 'L'],
  ['A', 'P'],
  ['I', 'S'],
] as const;
const cube = boxOf({ shape: [10, 10, 10], spacing: [1, 1, 1], direction: null });
/** A pinhole that looks along z, from 2 below the middle: a point is as far from the canvas' middle as x / depth, y / depth. */
const ALONG_Z = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 2];

function seen(sight: Partial<BoxSight>): Record<string, readonly number[]> {
  const whole = {
    box: cube,
    eye: [0, 0, -2] as Triple,
    matrix: ALONG_Z,
    slices: [0.5, 0.5, 0.5] as Triple,
    isSeenThrough: () => false,
    ...sight,
  };
  const letters = boxLetters(ENDS, whole);
  return Object.fromEntries(letters.flatMap(({ letter, at }) => (at === null ? [] : [[letter, at]])));
}

const close = (...numbers: number[]): unknown => numbers.map((number) => expect.closeTo(number, 9));

describe('the letters of a box', () => {
  test('are before the middles of its faces, and those behind a slice are not seen', () => {
    expect(seen({})).toEqual({
      R: close((1 - 0.56 / 2) / 2, 0.5),
      L: close((1 + 0.56 / 2) / 2, 0.5),
      A: close(0.5, (1 + 0.56 / 2) / 2),
      P: close(0.5, (1 - 0.56 / 2) / 2),
      I: close(0.5, 0.5),
    });
  });

  test('turn with the eye: from the other side the other one is hidden', () => {
    const fromAbove = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, -1, 0, 0, 0, 2];
    const letters = seen({ eye: [0, 0, 2], matrix: fromAbove });
    expect(Object.keys(letters)).toEqual(['R', 'L', 'A', 'P', 'S']);
  });

  test('are seen past the edge of a slice', () => {
    // The way to S meets z = 0 where x and y are 0.51 of an edge from the middle, outside of the slice.
    const eye: Triple = [1.2, 1.2, -0.76];
    expect(seen({ eye, slices: [0, 0, 0.5] })).toHaveProperty('S');
    expect(seen({ eye: [1, 1, -0.76], slices: [0, 0, 0.5] })).not.toHaveProperty('S');
  });

  test('are seen through a slice where it shows nothing', () => {
    const asked: unknown[] = [];
    const isSeenThrough: BoxSight['isSeenThrough'] = (normal, point) => asked.push([normal, ...point]) > 0;
    expect(Object.keys(seen({ isSeenThrough, slices: [0.25, 0.25, 0.25] }))).toEqual(['R', 'L', 'A', 'P', 'I', 'S']);
    expect(asked).toContainEqual([2, 0.5, 0.5, expect.closeTo(0.25, 9)]);
    expect(seen({ isSeenThrough: (normal) => normal !== 2 })).not.toHaveProperty('S');
  });

  test('are not seen where they are behind the eye', () => {
    const eye: Triple = [0, 0, 0];
    const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0];
    expect(Object.keys(seen({ eye, matrix, slices: [1, 1, 0] }))).toEqual(['S']);
  });

  test('are where the axes lead, also where they are not at right angles; an axis without a letter has none', () => {
    const slanted = [1, 0.6, 0, 0, 0.8, 0, 0, 0, 1];
    const box = boxOf({ shape: [10, 10, 10], spacing: [1, 1, 1], direction: slanted });
    const letters = boxLetters(
      [
        ['', 'x'],
        ['', 'y'],
        ['', 'z'],
      ],
      { box, eye: [0, 0, -2], matrix: ALONG_Z, slices: [0.5, 0.5, 0.5], isSeenThrough: () => false },
    );
    expect(letters.map(({ at }) => at)).toEqual([
      null,
      close((1 + 0.56 / 2) / 2, 0.5),
      null,
      close((1 + (0.6 * 0.56) / 2) / 2, (1 - (0.8 * 0.56) / 2) / 2),
      null,
      null,
    ]);
  });
});
