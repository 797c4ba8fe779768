import type { GeoTIFFImage, ImageFileDirectory } from 'geotiff' with { 'resolution-mode': 'import' };
import { bytesOf, isDType, type StoredType } from '../../volume';
import { corrupt, unsupported } from '../format';
import type { TiffFile } from './source';

/** SampleFormat and BitsPerSample; https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf */
const DTYPES: Readonly<Record<string, StoredType>> = {
  ...{ '1 8': 'uint8', '1 16': 'uint16', '1 32': 'uint32', '2 8': 'int8', '2 16': 'int16', '2 32': 'int32' },
  ...{ '1 64': 'uint64', '2 64': 'int64', '3 16': 'float16', '3 32': 'float32', '3 64': 'float64' },
};
/** Samples of other bits lie packed; these are the most. */
const MOST_PACKED_BITS = 15;
const UNCOMPRESSED = 1;
const WHITE_IS_ZERO = 0;
const BLACK_IS_ZERO = 1;
const RGB = 2;
const PALETTE = 3;
const YCBCR = 6;
const SEPARATE_PLANES = 2;
/** Tags of pages that have several slices, and their names. */
const DEPTHS = [
  [32_997, 'ImageDepth'],
  [32_998, 'TileDepth'],
] as const;
/** Of a byte's bits, in FillOrder. */
const LOWEST_FIRST = 2;
/** Compressions whose decoder is there. */
const COMPRESSIONS = new Set([UNCOMPRESSED, 5, 7, 8, 32_773, 32_946, 34_887, 50_000]);
/** Names of others, for the sentence that refuses them. */
const COMPRESSION_NAMES: Readonly<Record<number, string>> = {
  ...{
    2: 'CCITT',
    3: 'CCITT group 3',
    4: 'CCITT group 4',
    6: 'JPEG of the old kind',
    33_003: 'JPEG 2000',
    33_005: 'JPEG 2000',
  },
  ...{
    34_712: 'JPEG 2000',
    34_892: 'JPEG',
    34_925: 'LZMA',
    34_933: 'PNG',
    50_001: 'WebP',
    50_002: 'JPEG XL',
    52_546: 'JPEG XL',
  },
};
/** Bytes that packed ones may have at least, however few they unpack to. */
const LEAST_PACKED = 64;
/** What LZW, deflate and Zstandard make of one byte at most is less. */
export const MAX_COMPRESSION = 32_768;

/** What all pages of a file have in common. */
export interface Kind {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3 | 4;
  /** Of its values, once they are unpacked and colours are looked up. */
  readonly dtype: StoredType;
  /** What a pixel is in the file. */
  readonly samples: Samples;
}

/** The samples of a pixel as they lie in the file. */
export interface Samples {
  readonly count: number;
  readonly dtype: StoredType;
  /** Of each, also fewer than its dtype has: then they are packed, the highest first. */
  readonly bits: number;
  /** What makes colours of the values: a table of red, green and blue for each index, or gray with alpha. */
  readonly colors: readonly (readonly number[])[] | 'gray-alpha' | 'inverted-gray-alpha' | null;
}

/** Bytes of so many samples that lie in one row. */
export function rowBytes({ bits }: Samples, samples: number): number {
  return Math.ceil((samples * bits) / 8);
}

/** A strip or a tile: where its bytes lie, and which values they are. */
export interface Block {
  /** In bytes; 0 of 0 bytes where nothing was written. */
  readonly offset: number;
  readonly count: number;
  /** Of its first pixel in the page. */
  readonly x: number;
  readonly y: number;
  /** Rows of it that are in the page. */
  readonly rows: number;
  /** Which sample of the pixels it has, where each lies by itself. */
  readonly sample: number;
}

/** Where the values of a page lie in its file. */
export interface Page {
  readonly directory: ImageFileDirectory;
  /** With its own palette, if it has one. */
  readonly kind: Kind;
  readonly blocks: readonly Block[];
  /** Bytes of all blocks in the file. */
  readonly stored: number;
  /** Pixels of a row of a block, also those beyond the page. */
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly compression: number;
  readonly predictor: number;
  /** Whether the bits of each byte lie the other way round. */
  readonly isBitReversed: boolean;
  /** Whether each sample lies by itself. */
  readonly isSeparate: boolean;
  /** Whether its rows lie in the file one after the other, as they are. */
  readonly isUnpacked: boolean;
  /** Whether they also are what they are in memory, but for the order of bytes. */
  readonly isPlain: boolean;
}

