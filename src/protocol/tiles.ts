import { HEADER_BYTES } from './frame';
import { LIMITS } from './limits';
import { ARRAY_OF, type DType, type LayerInfo, type Level, type Projection, type TileRect } from './types';

/** Pixels along the edge of a tile; a frame holds one of any dtype. */
export const TILE_EDGE = 512;
/** The largest texture that every WebGL 2 has, in pixels along an edge: a slice beyond it comes as tiles. */
const WHOLE_EDGE = 2048;

interface SliceShape {
  readonly width: number;
  readonly height: number;
}

/** What decides the tiles of a slice, besides its size. */
export interface PixelKind {
  readonly dtype: DType;
  readonly components: number;
}

/**
 * What the pixels of a slab are: those of its volume, but for the mean of several, which has fractions. That of colours
 * is rounded: they stay colours.
 */
export function slabKind(
  { dtype, components }: PixelKind,
  { slab, projection }: { readonly slab: number; readonly projection: Projection },
): PixelKind {
  const isMean = slab > 1 && projection === 'mean' && components === 1;
  return { dtype: isMean ? 'float32' : dtype, components };
}

/** The frame of a layer that is drawn at a frame of its view: an overlay of one frame has that one at all times. */
export function frameIn({ frames }: Pick<LayerInfo, 'frames'>, frame: number): number {
  return frames === 1 ? 0 : frame;
}

/** The size of a slice at a level, in pixels. */
export function levelSize({ width, height }: SliceShape, [columns, rows]: Level): SliceShape {
  return { width: Math.ceil(width / 2 ** columns), height: Math.ceil(height / 2 ** rows) };
}

/** The voxel that a pixel of a level shows, along one axis of `voxels` voxels: the middle one of those it stands for. */
export function levelVoxel(pixel: number, level: number, voxels: number): number {
  return Math.min(voxels - 1, pixel * 2 ** level + Math.floor(2 ** level / 2));
}

/** How a slice is divided: its size at the level, and that of its tiles, but for those at the right and lower edge. */
export interface TileGrid extends SliceShape {
  readonly columns: number;
  readonly rows: number;
  readonly edge: SliceShape;
}

/** The tiles of a slice at a level. There is one where a frame and a texture hold the whole. */
export function tileGrid(slice: SliceShape, { dtype, components }: PixelKind, level: Level): TileGrid {
  const { width, height } = levelSize(slice, level);
  const bytes = width * height * components * ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  const fits = width <= WHOLE_EDGE && height <= WHOLE_EDGE && bytes <= LIMITS.frameBytes - HEADER_BYTES;
  const edge = fits ? { width, height } : { width: TILE_EDGE, height: TILE_EDGE };
  return { width, height, columns: Math.ceil(width / edge.width), rows: Math.ceil(height / edge.height), edge };
}

/** Whether all of a slice is one tile. */
export function isWhole({ columns, rows }: TileGrid): boolean {
  return columns === 1 && rows === 1;
}

/** The finest level at which a slice is one tile: what is shown of it first. For most slices it is all of it. */
export function overviewLevel(slice: SliceShape, kind: PixelKind): Level {
  let level: Level = [0, 0];
  for (;;) {
    const grid = tileGrid(slice, kind, level);
    if (isWhole(grid)) return level;
    level = grid.width >= grid.height ? [level[0] + 1, level[1]] : [level[0], level[1] + 1];
  }
}

/** The pixels of one tile of a grid. */
export function tileRect({ width, height, edge }: TileGrid, column: number, row: number): TileRect {
  const [x, y] = [column * edge.width, row * edge.height];
  return { x, y, width: Math.min(edge.width, width - x), height: Math.min(edge.height, height - y) };
}
