import { SlicescopeError, quote, type Plane } from '../protocol';
import type { Volume } from '../volume';
import type { LookOptions } from './look';

/** How a slice is written. */
export interface FileOptions {
  /** The real values, of the first channel: no window, no colours, nothing mirrored. Default false; .npy has no other. */
  readonly values?: boolean;
  /** Pixels for each one at scale 1, at which the shorter side of a voxel has one; over 0, at most 64. Default 1. */
  readonly scale?: number;
  /** Another way to say `scale`, for volumes whose unit is a length. */
  readonly millimetresPerPixel?: number;
  /** Of JPEG, WebP and AVIF, from 1 to 100. Default: JPEG 90, AVIF 80; WebP loses nothing. */
  readonly quality?: number | undefined;
  /** Whether a file that is there is replaced. Default false. */
  readonly overwrite?: boolean;
  /** What is drawn where `zoom` and `center` show a part: `view` that part, `whole` the slice. Default `view`. */
  readonly region?: 'view' | 'whole';
  /** Whether letters at the picture's edges say which side is which. Default false. */
  readonly letters?: boolean;
  /** Whether a bar in the lower right corner says how long a length is. Default false. */
  readonly scaleBar?: boolean;
  /** Whether bars below the picture say which colours values have, and make it as much higher. Default false. */
  readonly colorBar?: boolean;
}

/** What is drawn over and below a picture, if it is asked for. */
export const MARKS = ['letters', 'scaleBar', 'colorBar'] as const;

export interface ExportOptions extends LookOptions, FileOptions {}

/** Which slices along the plane's normal; those of both ends are among them. */
export interface RangeOptions {
  /** Default 0. */
  readonly from?: number;
  /** Default: the last slice. */
  readonly to?: number;
  /** From 1. Default 1. */
  readonly step?: number;
  /** Told of the share that is done, from 0 to 1. What it throws ends the export. */
  readonly onProgress?: (fraction: number) => void;
  /** Ends the export, which is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * A range of which some is not said.
 * @throws SlicescopeError `invalid-argument`.
 */
export function rangeOptions(
  given: { readonly [Name in keyof RangeOptions]-?: RangeOptions[Name] | undefined },
  caller: string,
): RangeOptions {
  checkRange(given, caller);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const MOST_SCALE = 64;
const REGIONS: readonly unknown[] = ['view', 'whole'];

/** Millimetres in the units of length that are common. */
const MILLIMETRES: Readonly<Record<string, number>> = {
  ...{ m: 1000, cm: 10, mm: 1, µm: 0.001, μm: 0.001, um: 0.001, micron: 0.001, nm: 1e-6, Å: 1e-7 },
};

function refuse(caller: string, argument: string, value: unknown, expected: string): SlicescopeError {
  return new SlicescopeError('invalid-argument', `${caller}: ${argument} is ${quote(value)}, expected ${expected}`, {
    argument,
  });
}

/** @throws SlicescopeError `invalid-argument`. */
export function checkObject(options: unknown, caller: string): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  const message = `${caller}: the options are ${quote(options)}, expected an object such as { index: 3 }`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'options' });
}

/**
 * What is told and heard while slices of a range are written.
 * @throws SlicescopeError `invalid-argument`.
 */
export function checkRange(
  { onProgress, signal }: Readonly<Record<keyof RangeOptions, unknown>>,
  caller: string,
): void {
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw refuse(caller, 'onProgress', onProgress, 'a function');
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw refuse(caller, 'signal', signal, 'an AbortSignal');
}

/**
 * What of options is about the file, and what about the look.
 * @throws SlicescopeError `invalid-argument`.
 */
export function fileOptions<T extends FileOptions>(
  options: T,
  caller: string,
): { readonly file: FileOptions; readonly look: Omit<T, keyof FileOptions> } {
  checkObject(options, caller);
  const { values, scale, millimetresPerPixel, quality, overwrite, region, letters, scaleBar, colorBar, ...look } =
    options;
  for (const [name, value] of Object.entries({ values, overwrite, letters, scaleBar, colorBar })) {
    if (value !== undefined && typeof value !== 'boolean') throw refuse(caller, name, value, 'true or false');
  }
  const isScale = (value: unknown): boolean => typeof value === 'number' && value > 0 && value <= MOST_SCALE;
  if (scale !== undefined && !isScale(scale)) {
    throw refuse(caller, 'scale', scale, `a number over 0, at most ${String(MOST_SCALE)}`);
  }
  if (millimetresPerPixel !== undefined && !(millimetresPerPixel > 0 && Number.isFinite(millimetresPerPixel))) {
    throw refuse(caller, 'millimetresPerPixel', millimetresPerPixel, 'a length over 0');
  }
  if (scale !== undefined && millimetresPerPixel !== undefined) {
    throw refuse(caller, 'scale', scale, 'nothing beside millimetresPerPixel, which says the same');
  }
  if (quality !== undefined && !(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw refuse(caller, 'quality', quality, 'a whole number from 1 to 100');
  }
  if (region !== undefined && !REGIONS.includes(region)) throw refuse(caller, 'region', region, 'view or whole');
  const file = { values, scale, millimetresPerPixel, quality, overwrite, region, letters, scaleBar, colorBar };
  return { file: file as FileOptions, look };
}

/** How large pixels are. */
export interface Pixels {
  readonly scale: number;
  /** Null where the volume's unit is no length. */
  readonly perCentimetre: number | null;
  /** In the volume's unit. */
  readonly millimetres: number | null;
}

/** @throws SlicescopeError `invalid-argument`. */
export function pixelsOf(volume: Volume, plane: Plane, options: FileOptions, caller: string): Pixels {
  const millimetres = Object.hasOwn(MILLIMETRES, volume.unit) ? (MILLIMETRES[volume.unit] as number) : null;
  const { spacing } = volume.info(0).planes[plane];
  const { scale = 1, millimetresPerPixel } = options;
  if (millimetres === null) {
    if (millimetresPerPixel === undefined) return { scale, perCentimetre: null, millimetres };
    throw refuse(
      caller,
      'millimetresPerPixel',
      millimetresPerPixel,
      `scale: the volume's unit, ${volume.unit}, is no length`,
    );
  }
  const voxel = Math.min(...spacing) * millimetres;
  const asked = millimetresPerPixel === undefined ? scale : voxel / millimetresPerPixel;
  if (asked > MOST_SCALE) {
    throw refuse(
      caller,
      'millimetresPerPixel',
      millimetresPerPixel,
      `at least ${String(voxel / MOST_SCALE)} for this volume`,
    );
  }
  return { scale: asked, perCentimetre: (10 / voxel) * asked, millimetres };
}

/**
 * The slices of a range.
 * @throws SlicescopeError `invalid-argument`, `index-out-of-range`.
 */
export function indicesOf(
  count: number,
  { from = 0, to = count - 1, step = 1 }: RangeOptions,
  caller: string,
): number[] {
  for (const [name, index] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (Number.isInteger(index) && index >= 0 && index < count) continue;
    const message = `${caller}: ${name} is ${quote(index)}, expected a whole number from 0 to ${String(count - 1)}`;
    throw new SlicescopeError('index-out-of-range', message, { index, count });
  }
  if (!Number.isInteger(step) || step < 1) throw refuse(caller, 'step', step, 'a whole number from 1 on');
  const [low, high] = from <= to ? [from, to] : [to, from];
  const indices = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, at) => low + at * step);
  return from <= to ? indices : indices.reverse();
}
