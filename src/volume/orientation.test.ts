import { describe, expect, test } from '@jest/globals';
import { PLANES, type Edges, type Orientation, type Plane } from '../protocol';
import { Volume } from './index';
import { anatomicalAxes, orientationOf } from './orientation';

/** A row-major direction whose axes point at the letters, such as `RAS`. */
function directionOf(letters: string): number[] {
  const direction = new Array<number>(9).fill(0);
  Array.from(letters).forEach((letter, axis) => {
    const row = 'LPS'.includes(letter) ? 'LPS'.indexOf(letter) : 'RAI'.indexOf(letter);
    direction[3 * row + axis] = 'LPS'.includes(letter) ? 1 : -1;
  });
  return direction;
}

/** `tXY`: transposed, flipped along x, flipped along y; a dash for what is not. */
function short(orientation: Orientation): string {
  return `${orientation.transpose ? 't' : '-'}${orientation.flipX ? 'X' : '-'}${orientation.flipY ? 'Y' : '-'}`;
}

const AXIAL: Edges = { left: 'R', right: 'L', top: 'A', bottom: 'P' };
const CORONAL: Edges = { left: 'R', right: 'L', top: 'S', bottom: 'I' };
const SAGITTAL: Edges = { left: 'A', right: 'P', top: 'S', bottom: 'I' };

describe('with a direction, superior or anterior is up, patient left is right, anterior is left', () => {
  test.each<[string, Record<Plane, [string, Edges]>]>([
    ['LPS', { xy: ['---', AXIAL], xz: ['--Y', CORONAL], yz: ['--Y', SAGITTAL] }],
    ['RAS', { xy: ['-XY', AXIAL], xz: ['-XY', CORONAL], yz: ['-XY', SAGITTAL] }],
    ['ASL', { xy: ['-XY', SAGITTAL], xz: ['t-Y', AXIAL], yz: ['t-Y', CORONAL] }],
    ['SPL', { xy: ['t-Y', SAGITTAL], xz: ['t-Y', CORONAL], yz: ['t--', AXIAL] }],
    ['PIR', { xy: ['---', SAGITTAL], xz: ['tX-', AXIAL], yz: ['tX-', CORONAL] }],
  ])('stored as %s', (letters, expected) => {
    for (const plane of PLANES) {
      const { orientation, edges } = orientationOf(plane, directionOf(letters));
      expect([plane, short(orientation), edges]).toEqual([plane, ...expected[plane]]);
    }
  });
});

/** All 48 ways to store a volume along anatomical axes. */
function everyStorage(): string[] {
  const orders = ['LPS', 'LSP', 'PLS', 'PSL', 'SLP', 'SPL'];
  const signs = Array.from({ length: 8 }, (_, bits) => bits);
  const opposite: Record<string, string> = { L: 'R', P: 'A', S: 'I' };
  return orders.flatMap((order) =>
    signs.map((bits) =>
      Array.from(order)
        .map((letter, i) => (bits & (1 << i) ? (opposite[letter] as string) : letter))
        .join(''),
    ),
  );
}

test('whichever way a volume is stored, each plane looks the same on the screen, and its edges are right', () => {
  const planeAxes = { xy: [0, 1], xz: [0, 2], yz: [1, 2] } as const;
  for (const letters of everyStorage()) {
    for (const plane of PLANES) {
      const { orientation, edges } = orientationOf(plane, directionOf(letters));
      const axes = planeAxes[plane].map((axis) => letters[axis] as string);
      const [across, down] = orientation.transpose ? axes.reverse() : axes;
      const ends = { L: 'R', R: 'L', P: 'A', A: 'P', S: 'I', I: 'S' } as Record<string, string>;
      const right = orientation.flipX ? ends[across as string] : across;
      const bottom = orientation.flipY ? ends[down as string] : down;
      expect(edges).toEqual({ right, left: ends[right as string], bottom, top: ends[bottom as string] });
      expect([AXIAL, CORONAL, SAGITTAL]).toContainEqual(edges);
    }
  }
});

test('without a direction a slice lies as it is stored, and has no letters', () => {
  for (const plane of PLANES) {
    expect(orientationOf(plane, null)).toEqual({
      orientation: { transpose: false, flipX: false, flipY: false },
      edges: null,
    });
  }
});

describe('an oblique direction', () => {
  test('counts as the nearest anatomical one', () => {
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
    // LPS, turned by 17 degrees about the axis from left to right.
    const direction = [1, 0, 0, 0, c, -s, 0, s, c];
    for (const plane of PLANES)
      expect(orientationOf(plane, direction)).toEqual(orientationOf(plane, directionOf('LPS')));
  });

  test('gives each axis an anatomical axis of its own, where two are nearest to the same', () => {
    // x and y both lean most towards S, x more so.
    const direction = [0.6, -0.1, 0.79, 0.37, 0.77, -0.5, 0.71, 0.63, 0.35];
    expect(anatomicalAxes([0.3, 0.6, 0.74, 0.35, 0.5, 0.79, 0.89, 0.62, 0.1])).toEqual([
      { anatomy: 2, positive: true },
      { anatomy: 0, positive: true },
      { anatomy: 1, positive: true },
    ]);
    expect(new Set(anatomicalAxes(direction).map(({ anatomy }) => anatomy)).size).toBe(3);
  });

  test('of exactly 45 degrees is still decided, the same way each time', () => {
    const h = Math.SQRT1_2;
    expect(anatomicalAxes([h, -h, 0, h, h, 0, 0, 0, 1]).map(({ anatomy }) => anatomy)).toEqual([0, 1, 2]);
  });
});

describe('axial, coronal and sagittal name the nearest plane', () => {
  test.each<[string | null, Plane, Plane, Plane]>([
    [null, 'xy', 'xz', 'yz'],
    ['RAS', 'xy', 'xz', 'yz'],
    ['ASL', 'xz', 'yz', 'xy'],
    ['PIR', 'xz', 'yz', 'xy'],
  ])('stored as %s', (letters, axial, coronal, sagittal) => {
    const volume = Volume.alloc([2, 3, 4], 'uint8', { direction: letters === null ? null : directionOf(letters) });
    const planes = ['axial', 'coronal', 'sagittal', 'xy', 'xz', 'yz'].map((name) => volume.resolvePlane(name));
    expect(planes).toEqual([axial, coronal, sagittal, 'xy', 'xz', 'yz']);
  });
});