/** Whether the values of a page are its samples. */
export function isAsStored({ dtype, samples }: Kind): boolean {
  return isDType(dtype) && samples.colors === null;
}

/** Values of a page. */
export function elementsOf({ width, height, components }: Kind): number {
  return width * height * components;
}

/** Bytes of a page in its file, where it is not compressed. */
export function storedBytes({ width, height, samples }: Kind): number {
  return height * rowBytes(samples, width * samples.count);
}

export function isSame(one: Kind, other: Kind): boolean {
  return (['width', 'height', 'components', 'dtype'] as const).every((name) => one[name] === other[name]);
}

/** @param areChannels whether the samples of a pixel are channels, each of which lies by itself. */
export async function kindOf(page: GeoTIFFImage, file: TiffFile, areChannels = false): Promise<Kind> {
  const { path } = file;
  const [width, height, count] = [page.getWidth(), page.getHeight(), page.getSamplesPerPixel()];
  if (![width, height, count].every((each) => Number.isInteger(each) && each >= 1)) {
    throw corrupt(path, `its pages have ${String(width)} × ${String(height)} pixels of ${String(count)} samples`);
  }
  const all = Array.from({ length: Math.min(count, 4) }, (_, sample) => ({
    bits: page.getBitsPerSample(sample) || 1, // Of faxes, which need not say it.
    format: page.getSampleFormat(sample),
  }));
  const [{ bits, format }] = all as [(typeof all)[number]];
  const isPacked = (format === 1 || format === 2) && bits <= MOST_PACKED_BITS && bits !== 8;
  const dtype = DTYPES[`${String(format)} ${String(isPacked ? (bits < 8 ? 8 : 16) : bits)}`];
  if (dtype === undefined || all.some((each) => each.bits !== bits || each.format !== format)) {
    const what = all.map((each) => `${String(each.bits)} bits of format ${String(each.format)}`).join(', ');
    throw unsupported(
      path,
      `its samples have ${what} (BitsPerSample), which no dtype stands for; convert it to 16 bits`,
    );
  }
  const directory = page.getFileDirectory();
  const photometric: unknown = directory.getValue('PhotometricInterpretation');
  const samples = { count, dtype, bits, colors: null };
  if (areChannels && (count === 1 || directory.getValue('PlanarConfiguration') === SEPARATE_PLANES)) {
    return { width, height, components: 1, dtype, samples: { ...samples, count: 1 } };
  }
  const mayBeColor = (dtype === 'uint8' || dtype === 'uint16') && !isPacked;
  if (photometric === RGB && mayBeColor && (count === 3 || count === 4)) {
    return { width, height, components: count, dtype, samples };
  }
  const extra: unknown = directory.hasTag('ExtraSamples') ? await directory.loadValue('ExtraSamples') : [];
  const alpha = (extra as ArrayLike<number>)[0];
  if (
    (photometric === WHITE_IS_ZERO || photometric === BLACK_IS_ZERO) &&
    count === 2 &&
    mayBeColor &&
    (alpha === 1 || alpha === 2)
  ) {
    const colors = photometric === WHITE_IS_ZERO ? 'inverted-gray-alpha' : 'gray-alpha';
    return { width, height, components: 4, dtype, samples: { ...samples, colors } };
  }
  if (photometric === PALETTE && count === 1 && (dtype === 'uint8' || dtype === 'uint16')) {
    return { width, height, ...(await paletteOf(page, samples, file)) };
  }
  if (photometric === PALETTE || photometric === YCBCR || count !== 1) {
    const what = `pixels of ${String(count)} samples of ${dtype}, photometric interpretation ${String(photometric)}`;
    throw unsupported(
      path,
      `${what}; what can be read is one sample, gray with alpha, or 3 or 4 of uint8 or uint16 as RGB`,
    );
  }
  return { width, height, components: 1, dtype, samples };
}

