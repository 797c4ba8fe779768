import {
  ARRAY_OF,
  HEADER_BYTES,
  SlicescopeError,
  tileGrid,
  tileRect,
  writeHeader,
  type FrameHeader,
  type TileWish,
} from '../src/protocol';
import { framePool } from './frame-pool';
import type { View } from './views';

/** A frame with its voxels as they are, and what its header says. */
export interface RawFrame {
  readonly header: FrameHeader;
  /** Of the frame pool: to be given back when it was sent. */
  readonly bytes: Buffer<ArrayBuffer>;
}

/**
 * Cut a tile into a frame: a copy of the volume's values, made at once, because a cell may write into the
 * volume meanwhile.
 * @param revision that the client knows, and the frame says; the values may be those of a later refresh.
 * @throws SlicescopeError `index-out-of-range`, `invalid-argument` where there is no such slice or tile.
 */
export function cutTile(view: View, wish: TileWish, revision: number, channel: number): RawFrame {
  const { requestId, plane, index, level, tile } = wish;
  const info = view.state.volume;
  const { dtype, components } = info;
  const grid = tileGrid(info.planes[plane], info, level);
  if (tile[0] >= grid.columns || tile[1] >= grid.rows) {
    const there = `${String(grid.columns)} × ${String(grid.rows)}`;
    const message = `slice: tile ${tile.join(', ')} of plane ${plane}, expected one of ${there} at level ${level.join(', ')}`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'tile' });
  }
  const rect = tileRect(grid, ...tile);
  const elements = rect.width * rect.height * components;
  const bytes = framePool.take(HEADER_BYTES + elements * ARRAY_OF[dtype].BYTES_PER_ELEMENT);
  const target = new ARRAY_OF[dtype](bytes.buffer, HEADER_BYTES, elements);
  view.read((volume, blocks) => {
    volume.copyTile(plane, index, level, rect, target, blocks);
  });
  const header: FrameHeader = {
    channel,
    requestId,
    revision,
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
  return { header, bytes };
}
