import { constants as bufferConstants } from 'node:buffer';
import { endianness } from 'node:os';
import { promisify } from 'node:util';
import { constants, unzip, type InputType, type ZlibOptions } from 'node:zlib';
import type { ImageFileDirectory } from 'geotiff' with { 'resolution-mode': 'import' };
import { ARRAY_OF, type VoxelArray } from '../../protocol';
import { bytesOf, halfBits, isDType, type StoredType } from '../../volume';
import { bytesIn, corrupt, readInto } from '../format';
import { upTo } from '../text-end';
import { toNative } from '../voxels';
import { rowBytes, type Block, type Kind, type Page, type Samples } from './page';
import type { TiffFile } from './source';

/** Compressions whose decoder gives values of this machine, whatever the order of bytes in the file. */
const NATIVE = new Set([34_887]); // LERC
const PACK_BITS = 32_773;
/** Bytes that PackBits makes of one at most. */
const MOST_RUN = 64;
/** Deflate, by its two numbers: geotiff's decoder is written in JavaScript. */
const DEFLATED = new Set([8, 32_946]);
/** What deflate makes of one byte at most is less. */
const MAX_DEFLATE = 1033;
/** Memory that is taken at once for what is unpacked, at most. */
const MOST_AT_ONCE = 2 ** 26;
/**
 * A strip or tile may unpack to more than it needs: to so many times that, and so many bytes more.
 * Beyond, it is an error.
 */
const [MOST_TIMES, MORE_BYTES] = [4, 2 ** 20] as const;
const GDAL_NODATA = 42_113;
const IS_LITTLE_ENDIAN = endianness() === 'LE';

/** Memory for samples as they are stored, also of types that no dtype stands for: the same bits. */
export function sampleArray(dtype: StoredType, buffer: ArrayBufferLike): VoxelArray {
  return new ARRAY_OF[isDType(dtype) ? dtype : dtype === 'float16' ? 'uint16' : 'float64'](buffer);
}

/**
 * Decodes the strips or tiles of a page to samples as they are stored. geotiff unpacks all
 * compressions but PackBits.
 * @param target `sampleArray` of the page.
 */
export async function readBlocks(file: TiffFile, kind: Kind, page: Page, target: VoxelArray): Promise<void> {
  const { directory, blockWidth, blockHeight, compression } = page;
  const { samples } = kind;
  const { getDecoder } = await import('geotiff');
  const samplesOfPixel = page.isSeparate ? 1 : samples.count;
  const load = async (name: 'JPEGTables' | 'LercParameters'): Promise<unknown> =>
    directory.hasTag(name) ? await directory.loadValue(name) : undefined;
  const decoder = await getDecoder(compression, {
    tileWidth: blockWidth,
    tileHeight: blockHeight,
    predictor: 1, // Undone here: geotiff takes the bytes of a predictor for little-endian ones.
    bitsPerSample: Array.from({ length: samplesOfPixel }, () => samples.bits),
    planarConfiguration: page.isSeparate ? 2 : 1,
    samplesPerPixel: samplesOfPixel,
    ...{ JPEGTables: await load('JPEGTables'), LercParameters: await load('LercParameters') },
  });
  const blank = (await noDataOf(page.directory)) ?? 0;
  const rowSamples = blockWidth * samplesOfPixel;
  const unpack = DEFLATED.has(compression)
    ? inflater(file.path, rowBytes(samples, rowSamples) * blockHeight)
    : async (packed: Uint8Array<ArrayBuffer>) => new Uint8Array(await decoder.decode(packed.buffer));
  for (const block of page.blocks) {
    if (block.count === 0) {
      // No more of it than is in the page: a file may say that its tiles are enormous.
      const columns = Math.min(blockWidth, kind.width - block.x);
      place(
        blanks(samples, columns * samplesOfPixel * block.rows, blank),
        block,
        kind,
        { ...page, blockWidth: columns },
        target,
      );
      continue;
    }
    const packed = new Uint8Array(block.count);
    if ((await readInto(file.handle, packed, block.offset)) < block.count)
      throw corrupt(file.path, 'it became shorter');
    if (page.isBitReversed) reverseBits(packed);
    const needed = rowBytes(samples, rowSamples) * block.rows;
    const bytes = compression === PACK_BITS ? unpackBits(packed, needed) : await unpack(packed);
    if (bytes.length < needed) {
      const what = `a strip or tile unpacks to ${String(bytes.length)} bytes, and its size needs ${String(needed)}`;
      throw corrupt(file.path, `truncated, ${what}`);
    }
    if (samples.bits !== 8 * bytesOf(samples.dtype)) {
      place(unpackedBits(bytes, samples, rowSamples, block.rows), block, kind, page, target);
      continue;
    }
    const decoded = sampleArray(samples.dtype, bytes.slice(0, needed).buffer);
    unpredict(decoded, page.predictor, rowSamples, samplesOfPixel, file.littleEndian || NATIVE.has(compression));
    place(decoded, block, kind, page, target);
  }
}

