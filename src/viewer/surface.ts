import { PLANE_AXES, type Plane, type Triple, type ViewState } from '../protocol';
import { BORDER_BIAS, clampIndex, pointInVolume } from '../shading';
import type { Surface } from './host';

/**
 * The point of the volume under a pointer, in voxels: voxel i is from i to i + 1 along each axis, so that rounded down it
 * is the voxel's index. Across the plane it is in the middle of the slice at the state's position. It may be outside.
 */
export function voxelAt(
  { canvas, plane, orientation, placed }: Surface,
  { volume, position }: Pick<ViewState, 'volume' | 'position'>,
  event: Pick<MouseEvent, 'clientX' | 'clientY'>,
): Triple {
  const box = canvas.getBoundingClientRect();
  const x = ((event.clientX - box.left) * canvas.width) / box.width;
  const y = ((event.clientY - box.top) * canvas.height) / box.height;
  const middle = position.map((at, axis) => (at + 0.5) / (volume.shape[axis] as number)) as unknown as Triple;
  const share = [(x - placed.left) / placed.width, (y - placed.top) / placed.height] as const;
  const point = pointInVolume(share, middle, plane, orientation);
  return point.map((at, axis) => at * (volume.shape[axis] as number)) as unknown as Triple;
}

/** The voxel that a point of voxelAt is in, or the nearest one; across the plane the one of the position. */
export function voxelOf(
  point: Triple,
  plane: Plane,
  { volume, position }: Pick<ViewState, 'volume' | 'position'>,
): Triple {
  const normal = PLANE_AXES[plane][2];
  return point.map((at, axis) =>
    axis === normal ? position[axis] : clampIndex(Math.floor(at + BORDER_BIAS), volume.shape[axis] as number),
  ) as unknown as Triple;
}
