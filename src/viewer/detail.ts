import {
  MAX_LEVEL,
  tileGrid,
  type Level,
  type Orientation,
  type PixelKind,
  type PlaneInfo,
  type TileRect,
} from '../protocol';

type Grid = Pick<PlaneInfo, 'width' | 'height'>;

/** What one viewer can show of a slice. */
export interface Needs {
  /** Canvas pixels that a voxel takes, along the slice's columns and rows. */
  readonly scale: readonly [columns: number, rows: number];
  /** The part of the slice that is on the canvas, in voxels. */
  readonly region: TileRect;
}

/** Where a slice's picture lies on a canvas: in canvas pixels from its top left. */
export interface Placement {
  readonly canvas: { readonly width: number; readonly height: number };
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The part of [0, 1] along one axis of the picture that is on the canvas, in the slice's own direction. */
function visible(start: number, length: number, canvas: number, flip: boolean): [number, number] {
  const clamp = (at: number): number => Math.max(0, Math.min(1, at));
  const [from, to] = [clamp(-start / length), clamp((canvas - start) / length)];
  return flip ? [1 - to, 1 - from] : [from, to];
}

/** What a canvas shows of a slice that lies on it like this. */
export function needsOf({ width, height }: PlaneInfo, orientation: Orientation, placed: Placement): Needs {
  const across = visible(placed.left, placed.width, placed.canvas.width, orientation.flipX);
  const down = visible(placed.top, placed.height, placed.canvas.height, orientation.flipY);
  const [columns, rows] = orientation.transpose ? [down, across] : [across, down];
  const [wide, high] = orientation.transpose ? [placed.height, placed.width] : [placed.width, placed.height];
  const [left, right] = [Math.floor(columns[0] * width), Math.ceil(columns[1] * width)];
  const [top, bottom] = [Math.floor(rows[0] * height), Math.ceil(rows[1] * height)];
  return {
    scale: [wide / width, high / height],
    region: { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) },
  };
}

/** What all viewers of one view need together; null if nobody looks. */
export function together(all: Iterable<Needs>): Needs | null {
  return [...all].reduce<Needs | null>((sum, needs) => (sum === null ? needs : both(sum, needs)), null);
}

function both(one: Needs, other: Needs): Needs {
  const [a, b] = [one.region, other.region];
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const [right, bottom] = [Math.max(a.x + a.width, b.x + b.width), Math.max(a.y + a.height, b.y + b.height)];
  return {
    scale: [Math.max(one.scale[0], other.scale[0]), Math.max(one.scale[1], other.scale[1])],
    region: { x, y, width: right - x, height: bottom - y },
  };
}

/** The same needs of a slice that has more pixels on the same rectangle. */
export function refined({ scale, region }: Needs, base: Grid, finer: Grid): Needs {
  const [across, down] = [finer.width / base.width, finer.height / base.height];
  if (across === 1 && down === 1) return { scale, region };
  const { x, y, width, height } = region;
  return {
    scale: [scale[0] / across, scale[1] / down],
    region: { x: x * across, y: y * down, width: width * across, height: height * down },
  };
}

/** The coarsest level of one axis that has at least a pixel for each pixel of the canvas. */
function coarsest(scale: number): number {
  return Math.max(0, Math.min(MAX_LEVEL, Math.floor(-Math.log2(scale))));
}

/** The coarsest level that shows all that a canvas can show. */
export function neededLevel({ scale }: Needs): Level {
  return [coarsest(scale[0]), coarsest(scale[1])];
}

/** The tiles of a level that the region touches, the ones in the middle first. */
export function tilesIn(slice: PlaneInfo, kind: PixelKind, level: Level, { region }: Needs): [number, number][] {
  const { columns, rows, edge } = tileGrid(slice, kind, level);
  const [across, down] = [2 ** level[0] * edge.width, 2 ** level[1] * edge.height];
  const [left, top] = [Math.floor(region.x / across), Math.floor(region.y / down)];
  const right = Math.min(columns, Math.ceil((region.x + region.width) / across));
  const bottom = Math.min(rows, Math.ceil((region.y + region.height) / down));
  const found: [number, number][] = [];
  for (let row = top; row < bottom; row++) for (let column = left; column < right; column++) found.push([column, row]);
  const middle = [(left + right - 1) / 2, (top + bottom - 1) / 2] as const;
  const distance = ([column, row]: [number, number]): number => Math.hypot(column - middle[0], row - middle[1]);
  return found.sort((one, other) => distance(one) - distance(other));
}