/**
 * PackBits (TIFF 6, section 9), as far as it is needed. geotiff takes 8 bytes of memory for each byte,
 * and repeats a byte for the head −128, which says nothing.
 */
function unpackBits(packed: Uint8Array, needed: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(needed, packed.length * MOST_RUN));
  let [at, to] = [0, 0];
  while (at + 1 < packed.length && to < bytes.length) {
    const head = packed[at++] as number;
    if (head === 128) continue;
    const isRun = head > 128;
    const count = Math.min(isRun ? 257 - head : head + 1, bytes.length - to, isRun ? Infinity : packed.length - at);
    if (isRun) bytes.fill(packed[at++] as number, to, to + count);
    else bytes.set(packed.subarray(at, at + count), to);
    if (!isRun) at += count;
    to += count;
  }
  return bytes.subarray(0, to);
}

const unzipped: (bytes: InputType, options: ZlibOptions) => Promise<Uint8Array> = promisify(unzip);

/** Unpacks strips or tiles of so many bytes, each on one of Node's threads. */
function inflater(path: string, blockBytes: number): (packed: Uint8Array) => Promise<Uint8Array> {
  const maxOutputLength = Math.min(MOST_TIMES * blockBytes + MORE_BYTES, bufferConstants.MAX_LENGTH);
  return async (packed) => {
    // In one piece, which is not copied; not larger than what it can become.
    const chunkSize = Math.min(blockBytes, packed.length * MAX_DEFLATE, MOST_AT_ONCE) + constants.Z_MIN_CHUNK;
    try {
      const bytes = await unzipped(packed, { chunkSize, maxOutputLength });
      // A buffer of Node's has a slice() that does not copy.
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      const what = `a strip or tile unpacks to more than ${String(maxOutputLength)} bytes`;
      throw corrupt(path, `${what}, and its size needs ${String(blockBytes)}`, cause);
    }
  };
}

function blanks({ dtype }: Samples, count: number, blank: number): VoxelArray {
  const values = sampleArray(dtype, new ArrayBuffer(count * bytesOf(dtype)));
  if (dtype === 'float16') values.fill(halfBits(blank));
  else if (isDType(dtype)) values.fill(blank);
  else new BigInt64Array(values.buffer).fill(BigInt(Number.isSafeInteger(blank) ? blank : 0));
  return values;
}

/** Samples of fewer bits than their dtype has, the highest first; each row begins with a byte (TIFF 6, section 8). */
function unpackedBits(bytes: Uint8Array, { dtype, bits }: Samples, rowSamples: number, rows: number): VoxelArray {
  const values = sampleArray(dtype, new ArrayBuffer(rows * rowSamples * bytesOf(dtype)));
  const bytesOfRow = Math.ceil((rowSamples * bits) / 8);
  const mask = 2 ** bits - 1;
  const sign = dtype.startsWith('int') ? 2 ** (bits - 1) : 0;
  for (let row = 0; row < rows; row += 1) {
    let [at, held, count] = [row * bytesOfRow, 0, 0];
    for (let i = 0; i < rowSamples; i += 1) {
      for (; count < bits; count += 8) held = ((held & 0xffff) << 8) | (bytes[at++] as number);
      count -= bits;
      values[row * rowSamples + i] = (((held >> count) & mask) ^ sign) - sign;
    }
  }
  return values;
}

function reverseBits(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i += 1) {
    let [rest, turned] = [bytes[i] as number, 0];
    for (let bit = 0; bit < 8; bit += 1, rest >>= 1) turned = (turned << 1) | (rest & 1);
    bytes[i] = turned;
  }
}

