import { ARRAY_OF, type DType, type VoxelArray } from '../../protocol';

/** Numbers of tags, so that a file can say what no program would write. */
export const TAG = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  description: 270,
  offsets: 273,
  samples: 277,
  rows: 278,
  counts: 279,
  across: 282,
  down: 283,
  planar: 284,
  predictor: 317,
  colors: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileCounts: 325,
  format: 339,
  noData: 42_113,
  uic2: 33_629,
} as const;

/** What a page says of itself; `null` leaves a tag out. */
export type Tags = Readonly<Partial<Record<keyof typeof TAG, number | readonly number[] | string | null>>>;

/** A page: its strips or tiles, as they lie in the file, and what it says. */
export interface PageBytes {
  readonly parts: readonly Uint8Array[];
  readonly tags: Tags;
}

const RATIONALS = new Set<number>([TAG.across, TAG.down, TAG.uic2]);
const ASCII = new Set<number>([TAG.description, TAG.noData]);

/** Values as this machine has them. */
export function arrayOf(values: readonly number[], dtype: DType): VoxelArray {
  const array = new ARRAY_OF[dtype](values.length);
  array.set(values);
  return array;
}

/** Values as they lie in a file of this order of bytes. */
export function fileBytes(values: readonly number[], dtype: DType, littleEndian: boolean): Uint8Array {
  const array = arrayOf(values, dtype);
  const bytes = Buffer.from(array.buffer);
  if (!littleEndian && array.BYTES_PER_ELEMENT === 2) bytes.swap16();
  if (!littleEndian && array.BYTES_PER_ELEMENT === 4) bytes.swap32();
  if (!littleEndian && array.BYTES_PER_ELEMENT === 8) bytes.swap64();
  return new Uint8Array(bytes);
}

/** A TIFF file, byte by byte: https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf. */
export function tiffFile(pages: readonly PageBytes[], littleEndian = true): Uint8Array {
  const bytes: number[] = littleEndian ? [0x49, 0x49, 42, 0, 0, 0, 0, 0] : [0x4d, 0x4d, 0, 42, 0, 0, 0, 0];
  const number = (value: number, size: 2 | 4): number[] => {
    const each = Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** at) % 256);
    return littleEndian ? each : each.reverse();
  };
  const put = (at: number, value: number): void => {
    for (const [i, byte] of number(value, 4).entries()) bytes[at + i] = byte;
  };
  let link = 4;
  for (const { parts, tags } of pages) {
    const offsets = parts.map((part) => {
      const at = bytes.length;
      for (const byte of part) bytes.push(byte);
      return part.length === 0 ? 0 : at;
    });
    const isTiled = tags.tileWidth !== undefined;
    const all: Tags = {
      [isTiled ? 'tileOffsets' : 'offsets']: offsets,
      [isTiled ? 'tileCounts' : 'counts']: parts.map(({ length }) => length),
      ...tags,
    };
    const entries = Object.entries(all)
      .flatMap(([name, value]) => (value == null ? [] : [[TAG[name as keyof typeof TAG], value] as const]))
      .sort(([one], [other]) => one - other)
      .map(([tag, value]) => {
        const isText = ASCII.has(tag);
        const list = typeof value === 'string' ? [...Buffer.from(`${value}\0`)] : [value].flat();
        const data = isText ? list : list.flatMap((each) => number(each, 4));
        const count = RATIONALS.has(tag) ? list.length / 2 : list.length;
        return { tag, type: isText ? 2 : RATIONALS.has(tag) ? 5 : 4, count, data };
      });
    if (bytes.length % 2 === 1) bytes.push(0);
    put(link, bytes.length);
    bytes.push(...number(entries.length, 2));
    let apart = bytes.length + 12 * entries.length + 4;
    const rest: number[] = [];
    for (const { tag, type, count, data } of entries) {
      bytes.push(...number(tag, 2), ...number(type, 2), ...number(count, 4));
      if (data.length <= 4) bytes.push(...data, ...Array.from({ length: 4 - data.length }, () => 0));
      else {
        bytes.push(...number(apart, 4));
        apart += data.length;
        for (const byte of data) rest.push(byte);
      }
    }
    link = bytes.length;
    bytes.push(0, 0, 0, 0);
    for (const byte of rest) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
