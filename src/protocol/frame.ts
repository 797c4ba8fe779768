import { SlicescopeError } from './errors';
import { LIMITS } from './limits';
import {
  ARRAY_OF,
  DTYPES,
  ENCODINGS,
  MAX_LEVEL,
  PLANES,
  type DType,
  type Encoding,
  type Level,
  type Plane,
  type TileRect,
  type VoxelArray,
} from './types';

/**
 * The binary frame: a fixed little-endian header and the voxels of one tile of a slice. The layout is
 * in docs/protocol.md. The header's length is a multiple of 8, so that any dtype can be viewed in place.
 */
export const HEADER_BYTES = 48;
const VERSION = 1;
const KIND_SLICE = 1;

/** The request id of a frame that was not wished for. */
export const UNASKED = 0;

export interface FrameHeader {
  /** The view's channel on this connection, from its `opened` message. */
  readonly channel: number;
  /** Of the wish that it grants, or `UNASKED`. */
  readonly requestId: number;
  /** Of the volume that the slice was cut from: the view's, as the client knows it, or an overlay's own. */
  readonly revision: number;
  readonly plane: Plane;
  readonly index: number;
  readonly level: Level;
  readonly dtype: DType;
  readonly components: number;
  /** Of the whole slice at this level, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The part of the slice in this frame. */
  readonly tile: TileRect;
  readonly encoding: Encoding;
}

export interface Frame extends FrameHeader {
  /** The tile in its encoding: a view into the frame, not a copy. */
  readonly payload: Uint8Array;
}

/** Write `header` into the first 48 bytes of `target`. */
export function writeHeader(target: Uint8Array, header: FrameHeader): void {
  const view = new DataView(target.buffer, target.byteOffset, HEADER_BYTES);
  view.setUint8(0, VERSION);
  view.setUint8(1, KIND_SLICE);
  view.setUint8(2, PLANES.indexOf(header.plane));
  view.setUint8(3, DTYPES.indexOf(header.dtype));
  view.setUint8(4, header.components);
  view.setUint8(5, ENCODINGS.indexOf(header.encoding));
  view.setUint8(6, header.level[0]);
  view.setUint8(7, header.level[1]);
  view.setUint32(8, header.requestId, true);
  view.setUint32(12, header.revision, true);
  view.setUint32(16, header.index, true);
  view.setUint32(20, header.width, true);
  view.setUint32(24, header.height, true);
  view.setUint32(28, header.tile.x, true);
  view.setUint32(32, header.tile.y, true);
  view.setUint32(36, header.tile.width, true);
  view.setUint32(40, header.tile.height, true);
  view.setUint32(44, header.channel, true);
}

function broken(what: string): SlicescopeError<'protocol-error'> {
  return new SlicescopeError('protocol-error', `binary frame: ${what}`, {});
}

/**
 * The voxels of a tile, row by row: a view into `bytes`, which hold them as they are.
 * @throws SlicescopeError `protocol-error` if there are more or fewer than the tile needs.
 */
export function voxelsOf({ tile, components, dtype }: FrameHeader, bytes: Uint8Array): VoxelArray {
  const elements = tile.width * tile.height * components;
  const ArrayType = ARRAY_OF[dtype];
  const expected = elements * ArrayType.BYTES_PER_ELEMENT;
  if (bytes.byteLength !== expected) {
    throw broken(`${String(bytes.byteLength)} bytes of voxels, its tile needs ${String(expected)}`);
  }
  return new ArrayType(bytes.buffer, bytes.byteOffset, elements);
}

/**
 * Read a frame; `payload` views into `buffer`. Of its header everything is checked here and nowhere later.
 * @throws SlicescopeError `protocol-error` if the frame is not one that slicescope.v1 allows.
 */
export function decodeFrame(buffer: ArrayBuffer): Frame {
  if (buffer.byteLength < HEADER_BYTES) {
    throw broken(`${String(buffer.byteLength)} bytes, a header has ${String(HEADER_BYTES)}`);
  }
  if (buffer.byteLength > LIMITS.frameBytes) throw broken(`${String(buffer.byteLength)} bytes are over the limit`);
  const view = new DataView(buffer);
  if (view.getUint8(0) !== VERSION) throw broken(`version ${String(view.getUint8(0))}, expected ${String(VERSION)}`);
  if (view.getUint8(1) !== KIND_SLICE) throw broken(`unknown kind ${String(view.getUint8(1))}`);
  const plane = PLANES[view.getUint8(2)];
  const dtype = DTYPES[view.getUint8(3)];
  if (plane === undefined) throw broken(`unknown plane ${String(view.getUint8(2))}`);
  if (dtype === undefined) throw broken(`unknown dtype ${String(view.getUint8(3))}`);
  const encoding = ENCODINGS[view.getUint8(5)];
  if (encoding === undefined) throw broken(`unknown encoding ${String(view.getUint8(5))}`);
  const level = [view.getUint8(6), view.getUint8(7)] as const;
  if (level[0] > MAX_LEVEL || level[1] > MAX_LEVEL) throw broken(`level ${level.join(', ')}`);
  const components = view.getUint8(4);
  const mayBeColor = dtype === 'uint8' || dtype === 'uint16';
  if (components !== 1 && !(mayBeColor && (components === 3 || components === 4))) {
    throw broken(`${String(components)} components of ${dtype}`);
  }
  const width = view.getUint32(20, true);
  const height = view.getUint32(24, true);
  const tile = {
    x: view.getUint32(28, true),
    y: view.getUint32(32, true),
    width: view.getUint32(36, true),
    height: view.getUint32(40, true),
  };
  if (tile.width === 0 || tile.height === 0) throw broken('an empty tile');
  if (tile.x + tile.width > width || tile.y + tile.height > height) throw broken('a tile outside its slice');
  const frame: Frame = {
    channel: view.getUint32(44, true),
    requestId: view.getUint32(8, true),
    revision: view.getUint32(12, true),
    plane,
    index: view.getUint32(16, true),
    level,
    dtype,
    components,
    width,
    height,
    tile,
    encoding,
    payload: new Uint8Array(buffer, HEADER_BYTES),
  };
  if (encoding === 'raw') voxelsOf(frame, frame.payload);
  return frame;
}
