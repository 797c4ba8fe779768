import { describe, expect, test } from '@jest/globals';
import { PLANES, type Edges, type Orientation, type Triple } from '../protocol';
import {
  axisEnds,
  pictureSize,
  pointInPicture,
  pointInVolume,
  rotated,
  rotatedEdges,
  shownEdges,
  shownOrientation,
  type Turning,
} from './orientation';
import { AS_STORED, ORIENTATIONS } from './testing/settings-fixture';

type Matrix = readonly (readonly string[])[];
const MATRIX: Matrix = [
  ['a', 'b', 'c'],
  ['d', 'e', 'f'],
];

const transposed = (m: Matrix): Matrix => (m[0] ?? []).map((_, column) => m.map((row) => row[column] ?? '?'));
const mirrored = (m: Matrix): Matrix => m.map((row) => [...row].reverse());

/** An orientation as it is defined: first transposed, then flipped. */
function apply(m: Matrix, { transpose, flipX, flipY }: Orientation): Matrix {
  const turned = transpose ? transposed(m) : m;
  const acrossFlipped = flipX ? mirrored(turned) : turned;
  return flipY ? [...acrossFlipped].reverse() : acrossFlipped;
}

/** A quarter turn clockwise: the first column, read upwards, becomes the first row. */
const turnedClockwise = (m: Matrix): Matrix => (m[0] ?? []).map((_, x) => m.map((row) => row[x] ?? '?').reverse());

const short = ({ transpose, flipX, flipY }: Orientation): string =>
  `${transpose ? 't' : '-'}${flipX ? 'X' : '-'}${flipY ? 'Y' : '-'}`;

test('a quarter turn clockwise brings the lower left corner to the upper left', () => {
  expect(apply(MATRIX, rotated(AS_STORED, 1))).toEqual([
    ['d', 'a'],
    ['e', 'b'],
    ['f', 'c'],
  ]);
});

describe.each(ORIENTATIONS.map((orientation) => [short(orientation), orientation] as const))('%s', (_, orientation) => {
  test.each([0, 1, 2, 3])('after %d quarter turns is what turning the picture gives', (turns) => {
    let expected = apply(MATRIX, orientation);
    for (let turn = 0; turn < turns; turn++) expected = turnedClockwise(expected);
    expect(apply(MATRIX, rotated(orientation, turns))).toEqual(expected);
  });

  test('four turns lead back, and turns add up', () => {
    expect(rotated(orientation, 0)).toEqual(orientation);
    expect(rotated(orientation, 4)).toEqual(orientation);
    for (let first = 0; first < 4; first++) {
      for (let second = 0; second < 4; second++) {
        expect(rotated(rotated(orientation, first), second)).toEqual(rotated(orientation, (first + second) % 4));
      }
    }
  });

  test('each of its four turns is another orientation, so nothing is mirrored by turning', () => {
    const turns = [0, 1, 2, 3].map((count) => rotated(orientation, count));
    expect(new Set(turns.map(short)).size).toBe(4);
    // A turn keeps whether the picture is a mirror image: the parity of transposition and flips.
    const parity = (o: Orientation): number => (Number(o.transpose) + Number(o.flipX) + Number(o.flipY)) % 2;
    expect(new Set(turns.map(parity)).size).toBe(1);
  });
});

describe('the letters at the edges', () => {
  const edges: Edges = { left: 'R', right: 'L', top: 'S', bottom: 'I' };

  test('go with the picture: what was on the left comes to the top', () => {
    expect(rotatedEdges(edges, 0)).toEqual(edges);
    expect(rotatedEdges(edges, 1)).toEqual({ top: 'R', right: 'S', bottom: 'L', left: 'I' });
    expect(rotatedEdges(edges, 2)).toEqual({ left: 'L', right: 'R', top: 'I', bottom: 'S' });
    expect(rotatedEdges(edges, 3)).toEqual({ top: 'L', right: 'I', bottom: 'R', left: 'S' });
    expect(rotatedEdges(edges, 4)).toEqual(edges);
  });

  test('stay at the pixels that they name', () => {
    const cross = [
      ['', 'S', ''],
      ['R', '', 'L'],
      ['', 'I', ''],
    ];
    for (let turns = 0; turns < 4; turns++) {
      const turned = apply(cross, rotated(AS_STORED, turns));
      expect(rotatedEdges(edges, turns)).toEqual({
        left: turned[1]?.[0],
        right: turned[1]?.[2],
        top: turned[0]?.[1],
        bottom: turned[2]?.[1],
      });
    }
  });
});

describe('the size of a picture', () => {
  const size = (width: number, height: number, columns: number, rows: number, orientation = AS_STORED): number[] => {
    const picture = pictureSize({ width, height, spacing: [columns, rows] }, orientation);
    return [picture.width, picture.height];
  };

  test('is the size of the slice where both spacings are the same', () => {
    expect(size(5, 7, 1, 1)).toEqual([5, 7]);
    expect(size(5, 7, 0.3, 0.3)).toEqual([5, 7]);
  });

  test('gives one pixel to the smaller spacing', () => {
    expect(size(10, 10, 1, 2.5)).toEqual([10, 25]);
    expect(size(10, 10, 2.5, 1)).toEqual([25, 10]);
    expect(size(64, 20, 0.5, 3)).toEqual([64, 120]);
  });

  test('is rounded to whole pixels, and never zero', () => {
    expect(size(10, 3, 1, 1.15)).toEqual([10, 3]);
    expect(size(10, 3, 1, 1.2)).toEqual([10, 4]);
    expect(size(1, 1, 1, 1.4)).toEqual([1, 1]);
  });

  test('is exchanged by a transposition, and by nothing else', () => {
    for (const orientation of ORIENTATIONS) {
      expect(size(4, 6, 1, 2, orientation)).toEqual(orientation.transpose ? [12, 4] : [4, 12]);
    }
  });
});

