import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { tiffDirectory, tiffHead } from '../formats';
import { SlicescopeError, type DType, type VoxelArray } from '../protocol';

/** One picture of a TIFF file, of values as they are. */
export interface Page {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly dtype: DType;
  /** Row by row. */
  readonly data: VoxelArray;
}

/** What is said of all pages. */
export interface PageInfo {
  readonly description: string;
  /** Pixels a centimetre, across and down; null where that has no meaning. */
  readonly perCentimetre: readonly [number, number] | null;
}

/** An offset in the file is a number of 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;

function tooLarge(bytes: number): SlicescopeError {
  const message = 'a TIFF file holds less than 4 GB; write fewer slices, or a file for each';
  return new SlicescopeError('limit-exceeded', message, { limit: 'TIFF', value: bytes });
}

/** A page, and what of it is in a file. */
export interface DeflatedPage {
  readonly page: Page;
  readonly pixels: Buffer;
}

/** Deflates a page in Node's thread pool. */
export async function deflated(page: Page): Promise<DeflatedPage> {
  const { data } = page;
  const bytes = Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return { page, pixels: await promisify(deflate)(bytes) };
}

/**
 * A TIFF file of pages that keep their values, piece by piece. sharp writes 8 and 16 unsigned bits only.
 * @param count how many pages there are.
 * @throws SlicescopeError `limit-exceeded` where it would have 4 GB or more.
 */
export async function* encodeTiff(
  pages: AsyncIterable<DeflatedPage> | Iterable<DeflatedPage>,
  count: number,
  info: PageInfo,
): AsyncGenerator<Buffer> {
  let at = tiffHead(0, false).length;
  yield tiffHead(at, false);
  const description = info.description.replace(/[^\x20-\x7e\n]/g, '?');
  let rest = count;
  // A page's directory lies before its pixels, so that it is known where the next one begins.
  for await (const { page, pixels } of pages) {
    const { width, height, components, dtype } = page;
    const fields = { width, height, components, dtype, isPacked: true, rows: height, counts: [pixels.length] };
    const padding = pixels.length % 2;
    rest--;
    const directoryAt = (offset: number): Buffer =>
      tiffDirectory(
        { ...fields, ...info, description, offsets: [offset] },
        at,
        false,
        rest === 0 ? null : pixels.length + padding,
      );
    const { length } = directoryAt(0);
    const end = at + length + pixels.length + padding;
    if (end > MOST_BYTES) throw tooLarge(end);
    yield directoryAt(at + length);
    yield pixels;
    if (padding > 0) yield Buffer.alloc(padding);
    at = end;
  }
}
