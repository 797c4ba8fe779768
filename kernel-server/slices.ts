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
import type { View } from './views';

/** A frame with its voxels as they are, and what its header says. */
export interface RawFrame {
  readonly header: FrameHeader;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Cut a tile into a frame: a copy of the volume's values, made at once, because a cell may write into the
 * volume meanwhile.
 * @throws SlicescopeError `index-out-of-range`, `invalid-argument` where there is no such slice or tile.
 */
export function cutTile({ volume, blocks, state }: View, wish: TileWish, channel: number): RawFrame {
  const { requestId, plane, index, level, tile } = wish;
  const { dtype, components, revision, planes } = state.volume;
  const grid = tileGrid(planes[plane], state.volume, level);
  if (tile[0] >= grid.columns || tile[1] >= grid.rows) {
    const there = `${String(grid.columns)} × ${String(grid.rows)}`;
    const message = `slice: tile ${tile.join(', ')} of plane ${plane}, expected one of ${there} at level ${level.join(', ')}`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'tile' });
  }
  const rect = tileRect(grid, ...tile);
  const elements = rect.width * rect.height * components;
  // Every byte is written below: zeroing them first would take as long as the copy.
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + elements * ARRAY_OF[dtype].BYTES_PER_ELEMENT);
  volume.copyTile(plane, index, level, rect, new ARRAY_OF[dtype](bytes.buffer, HEADER_BYTES, elements), blocks);
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
