/**
 * The parts of a TIFF file that are not pixels, as they lie in it; https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf,
 * and of BigTIFF https://libtiff.gitlab.io/libtiff/specification/bigtiff.html. Numbers are in the order of bytes of this machine, as
 * the pixels are.
 */
import { endianness } from 'node:os';

/** `place` is an offset or a count of bytes: 32 bits in TIFF, and 64 in BigTIFF. */
export type FieldType = 'ascii' | 'short' | 'long' | 'place';

/** A field of a directory. Fields must be in the order of their tags. */
export type Field = readonly [tag: number, type: FieldType, values: readonly number[] | string];

const IS_LITTLE = endianness() === 'LE';

interface Sizes {
  /** Of the number of fields in a directory. */
  readonly count: number;
  readonly field: number;
  readonly place: number;
}
const CLASSIC: Sizes = { count: 2, field: 12, place: 4 };
const BIG: Sizes = { count: 8, field: 20, place: 8 };

const TYPE_CODES = { ascii: 2, short: 3, long: 4 } as const;
const PLACE_CODES = { 4: 4, 8: 16 } as const;

/** Bytes before anything else. */
export function headBytes(isBig: boolean): number {
  return isBig ? 16 : 8;
}

/** The start of a file whose first directory is at `first`. */
export function headOf(first: number, isBig: boolean): Buffer {
  const head = Buffer.alloc(headBytes(isBig));
  const view = viewOf(head);
  head.write(IS_LITTLE ? 'II' : 'MM', 'latin1');
  view.setUint16(2, isBig ? 43 : 42, IS_LITTLE);
  if (isBig) view.setUint16(4, 8, IS_LITTLE);
  setPlace(view, isBig ? 8 : 4, first, isBig ? BIG : CLASSIC);
  return head;
}

/**
 * A directory that lies at `at`, with the values that have no room in its table behind it.
 * @param isLast else the next directory follows at once.
 */
export function directoryOf(fields: readonly Field[], at: number, isBig: boolean, isLast: boolean): Buffer {
  const sizes = isBig ? BIG : CLASSIC;
  const table = Buffer.alloc(sizes.count + sizes.field * fields.length + sizes.place);
  const view = viewOf(table);
  const behind: Buffer[] = [];
  let end = at + table.length;
  if (isBig) view.setBigUint64(0, BigInt(fields.length), IS_LITTLE);
  else view.setUint16(0, fields.length, IS_LITTLE);
  for (const [index, [tag, type, values]] of fields.entries()) {
    const bytes = bytesOf(type, values, sizes);
    const place = sizes.count + sizes.field * index;
    view.setUint16(place, tag, IS_LITTLE);
    view.setUint16(place + 2, type === 'place' ? PLACE_CODES[sizes.place as 4 | 8] : TYPE_CODES[type], IS_LITTLE);
    setPlace(view, place + 4, values.length, sizes);
    if (bytes.length <= sizes.place) {
      bytes.copy(table, place + 4 + sizes.place);
      continue;
    }
    setPlace(view, place + 4 + sizes.place, end, sizes);
    const padding = bytes.length % 2; // Values begin at even places.
    behind.push(bytes, Buffer.alloc(padding));
    end += bytes.length + padding;
  }
  if (!isLast) setPlace(view, table.length - sizes.place, end, sizes);
  return Buffer.concat([table, ...behind]);
}

function bytesOf(type: FieldType, values: readonly number[] | string, sizes: Sizes): Buffer {
  if (typeof values === 'string') return Buffer.from(values, 'latin1');
  const size = { ascii: 1, short: 2, long: 4, place: sizes.place }[type];
  const bytes = Buffer.alloc(values.length * size);
  const view = viewOf(bytes);
  for (const [at, value] of values.entries()) {
    if (type === 'short') view.setUint16(at * size, value, IS_LITTLE);
    else if (type === 'long') view.setUint32(at * size, value, IS_LITTLE);
    else setPlace(view, at * size, value, sizes);
  }
  return bytes;
}

function setPlace(view: DataView, at: number, value: number, { place }: Sizes): void {
  if (place === 8) view.setBigUint64(at, BigInt(value), IS_LITTLE);
  else view.setUint32(at, value, IS_LITTLE);
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
