import type { DataSet } from 'dicom-parser';
import type { Padding, Window } from '../../protocol';
import type { PixelLayout } from './image';
import { lutIn, type Lut } from './lut';

/** How a plane is meant to be drawn. */
export interface Display {
  /** In real values; null if the file does not say it. */
  readonly window: Window | null;
  /** Whether its lowest values are meant to be the brightest. */
  readonly invert: boolean;
}

/** What a header says of the picture: of windows, and of tables the first of those that it offers. */
export interface Voi {
  readonly center: number | undefined;
  readonly width: number | undefined;
  /** VOILUTFunction. */
  readonly shape: string | undefined;
  /** An item of VOILUTSequence. */
  readonly table: DataSet | undefined;
}

/** Changes up to this share of a table's range, at its ends, count as noise. */
const FLAT = 1 / 256;

/**
 * The window of a plane, and whether it is inverted (PS3.3 C.11.2, C.7.6.3.1.2). A table is drawn as a
 * straight line: from the value at which it begins to change to the value at which it stops.
 * @param hasNegatives whether real values may be negative: the table then begins at a signed number.
 * @throws SlicescopeError `file-corrupt`.
 */
export function displayOf(path: string, voi: Voi, { photometric }: PixelLayout, hasNegatives: boolean): Display {
  const isFilm = photometric === 'MONOCHROME1';
  const window = windowOf(voi);
  if (window !== null || voi.table === undefined) return { window, invert: isFilm };
  const drawn = lineOf(lutIn(path, voi.table, 'VOI LUT', hasNegatives));
  return drawn === null ? { window, invert: isFilm } : { window: drawn.window, invert: drawn.falls !== isFilm };
}

/**
 * The range of values that a window shows (PS3.3 C.11.2.1.2.1). A width of at most 1 is taken exactly,
 * because the formula would make it empty.
 */
function windowOf({ center, width, shape = 'LINEAR' }: Voi): Window | null {
  if (center === undefined || width === undefined || width <= 0) return null;
  if (shape !== 'LINEAR' || width <= 1) return [center - width / 2, center + width / 2];
  return [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2];
}

/** The straight line that is nearest to a table's; null where the table neither rises nor falls. */
function lineOf({ first, values }: Lut): { readonly window: Window; readonly falls: boolean } | null {
  const [start, end] = [values[0] as number, values[values.length - 1] as number];
  const falls = end < start;
  const isMonotonic = values.every(
    (value, at) => at === 0 || value === values[at - 1] || value < (values[at - 1] as number) === falls,
  );
  if (start === end || !isMonotonic) return null;
  const noise = Math.abs(end - start) * FLAT;
  const begins = values.findIndex((value) => Math.abs(value - start) > noise) - 1;
  const ceases = values.findIndex((value) => Math.abs(value - end) <= noise);
  const [low, high] = begins < ceases ? [begins, ceases] : [0, values.length - 1];
  return { window: [first + low, first + high], falls };
}

/** The range of stored values that are not image (PS3.3 C.7.5.1.1.2). Null if the file names none. */
export function paddingIn(dataSet: DataSet, layout: PixelLayout): Padding | null {
  if (layout.samples !== 1) return null;
  const read = (tag: string): number | undefined => {
    const value = layout.signed ? dataSet.int16(tag) : dataSet.uint16(tag);
    return value === undefined ? undefined : usedBits(value, layout);
  };
  const value = read('x00280120');
  if (value === undefined) return null;
  const limit = read('x00280121') ?? value;
  return [Math.min(value, limit), Math.max(value, limit)];
}

/** What the bits of a value say that are stored; the others may hold anything. */
export function usedBits(value: number, { bitsStored, signed }: Pick<PixelLayout, 'bitsStored' | 'signed'>): number {
  const shift = 32 - bitsStored;
  return signed ? (value << shift) >> shift : (value << shift) >>> shift;
}
