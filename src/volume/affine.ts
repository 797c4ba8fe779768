import type { Shape, Triple } from '../protocol';

/** Where the voxels of a volume are: what is needed of it. */
export interface Geometry {
  readonly shape: Shape;
  readonly spacing: Triple;
  readonly origin: Triple;
  readonly direction: readonly number[] | null;
}

/** A point to a point: p to m · p + t; m is 3 × 3, row by row. */
export interface Affine {
  readonly m: readonly number[];
  readonly t: Triple;
}

const AXES = [0, 1, 2] as const;
const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** From voxels, counted along x, y and z, to positions. */
function toPosition({ spacing, origin, direction }: Geometry): Affine {
  const m = (direction ?? IDENTITY).map((element, at) => element * (spacing[at % 3] as number));
  return { m, t: origin };
}

export function apply({ m, t }: Affine, point: readonly number[]): Triple {
  return AXES.map((row) =>
    AXES.reduce((sum, axis) => sum + (m[3 * row + axis] as number) * (point[axis] as number), t[row]),
  ) as unknown as Triple;
}

function inverse({ m, t }: Affine): Affine {
  const [a, b, c, d, e, f, g, h, i] = m as [number, number, number, number, number, number, number, number, number];
  const cofactors = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f];
  cofactors.push(d * h - e * g, b * g - a * h, a * e - b * d);
  const determinant = a * (cofactors[0] as number) + b * (cofactors[3] as number) + c * (cofactors[6] as number);
  const turned = { m: cofactors.map((each) => each / determinant), t: [0, 0, 0] as const };
  return { ...turned, t: apply(turned, t).map((each) => -each) as unknown as Triple };
}

/** From the voxels of one volume to those of another one in the same place. */
export function voxelsToVoxels(from: Geometry, to: Geometry): Affine {
  const [outward, inward] = [toPosition(from), inverse(toPosition(to))];
  const columns = AXES.map((axis) => {
    const step = AXES.map((row) => outward.m[3 * row + axis] as number);
    return apply({ m: inward.m, t: [0, 0, 0] }, step);
  });
  const m = AXES.flatMap((row) => columns.map((column) => column[row]));
  return { m, t: apply(inward, outward.t) };
}

type Box = readonly [low: readonly number[], high: readonly number[]];

/** Around all corners of a volume's voxels, in another volume's voxels or, without one, as positions. */
export function boxOf(geometry: Geometry, seenFrom: Geometry | null): Box {
  const affine = seenFrom === null ? toPosition(geometry) : voxelsToVoxels(geometry, seenFrom);
  const corners = Array.from({ length: 8 }, (_, at) =>
    apply(
      affine,
      geometry.shape.map((size, axis) => ((at >> axis) & 1 ? size - 0.5 : -0.5)),
    ),
  );
  return [
    AXES.map((axis) => Math.min(...corners.map((corner) => corner[axis]))),
    AXES.map((axis) => Math.max(...corners.map((corner) => corner[axis]))),
  ];
}

/** Whether two volumes have any place in common: no face of one has all of the other before it. */
export function overlap(one: Geometry, other: Geometry): boolean {
  const reaches = (geometry: Geometry, from: Geometry): boolean => {
    const [low, high] = boxOf(geometry, from);
    return AXES.every((axis) => (high[axis] as number) > -0.5 && (low[axis] as number) < from.shape[axis] - 0.5);
  };
  return reaches(one, other) && reaches(other, one);
}
