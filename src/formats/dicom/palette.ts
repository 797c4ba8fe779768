import type { DataSet } from 'dicom-parser';
import type { VoxelArray } from '../../protocol';
import { corrupt, unsupported } from '../format';
import type { PixelLayout } from './image';

/** The colours that stored values stand for (PS3.3 C.7.6.3.1.5). */
export interface Palette {
  readonly dtype: 'uint8' | 'uint16';
  /** The value of the first colour; those below it have this one, and those above the last one have that. */
  readonly first: number;
  /** Red, green and blue of each. */
  readonly tables: readonly [Uint16Array, Uint16Array, Uint16Array];
}

/**
 * How many segments a table may have, with those that are repeated. Each should have a value, and a
 * table has up to 65,536.
 */
const MOST_SEGMENTS = 2 ** 18;
/** Bytes of a table in segments at most. */
const MOST_SEGMENT_BYTES = 2 ** 20;
/** Of red, green and blue: the descriptor, the table, and the table in segments. */
const TAGS = ['1', '2', '3'].map((color) => [`x0028110${color}`, `x0028120${color}`, `x0028122${color}`] as const);
const ALPHA = 'x00281204';

/** @throws SlicescopeError `file-corrupt`, `unsupported-format`. */
export function paletteOf(path: string, dataSet: DataSet, { signed, samples }: PixelLayout): Palette {
  if (dataSet.elements[ALPHA] !== undefined) throw unsupported(path, 'a palette with transparency; convert it to RGB');
  const [red, green, blue] = TAGS.map(([descriptor, table, segments]) => {
    const said = dataSet.uint16(descriptor, 0);
    const first = signed ? dataSet.int16(descriptor, 1) : dataSet.uint16(descriptor, 1);
    // Beyond its end it would be read on.
    const bits = (dataSet.elements[descriptor]?.length ?? 0) < 6 ? undefined : dataSet.uint16(descriptor, 2);
    const count = said === 0 ? 65_536 : said; // 16 bits cannot say it.
    if (samples !== 1 || count === undefined || first === undefined || (bits !== 8 && bits !== 16)) {
      throw corrupt(path, `its palette says ${String(count)} colours of ${String(bits)} bits, expected 8 or 16`);
    }
    const whole = numbersIn(dataSet, table, count);
    const values = whole ?? unfolded(numbersIn(dataSet, segments, null, bits), bits, count);
    if (values?.length !== count) {
      throw corrupt(path, `its palette has ${String(values?.length ?? 0)} colours, and says ${String(count)}`);
    }
    return { first, bits, values };
  }) as [Channel, Channel, Channel];
  if (green.first !== red.first || blue.first !== red.first || green.bits !== red.bits || blue.bits !== red.bits) {
    throw unsupported(path, 'a palette whose red, green and blue are not alike; convert it to RGB');
  }
  const tables = [red.values, green.values, blue.values] as const;
  return { dtype: red.bits === 8 ? 'uint8' : 'uint16', first: red.first, tables };
}

interface Channel {
  readonly first: number;
  readonly bits: number;
  readonly values: Uint16Array;
}

/** Numbers of an element, of 16 bits where it is long enough for `count` of these; null without the element. */
function numbersIn(dataSet: DataSet, tag: string, count: number | null, bits = 16): Uint16Array | null {
  const element = dataSet.elements[tag];
  if (element === undefined || element.length === 0) return null;
  if (count === null && element.length > MOST_SEGMENT_BYTES) return null;
  const isWide = count === null ? bits === 16 : element.length >= 2 * count;
  const length = Math.min(count ?? Infinity, isWide ? Math.floor(element.length / 2) : element.length);
  return Uint16Array.from({ length }, (_, at) =>
    isWide ? (dataSet.uint16(tag, at) ?? 0) : (dataSet.byteArray[element.dataOffset + at] ?? 0),
  );
}

/**
 * A table in segments: plain values, straight lines, and earlier segments again (PS3.3 C.7.9.2). Null
 * if it is broken.
 */
function unfolded(code: Uint16Array | null, bits: number, most: number): Uint16Array | null {
  if (code === null) return null;
  const values: number[] = [];
  let segments = 0;
  const one = (at: number, mayRepeat: boolean): number => {
    const [kind, count = 0] = code.subarray(at, at + 2);
    if ((segments += 1) > MOST_SEGMENTS) return NaN;
    if (values.length + (kind === 2 ? 0 : count) > most) return NaN;
    if (kind === 0 && at + 2 + count <= code.length) {
      values.push(...code.subarray(at + 2, at + 2 + count));
      return at + 2 + count;
    }
    const end = code[at + 2];
    const start = values.at(-1);
    if (kind === 1 && end !== undefined && start !== undefined) {
      for (let i = 1; i <= count; i++) values.push(Math.round(start + ((end - start) * i) / count));
      return at + 3;
    }
    const [low, high] = code.subarray(at + 2, at + 4);
    if (kind !== 2 || !mayRepeat || low === undefined || high === undefined) return NaN;
    let from = low + high * 65_536;
    for (let i = 0; i < count && !Number.isNaN(from); i++) from = one(from, false);
    return Number.isNaN(from) ? NaN : at + 4;
  };
  let at = 0;
  // With 8 bits, hardly any program writes places.
  while (at < code.length && values.length < most) at = one(at, bits === 16);
  return values.length === most ? Uint16Array.from(values) : null;
}

/** The colours of values, red, green and blue of a pixel next to each other. */
export function lookUp(values: VoxelArray, { first, tables }: Palette, target: VoxelArray): void {
  const last = tables[0].length - 1;
  for (let i = 0; i < values.length; i++) {
    const at = Math.max(0, Math.min(last, (values[i] as number) - first));
    for (let c = 0; c < 3; c++) target[3 * i + c] = tables[c]?.[at] as number;
  }
}
