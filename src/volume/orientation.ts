import { PLANE_AXES, type Edges, type Orientation, type Plane } from '../protocol';

/**
 * An anatomical axis, as its place in LPS: 0 runs from right to left, 1 from anterior to posterior, 2 from
 * inferior to superior. The larger one of two is the vertical one on the screen.
 */
type Anatomy = 0 | 1 | 2;

export interface AnatomicalAxis {
  readonly anatomy: Anatomy;
  /** Whether growing indices go towards L, P or S; else towards R, A or I. */
  readonly positive: boolean;
}

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/**
 * The nearest anatomical axis of x, y and z. Each gets one of its own, the best match first, also where
 * an oblique direction brings two of them nearest to the same.
 * @param direction row-major 3 × 3, LPS; column i is where axis i points. Null stands for the identity.
 */
export function anatomicalAxes(direction: readonly number[] | null): readonly AnatomicalAxis[] {
  const matrix = direction ?? IDENTITY;
  const found: AnatomicalAxis[] = [];
  const pairs = IDENTITY.map((_, at) => ({ at, anatomy: Math.floor(at / 3) as Anatomy, axis: at % 3 }));
  pairs.sort((a, b) => Math.abs(matrix[b.at] as number) - Math.abs(matrix[a.at] as number) || a.at - b.at);
  for (const { at, anatomy, axis } of pairs) {
    if (found[axis] !== undefined || found.some((other) => other.anatomy === anatomy)) continue;
    found[axis] = { anatomy, positive: (matrix[at] as number) >= 0 };
  }
  return found;
}

/**
 * How slices of `plane` lie on the screen. Without a direction: as they are stored. With one, as a
 * radiologist expects: superior up, else anterior up; patient left on the right, or anterior on the left.
 */
export function orientationOf(
  plane: Plane,
  direction: readonly number[] | null,
): { orientation: Orientation; edges: Edges | null } {
  if (direction === null) return { orientation: { transpose: false, flipX: false, flipY: false }, edges: null };
  const axes = anatomicalAxes(direction);
  const first = axes[PLANE_AXES[plane][0]] as AnatomicalAxis;
  const second = axes[PLANE_AXES[plane][1]] as AnatomicalAxis;
  const transpose = first.anatomy > second.anatomy;
  const [across, down] = transpose ? [second, first] : [first, second];
  const superiorUp = down.anatomy === 2;
  return {
    // Indices grow to the right and down: towards L or P to the right, towards P or I downwards is as wanted.
    orientation: { transpose, flipX: !across.positive, flipY: superiorUp ? down.positive : !down.positive },
    edges: {
      left: across.anatomy === 0 ? 'R' : 'A',
      right: across.anatomy === 0 ? 'L' : 'P',
      top: superiorUp ? 'S' : 'A',
      bottom: superiorUp ? 'I' : 'P',
    },
  };
}

/** The plane that cuts across the anatomical axis: 2 for axial, 1 for coronal, 0 for sagittal. */
export function planeAcross(anatomy: Anatomy, direction: readonly number[] | null): Plane {
  const axis = anatomicalAxes(direction).findIndex((candidate) => candidate.anatomy === anatomy);
  return axis === 0 ? 'yz' : axis === 1 ? 'xz' : 'xy';
}