/** Programs of microscopists keep measured values, and say with a palette how they were seen last. */
const IS_MEASURED = /^ImageJ=|<OME\b/;

/** A palette makes colours, unless its values are measured ones, or it is only the gray of each value. */
async function paletteOf(
  page: GeoTIFFImage,
  samples: Samples,
  file: TiffFile,
): Promise<Omit<Kind, 'width' | 'height'>> {
  const directory = page.getFileDirectory();
  const values: Omit<Kind, 'width' | 'height'> = { components: 1, dtype: samples.dtype, samples };
  const said: unknown = directory.hasTag('ImageDescription') ? await directory.loadValue('ImageDescription') : '';
  if (IS_MEASURED.test(String(said))) return values;
  const map = await file.list(directory, 'ColorMap');
  const size = 2 ** samples.bits;
  if (map.length !== 3 * size) {
    throw corrupt(file.path, `its palette (ColorMap) has ${String(map.length)} numbers, expected ${String(3 * size)}`);
  }
  // Numbers of 16 bits; most writers have colours of 8, times 256 or 257.
  const isOf8 = map.every((each) => (each & 255) === 0 || (each & 255) === each >> 8);
  const dtype = isOf8 ? 'uint8' : 'uint16';
  const entry = (at: number): number => (map[at] as number) >> (isOf8 ? 8 : 0);
  const colors = Array.from({ length: size }, (_, at) => [entry(at), entry(size + at), entry(2 * size + at)]);
  if (colors.every((color, at) => color.every((each) => each === at))) return values;
  return { components: 3, dtype, samples: { ...samples, colors } };
}

/**
 * Where the values of a page lie, all of them within the file.
 * @param channel which one, if several lie one after the other.
 * @param isLsm whether Zeiss wrote it (LSM): its counts are of unpacked bytes, and it may name a
 *   predictor that it did not use.
 * @throws SlicescopeError `file-corrupt`, `unsupported-format`.
 */
