import {
  DTYPES,
  PROJECTIONS,
  SlicescopeError,
  checkNames,
  quote,
  type ChannelInfo,
  type DType,
  type Padding,
  type Projection,
  type Rescale,
  type Shape,
  type Triple,
  type Window,
} from '../protocol';

/** A typed array holds at most this many elements. */
export const MAX_ELEMENTS: number = 2 ** 32;

/** `10 × 20 × 30`. */
export function formatShape(shape: readonly unknown[]): string {
  return shape.map(quote).join(' × ');
}

export function invalid(caller: string, argument: string, value: unknown, expected: string): SlicescopeError {
  const shown = Array.isArray(value) ? `[${(value as unknown[]).map(quote).join(', ')}]` : quote(value);
  return new SlicescopeError('invalid-argument', `${caller}: ${argument} is ${shown}, expected ${expected}`, {
    argument,
  });
}

/** Three sizes from 1 on that a typed array can hold; `values` of them a voxel. */
export function checkShape(value: unknown, values: number, caller: string, most: number): Shape {
  const sizes: readonly unknown[] =
    Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value as ArrayLike<unknown>) : [value];
  const refuse = (why: string): SlicescopeError =>
    new SlicescopeError('invalid-shape', `${caller}: shape is ${formatShape(sizes)}, ${why}`, { shape: sizes });
  const isSize = (size: unknown): size is number => Number.isInteger(size) && (size as number) >= 1;
  const [width, height, depth] = sizes;
  if (sizes.length !== 3 || !isSize(width) || !isSize(height) || !isSize(depth)) {
    throw refuse('expected three whole numbers from 1 on');
  }
  const elements = width * height * depth * values;
  if (elements > most) {
    throw refuse(`which is ${String(elements)} values; a volume holds at most ${String(most)}`);
  }
  return [width, height, depth];
}

export function checkDType(value: unknown, caller: string): DType {
  const dtype = DTYPES.find((name) => name === value);
  if (dtype !== undefined) return dtype;
  throw new SlicescopeError(
    'unknown-dtype',
    `${caller}: dtype is ${quote(value)}, expected one of ${DTYPES.join(', ')}`,
    { dtype: String(value) },
  );
}

export function checkComponents(value: unknown, dtype: DType, caller: string): 1 | 3 | 4 {
  if (value !== 1 && value !== 3 && value !== 4) throw invalid(caller, 'components', value, '1, 3 or 4');
  if (value !== 1 && dtype !== 'uint8' && dtype !== 'uint16') {
    throw new SlicescopeError(
      'invalid-argument',
      `${caller}: ${String(value)} components of ${dtype}; RGB and RGBA volumes are uint8 or uint16`,
      { argument: 'components' },
    );
  }
  return value;
}

/** How many there are of something: a whole number from 1 on. */
export function checkCount(value: unknown, argument: string, caller: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw invalid(caller, argument, value, 'a whole number from 1 on');
  }
  return value;
}

export function checkUnit(value: unknown, caller: string): string {
  if (typeof value !== 'string' || value.length < 1 || value.length > 16) {
    throw invalid(caller, 'unit', value, "1 to 16 characters, such as 'mm' or 'µm'");
  }
  return value;
}

export function checkSlab(value: unknown, caller: string): number {
  return checkCount(value, 'slab', caller);
}

export function checkProjection(value: unknown, caller: string): Projection {
  const known = PROJECTIONS.find((name) => name === value);
  if (known === undefined) throw invalid(caller, 'projection', value, `one of ${PROJECTIONS.join(', ')}`);
  return known;
}

/** `length` finite numbers, copied out of an array or a typed array; null if `value` is anything else. */
function finiteNumbers(value: unknown, length: number): number[] | null {
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return null;
  const numbers = Array.from(value as unknown as ArrayLike<unknown>);
  return numbers.length === length && numbers.every((n): n is number => Number.isFinite(n)) ? numbers : null;
}

