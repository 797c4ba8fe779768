import { npyHead } from '../formats';
import { SlicescopeError } from '../protocol';
import type { VolumeSlice } from '../volume';
import type { Content, Target } from './files';
import { described, loadSharp } from './sharp';
import { deflated, encodeTiff, type PageInfo } from './tiff';

type Slices = AsyncIterable<VolumeSlice> | Iterable<VolumeSlice>;

function bytesOf({ data }: VolumeSlice): Buffer {
  return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

/** A .npy file of slices, y and x behind their number. */
export async function* encodeNpy(slices: Slices, count: number | null): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const slice of slices) {
    const { dtype, width, height, components } = slice;
    const shape = [...(count === null ? [] : [count]), height, width, ...(components === 1 ? [] : [components])];
    if (isFirst) yield npyHead(dtype, shape);
    isFirst = false;
    yield bytesOf(slice);
  }
}

/** 8 or 16 bits of gray or colours. How large a voxel is, is said of square ones only. */
async function encodePng(slice: VolumeSlice, { description, perCentimetre }: PageInfo): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { width, height, components, data, dtype } = slice;
  const raw = { width, height, channels: components };
  const image = sharp(dtype === 'uint16' ? data : bytesOf(slice), { raw, limitInputPixels: false });
  const is16 = dtype === 'uint16';
  const kept =
    components === 1 ? image.toColourspace(is16 ? 'grey16' : 'b-w') : is16 ? image.toColourspace('rgb16') : image;
  const [across, down] = perCentimetre ?? [0, 1];
  const said = { description, perCentimetre: across === down ? across : null };
  return await described(kept, said).png().toBuffer();
}

/**
 * What is in a file that holds the values of a slice, unchanged.
 * @throws SlicescopeError `unsupported-format` where the format has no such values.
 */
export async function encodeValues(
  slice: VolumeSlice,
  { format, path }: Target,
  info: PageInfo,
  caller: string,
): Promise<Content> {
  if (format === 'npy') return encodeNpy([slice], null);
  if (format === 'tiff') return encodeTiff([await deflated(slice)], 1, info);
  if (format === 'png' && (slice.dtype === 'uint8' || slice.dtype === 'uint16')) {
    return await encodePng(slice, info);
  }
  const holds = format === 'png' ? `holds values of uint8 and uint16, not ${slice.dtype}` : 'holds no values';
  const message = `${caller}: ${path}: ${format} ${holds}; write .tif or .npy`;
  throw new SlicescopeError('unsupported-format', message, { path });
}