export async function pageOf(
  image: GeoTIFFImage,
  kind: Kind,
  file: TiffFile,
  channel = 0,
  isLsm = false,
): Promise<Page> {
  const { path, size } = file;
  const directory = image.getFileDirectory();
  const numberOf = async (name: string | number): Promise<number | undefined> => {
    const value: unknown = directory.hasTag(name as 'TileWidth')
      ? await directory.loadValue(name as 'TileWidth')
      : undefined;
    return value === undefined ? undefined : Number(ArrayBuffer.isView(value) ? (value as Uint32Array)[0] : value);
  };
  for (const [tag, name] of DEPTHS) {
    const depth = (await numberOf(tag)) ?? 1;
    if (depth === 1) continue;
    throw unsupported(path, `its pages have ${String(depth)} slices each (${name}); save each slice as a page`);
  }
  const isBitReversed = (await numberOf('FillOrder')) === LOWEST_FIRST;
  const isTiled = directory.hasTag('TileOffsets');
  const compression = (await numberOf('Compression')) ?? UNCOMPRESSED;
  if (!COMPRESSIONS.has(compression)) {
    const what = `compression ${String(compression)} (${COMPRESSION_NAMES[compression] ?? 'which has no name here'})`;
    throw unsupported(path, `it is packed with ${what}; save it with LZW, deflate or Zstandard, or plain`);
  }
  const predictor = isLsm && compression === UNCOMPRESSED ? 1 : ((await numberOf('Predictor')) ?? 1);
  if (predictor !== 1 && compression === UNCOMPRESSED) {
    throw unsupported(path, 'it has a predictor without a compression (Predictor), which programs read in two ways');
  }
  if (![1, 2, 3].includes(predictor)) throw unsupported(path, `it has the predictor ${String(predictor)} (Predictor)`);
  const { samples } = kind;
  if (predictor !== 1 && samples.bits !== 8 * bytesOf(samples.dtype)) {
    throw unsupported(
      path,
      `it has a predictor of samples of ${String(samples.bits)} bits (Predictor); save it without`,
    );
  }
  const isSeparate = samples.count > 1 && (await numberOf('PlanarConfiguration')) === SEPARATE_PLANES;
  const blockWidth = isTiled ? await numberOf('TileWidth') : kind.width;
  const blockHeight = isTiled
    ? await numberOf('TileLength')
    : Math.min(kind.height, (await numberOf('RowsPerStrip')) ?? kind.height);
  if (!isCount(blockWidth) || !isCount(blockHeight)) {
    throw corrupt(path, `its strips or tiles have ${String(blockWidth)} × ${String(blockHeight)} pixels`);
  }
  const [across, down] = [Math.ceil(kind.width / blockWidth), Math.ceil(kind.height / blockHeight)];
  const total = across * down * (isSeparate ? samples.count : 1);
  const offsets = await file.list(directory, isTiled ? 'TileOffsets' : 'StripOffsets');
  const counts = await file.list(directory, isTiled ? 'TileByteCounts' : 'StripByteCounts');
  const start = channel * total;
  if (offsets.length < start + total) {
    const what = `${String(offsets.length)} strips or tiles, and its size needs ${String(start + total)}`;
    throw corrupt(path, `truncated, a page has ${what}`);
  }
  const bytesOfRow = rowBytes(samples, blockWidth * (isSeparate ? 1 : samples.count));
  /** What a block takes that is not packed; of the last strip only the rows that there are. */
  const bytesOfBlock = (rows: number): number => bytesOfRow * (isTiled ? blockHeight : rows);
  const blocks: Block[] = [];
  let [stored, blank] = [0, 0];
  for (let at = 0; at < total; at += 1) {
    const inPlane = at % (across * down);
    const [x, y] = [(inPlane % across) * blockWidth, Math.floor(inPlane / across) * blockHeight];
    const rows = Math.min(blockHeight, kind.height - y);
    const offset = offsets[start + at] as number;
    const said = countOf(counts[start + at], offset, bytesOfBlock(rows));
    const isPacked = isLsm && compression !== UNCOMPRESSED;
    // Packed bytes may be more; what follows them is not looked at.
    const count = isPacked && offset < size ? Math.min(2 * said + LEAST_PACKED, size - offset) : said;
    if (count === 0) blank += 1;
    stored += count;
    blocks.push({ offset, count, x, y, rows, sample: isSeparate ? Math.floor(at / (across * down)) : 0 });
  }
  if (blocks.some(({ offset, count }) => offset + count > size) || blank === total) {
    throw corrupt(path, `truncated, it has ${String(size)} bytes, and pixels are said to lie past its end or nowhere`);
  }
  const needed = storedBytes(kind);
  if (stored * (compression === UNCOMPRESSED && blank === 0 ? 1 : MAX_COMPRESSION) < needed) {
    const what = `a page has ${String(stored)} bytes of pixels, and its size needs ${String(needed)}`;
    throw corrupt(path, `truncated, ${what}`);
  }
  if (compression === UNCOMPRESSED) {
    const short = blocks.find(({ count, rows }) => count !== 0 && count < bytesOfBlock(rows));
    if (short !== undefined) {
      const what = `a strip or tile has ${String(short.count)} bytes, and its size needs ${String(bytesOfBlock(short.rows))}`;
      throw corrupt(path, `truncated, ${what}`);
    }
  }
  const isUnpacked = compression === UNCOMPRESSED && !isTiled && !isSeparate && blank === 0;
  const isPlain = isUnpacked && isAsStored(kind) && samples.bits === 8 * bytesOf(kind.dtype) && !isBitReversed;
  const how = { blockWidth, blockHeight, compression, predictor, isBitReversed, isSeparate, isUnpacked, isPlain };
  return { directory, kind, blocks, stored, ...how };

  /** A strip may lack its count: it is what its size needs, or, packed and the only one, the rest of the file. */
  function countOf(said: number | undefined, offset: number, unpacked: number): number {
    if (offset === 0) return 0;
    if (said !== undefined && (said > 0 || total > 1)) return said;
    if (compression === UNCOMPRESSED) return unpacked;
    return total === 1 ? Math.max(0, size - offset) : Infinity;
  }
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 1;
}
