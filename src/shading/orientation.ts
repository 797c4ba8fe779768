import {
  PLANE_AXES,
  type Edges,
  type Orientation,
  type Plane,
  type PlaneInfo,
  type Triple,
  type ViewSettings,
} from '../protocol';

/**
 * `orientation` followed by quarter turns clockwise. A quarter turn clockwise is a transposition followed
 * by a horizontal flip, and a transposition exchanges the flips that come before it.
 */
export function rotated(orientation: Orientation, quarterTurns: number): Orientation {
  let { transpose, flipX, flipY } = orientation;
  for (let turn = 0; turn < quarterTurns; turn++) {
    [transpose, flipX, flipY] = [!transpose, !flipY, flipX];
  }
  return { transpose, flipX, flipY };
}

/** The letters at the edges after quarter turns clockwise: what was on the left comes to the top. */
export function rotatedEdges(edges: Edges, quarterTurns: number): Edges {
  let { left, right, top, bottom } = edges;
  for (let turn = 0; turn < quarterTurns; turn++) {
    [top, right, bottom, left] = [left, top, right, bottom];
  }
  return { left, right, top, bottom };
}

/** What turns the picture of a plane, besides the plane itself. */
export type Turning = Pick<ViewSettings, 'rotation' | 'flip' | 'convention'>;

/** Whether the convention mirrors the pictures of a plane: those that have the patient's right on the left. */
function isMirrored({ edges }: Pick<PlaneInfo, 'edges'>, { convention }: Turning): boolean {
  return convention === 'neurological' && edges?.left === 'R';
}

/** How slices of a plane lie on the screen: as the plane says, by the convention, rotated and then flipped. */
export function shownOrientation(info: Pick<PlaneInfo, 'orientation' | 'edges'>, turning: Turning): Orientation {
  const { orientation } = info;
  const seen = isMirrored(info, turning) ? { ...orientation, flipX: !orientation.flipX } : orientation;
  const { transpose, flipX, flipY } = rotated(seen, turning.rotation);
  return { transpose, flipX: flipX !== turning.flip[0], flipY: flipY !== turning.flip[1] };
}

/** Where the axes of a plane without a direction lead: its columns to the right, its rows down. */
function axisEdges(plane: Plane): Edges {
  return { left: '', right: plane.charAt(0), top: '', bottom: plane.charAt(1) };
}

/**
 * The letters at the edges of the picture that `shownOrientation` makes: those of the patient's sides, or, where the
 * volume has no direction, the axes' names at the ends to which they lead, and '' at the others.
 */
export function shownEdges(info: Pick<PlaneInfo, 'edges'>, plane: Plane, turning: Turning): Edges {
  const edges = info.edges ?? axisEdges(plane);
  const seen = isMirrored(info, turning) ? { ...edges, left: edges.right, right: edges.left } : edges;
  const { left, right, top, bottom } = rotatedEdges(seen, turning.rotation);
  const [horizontal, vertical] = turning.flip;
  return {
    ...(horizontal ? { left: right, right: left } : { left, right }),
    ...(vertical ? { top: bottom, bottom: top } : { top, bottom }),
  };
}

/** The letters at both ends of an axis: where its indices begin, and where they lead. */
export type AxisEnds = readonly [first: string, last: string];

/** The letters at the ends of the volume's axes x, y and z: those that `shownEdges` has of them, turned or not. */
export function axisEnds({ xy, xz }: Readonly<Record<Plane, PlaneInfo>>): readonly [AxisEnds, AxisEnds, AxisEnds] {
  return [...planeEnds(xy, 'xy'), planeEnds(xz, 'xz')[1]];
}

/** Of a plane's first axis and its second. */
function planeEnds({ edges, orientation }: PlaneInfo, plane: Plane): readonly [AxisEnds, AxisEnds] {
  const { transpose, flipX, flipY } = orientation;
  const { left, right, top, bottom } = edges ?? axisEdges(plane);
  const across: AxisEnds = flipX ? [right, left] : [left, right];
  const down: AxisEnds = flipY ? [bottom, top] : [top, bottom];
  return transpose ? [down, across] : [across, down];
}

/** A point of the volume, as shares of its edges, in the picture of a plane, as shares of the picture's edges. */
export function pointInPicture(
  point: Triple,
  plane: Plane,
  { transpose, flipX, flipY }: Orientation,
): [x: number, y: number] {
  const [first, second] = PLANE_AXES[plane];
  const [x, y] = transpose ? [point[second], point[first]] : [point[first], point[second]];
  return [flipX ? 1 - x : x, flipY ? 1 - y : y];
}

/** `point` moved within the plane, to what is at [x, y] of the picture, as shares of its edges. */
export function pointInVolume(
  [x, y]: readonly [x: number, y: number],
  point: Triple,
  plane: Plane,
  { transpose, flipX, flipY }: Orientation,
): Triple {
  const [first, second] = PLANE_AXES[plane];
  const [across, down] = [flipX ? 1 - x : x, flipY ? 1 - y : y];
  const moved = [...point] as [number, number, number];
  [moved[first], moved[second]] = transpose ? [down, across] : [across, down];
  return moved;
}

/** A slice's size, in pixels, and the distance between its columns and its rows. */
export interface SliceGrid {
  readonly width: number;
  readonly height: number;
  readonly spacing: readonly [columns: number, rows: number];
}

/**
 * The size of a slice's picture at scale 1, in pixels: drawn to scale, so that the smaller of its two
 * spacings takes one pixel.
 */
export function pictureSize(grid: SliceGrid, orientation: Orientation, scale = 1): { width: number; height: number } {
  const [columns, rows] = grid.spacing;
  const pixel = Math.min(columns, rows) / scale;
  const width = Math.max(1, Math.round((grid.width * columns) / pixel));
  const height = Math.max(1, Math.round((grid.height * rows) / pixel));
  return orientation.transpose ? { width: height, height: width } : { width, height };
}

/**
 * Added to a position, in voxels, before it is rounded down to a voxel's index: where a pixel's middle lies
 * on the border of two voxels, the shader's 32-bit floats and the export's 64-bit ones then choose the same.
 */
export const BORDER_BIAS: number = 1 / 1024;
