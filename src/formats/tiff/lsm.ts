import { readSync } from 'node:fs';
import type { GeoTIFFImage } from 'geotiff' with { 'resolution-mode': 'import' };
import type { ChannelInfo, Triple } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { upTo } from '../text-end';
import { evenTimes, tidy } from '../times';
import { inOrder, type Pages, type StackLayout } from './layout';
import type { TiffFile } from './source';

/** Zeiss' tag, which the first page of an LSM file has. */
export const LSM = 34_412;
const MAGICS: readonly number[] = [0x0300_494c, 0x0400_494c];
/** Bytes of it that all versions have. */
const LEAST_BYTES = 152;
/** Kinds of scans whose pages are planes of x and y: a stack, a plane in time, a stack in time, along a spline. */
const PLANES_OF_XY: readonly number[] = [0, 3, 6, 7];
const MOST_CHANNELS = 4096;

/** What Zeiss' tag says. */
export interface LsmInfo {
  readonly channels: number;
  readonly slices: number;
  readonly frames: number;
  /** In micrometres; null where one is not known. */
  readonly spacing: Triple | null;
  readonly channelInfo: readonly Partial<ChannelInfo>[] | null;
  readonly frameTimes: readonly number[] | null;
}

/** Bytes that lie elsewhere in the file; fewer where it ends. */
function bytesAt({ handle }: TiffFile, offset: number, length: number): DataView {
  const bytes = new Uint8Array(length);
  const count = offset === 0 ? 0 : readSync(handle.fd, bytes, 0, length, offset);
  return new DataView(bytes.buffer, 0, count);
}

/**
 * Read Zeiss' tag and what it refers to. The fields are those that tifffile (BSD) has for it.
 * @throws SlicescopeError `file-corrupt`, `unsupported-format`.
 */
export function lsmInfo(tag: unknown, file: TiffFile): LsmInfo {
  const { path } = file;
  const bytes = tag instanceof Uint8Array ? tag : new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < LEAST_BYTES || !MAGICS.includes(view.getUint32(0, true)) || !file.littleEndian) {
    throw corrupt(path, 'it has the tag of Zeiss’ LSM (34412), which does not begin as it should');
  }
  if (file.size >= 2 ** 32) {
    throw unsupported(path, 'a Zeiss LSM file of 4 GB or more, whose offsets do not fit; save it as OME-TIFF');
  }
  const int = (at: number): number => view.getInt32(at, true);
  const scan = view.getUint16(88, true);
  if (!PLANES_OF_XY.includes(scan)) {
    throw unsupported(path, `its scan is of the type ${String(scan)} (ScanType), whose pages are no planes of x and y`);
  }
  // Versions since 4.0 have positions and tiles.
  const [positions, tiles] = bytes.length >= 272 ? [int(264), int(268)] : [0, 0];
  if (positions > 1 || tiles > 1) {
    throw unsupported(
      path,
      `it has ${String(positions)} positions and ${String(tiles)} tiles (DimensionP, DimensionM)`,
    );
  }
  const [slices, channels, frames] = [16, 20, 24].map((at) => Math.max(1, int(at))) as [number, number, number];
  if (channels > MOST_CHANNELS) throw corrupt(path, `its DimensionChannels is ${String(channels)}`);
  const lengths = [40, 48, 56].map((at) => tidy(view.getFloat64(at, true) * 1e6));
  const isKnown = lengths.slice(0, 2).every((each) => Number.isFinite(each) && each > 0);
  const [x = 1, y = 1, z = 1] = lengths;
  return {
    channels,
    slices,
    frames,
    spacing: isKnown ? [x, y, Number.isFinite(z) && z > 0 ? z : 1] : null,
    channelInfo: channelsAt(file, view.getUint32(108, true), channels),
    frameTimes: stampsAt(file, view.getUint32(132, true), frames) ?? evenTimes(frames, view.getFloat64(112, true)),
  };
}

const BITS_PER_SAMPLE = 258;

/** Bits of two channels fit into their tag, and Zeiss' programs put them elsewhere: then the tag says where. */
export function mendBits(image: GeoTIFFImage, file: TiffFile): void {
  const bits: unknown = image.getFileDirectory().getValue('BitsPerSample');
  const [one = 0, other = 0] = Array.from((bits ?? []) as ArrayLike<number>);
  if (image.getSamplesPerPixel() !== 2 || one === other) return;
  const found = bytesAt(file, one + 2 ** 16 * other, 4);
  if (found.byteLength < 4) throw corrupt(file.path, 'truncated, its BitsPerSample lie past its end');
  const mended = [found.getUint16(0, true), found.getUint16(2, true)];
  image.getFileDirectory().actualizedFields.set(BITS_PER_SAMPLE, mended);
}

/** Seconds since the first frame. */
function stampsAt(file: TiffFile, offset: number, frames: number): readonly number[] | null {
  if (frames === 1 || frames * 8 > file.size) return null;
  const block = bytesAt(file, offset, 8 + 8 * frames);
  if (block.byteLength < 8 + 8 * frames || block.getInt32(4, true) < frames) return null;
  const times = Array.from({ length: frames }, (_, frame) => block.getFloat64(8 + 8 * frame, true));
  return times.every(Number.isFinite) ? times.map((time) => tidy(time - (times[0] as number))) : null;
}

/** Names and colours of channels. */
function channelsAt(file: TiffFile, offset: number, channels: number): LsmInfo['channelInfo'] {
  const head = bytesAt(file, offset, 24);
  if (head.byteLength < 24) return null;
  const [size, colors, names, colorsAt, namesAt] = [0, 4, 8, 12, 16].map((at) => head.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (size > file.size || colors !== channels || names !== channels || namesAt > size || colorsAt > size) return null;
  const block = bytesAt(file, offset, size);
  const hexOf = (byte: number): string => byte.toString(16).padStart(2, '0');
  const found: Partial<ChannelInfo>[] = [];
  let at = namesAt;
  for (let channel = 0; channel < channels; channel += 1) {
    const color = colorsAt + 4 * channel;
    if (color + 4 > block.byteLength || at + 4 > block.byteLength) return null;
    const length = block.getUint32(at, true);
    if (at + 4 + length > block.byteLength) return null;
    const name = upTo(Buffer.from(block.buffer, at + 4, length).toString('latin1'), '\0');
    const hex = `#${[0, 1, 2].map((part) => hexOf(block.getUint8(color + part))).join('')}`;
    found.push({ name, color: hex === '#000000' ? null : hex }); // Black on black would show nothing.
    at += 4 + length;
  }
  return found;
}

/** Its pages: all channels of a slice are in one, and the frames follow each other. */
export function lsmLayout({ slices, channels, frames, ...said }: LsmInfo, pages: Pages): StackLayout {
  const { spacing, channelInfo, frameTimes } = said;
  return {
    ...inOrder({ Z: slices, C: channels, T: frames }, ['C', 'Z', 'T'], pages),
    ...(spacing === null ? {} : { spacing, unit: 'µm' }),
    ...(channelInfo === null ? {} : { channelInfo }),
    ...(frameTimes === null ? {} : { frameTimes }),
  };
}
