import { SlicescopeError } from './errors';
import { LIMITS } from './limits';
import { ARRAY_OF, DTYPES, PLANES, type DType, type Plane, type VoxelArray } from './types';

/**
 * The binary frame: a fixed little-endian header and the voxels of one tile of a slice. The layout is
 * in docs/protocol.md. The header's length is a multiple of 8, so that any dtype can be viewed in place.
 */
export const HEADER_BYTES = 48;
const VERSION = 1;
const KIND_SLICE = 1;
const ENCODING_RAW = 0;
const FLAG_LAST = 1;

export interface FrameHeader {
  /** The view's channel on this connection, from its `opened` message. */
  readonly channel: number;
  readonly requestId: number;
  /** Of the volume that the slice was cut from. */
  readonly revision: number;
  readonly plane: Plane;
  readonly index: number;
  /** 0 is full resolution. */
  readonly level: number;
  readonly dtype: DType;
  readonly components: number;
  /** Of the whole slice, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The part of the slice in this frame, in pixels. */
  readonly tile: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** No further tile of this request follows. */
  readonly last: boolean;
}

export interface Frame extends FrameHeader {
  /** The tile's voxels, row by row: a view into the frame, not a copy. */
  readonly data: VoxelArray;
}

/** Write `header` into the first 48 bytes of `target`. */
export function writeHeader(target: Uint8Array, header: FrameHeader): void {
  const view = new DataView(target.buffer, target.byteOffset, HEADER_BYTES);
  view.setUint8(0, VERSION);
  view.setUint8(1, KIND_SLICE);
  view.setUint8(2, PLANES.indexOf(header.plane));
  view.setUint8(3, DTYPES.indexOf(header.dtype));
  view.setUint8(4, header.components);
  view.setUint8(5, ENCODING_RAW);
  view.setUint8(6, header.level);
  view.setUint8(7, header.last ? FLAG_LAST : 0);
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
 * Read a frame; `data` views into `buffer`. Everything is checked here and nowhere later.
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
  if (view.getUint8(5) !== ENCODING_RAW) throw broken(`unknown encoding ${String(view.getUint8(5))}`);
  const plane = PLANES[view.getUint8(2)];
  const dtype = DTYPES[view.getUint8(3)];
  if (plane === undefined) throw broken(`unknown plane ${String(view.getUint8(2))}`);
  if (dtype === undefined) throw broken(`unknown dtype ${String(view.getUint8(3))}`);
  const components = view.getUint8(4);
  if (components !== 1 && !(dtype === 'uint8' && (components === 3 || components === 4))) {
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
  const elements = tile.width * tile.height * components;
  const ArrayType = ARRAY_OF[dtype];
  const expected = HEADER_BYTES + elements * ArrayType.BYTES_PER_ELEMENT;
  if (buffer.byteLength !== expected) {
    throw broken(`${String(buffer.byteLength)} bytes, its tile needs ${String(expected)}`);
  }
  return {
    channel: view.getUint32(44, true),
    requestId: view.getUint32(8, true),
    revision: view.getUint32(12, true),
    plane,
    index: view.getUint32(16, true),
    level: view.getUint8(6),
    dtype,
    components,
    width,
    height,
    tile,
    last: (view.getUint8(7) & FLAG_LAST) !== 0,
    data: new ArrayType(buffer, HEADER_BYTES, elements),
  };
}