export function checkSpacing(value: unknown, caller: string): Triple {
  const numbers = finiteNumbers(value, 3);
  if (numbers === null || numbers.some((n) => n <= 0)) {
    throw invalid(caller, 'spacing', value, 'three numbers over 0');
  }
  return numbers as unknown as Triple;
}

export function checkOrigin(value: unknown, caller: string): Triple {
  const numbers = finiteNumbers(value, 3);
  if (numbers === null) throw invalid(caller, 'origin', value, 'three finite numbers');
  return numbers as unknown as Triple;
}

/** A row-major 3 × 3 matrix whose columns have length 1 (to a hundredth) and do not lie in one plane. */
export function checkDirection(value: unknown, caller: string): readonly number[] {
  const m = finiteNumbers(value, 9);
  if (m === null) throw invalid(caller, 'direction', value, 'nine finite numbers, a 3 × 3 matrix row by row');
  const [a, b, c, d, e, f, g, h, i] = m as [number, number, number, number, number, number, number, number, number];
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const lengths = [Math.hypot(a, d, g), Math.hypot(b, e, h), Math.hypot(c, f, i)];
  if (lengths.some((length) => Math.abs(length - 1) > 0.01) || Math.abs(determinant) < 0.001) {
    throw invalid(caller, 'direction', value, 'columns of length 1 that do not lie in one plane');
  }
  return m;
}

/** A window: two finite numbers, the first below the second. */
export function checkWindow(value: unknown, caller: string): Window {
  const numbers = finiteNumbers(value, 2);
  if (numbers !== null && (numbers[0] as number) < (numbers[1] as number)) return numbers as unknown as Window;
  const shown: readonly unknown[] = Array.isArray(value) ? value : [value];
  throw new SlicescopeError(
    'invalid-window',
    `${caller}: window is [${shown.map(quote).join(', ')}], expected [low, high], finite, low below high`,
    { window: shown },
  );
}

/** Values that stand for nothing: two finite numbers, the second not below the first; not of colours. */
export function checkPadding(value: unknown, components: number, caller: string): Padding {
  const numbers = finiteNumbers(value, 2);
  if (numbers === null || (numbers[0] as number) > (numbers[1] as number)) {
    throw invalid(caller, 'padding', value, '[low, high], finite, high not below low');
  }
  if (components !== 1)
    throw invalid(caller, 'padding', value, `none, because a voxel has ${String(components)} components`);
  return numbers as unknown as Padding;
}

export function checkInvert(value: unknown, caller: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(caller, 'invert', value, 'true or false');
}

/** A finite slope that is not 0, and a finite intercept; null where they change nothing. */
export function checkRescale(value: unknown, components: number, caller: string): Rescale | null {
  const { slope, intercept } = value as Readonly<Record<string, unknown>>;
  if (!Number.isFinite(slope) || slope === 0 || !Number.isFinite(intercept)) {
    const message = `${caller}: rescale has slope ${quote(slope)} and intercept ${quote(intercept)}, expected finite numbers, the slope not 0`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'rescale' });
  }
  if (components !== 1) {
    const message = `${caller}: a rescale of ${String(components)} components; colours have none`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'rescale' });
  }
  return slope === 1 && intercept === 0 ? null : { slope: slope as number, intercept: intercept as number };
}

/** Names of x, y and z. */
export type AxisNames = readonly [x: string, y: string, z: string];

export function checkAxes(value: unknown, caller: string): AxisNames {
  const names: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : [];
  const isName = (name: unknown): name is string => typeof name === 'string' && name.length >= 1 && name.length <= 16;
  const [x, y, z] = names;
  if (names.length === 3 && isName(x) && isName(y) && isName(z)) return [x, y, z];
  throw invalid(caller, 'axes', value, "three names of 1 to 16 characters, such as ['θ', 'r', 'depth']");
}

