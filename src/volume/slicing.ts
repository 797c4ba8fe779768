import {
  PLANE_AXES,
  SlicescopeError,
  levelSize,
  levelVoxel,
  type Level,
  type PixelKind,
  type Plane,
  type Shape,
  type TileRect,
  type VoxelArray,
} from '../protocol';
import { BLOCK_PLANES, blockGrid, type BlockSource } from './blocks';
import { checkIndex, unknownPlane } from './checks';
import { dtypeOf } from './dtype';
import { asWords, layoutOf, type Layout, type Words } from './layout';

/** A tile of a slice, and the size of the whole slice in voxels. */
export interface TileOfSlice {
  readonly plane: Plane;
  readonly index: number;
  readonly slice: { readonly width: number; readonly height: number };
  readonly level: Level;
  readonly rect: TileRect;
}

/** How large a plane's slices are, in voxels, and how many there are. */
export interface Slices {
  readonly width: number;
  readonly height: number;
  readonly count: number;
}

/** @throws SlicescopeError `unknown-plane`. */
export function slicesOf(shape: Shape, plane: Plane): Slices {
  if (!Object.hasOwn(PLANE_AXES, plane)) throw unknownPlane(plane);
  const [first, second, normal] = PLANE_AXES[plane];
  return { width: shape[first], height: shape[second], count: shape[normal] };
}

/**
 * A tile that there is of a slice at its level, and an array that can take it.
 * @returns the tile, with the size of its slice
 * @throws SlicescopeError `index-out-of-range`, `invalid-argument`.
 */
export function checkTile(
  { count, ...slice }: Slices,
  tile: Omit<TileOfSlice, 'slice'>,
  { dtype, components }: PixelKind,
  target: VoxelArray,
): TileOfSlice {
  const { plane, index, level } = tile;
  const { x, y, width, height } = tile.rect;
  checkIndex(index, count, `slice: index of plane ${plane}`);
  const whole = levelSize(slice, level);
  const numbers = [x, y, width, height];
  const isInside = x + width <= whole.width && y + height <= whole.height;
  if (!isInside || numbers.some((number) => !Number.isInteger(number) || number < 0)) {
    throw new SlicescopeError(
      'invalid-argument',
      `slice: a tile of ${numbers.join(', ')}, but the slice has ${String(whole.width)} × ${String(whole.height)} pixels`,
      { argument: 'tile' },
    );
  }
  const needed = width * height * components;
  const given = dtypeOf(target, 'slice');
  if (given !== dtype || target.length < needed) {
    throw new SlicescopeError(
      'invalid-argument',
      `slice: the target has ${String(target.length)} elements of ${given}, expected ${String(needed)} of ${dtype}`,
      { argument: 'target' },
    );
  }
  return { ...tile, slice };
}

/**
 * Above this sum of its levels a tile takes so few of the voxels that it covers that building blocks for it
 * would cost more than it saves.
 */
const MAX_BLOCK_LEVELS = 2;

/**
 * Copy a tile of a slice, at a level of detail, to the start of `target`, row by row. Nothing is checked here.
 * Rows that `blocks` has are taken from there: the values are the same, but they lie together.
 */
export function copyTile(
  data: VoxelArray,
  shape: Shape,
  components: number,
  tile: TileOfSlice,
  target: VoxelArray,
  blocks: BlockSource | null,
): void {
  const { plane, index, slice, level, rect } = tile;
  const copy = rowCopier(components, tile, target);
  const volume = layoutOf(data, shape, components, plane);
  const blockPlane = BLOCK_PLANES.find((each) => each === plane);
  if (blocks === null || blockPlane === undefined || level[0] + level[1] > MAX_BLOCK_LEVELS) {
    copy(volume, index, 0, 0, rect.height);
    return;
  }
  const grid = blockGrid(shape, components, data.BYTES_PER_ELEMENT, blockPlane);
  const step = 2 ** level[1];
  for (let row = 0; row < rect.height;) {
    const band = Math.floor(levelVoxel(rect.y + row, level[1], slice.height) / grid.rows);
    const nextBand = Math.ceil(((band + 1) * grid.rows - Math.floor(step / 2)) / step) - rect.y;
    const end = Math.max(row + 1, Math.min(rect.height, nextBand));
    const place = { plane: blockPlane, slab: Math.floor(index / grid.slices), band };
    const block = blocks.blockAt(place, index);
    if (block === undefined) copy(volume, index, 0, row, end);
    else copy(grid.layoutOf(block, place), index - place.slab * grid.slices, band * grid.rows, row, end);
    row = end;
  }
}

/** Copies the tile's rows `from` to `end` out of one layout or another, whose first row is the slice's row `top`. */
type RowCopier = (source: Layout, index: number, top: number, from: number, end: number) => void;

function rowCopier(components: number, { slice, level, rect }: TileOfSlice, target: VoxelArray): RowCopier {
  const run = rect.width * components;
  const first = levelVoxel(rect.x, level[0], slice.width);
  const last = levelVoxel(rect.x + rect.width - 1, level[0], slice.width);
  return (source, index, top, from, end) => {
    const startOf = (row: number): number =>
      index * source.slice + (levelVoxel(rect.y + row, level[1], slice.height) - top) * source.row;
    if (source.column === components && level[0] === 0) {
      // A row lies together; if they also follow each other, all of them do.
      const together = source.row === run && level[1] === 0 ? end - from : 1;
      for (let row = from; row < end; row += together) {
        const start = startOf(row) + rect.x * components;
        target.set(source.data.subarray(start, start + run * together), row * run);
      }
      return;
    }
    const [words, targetWords] = [asWords(source.data), asWords(target)];
    const step = source.column * 2 ** level[0];
    for (let row = from; row < end; row++) {
      const [start, to] = [startOf(row), row * run];
      // The columns are as far from each other as the level says, but for the last, which may be the border's.
      gather(words, start + first * source.column, step, targetWords, to, rect.width - 1, components);
      gather(words, start + last * source.column, step, targetWords, to + run - components, 1, components);
    }
  };
}

/** `count` voxels that lie `step` apart, from `from` on. */
function gather(
  source: Words,
  from: number,
  step: number,
  target: Words,
  to: number,
  count: number,
  components: number,
): void {
  if (components === 1) {
    const end = to + count;
    for (; to < end; from += step) target[to++] = source[from] as number;
    return;
  }
  for (let voxel = 0; voxel < count; voxel++, from += step) {
    for (let c = 0; c < components; c++) target[to++] = source[from + c] as number;
  }
}