/** The values that samples of a page stand for: colours of a palette, or gray with alpha as colours. */
export function componentsOf(values: VoxelArray, { dtype, components, samples: { colors } }: Kind): VoxelArray {
  if (colors === null || !isDType(dtype)) return values;
  const pixels = values.length / (Array.isArray(colors) ? 1 : 2);
  const out = new ARRAY_OF[dtype](pixels * components);
  if (Array.isArray(colors)) {
    for (let i = 0; i < pixels; i += 1) out.set(colors[values[i] as number] as readonly number[], 3 * i);
    return out;
  }
  const most = dtype === 'uint8' ? 0xff : 0xffff;
  for (let i = 0; i < pixels; i += 1) {
    const [gray, alpha] = [values[2 * i] as number, values[2 * i + 1] as number];
    out.fill(colors === 'inverted-gray-alpha' ? most - gray : gray, 4 * i, 4 * i + 3);
    out[4 * i + 3] = alpha;
  }
  return out;
}

/** The stored value of pixels that are none, as GDAL says it; null if it does not. */
export async function noDataOf(directory: ImageFileDirectory): Promise<number | null> {
  const said: unknown = directory.hasTag(GDAL_NODATA) ? await directory.loadValue(GDAL_NODATA) : undefined;
  if (typeof said !== 'string') return null;
  const text = upTo(said, '\0').trim();
  if (/^nan/i.test(text)) return NaN;
  return text === '' || Number.isNaN(Number(text)) ? null : Number(text);
}

/** Undo a predictor (TIFF 6, section 14; TIFF technical note 3), and make the values this machine's. */
function unpredict(
  values: VoxelArray,
  predictor: number,
  rowValues: number,
  stride: number,
  littleEndian: boolean,
): void {
  if (predictor === 3) {
    const bytes = bytesIn(values);
    const rowBytes = rowValues * values.BYTES_PER_ELEMENT;
    for (let start = 0; start < bytes.length; start += rowBytes)
      unpredictFloats(bytes.subarray(start, start + rowBytes), stride, values.BYTES_PER_ELEMENT);
    return;
  }
  toNative(values, littleEndian);
  if (predictor !== 2) return;
  const integers = integersOf(values);
  if (integers instanceof BigUint64Array) {
    for (let start = 0; start < integers.length; start += rowValues) {
      for (let at = start + stride; at < start + rowValues; at += 1) {
        integers[at] = (integers[at] as bigint) + (integers[at - stride] as bigint);
      }
    }
    return;
  }
  for (let start = 0; start < integers.length; start += rowValues) {
    for (let at = start + stride; at < start + rowValues; at += 1) {
      integers[at] = (integers[at] as number) + (integers[at - stride] as number);
    }
  }
}

/** The same memory as whole numbers, which the differences are of, also those of floats. */
function integersOf({
  buffer,
  byteOffset,
  length,
  BYTES_PER_ELEMENT: bytes,
}: VoxelArray): Uint8Array | Uint16Array | Uint32Array | BigUint64Array {
  if (bytes === 1) return new Uint8Array(buffer, byteOffset, length);
  if (bytes === 2) return new Uint16Array(buffer, byteOffset, length);
  if (bytes === 4) return new Uint32Array(buffer, byteOffset, length);
  return new BigUint64Array(buffer, byteOffset, length);
}

/**
 * A row of floats with a predictor: all most significant bytes come first, then all second ones, and
 * so on, as differences.
 */
function unpredictFloats(row: Uint8Array, stride: number, size: number): void {
  for (let at = stride; at < row.length; at += 1) row[at] = (row[at] as number) + (row[at - stride] as number);
  const planes = Uint8Array.from(row);
  const count = row.length / size;
  for (let i = 0; i < count; i += 1) {
    for (let byte = 0; byte < size; byte += 1) {
      const significance = IS_LITTLE_ENDIAN ? size - 1 - byte : byte;
      row[i * size + byte] = planes[significance * count + i] as number;
    }
  }
}

/** Put a block's samples where they belong in the page; a tile may reach beyond it. */
function place(values: VoxelArray, { x, y, rows, sample }: Block, kind: Kind, page: Page, target: VoxelArray): void {
  const { width, samples } = kind;
  if (page.blockWidth === width && !page.isSeparate) {
    target.set(values.subarray(0, rows * width * samples.count), y * width * samples.count);
    return;
  }
  const columns = Math.min(page.blockWidth, width - x);
  for (let row = 0; row < rows; row += 1) {
    const to = ((y + row) * width + x) * samples.count;
    if (page.isSeparate) {
      const from = row * page.blockWidth;
      for (let i = 0; i < columns; i += 1) target[to + i * samples.count + sample] = values[from + i] as number;
    } else {
      const from = row * page.blockWidth * samples.count;
      target.set(values.subarray(from, from + columns * samples.count), to);
    }
  }
}