describe('what turns a picture', () => {
  const PLAIN: Turning = { rotation: 0, flip: [false, false], convention: 'radiological' };
  const AXIAL = { orientation: AS_STORED, edges: { left: 'R', right: 'L', top: 'A', bottom: 'P' } };
  const SAGITTAL = { orientation: AS_STORED, edges: { left: 'A', right: 'P', top: 'S', bottom: 'I' } };

  test('is the convention first, then the rotation, then the flips: of the voxels as of the letters', () => {
    for (const orientation of ORIENTATIONS) {
      for (const rotation of [0, 1, 2, 3] as const) {
        for (const flip of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ] as const) {
          const turned = apply(apply(MATRIX, orientation), rotated(AS_STORED, rotation));
          const flipped = apply(turned, { transpose: false, flipX: flip[0], flipY: flip[1] });
          const shown = shownOrientation({ orientation, edges: null }, { ...PLAIN, rotation, flip });
          expect(apply(MATRIX, shown)).toEqual(flipped);
        }
      }
    }
  });

  test('has the patient’s right on the left or, neurologically, on the right, where it is on either', () => {
    const neurological = { ...PLAIN, convention: 'neurological' } as const;
    expect(shownEdges(AXIAL, 'xy', PLAIN)).toEqual(AXIAL.edges);
    expect(shownOrientation(AXIAL, neurological)).toEqual({ ...AS_STORED, flipX: true });
    expect(shownEdges(AXIAL, 'xy', neurological)).toEqual({ left: 'L', right: 'R', top: 'A', bottom: 'P' });
    expect(shownOrientation(SAGITTAL, neurological)).toEqual(AS_STORED);
    expect(shownEdges(SAGITTAL, 'yz', neurological)).toEqual(SAGITTAL.edges);
  });

  test('takes the letters along', () => {
    const flipped = { ...PLAIN, rotation: 1, flip: [true, false] } as const;
    expect(shownEdges(AXIAL, 'xy', flipped)).toEqual({ left: 'A', top: 'R', right: 'P', bottom: 'L' });
  });

  test('takes the names of the axes along where there is no direction', () => {
    const info = { edges: null };
    expect(shownEdges(info, 'xz', PLAIN)).toEqual({ left: '', right: 'x', top: '', bottom: 'z' });
    expect(shownEdges(info, 'yz', { ...PLAIN, rotation: 1 })).toEqual({ left: 'z', right: '', top: '', bottom: 'y' });
    const mirrored = { ...PLAIN, flip: [true, true], convention: 'neurological' } as const;
    expect(shownEdges(info, 'xy', mirrored)).toEqual({ left: 'x', right: '', top: 'y', bottom: '' });
  });

  test('leaves a point of the volume where it is, there and back', () => {
    const point: Triple = [0.1, 0.3, 0.8];
    for (const plane of PLANES) {
      for (const orientation of ORIENTATIONS) {
        const [x, y] = pointInPicture(point, plane, orientation);
        const back = pointInVolume([x, y], point, plane, orientation);
        back.forEach((share, axis) => {
          expect(share).toBeCloseTo(point[axis] as number, 12);
        });
      }
    }
    expect(pointInPicture(point, 'xz', { transpose: true, flipX: false, flipY: true })).toEqual([0.8, 0.9]);
  });
});

test('the letters at the ends of the axes are those that the planes have there, turned as they may be', () => {
  const edges = { left: 'R', right: 'L', top: 'S', bottom: 'I' };
  const plane = { count: 1, width: 1, height: 1, spacing: [1, 1] as const };
  const named = { ...plane, orientation: AS_STORED, edges: { left: '', right: 'θ', top: '', bottom: 'r' } };
  const plain = { ...plane, orientation: AS_STORED, edges: null };
  expect(axisEnds({ xy: plain, xz: plain, yz: plain })).toEqual([
    ['', 'x'],
    ['', 'y'],
    ['', 'z'],
  ]);
  expect(axisEnds({ xy: named, xz: { ...named, edges: { ...named.edges, bottom: 'depth' } }, yz: named })).toEqual([
    ['', 'θ'],
    ['', 'r'],
    ['', 'depth'],
  ]);
  for (const orientation of ORIENTATIONS) {
    const xy = { ...plane, orientation, edges };
    const [x, y] = axisEnds({ xy, xz: xy, yz: xy });
    // The end at the picture’s right is L, whichever axis comes to lie there.
    const letterAt = (place: readonly [number, number]): string | undefined => {
      const [alongX, alongY] = pointInVolume(place, [0.5, 0.5, 0.5], 'xy', orientation);
      return alongX === 0.5 ? y[alongY] : x[alongX];
    };
    expect([letterAt([1, 0.5]), letterAt([0, 0.5]), letterAt([0.5, 0]), letterAt([0.5, 1])]).toEqual([
      'L',
      'R',
      'S',
      'I',
    ]);
  }
});
