import { endianness } from 'node:os';
import { SlicescopeError, type DType } from '../protocol';
import type { VolumeSlice } from '../volume';
import type { Content, Target } from './files';
import { described, loadSharp } from './sharp';
import { deflated, encodeTiff, type PageInfo } from './tiff';

const NUMPY: Readonly<Record<DType, string>> = {
  ...{ uint8: 'u1', int8: 'i1', uint16: 'u2', int16: 'i2', uint32: 'u4', int32: 'i4', float32: 'f4', float64: 'f8' },
};

type Slices = AsyncIterable<VolumeSlice> | Iterable<VolumeSlice>;

function bytesOf({ data }: VolumeSlice): Buffer {
  return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

/** What a .npy file begins with; https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
function npyHead({ width, height, components, dtype, data }: VolumeSlice, count: number | null): Buffer {
  const order = data.BYTES_PER_ELEMENT === 1 ? '|' : endianness() === 'LE' ? '<' : '>';
  const shape = [...(count === null ? [] : [count]), height, width, ...(components === 1 ? [] : [components])];
  const header = `{'descr': '${order}${NUMPY[dtype]}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  // The values begin at a multiple of 64 bytes.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${header.padEnd(length - 1)}\n`, 'latin1');
  head.writeUInt16LE(length, 8);
  return head;
}

/** A .npy file of slices, y and x behind their number. */
export async function* encodeNpy(slices: Slices, count: number | null): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const slice of slices) {
    if (isFirst) yield npyHead(slice, count);
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
