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
 * @param stop gives a signal that gives up what has to be read first.
 * @returns null for a tile that an overlay no longer has; a promise where the voxels are not in memory
 * @throws SlicescopeError `index-out-of-range`, `invalid-argument` where there is no such slice or tile.
 */
export function cutTile(
  view: View,
  wish: TileWish,
  revision: number,
  channel: number,
  stop: () => AbortSignal,
): RawFrame | null | Promise<RawFrame> {
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
  const reading = layer.cut(rect, target, stop);
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
  const frame = { header, rescale: layer.rescale, bytes };
  return reading === undefined ? frame : reading.then(() => frame);
}
