/**
 * ImageJ's own tag, which it writes besides the description (TiffEncoder in
 * https://github.com/imagej/ImageJ).
 */
export interface ImageJMetadata {
  /** Of each plane, in the order of the file. */
  readonly labels: readonly string[];
  /** What is shown of each channel, in values as they are stored. */
  readonly ranges: readonly (readonly [low: number, high: number])[];
  /** Of each channel, red, green and blue of 256 colours, one list after the other. */
  readonly tables: readonly Uint8Array[];
}

const MAGIC = 'IJIJ';
const TABLE_BYTES = 768;
/** Bytes of a kind of blocks in the tag's header: its name, and how many there are of it. */
const KIND_BYTES = 8;

/**
 * Read the tag; what it has of other kinds is passed over, and so is all of one that contradicts itself.
 * @param counts bytes of each block, the first of which says what the others are.
 */
export function imageJMetadata(bytes: Uint8Array, counts: readonly number[], littleEndian: boolean): ImageJMetadata {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = { labels: [] as string[], ranges: [] as (readonly [number, number])[], tables: [] as Uint8Array[] };
  const [header = 0, ...sizes] = counts;
  const name = (at: number): string => {
    const read = Array.from(bytes.subarray(at, at + 4));
    return String.fromCharCode(...(littleEndian ? read.reverse() : read));
  };
  const end = counts.reduce((sum, each) => sum + each, 0);
  if (header < 4 || header > bytes.length || end > bytes.length || name(0) !== MAGIC) return found;
  let [at, block] = [header, 0];
  for (let kind = 4; kind + KIND_BYTES <= header; kind += KIND_BYTES) {
    const count = Math.min(view.getUint32(kind + 4, littleEndian), sizes.length - block);
    for (let i = 0; i < count; i += 1) {
      const size = sizes[block] as number;
      const data = bytes.subarray(at, at + size);
      const number = (place: number): number => view.getFloat64(at + place, littleEndian);
      switch (name(kind)) {
        case 'labl':
          found.labels.push(new TextDecoder(littleEndian ? 'utf-16le' : 'utf-16be').decode(data));
          break;
        case 'rang':
          for (let place = 0; place + 16 <= size; place += 16) found.ranges.push([number(place), number(place + 8)]);
          break;
        case 'luts':
          if (size === TABLE_BYTES) found.tables.push(data);
          break;
      }
      at += size;
      block += 1;
    }
  }
  return found;
}

/** The colour of a table whose colours go from black to it in equal steps; null of any other one. */
export function colorOf(table: Uint8Array): string | null {
  const last = [255, 511, 767].map((at) => table[at] as number);
  const isRamp = table.every((value, at) => Math.abs(value - ((last[at >> 8] as number) * (at & 255)) / 255) <= 1);
  return isRamp ? `#${last.map((value) => value.toString(16).padStart(2, '0')).join('')}` : null;
}
