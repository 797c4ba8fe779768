/** Elements as bytes: with value representations, little endian (PS3.5 7.1.2). */
import { randomUUID } from 'node:crypto';

const EXPLICIT = '1.2.840.10008.1.2.1';
/** Value representations whose length has 32 bits. */
const LONG = ['OB', 'OW', 'SQ', 'UN'];
/** Characters of a decimal string at most. */
const MOST_DIGITS = 16;
const ITEM = 0xfffe_e000;
/** That of this library, made once. */
const IMPLEMENTATION = '2.25.193884706384461862254398118632937361425';

/** An element; elements of a data set are in the order of their tags. */
export type Element = Buffer;

/** What comes before a value. */
export function head(tag: number, vr: string, length: number): Buffer {
  const isLong = LONG.includes(vr);
  const bytes = Buffer.alloc(isLong ? 12 : 8);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.write(vr, 4, 'latin1');
  if (isLong) bytes.writeUInt32LE(length, 8);
  else bytes.writeUInt16LE(length, 6);
  return bytes;
}

/** Texts, in UTF-8. Each has the length that its representation allows. */
export function text(tag: number, vr: string, ...values: readonly string[]): Element {
  const bytes = Buffer.from(values.join('\\'));
  const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  return Buffer.concat([head(tag, vr, padded.length), padded]);
}

/** Whole numbers of 16 bits. */
export function shorts(tag: number, ...values: readonly number[]): Element {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, 2 * at);
  return Buffer.concat([head(tag, 'US', bytes.length), bytes]);
}

/** Whole numbers of 32 bits. */
export function longs(tag: number, ...values: readonly number[]): Element {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, 4 * at);
  return Buffer.concat([head(tag, 'UL', bytes.length), bytes]);
}

/** A tag as a value. */
export function tagOf(tag: number, value: number): Element {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(value >>> 16, 0);
  bytes.writeUInt16LE(value & 0xffff, 2);
  return Buffer.concat([head(tag, 'AT', 4), bytes]);
}

/** Numbers as texts of at most 16 characters, with as many digits as these hold. */
export function decimals(tag: number, ...values: readonly number[]): Element {
  return text(tag, 'DS', ...values.map(decimal));
}

export function decimal(value: number): string {
  const shortest = String(value + 0);
  if (shortest.length <= MOST_DIGITS) return shortest;
  for (let digits = MOST_DIGITS; digits > 1; digits--) {
    const rounded = String(Number(value.toPrecision(digits)));
    if (rounded.length <= MOST_DIGITS) return rounded;
  }
  return value.toPrecision(1);
}

/** A sequence of items, each of elements in any order. */
export function sequence(tag: number, ...items: readonly (readonly Element[])[]): Element {
  const parts = items.flatMap((elements) => {
    const bytes = inOrder(elements);
    const before = Buffer.alloc(8);
    before.writeUInt16LE(ITEM >>> 16, 0);
    before.writeUInt16LE(ITEM & 0xffff, 2);
    before.writeUInt32LE(bytes.length, 4);
    return [before, bytes];
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([head(tag, 'SQ', length), ...parts]);
}

/** A sequence of one coded concept (PS3.3 8.8), such as SegmentedPropertyCategoryCodeSequence. */
export function coded(tag: number, [value, scheme, meaning]: readonly [string, string, string]): Element {
  return sequence(tag, [
    text(0x0008_0100, 'SH', value),
    text(0x0008_0102, 'SH', scheme),
    text(0x0008_0104, 'LO', meaning),
  ]);
}

/** The bytes of elements in the order of their tags. */
export function inOrder(elements: readonly Element[]): Buffer {
  const tag = (element: Element): number => element.readUInt16LE(0) * 65_536 + element.readUInt16LE(2);
  return Buffer.concat([...elements].sort((one, other) => tag(one) - tag(other)));
}

/** What a file begins with (PS3.10 7.1): a preamble, and what kind of object is in it. */
export function fileHead(sopClass: string, sopInstance: string): Buffer {
  const version = Buffer.concat([head(0x0002_0001, 'OB', 2), Buffer.from([0, 1])]);
  const meta = inOrder([
    version,
    text(0x0002_0002, 'UI', sopClass),
    text(0x0002_0003, 'UI', sopInstance),
    text(0x0002_0010, 'UI', EXPLICIT),
    text(0x0002_0012, 'UI', IMPLEMENTATION),
    text(0x0002_0013, 'SH', 'SLICESCOPE'),
  ]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), longs(0x0002_0000, meta.length), meta]);
}

/** A new identifier (PS3.5 B.2). */
export function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`).toString()}`;
}
