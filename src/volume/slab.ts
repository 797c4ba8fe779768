import { ARRAY_OF, type DType, type Projection, type VoxelArray } from '../protocol';
import { integerWords, type IntegerWords } from './integer-words';

/** Several neighbouring slices, seen through at once. */
export interface Slab {
  /** How many slices, from 1 on; those beyond the volume are left out. */
  readonly slab: number;
  readonly projection: Projection;
}

/** The slices of a slab around `index`: from `first` to `end` − 1. */
export function slabSlices(index: number, slab: number, count: number): [first: number, end: number] {
  const first = index - Math.floor((slab - 1) / 2);
  return [Math.max(0, first), Math.min(count, first + slab)];
}

/** Slices that are projected one after the other: each is put into `slice`, and added. */
export interface Projecting {
  /** Of the slices' dtype, and as long as the target. */
  readonly slice: VoxelArray;
  readonly add: () => void;
  /** Put the projection into the target. */
  readonly finish: () => void;
}

/**
 * Project slices into `target`, whole tiles at a time. NaN counts only where there is nothing else.
 * @param dtype of the slices.
 * @param target of the same dtype, or of float32 for a mean.
 */
export function projecting(projection: Projection, dtype: DType, target: VoxelArray): Projecting {
  const slice = new ARRAY_OF[dtype](target.length);
  return projection === 'mean' ? averaging(slice, dtype, target) : choosing(slice, dtype, target, projection === 'max');
}

function averaging(slice: VoxelArray, dtype: DType, target: VoxelArray): Projecting {
  const sums = new Float64Array(target.length);
  const counts = integerWords(slice, dtype) === null ? new Uint32Array(target.length) : null;
  let slices = 0;
  const add = (): void => {
    slices += 1;
    if (counts === null) addIntegers(sums, integerWords(slice, dtype) as IntegerWords);
    else addFloats(sums, counts, slice as Float32Array | Float64Array);
  };
  const finish = (): void => {
    const sign = integerWords(slice, dtype)?.sign ?? 0;
    for (let i = 0; i < sums.length; i++) target[i] = (sums[i] as number) / (counts?.[i] ?? slices) - sign;
  };
  return { slice, add, finish };
}

function choosing(slice: VoxelArray, dtype: DType, target: VoxelArray, isMax: boolean): Projecting {
  let isFirst = true;
  const add = (): void => {
    const [from, to] = [integerWords(slice, dtype), integerWords(target, dtype)];
    if (isFirst) target.set(slice);
    else if (from !== null && to !== null) keepIntegers(to.words, from, isMax);
    else keepFloats(target as Float32Array | Float64Array, slice as Float32Array | Float64Array, isMax ? 1 : -1);
    isFirst = false;
  };
  return { slice, add, finish: () => undefined };
}

/**
 * Project slices from `first` to `end` − 1.
 * @param cut puts a slice into an array of its dtype.
 */
export function projectSlices(
  { slice, add, finish }: Projecting,
  [first, end]: readonly [first: number, end: number],
  cut: (index: number, into: VoxelArray) => void,
): void {
  for (let index = first; index < end; index++) {
    cut(index, slice);
    add();
  }
  finish();
}

/** Keep the greater or the lesser of two: as 32-bit integers whose order is that of the values, or the reverse. */
function keepIntegers(target: IntegerWords['words'], { words, sign }: IntegerWords, isMax: boolean): void {
  // Words of 32 bits are read as signed ones below, so that it is the unsigned ones whose sign has to be flipped.
  const inOrder = words.BYTES_PER_ELEMENT === 4 ? sign ^ 0x8000_0000 : sign;
  const flip = isMax ? inOrder : ~inOrder;
  for (let i = 0; i < target.length; i++) {
    const word = words[i] as number;
    if ((word ^ flip) > ((target[i] as number) ^ flip)) target[i] = word;
  }
}

/** `sign` is 1 to keep the greater, −1 to keep the lesser. */
function keepFloats(target: Float32Array | Float64Array, values: Float32Array | Float64Array, sign: 1 | -1): void {
  for (let i = 0; i < target.length; i++) {
    const [value, kept] = [values[i] as number, target[i] as number];
    if (value * sign > kept * sign || kept !== kept) target[i] = value;
  }
}

/** Adds the words themselves: their sign is taken off the mean. */
function addIntegers(sums: Float64Array, { words, sign }: IntegerWords): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (((words[i] as number) ^ sign) >>> 0);
}

function addFloats(sums: Float64Array, counts: Uint32Array, values: Float32Array | Float64Array): void {
  for (let i = 0; i < sums.length; i++) {
    const value = values[i] as number;
    if (value !== value) continue; // NaN
    sums[i] = (sums[i] as number) + value;
    counts[i] = (counts[i] as number) + 1;
  }
}
