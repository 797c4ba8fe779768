import type { GeoTIFFImage, ImageFileDirectory } from 'geotiff' with { 'resolution-mode': 'import' };
import { ARRAY_OF, type DType } from '../../protocol';
import { corrupt, unsupported } from '../format';
import type { TiffFile } from './source';

/** SampleFormat and BitsPerSample; https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf */
const DTYPES: Readonly<Record<string, DType>> = {
  ...{ '1 8': 'uint8', '1 16': 'uint16', '1 32': 'uint32', '2 8': 'int8', '2 16': 'int16', '2 32': 'int32' },
  ...{ '3 32': 'float32', '3 64': 'float64' },
};
const UNCOMPRESSED = 1;
const RGB = 2;
const PALETTE = 3;
const YCBCR = 6;
const SEPARATE_PLANES = 2;
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
  readonly dtype: DType;
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
  /** Which component of the pixels it has, where each lies by itself. */
  readonly component: number;
}

/** Where the values of a page lie in its file. */
export interface Page {
  readonly directory: ImageFileDirectory;
  readonly blocks: readonly Block[];
  /** Bytes of all blocks in the file. */
  readonly stored: number;
  /** Pixels of a row of a block, also those beyond the page. */
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly compression: number;
  readonly predictor: number;
  /** Whether each component lies by itself. */
  readonly isSeparate: boolean;
  /** Whether its rows lie in the file as they are in memory but for the order of bytes. */
  readonly isPlain: boolean;
}

/** Values of a page. */
export function elementsOf({ width, height, components }: Kind): number {
  return width * height * components;
}

export function bytesOf({ dtype }: Kind): number {
  return ARRAY_OF[dtype].BYTES_PER_ELEMENT;
}

export function isSame(one: Kind, other: Kind): boolean {
  return (['width', 'height', 'components', 'dtype'] as const).every((name) => one[name] === other[name]);
}

/** @param areChannels whether the samples of a pixel are channels, each of which lies by itself. */
export function kindOf(page: GeoTIFFImage, path: string, areChannels = false): Kind {
  const [width, height, samples] = [page.getWidth(), page.getHeight(), page.getSamplesPerPixel()];
  if (![width, height, samples].every((each) => Number.isInteger(each) && each >= 1)) {
    throw corrupt(path, `its pages have ${String(width)} × ${String(height)} pixels of ${String(samples)} samples`);
  }
  const nameOf = (sample: number): string =>
    `${String(page.getSampleFormat(sample))} ${String(page.getBitsPerSample(sample))}`;
  const name = nameOf(0);
  const dtype = Object.hasOwn(DTYPES, name) ? DTYPES[name] : undefined;
  if (dtype === undefined) {
    const what = `it holds ${String(page.getBitsPerSample(0))}-bit samples of format ${String(page.getSampleFormat(0))}`;
    throw unsupported(path, `${what}, which no dtype stands for; convert it, for instance to 16 bits`);
  }
  const directory = page.getFileDirectory();
  const photometric: unknown = directory.getValue('PhotometricInterpretation');
  const isColor = photometric === RGB && dtype === 'uint8' && (samples === 3 || samples === 4);
  if (areChannels && (samples === 1 || directory.getValue('PlanarConfiguration') === SEPARATE_PLANES)) {
    return { width, height, components: 1, dtype };
  }
  if (photometric === PALETTE || photometric === YCBCR || (samples !== 1 && !isColor)) {
    const what = `pixels of ${String(samples)} samples of ${dtype}, photometric interpretation ${String(photometric)}`;
    throw unsupported(path, `${what}; what can be read is one sample, or 3 or 4 of uint8 as RGB`);
  }
  return { width, height, components: isColor ? samples : 1, dtype };
}

/**
 * Where the values of a page lie, all of them within the file.
 * @param channel which of several that lie one after the other.
 * @param isLsm whether it is of Zeiss' LSM, whose counts are of the unpacked bytes, and which may name a predictor that it did not use.
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
  const numberOf = async (name: string): Promise<number | undefined> => {
    const value: unknown = directory.hasTag(name as 'TileWidth')
      ? await directory.loadValue(name as 'TileWidth')
      : undefined;
    return value === undefined ? undefined : Number(ArrayBuffer.isView(value) ? (value as Uint32Array)[0] : value);
  };
  if (((await numberOf('FillOrder')) ?? 1) !== 1)
    throw unsupported(path, 'its bytes have the lowest bit first (FillOrder)');
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
  const isSeparate = kind.components > 1 && (await numberOf('PlanarConfiguration')) === SEPARATE_PLANES;
  const blockWidth = isTiled ? await numberOf('TileWidth') : kind.width;
  const blockHeight = isTiled
    ? await numberOf('TileLength')
    : Math.min(kind.height, (await numberOf('RowsPerStrip')) ?? kind.height);
  if (!isCount(blockWidth) || !isCount(blockHeight)) {
    throw corrupt(path, `its strips or tiles have ${String(blockWidth)} × ${String(blockHeight)} pixels`);
  }
  const [across, down] = [Math.ceil(kind.width / blockWidth), Math.ceil(kind.height / blockHeight)];
  const total = across * down * (isSeparate ? kind.components : 1);
  const offsets = await file.list(directory, isTiled ? 'TileOffsets' : 'StripOffsets');
  const counts = await file.list(directory, isTiled ? 'TileByteCounts' : 'StripByteCounts');
  const start = channel * total;
  if (offsets.length < start + total) {
    const what = `${String(offsets.length)} strips or tiles, and its size needs ${String(start + total)}`;
    throw corrupt(path, `truncated, a page has ${what}`);
  }
  const values = isSeparate ? 1 : kind.components;
  /** What a block takes that is not packed; of the last strip only the rows that there are. */
  const bytesOfBlock = (rows: number): number => blockWidth * (isTiled ? blockHeight : rows) * values * bytesOf(kind);
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
    blocks.push({ offset, count, x, y, rows, component: isSeparate ? Math.floor(at / (across * down)) : 0 });
  }
  if (blocks.some(({ offset, count }) => offset + count > size) || blank === total) {
    throw corrupt(path, `truncated, it has ${String(size)} bytes, and pixels are said to lie past its end or nowhere`);
  }
  const needed = elementsOf(kind) * bytesOf(kind);
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
  const isPlain = compression === UNCOMPRESSED && !isTiled && !isSeparate && blank === 0;
  return { directory, blocks, stored, blockWidth, blockHeight, compression, predictor, isSeparate, isPlain };

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
