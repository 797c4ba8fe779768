import { PLANE_AXES, type Axis, type Plane, type Triple, type VolumeInfo } from '../protocol';

/**
 * A volume's box in the space of the layout `volume`: its middle is the origin and its longest side has the length 1.
 * With a direction the axes are the patient's, LPS, else those of the volume.
 */
export interface Box {
  /** What one share of each of the box' edges is: from one end of the volume to the other. */
  readonly edges: readonly [Triple, Triple, Triple];
  /** Superior where there is a direction; else against y, which runs down as in an image. */
  readonly up: Triple;
}

export function boxOf({ shape, spacing, direction }: Pick<VolumeInfo, 'shape' | 'spacing' | 'direction'>): Box {
  const lengths = shape.map((voxels, axis) => voxels * (spacing[axis] as number));
  const longest = Math.max(...lengths);
  const edge = (axis: Axis): Triple => {
    const length = (lengths[axis] as number) / longest;
    const along = (row: number): number =>
      direction === null ? Number(row === axis) : (direction[3 * row + axis] as number);
    return [along(0) * length, along(1) * length, along(2) * length];
  };
  return { edges: [edge(0), edge(1), edge(2)], up: direction === null ? [0, -1, 0] : [0, 0, 1] };
}

/** Where a point of the volume lies in the box' space; the point as shares of the volume's edges. */
export function pointInBox({ edges }: Box, point: Triple): Triple {
  const along = (at: 0 | 1 | 2): number =>
    edges.reduce((sum, edge, axis) => sum + edge[at] * ((point[axis] as number) - 0.5), 0);
  return [along(0), along(1), along(2)];
}

/** Where a slice lies in the box' space: its first voxel's corner, and its edges along its columns and its rows. */
export interface SliceInBox {
  readonly corner: Triple;
  readonly columns: Triple;
  readonly rows: Triple;
}

/** The middle of slice `index` of a plane that has `count`. */
export function sliceInBox(box: Box, plane: Plane, index: number, count: number): SliceInBox {
  const [first, second, normal] = PLANE_AXES[plane];
  const point = [0, 0, 0] as [number, number, number];
  point[normal] = (index + 0.5) / count;
  return { corner: pointInBox(box, point), columns: box.edges[first], rows: box.edges[second] };
}
