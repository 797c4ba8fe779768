import {
  ARRAY_OF,
  HEADER_BYTES,
  SlicescopeError,
  tileGrid,
  tileRect,
  writeHeader,
  type FrameHeader,
  type Rescale,
  type TileWish,
} from '../src/protocol';
import { framePool } from './frame-pool';
import type { View } from './view';

/** A frame with its voxels as they are, and what its header says. */
export interface RawFrame {
  readonly header: FrameHeader;
  /** What the voxels stand for. */
  readonly rescale: Rescale | null;
  /** Of the frame pool: to be given back when it was sent. */
  readonly bytes: Buffer<ArrayBuffer>;
}

/**
 * Cut a tile into a frame: a copy of the volume's values, made at once, because a cell may write into the
 * volume meanwhile.
 * @param revision of the view's volume that the client knows, and the frame says; the values may be those of a later
 * refresh. Of an overlay the frame says the overlay's own.
 * @returns null for a tile that an overlay no longer has
 * @throws SlicescopeError `index-out-of-range`, `invalid-argument` where there is no such slice or tile.
 */
export function cutTile(view: View, wish: TileWish, revision: number, channel: number): RawFrame | null {
  const { requestId, plane, index, level, tile } = wish;
  const layer = view.layerOf(wish);
  const { dtype, components } = layer.kind;
  const grid = tileGrid(layer.planes[plane], layer.kind, level);
  if (tile[0] >= grid.columns || tile[1] >= grid.rows) {
    if (layer.revision !== null) return null; // Of the overlay that was there before this one.
    const there = `${String(grid.columns)} × ${String(grid.rows)}`;
    const message = `slice: tile ${tile.join(', ')} of plane ${plane}, expected one of ${there} at level ${level.join(', ')}`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'tile' });
  }
  const rect = tileRect(grid, ...tile);
  const elements = rect.width * rect.height * components;
  const bytes = framePool.take(HEADER_BYTES + elements * ARRAY_OF[dtype].BYTES_PER_ELEMENT);
  const target = new ARRAY_OF[dtype](bytes.buffer, HEADER_BYTES, elements);
  layer.cut(rect, target);
  const header: FrameHeader = {
    channel,
    requestId,
    revision: layer.revision ?? revision,
    plane,
    index,
    level,
    dtype,
    components,
    width: grid.width,
    height: grid.height,
    tile: rect,
    encoding: 'raw',
  };
  writeHeader(bytes, header);
  return { header, rescale: layer.rescale, bytes };
}
