import { SlicescopeError, fromPlanes, voxelsOf, type Frame, type VoxelArray } from '../protocol';
import type { Tile } from './slice-cache';

/** The window through which a preview's colour indices are drawn as they are. */
const INDICES = [0, 255] as const;
/** The first byte of a JPEG file. */
const JPEG_BEGINS = 0xff;
/** Of a pixel as a little-endian number: the half of alpha. */
const HALF_OPAQUE = 0x80000000;

/** The tile in a frame; at once where it is not compressed. */
export function decodeTile(frame: Frame): Tile | Promise<Tile> {
  switch (frame.encoding) {
    case 'raw':
      return tileOf(frame, voxelsOf(frame, frame.payload));
    case 'packed':
      return inflate(frame.payload).then((planes) => tileOf(frame, fromPlanes(frame, planes)));
    case 'preview':
      return preview(frame);
  }
}

function tileOf({ level, tile: rect, dtype, components }: Frame, data: VoxelArray): Tile {
  return { level, rect, data, dtype, components, window: null };
}

/** A frame's memory is never shared; the declarations that notebooks are checked with can't say so. */
function asPart(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([asPart(bytes)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * A picture of colour indices as a tile of them; where some are transparent, which stands for NaN, as floats. A
 * picture of colours stays one.
 */
async function preview(frame: Frame): Promise<Tile> {
  const { level, tile: rect, components } = frame;
  const type = frame.payload[0] === JPEG_BEGINS ? 'image/jpeg' : 'image/webp';
  const bitmap = await createImageBitmap(new Blob([asPart(frame.payload)], { type }), {
    premultiplyAlpha: 'none',
    colorSpaceConversion: 'none',
  });
  if (bitmap.width !== rect.width || bitmap.height !== rect.height) {
    throw new SlicescopeError('protocol-error', 'binary frame: a preview that is not of its tile’s size', {});
  }
  const context = new OffscreenCanvas(rect.width, rect.height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('This browser can’t read pictures.');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data: rgba } = context.getImageData(0, 0, rect.width, rect.height);
  if (components > 1) {
    return { level, rect, data: new Uint8Array(rgba.buffer), dtype: 'uint8', components: 4, window: INDICES };
  }
  const pixels = new Uint32Array(rgba.buffer);
  const indices = new Uint8Array(pixels.length);
  let all = HALF_OPAQUE;
  for (let at = 0; at < indices.length; at++) {
    const pixel = pixels[at] as number;
    indices[at] = pixel; // Its lowest byte is red.
    all &= pixel;
  }
  if (all !== 0) return { level, rect, data: indices, dtype: 'uint8', components: 1, window: INDICES };
  const floats = Float32Array.from(indices, (index, at) => ((pixels[at] as number) < HALF_OPAQUE ? NaN : index));
  return { level, rect, data: floats, dtype: 'float32', components: 1, window: INDICES };
}
