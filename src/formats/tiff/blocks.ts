import { endianness } from 'node:os';
import type { ImageFileDirectory } from 'geotiff' with { 'resolution-mode': 'import' };
import { ARRAY_OF, type VoxelArray } from '../../protocol';
import { bytesIn, corrupt, readInto } from '../format';
import { toNative } from '../voxels';
import { bytesOf, type Block, type Kind, type Page } from './page';
import type { TiffFile } from './source';

/** Compressions whose decoder gives values of this machine, whatever the order of bytes in the file. */
const NATIVE = new Set([34_887]); // LERC
const GDAL_NODATA = 42_113;
const IS_LITTLE_ENDIAN = endianness() === 'LE';

/** Decodes the strips or tiles of a page; only the compressions are geotiff's. */
export async function readBlocks(file: TiffFile, kind: Kind, page: Page, target: VoxelArray): Promise<void> {
  const { directory, blockWidth, blockHeight, compression } = page;
  const { getDecoder } = await import('geotiff');
  const valuesOfPixel = page.isSeparate ? 1 : kind.components;
  const load = async (name: 'JPEGTables' | 'LercParameters'): Promise<unknown> =>
    directory.hasTag(name) ? await directory.loadValue(name) : undefined;
  const decoder = await getDecoder(compression, {
    tileWidth: blockWidth,
    tileHeight: blockHeight,
    predictor: 1, // Undone here: geotiff takes the bytes of a predictor for little-endian ones.
    bitsPerSample: Array.from({ length: valuesOfPixel }, () => 8 * bytesOf(kind)),
    planarConfiguration: page.isSeparate ? 2 : 1,
    samplesPerPixel: valuesOfPixel,
    ...{ JPEGTables: await load('JPEGTables'), LercParameters: await load('LercParameters') },
  });
  const blank = (await noDataOf(page.directory)) ?? 0;
  const rowValues = blockWidth * valuesOfPixel;
  for (const block of page.blocks) {
    const length = rowValues * block.rows;
    if (block.count === 0) {
      // No more of it than is in the page: a file may say that its tiles are enormous.
      const columns = Math.min(blockWidth, kind.width - block.x);
      const values = new ARRAY_OF[kind.dtype](columns * valuesOfPixel * block.rows).fill(blank);
      place(values, block, kind, { ...page, blockWidth: columns }, target);
      continue;
    }
    const packed = new Uint8Array(block.count);
    if ((await readInto(file.handle, packed, block.offset)) < block.count)
      throw corrupt(file.path, 'it became shorter');
    const bytes = new Uint8Array(await decoder.decode(packed.buffer));
    const needed = length * bytesOf(kind);
    if (bytes.length < needed) {
      const what = `a strip or tile unpacks to ${String(bytes.length)} bytes, and its size needs ${String(needed)}`;
      throw corrupt(file.path, `truncated, ${what}`);
    }
    const decoded = new ARRAY_OF[kind.dtype](bytes.slice(0, needed).buffer);
    unpredict(decoded, page.predictor, rowValues, valuesOfPixel, file.littleEndian || NATIVE.has(compression));
    place(decoded, block, kind, page, target);
  }
}

/** The stored value of pixels that are none, as GDAL says it; null if it does not. */
export async function noDataOf(directory: ImageFileDirectory): Promise<number | null> {
  const said: unknown = directory.hasTag(GDAL_NODATA) ? await directory.loadValue(GDAL_NODATA) : undefined;
  if (typeof said !== 'string') return null;
  const text = said.replace(/\0.*$/s, '').trim();
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

/** A row of floats: differences of bytes, of which all first ones lie before all second ones, the most significant first. */
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

/** Put a block's values where they belong in the page; a tile may reach beyond it. */
function place(values: VoxelArray, { x, y, rows, component }: Block, kind: Kind, page: Page, target: VoxelArray): void {
  const { width, components } = kind;
  const columns = Math.min(page.blockWidth, width - x);
  for (let row = 0; row < rows; row += 1) {
    const to = ((y + row) * width + x) * components;
    if (page.isSeparate) {
      const from = row * page.blockWidth;
      for (let i = 0; i < columns; i += 1) target[to + i * components + component] = values[from + i] as number;
    } else {
      const from = row * page.blockWidth * components;
      target.set(values.subarray(from, from + columns * components), to);
    }
  }
}
