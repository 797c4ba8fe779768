import type { Shape, VoxelArray } from '../protocol';
import { asWords, layoutOf, type Layout, type Words } from './layout';

/**
 * The second layout of a volume, in which the slices of xz and yz lie together. It consists of blocks: so many
 * neighbouring slices, and so many of their rows, as are read from memory together. A slice of yz
 * alone has one voxel in each cache line that it touches; the whole line costs the same, and holds the
 * voxel of each of the neighbours.
 */
export const BLOCK_PLANES = ['xz', 'yz'] as const;
export type BlockPlane = (typeof BLOCK_PLANES)[number];

/** Bytes of a cache line: the slices of a block fill one, voxel by voxel. */
const LINE_BYTES = 64;
/** Bytes of a block, more or less: it is built in about a millisecond, in which nothing else is served. */
export const BLOCK_BYTES = 1_048_576;

/** Which block: counted along the slices, and along their rows. */
export interface BlockPlace {
  readonly plane: BlockPlane;
  readonly slab: number;
  readonly band: number;
}

/** Has blocks, or has not. */
export interface BlockSource {
  /** The block that a slice at `index` is about to be cut from, if it is there. */
  blockAt(place: BlockPlace, index: number): VoxelArray | undefined;
}

/** How a plane is divided into blocks. At the upper end of an axis they are smaller. */
export interface BlockGrid {
  /** Slices in a block. */
  readonly slices: number;
  /** Rows in a block. */
  readonly rows: number;
  readonly slabs: number;
  /** Elements of a block. */
  readonly lengthOf: (place: BlockPlace) => number;
  readonly layoutOf: (block: VoxelArray, place: BlockPlace) => Layout;
}

export function blockGrid(
  [width, height, depth]: Shape,
  components: number,
  elementBytes: number,
  plane: BlockPlane,
): BlockGrid {
  const [columns, count] = plane === 'xz' ? [width, height] : [height, width];
  const run = columns * components;
  const slices = Math.floor(LINE_BYTES / (components * elementBytes));
  const rows = Math.max(1, Math.floor(BLOCK_BYTES / (slices * run * elementBytes)));
  const slicesIn = (slab: number): number => Math.min(slices, count - slab * slices);
  const rowsIn = (band: number): number => Math.min(rows, depth - band * rows);
  return {
    slices,
    rows,
    slabs: Math.ceil(count / slices),
    lengthOf: ({ slab, band }) => slicesIn(slab) * rowsIn(band) * run,
    layoutOf: (data, { band }) => ({ data, slice: rowsIn(band) * run, row: run, column: components }),
  };
}

/** Fill `block`, of the grid's length for that place, with the volume's values. */
export function fillBlock(
  block: VoxelArray,
  place: BlockPlace,
  { data, shape, components }: { readonly data: VoxelArray; readonly shape: Shape; readonly components: number },
): void {
  const { plane, slab, band } = place;
  const grid = blockGrid(shape, components, data.BYTES_PER_ELEMENT, plane);
  const [from, to] = [layoutOf(data, shape, components, plane), grid.layoutOf(block, place)];
  const slices = block.length / to.slice;
  const [source, target] = [asWords(data), asWords(block)];
  for (let row = 0; row < to.slice / to.row; row++) {
    const start = slab * grid.slices * from.slice + (band * grid.rows + row) * from.row;
    if (plane === 'xz') {
      for (let slice = 0; slice < slices; slice++) {
        const at = start + slice * from.slice;
        block.set(data.subarray(at, at + to.row), slice * to.slice + row * to.row);
      }
    } else {
      transposeRow(source, start, from.column, target, row * to.row, to, slices, components);
    }
  }
}

/** Columns that are transposed together: their lines stay in the cache while each slice takes its voxels. */
const COLUMNS_AT_ONCE = 32;

/** One row of `slices` neighbouring slices of yz. */
function transposeRow(
  source: Words,
  start: number,
  step: number,
  target: Words,
  targetStart: number,
  { slice: sliceStep, row: run }: Layout,
  slices: number,
  components: number,
): void {
  const columns = run / components;
  for (let first = 0; first < columns; first += COLUMNS_AT_ONCE) {
    const end = Math.min(columns, first + COLUMNS_AT_ONCE);
    for (let slice = 0; slice < slices; slice++) {
      const to = targetStart + slice * sliceStep;
      const from = start + slice * components;
      for (let column = first; column < end; column++) {
        if (components === 1) target[to + column] = source[from + column * step] as number;
        else {
          for (let c = 0; c < components; c++) {
            target[to + column * components + c] = source[from + column * step + c] as number;
          }
        }
      }
    }
  }
}
