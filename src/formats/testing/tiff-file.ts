import { ARRAY_OF, type DType, type VoxelArray } from '../../protocol';

/** Numbers of tags, so that a file can say what no program would write. */
export const TAG = {
  ...{ subfile: 254, oldSubfile: 255, width: 256, height: 257, bits: 258, compression: 259, photometric: 262 },
  ...{ threshholding: 263, cellWidth: 264, cellLength: 265, fillOrder: 266, document: 269, description: 270 },
  ...{ make: 271, model: 272, offsets: 273, orientation: 274, samples: 277, rows: 278, counts: 279 },
  ...{ least: 280, most: 281, across: 282, down: 283, planar: 284, pageName: 285, xPosition: 286, yPosition: 287 },
  ...{ freeOffsets: 288, freeCounts: 289, grayUnit: 290, grayCurve: 291, t4: 292, t6: 293, resolutionUnit: 296 },
  ...{ pageNumber: 297, transfer: 301, software: 305, date: 306, artist: 315, host: 316, predictor: 317, white: 318 },
  ...{ primary: 319, colors: 320, halftone: 321, tileWidth: 322, tileHeight: 323, tileOffsets: 324, tileCounts: 325 },
  ...{ subIFDs: 330, inkSet: 332, inks: 333, inkCount: 334, dots: 336, printer: 337, extra: 338, format: 339 },
  ...{ signedLeast: 340, signedMost: 341, transferRange: 342, reference: 532, depth: 32_997, tileDepth: 32_998 },
  ...{ copyright: 33_432, pixelScale: 33_550, uic2: 33_629, tiepoint: 33_922, exif: 34_665, icc: 34_675 },
  ...{ geoKeys: 34_735, gdal: 42_112, noData: 42_113, ijCounts: 50_838, ijData: 50_839 },
} as const;

/** What a page says of itself; `null` leaves a tag out. */
export type Tags = Readonly<Partial<Record<keyof typeof TAG, number | readonly number[] | string | null>>>;

/** A page: its strips or tiles, as they lie in the file, and what it says. */
export interface PageBytes {
  readonly parts: readonly Uint8Array[];
  readonly tags: Tags;
}

const RATIONALS = new Set<number>([
  ...[TAG.across, TAG.down, TAG.uic2, TAG.xPosition, TAG.yPosition, TAG.white, TAG.primary, TAG.reference],
]);
const ASCII = new Set<number>([
  ...[TAG.description, TAG.noData, TAG.gdal, TAG.document, TAG.make, TAG.model, TAG.pageName, TAG.software, TAG.date],
  ...[TAG.artist, TAG.host, TAG.inks, TAG.printer, TAG.copyright],
]);
const BYTES = new Set<number>([TAG.ijData]);

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
        const data = isText || BYTES.has(tag) ? list : list.flatMap((each) => number(each, 4));
        const count = RATIONALS.has(tag) ? list.length / 2 : list.length;
        return { tag, type: BYTES.has(tag) ? 1 : isText ? 2 : RATIONALS.has(tag) ? 5 : 4, count, data };
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
