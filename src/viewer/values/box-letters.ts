import type { Axis, Triple } from '../../protocol';
import { pointInBox, type AxisEnds, type Box } from '../../shading';
import { cross, dot } from '../camera';

/** How far the letters are outside of the box, in units of its longest side. */
const DISTANCE = 0.06;

/** A letter at the middle of one of a box' faces, as an eye sees it. */
export interface BoxLetter {
  readonly letter: string;
  /** Where its middle is on the canvas, as shares of its edges from the top left; null where it is not seen. */
  readonly at: readonly [x: number, y: number] | null;
}

/** What is seen of a box. */
export interface BoxSight {
  readonly box: Box;
  /** Where the eye is, in the box' space. */
  readonly eye: Triple;
  /** From the box' space to the canvas: 16 numbers, column by column. */
  readonly matrix: readonly number[];
  /** Where the slices that are drawn lie, as shares of the box' edges across them: that of yz, of xz and of xy. */
  readonly slices: Triple;
  /** Whether the slice across an axis shows nothing at a point, given as shares of the box' edges. */
  readonly isSeenThrough: (normal: Axis, point: Triple) => boolean;
}

/**
 * The letters before the middles of a box' six faces: of each axis the first one and the last. One that is behind what a
 * slice shows, or behind the eye, is not seen.
 */
export function boxLetters(ends: readonly [AxisEnds, AxisEnds, AxisEnds], sight: BoxSight): readonly BoxLetter[] {
  return ([0, 1, 2] as const).flatMap((axis) => {
    const edge = sight.box.edges[axis];
    const outside = DISTANCE / Math.sqrt(dot(edge, edge));
    return ends[axis].map((letter, end): BoxLetter => {
      const point: [number, number, number] = [0.5, 0.5, 0.5];
      point[axis] = end === 0 ? -outside : 1 + outside;
      return { letter, at: letter === '' || isHidden(point, sight) ? null : onCanvas(point, sight) };
    });
  });
}

/** Whether the way from the eye to a point, given as shares of the box' edges, meets what a slice shows. */
function isHidden(point: Triple, { box, eye, slices, isSeenThrough }: BoxSight): boolean {
  const from = sharesOf(box, eye);
  return ([0, 1, 2] as const).some((normal) => {
    const way = (slices[normal] - from[normal]) / (point[normal] - from[normal]);
    if (!(way > 0 && way < 1)) return false;
    const along = (axis: Axis): number => from[axis] + way * (point[axis] - from[axis]);
    const met: Triple = [along(0), along(1), along(2)];
    const isBeside = met.some((share, axis) => axis !== normal && !(share >= 0 && share < 1));
    return !isBeside && !isSeenThrough(normal, met);
  });
}

/** A point of the box' space as shares of the box' edges, which need not be at right angles. */
function sharesOf({ edges }: Box, point: Triple): Triple {
  const along = (axis: 0 | 1 | 2): number => {
    const across = cross(edges[((axis + 1) % 3) as 0 | 1 | 2], edges[((axis + 2) % 3) as 0 | 1 | 2]);
    return dot(point, across) / dot(edges[axis], across) + 0.5;
  };
  return [along(0), along(1), along(2)];
}

function onCanvas(point: Triple, { box, matrix }: BoxSight): readonly [x: number, y: number] | null {
  const [x, y, z] = pointInBox(box, point);
  const row = (at: number): number =>
    (matrix[at] as number) * x +
    (matrix[4 + at] as number) * y +
    (matrix[8 + at] as number) * z +
    (matrix[12 + at] as number);
  const depth = row(3);
  return depth > 0 ? [(1 + row(0) / depth) / 2, (1 - row(1) / depth) / 2] : null;
}
