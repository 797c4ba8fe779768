import { promisify } from 'node:util';
import { constants, deflateRaw, type ZlibOptions } from 'node:zlib';
import { encodePreview } from '../src/export';
import {
  HEADER_BYTES,
  SlicescopeError,
  storedWindow,
  toPlanes,
  voxelsOf,
  writeHeader,
  type Encoding,
  type PreviewSettings,
} from '../src/protocol';
import type { RawFrame } from './slices';

const deflate = promisify(deflateRaw);
/**
 * How packed tiles are deflated. Looking for runs only is as small as more of a search, and several times as fast
 * (bench/packing.mjs). `chunkSize` is the output of one turn in the thread pool: by default a tile would take many.
 */
export const PACKING: ZlibOptions = { strategy: constants.Z_RLE, memLevel: 9, chunkSize: 1_048_576 };

/**
 * The frame of a tile in its encoding, made in Node's thread pool. Where that is not smaller than the raw
 * one, it is the raw one.
 */
export async function encodeFrame(
  { header, rescale, bytes }: RawFrame,
  encoding: Exclude<Encoding, 'raw'>,
  preview: PreviewSettings | null,
): Promise<Uint8Array> {
  const { tile, components } = header;
  const voxels = voxelsOf(header, bytes.subarray(HEADER_BYTES));
  let payload: Uint8Array;
  if (encoding === 'packed') {
    const planes = toPlanes(voxels, components);
    payload = await deflate(planes, PACKING);
  } else {
    if (preview === null) throw new SlicescopeError('protocol-error', 'slice: a preview without settings', {});
    const pixels = { width: tile.width, height: tile.height, components, data: voxels };
    payload = await encodePreview(pixels, { ...preview, window: storedWindow(preview.window, rescale) });
  }
  if (HEADER_BYTES + payload.byteLength >= bytes.byteLength) return bytes;
  const frame = new Uint8Array(HEADER_BYTES + payload.byteLength);
  writeHeader(frame, { ...header, encoding });
  frame.set(payload, HEADER_BYTES);
  return frame;
}