/** One entry for each of `count` channels or frames, copied. */
function checkEach<T>(
  value: unknown,
  count: number,
  argument: string,
  expected: string,
  caller: string,
  each: (item: unknown, name: string) => T,
): T[] {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  const items = isList ? Array.from(value as unknown as ArrayLike<unknown>) : null;
  if (items?.length !== count) {
    const found = items === null ? quote(value) : `a list of ${String(items.length)}`;
    const message = `${caller}: ${argument} is ${found}, expected ${expected}, ${String(count)} in all`;
    throw new SlicescopeError('invalid-argument', message, { argument });
  }
  return items.map((item, at) => each(item, `${argument}[${String(at)}]`));
}

/** Seconds of each frame. */
export function checkFrameTimes(value: unknown, frames: number, caller: string): readonly number[] {
  return checkEach(value, frames, 'frameTimes', 'seconds of each frame', caller, (item, name) => {
    if (typeof item !== 'number' || !Number.isFinite(item)) throw invalid(caller, name, item, 'a finite number');
    return item;
  });
}

export function checkFrameLabels(value: unknown, frames: number, caller: string): readonly string[] {
  return checkEach(value, frames, 'frameLabels', 'a text of each frame', caller, (item, name) => {
    if (typeof item !== 'string') throw invalid(caller, name, item, 'a string');
    return item;
  });
}

const COLOR = /^#[0-9a-f]{6}$/i;

/** What is said of each channel, with what was left out filled in. */
export function checkChannelInfo(value: unknown, channels: number, caller: string): readonly ChannelInfo[] {
  const expected = "an object of each channel, such as { name: 'DAPI', color: '#0000ff' }";
  return checkEach(value, channels, 'channelInfo', expected, caller, (item, argument) => {
    if (typeof item !== 'object' || item === null) throw invalid(caller, argument, item, 'an object');
    checkNames(item, ['name', 'color', 'window', 'visible'], `${caller}: ${argument}`);
    const { name = '', color = null, window = null, visible = true } = item as Readonly<Record<string, unknown>>;
    if (typeof name !== 'string') throw invalid(caller, `${argument}.name`, name, 'a string');
    const isColor = typeof color === 'string' && COLOR.test(color);
    if (color !== null && !isColor) throw invalid(caller, `${argument}.color`, color, "a colour such as '#00ff80'");
    if (typeof visible !== 'boolean') throw invalid(caller, `${argument}.visible`, visible, 'true or false');
    return {
      name,
      color: isColor ? color.toLowerCase() : null,
      window: window === null ? null : checkWindow(window, caller),
      visible,
    };
  });
}

/** How many notes a volume has at most, and how many characters each of them. */
const MOST_NOTES = 16;
const MOST_NOTE_CHARACTERS = 500;

export function checkNotes(value: unknown, caller: string): readonly string[] {
  const notes: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : [value];
  const isNote = (note: unknown): note is string =>
    typeof note === 'string' && note.length >= 1 && note.length <= MOST_NOTE_CHARACTERS;
  if (Array.isArray(value) && notes.length <= MOST_NOTES && notes.every(isNote)) return [...notes];
  const expected = `up to ${String(MOST_NOTES)} sentences of 1 to ${String(MOST_NOTE_CHARACTERS)} characters`;
  throw invalid(caller, 'notes', value, expected);
}

export function checkEmptySlices(value: unknown, depth: number, caller: string): readonly number[] {
  const slices: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : [];
  const isSlice = (z: unknown): z is number => Number.isInteger(z) && (z as number) >= 0 && (z as number) < depth;
  if (Array.isArray(value) && slices.every(isSlice)) {
    if (slices.every((z, at) => at === 0 || z > (slices[at - 1] as number))) return [...slices];
  }
  throw invalid(caller, 'emptySlices', value, `ascending whole numbers from 0 to ${String(depth - 1)}`);
}

export function checkIndex(index: number, count: number, what: string): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new SlicescopeError(
    'index-out-of-range',
    `${what} is ${quote(index)}, expected a whole number from 0 to ${String(count - 1)}`,
    { index, count },
  );
}

export function unknownPlane(plane: unknown): SlicescopeError<'unknown-plane'> {
  return new SlicescopeError(
    'unknown-plane',
    `plane is ${quote(plane)}, expected xy, xz, yz, axial, coronal or sagittal`,
    { plane: String(plane) },
  );
}
