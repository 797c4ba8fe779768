import { endianness } from 'node:os';
import { SlicescopeError, type DType } from '../protocol';
import type { VolumeSlice } from '../volume';
import type { Target } from './files';
import { loadSharp } from './sharp';
import { encodeTiff, type PageInfo } from './tiff';

const NUMPY: Readonly<Record<DType, string>> = {
  ...{ uint8: 'u1', int8: 'i1', uint16: 'u2', int16: 'i2', uint32: 'u4', int32: 'i4', float32: 'f4', float64: 'f8' },
};

function bytesOf({ data }: VolumeSlice): Buffer {
  return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

/** A .npy file of the slices, y and x behind their number; https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
function encodeNpy(slices: readonly [VolumeSlice, ...VolumeSlice[]], isStack: boolean): Uint8Array {
  const [{ width, height, components, dtype, data }] = slices;
  const order = data.BYTES_PER_ELEMENT === 1 ? '|' : endianness() === 'LE' ? '<' : '>';
  const shape = [...(isStack ? [slices.length] : []), height, width, ...(components === 1 ? [] : [components])];
  const header = `{'descr': '${order}${NUMPY[dtype]}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  // The values begin at a multiple of 64 bytes.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${header.padEnd(length - 1)}\n`, 'latin1');
  head.writeUInt16LE(length, 8);
  return Buffer.concat([head, ...slices.map(bytesOf)]);
}

/** 8 or 16 bits of gray, or 8 of colours. */
async function encodePng(slice: VolumeSlice, perCentimetre: number | null): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { width, height, components, data, dtype } = slice;
  const raw = { width, height, channels: components };
  const image = sharp(dtype === 'uint16' ? data : bytesOf(slice), { raw, limitInputPixels: false });
  const kept = components === 1 ? image.toColourspace(dtype === 'uint16' ? 'grey16' : 'b-w') : image;
  const sized = perCentimetre === null ? kept : kept.withDensity(perCentimetre * 2.54);
  return await sized.png().toBuffer();
}

/**
 * The bytes of a file that holds the values of slices, unchanged.
 * @param isStack whether the file is of slices, and not of one.
 * @throws SlicescopeError `unsupported-format` where the format has no such values.
 */
export async function encodeValues(
  slices: readonly [VolumeSlice, ...VolumeSlice[]],
  { format, path }: Target,
  info: PageInfo,
  isStack: boolean,
  caller: string,
): Promise<Uint8Array> {
  const [first] = slices;
  if (format === 'npy') return encodeNpy(slices, isStack);
  if (format === 'tiff') return encodeTiff(slices, info);
  if (format === 'png' && (first.dtype === 'uint8' || first.dtype === 'uint16')) {
    return await encodePng(first, info.perCentimetre?.[0] ?? null);
  }
  const holds = format === 'png' ? 'holds values of uint8 and uint16' : 'holds no values';
  const message = `${caller}: ${path}: ${format} ${holds}, not ${first.dtype}; write .tif or .npy`;
  throw new SlicescopeError('unsupported-format', message, { path });
}
