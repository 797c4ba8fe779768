import { endianness } from 'node:os';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
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

/** SampleFormat of https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf */
const SAMPLE_FORMAT = { uint: 1, int: 2, float: 3 } as const;
const TYPE = { ascii: 2, short: 3, long: 4, rational: 5 } as const;
const DEFLATE = 8;
const CENTIMETRE = 3;
/** An offset in the file is a number of 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;

type Field = readonly [tag: number, type: keyof typeof TYPE, values: readonly number[] | string];

function fieldsOf({ width, height, components, dtype }: Page, info: PageInfo, at: number, bytes: number): Field[] {
  const bits = Number(/\d+/.exec(dtype)?.[0]);
  const format = SAMPLE_FORMAT[dtype.replace(/\d+/, '') as keyof typeof SAMPLE_FORMAT];
  const each = (value: number): number[] => new Array<number>(components).fill(value);
  const resolution = (perCentimetre: number): number[] => [Math.round(perCentimetre * 10_000), 10_000];
  return [
    [256, 'long', [width]],
    [257, 'long', [height]],
    [258, 'short', each(bits)],
    [259, 'short', [DEFLATE]],
    [262, 'short', [components === 1 ? 1 : 2]],
    [270, 'ascii', `${info.description.replace(/[^\x20-\x7e\n]/g, '?')}\0`],
    [273, 'long', [at]],
    [277, 'short', [components]],
    [278, 'long', [height]],
    [279, 'long', [bytes]],
    ...(info.perCentimetre === null
      ? []
      : [
          [282, 'rational', resolution(info.perCentimetre[0])] as const,
          [283, 'rational', resolution(info.perCentimetre[1])] as const,
          [296, 'short', [CENTIMETRE]] as const,
        ]),
    [305, 'ascii', 'slicescope\0'],
    ...(components === 4 ? [[338, 'short', [2]] as const] : []),
    [339, 'short', each(format)],
  ];
}

/** A field's values as they lie in the file, and how many there are. */
function packed([, type, values]: Field): { readonly count: number; readonly bytes: Buffer } {
  if (typeof values === 'string') return { count: values.length, bytes: Buffer.from(values, 'latin1') };
  const size = type === 'short' ? 2 : 4;
  const bytes = Buffer.alloc(values.length * size);
  values.forEach((value, i) => (size === 2 ? bytes.writeUInt16LE(value, 2 * i) : bytes.writeUInt32LE(value, 4 * i)));
  return { count: type === 'rational' ? values.length / 2 : values.length, bytes };
}

/** A directory as it lies at `at`, the last one until the next is linked to it. */
function directoryOf(fields: readonly Field[], at: number): Buffer {
  const table = Buffer.alloc(2 + 12 * fields.length + 4);
  const behind: Buffer[] = [];
  let end = at + table.length;
  table.writeUInt16LE(fields.length, 0);
  fields.forEach((field, i) => {
    const { count, bytes } = packed(field);
    const place = 2 + 12 * i;
    table.writeUInt16LE(field[0], place);
    table.writeUInt16LE(TYPE[field[1]], place + 2);
    table.writeUInt32LE(count, place + 4);
    if (bytes.length <= 4) {
      bytes.copy(table, place + 8);
    } else {
      const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
      table.writeUInt32LE(end, place + 8);
      behind.push(even);
      end += even.length;
    }
  });
  return Buffer.concat([table, ...behind]);
}

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
  const little = endianness() === 'LE' ? bytes : swapped(bytes, data.BYTES_PER_ELEMENT);
  return { page, pixels: await promisify(deflate)(little) };
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
  const head = Buffer.from('II*\0\x08\0\0\0', 'latin1');
  yield head;
  let at = head.length;
  let rest = count;
  // A page's directory lies before its pixels, so that it is known where the next one begins.
  for await (const { page, pixels } of pages) {
    const { length } = directoryOf(fieldsOf(page, info, 0, pixels.length), at);
    const fields = fieldsOf(page, info, at + length, pixels.length);
    const directory = directoryOf(fields, at);
    at += length + pixels.length + (pixels.length % 2);
    if (at > MOST_BYTES) throw tooLarge(at);
    rest--;
    if (rest > 0) directory.writeUInt32LE(at, 2 + 12 * fields.length);
    yield directory;
    yield pixels;
    if (pixels.length % 2 === 1) yield Buffer.alloc(1);
  }
}

function swapped(bytes: Buffer, size: number): Buffer {
  const copy = Buffer.from(bytes);
  if (size === 2) return copy.swap16();
  if (size === 4) return copy.swap32();
  return size === 8 ? copy.swap64() : copy;
}
