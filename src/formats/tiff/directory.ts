/**
 * The parts of a TIFF file that are not pixels. Numbers are in this machine's byte order, as the
 * pixels are.
 * TIFF: https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
 * BigTIFF: https://libtiff.gitlab.io/libtiff/specification/bigtiff.html
 */
import { endianness } from 'node:os';
import { ARRAY_OF, type DType } from '../../protocol';

/**
 * `place` is an offset or a count of bytes: 32 bits in TIFF, 64 in BigTIFF. A `rational` has two
 * numbers: numerator and denominator.
 */
type FieldType = 'ascii' | 'short' | 'long' | 'rational' | 'place';

/** A field of a directory. Fields must be in the order of their tags. */
type Field = readonly [tag: number, type: FieldType, values: readonly number[] | string];

const IS_LITTLE = endianness() === 'LE';

interface Sizes {
  /** Of the number of fields in a directory. */
  readonly count: number;
  readonly field: number;
  readonly place: number;
}
const CLASSIC: Sizes = { count: 2, field: 12, place: 4 };
const BIG: Sizes = { count: 8, field: 20, place: 8 };

const TYPE_CODES = { ascii: 2, short: 3, long: 4, rational: 5 } as const;
const PLACE_CODES = { 4: 4, 8: 16 } as const;

const SAMPLE_FORMATS = { uint: 1, int: 2, float: 3 } as const;
const [NO_COMPRESSION, DEFLATE] = [1, 8];
const UNASSOCIATED_ALPHA = 2;
const CENTIMETRE = 3;

/** A page of values as they are: its pixels, and where they lie. */
export interface PageFields {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly dtype: DType;
  /** Whether they are packed with deflate. */
  readonly isPacked: boolean;
  /** Rows of a strip. */
  readonly rows: number;
  /** Where the strips lie, and how many bytes each has. */
  readonly offsets: readonly number[];
  readonly counts: readonly number[];
  /** In ASCII; null for none. */
  readonly description: string | null;
  /** Pixels a centimetre, across and down; null where that has no meaning. */
  readonly perCentimetre: readonly [number, number] | null;
}

/** The fields of a page that keeps its values. */
function fieldsOf(page: PageFields): readonly Field[] {
  const { width, height, components, dtype, isPacked, rows, offsets, counts, description, perCentimetre } = page;
  const format = SAMPLE_FORMATS[dtype.replace(/\d+/, '') as keyof typeof SAMPLE_FORMATS];
  const each = (value: number): number[] => new Array<number>(components).fill(value);
  const resolution = (pixels: number): number[] => [Math.round(pixels * 10_000), 10_000];
  return [
    [256, 'long', [width]],
    [257, 'long', [height]],
    [258, 'short', each(8 * ARRAY_OF[dtype].BYTES_PER_ELEMENT)],
    [259, 'short', [isPacked ? DEFLATE : NO_COMPRESSION]],
    [262, 'short', [components === 1 ? 1 : 2]],
    ...(description === null ? [] : [[270, 'ascii', `${description}\0`] as const]),
    [273, 'place', offsets],
    [277, 'short', [components]],
    [278, 'long', [rows]],
    [279, 'place', counts],
    ...(perCentimetre === null
      ? []
      : [
          [282, 'rational', resolution(perCentimetre[0])] as const,
          [283, 'rational', resolution(perCentimetre[1])] as const,
          [296, 'short', [CENTIMETRE]] as const,
        ]),
    ...(description === null ? [] : [[305, 'ascii', 'slicescope\0'] as const]),
    ...(components === 4 ? [[338, 'short', [UNASSOCIATED_ALPHA]] as const] : []),
    [339, 'short', each(format)],
  ];
}

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
 * The directory of a page, which lies at `at`, with the values that have no room in its table behind it.
 * @param gap bytes from its end to the next directory; null if it is the last one.
 */
export function directoryOf(page: PageFields, at: number, isBig: boolean, gap: number | null): Buffer {
  const fields = fieldsOf(page);
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
    setPlace(view, place + 4, type === 'rational' ? values.length / 2 : values.length, sizes);
    if (bytes.length <= sizes.place) {
      bytes.copy(table, place + 4 + sizes.place);
      continue;
    }
    setPlace(view, place + 4 + sizes.place, end, sizes);
    const padding = bytes.length % 2; // Values begin at even places.
    behind.push(bytes, Buffer.alloc(padding));
    end += bytes.length + padding;
  }
  if (gap !== null) setPlace(view, table.length - sizes.place, end + gap, sizes);
  return Buffer.concat([table, ...behind]);
}

function bytesOf(type: FieldType, values: readonly number[] | string, sizes: Sizes): Buffer {
  if (typeof values === 'string') return Buffer.from(values, 'latin1');
  const size = { ascii: 1, short: 2, long: 4, rational: 4, place: sizes.place }[type];
  const bytes = Buffer.alloc(values.length * size);
  const view = viewOf(bytes);
  for (const [at, value] of values.entries()) {
    if (type === 'short') view.setUint16(at * size, value, IS_LITTLE);
    else if (type !== 'place') view.setUint32(at * size, value, IS_LITTLE);
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
