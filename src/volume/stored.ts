import { ARRAY_OF, DTYPES, DTYPE_RANGES, type DType, type VoxelArray } from '../protocol';

/**
 * How values may be stored that are no dtype's. 64-bit integers become those of 32 bits if these hold all of them, else floats of
 * 64 bits, which hold each up to 2⁵³; 16-bit floats become those of 32 bits. All values stay what they are.
 */
export type OddType = 'int64' | 'uint64' | 'float16';
export type StoredType = DType | OddType;

export const STORED_TYPES: readonly StoredType[] = [...DTYPES, 'int64', 'uint64', 'float16'];

const ODD_BYTES: Readonly<Record<OddType, number>> = { int64: 8, uint64: 8, float16: 2 };

/** Whether values of this type are used as they are stored. */
export function isDType(type: StoredType): type is DType {
  return DTYPES.some((dtype) => dtype === type);
}

export function bytesOf(type: StoredType): number {
  return isDType(type) ? ARRAY_OF[type].BYTES_PER_ELEMENT : ODD_BYTES[type];
}

/** Memory for all values, as a dtype. */
type Allocate = (dtype: DType) => VoxelArray;

/** Takes stored values, piece by piece and in any order, and makes a dtype's of them. */
export interface Collector {
  /**
   * @param stored whole values, one after the other, in this machine's order of bytes, aligned to their size (4 bytes for 8).
   * @param at which value the first one is.
   */
  put(stored: ArrayBufferView, at: number): void;
  /** All of them, when they are there. @throws what `refuse` makes of values that no dtype holds. */
  values(): VoxelArray;
}

/** @param refuse makes the error of a sentence about values that no dtype holds. */
export function collectorOf(type: StoredType, allocate: Allocate, refuse: (what: string) => Error): Collector {
  if (isDType(type)) return new AsStored(type, allocate);
  return type === 'float16' ? new HalfFloats(allocate) : new WideIntegers(type === 'int64', allocate, refuse);
}

class AsStored implements Collector {
  readonly #dtype: DType;
  readonly #values: VoxelArray;

  constructor(dtype: DType, allocate: Allocate) {
    this.#dtype = dtype;
    this.#values = allocate(dtype);
  }

  put({ buffer, byteOffset, byteLength }: ArrayBufferView, at: number): void {
    const array = ARRAY_OF[this.#dtype];
    this.#values.set(new array(buffer, byteOffset, byteLength / array.BYTES_PER_ELEMENT), at);
  }

  values(): VoxelArray {
    return this.#values;
  }
}

/** Of the two halves of a 64-bit integer, which one comes first in memory. */
const [LOW, HIGH] = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? [0, 1] : [1, 0];
const HALF = 2 ** 32;
/** The upper half of 2⁵³, from which on a float leaves out whole numbers. */
const HIGH_LIMIT = 2 ** 21;

/** 64-bit integers as halves, from which numbers are made: as BigInt they would take ten times as long. */
class WideIntegers implements Collector {
  readonly #isSigned: boolean;
  readonly #allocate: Allocate;
  readonly #refuse: (what: string) => Error;
  /** The values, as long as 32 bits hold them: their lower halves. */
  #low: Int32Array | null;
  #hasNegative = false;
  /** Whether a value needs all 32 bits without a sign. */
  #hasLarge = false;
  #floats: Float64Array | null = null;
  /** The least and the greatest of those that no dtype holds. */
  #beyond: readonly [least: bigint, greatest: bigint] | null = null;

  constructor(isSigned: boolean, allocate: Allocate, refuse: (what: string) => Error) {
    this.#isSigned = isSigned;
    this.#allocate = allocate;
    this.#refuse = refuse;
    this.#low = allocate('int32') as Int32Array;
  }

  put(stored: ArrayBufferView, at: number): void {
    const halves = new Int32Array(stored.buffer, stored.byteOffset, stored.byteLength / 4);
    let taken = 0;
    if (this.#low !== null) {
      taken = this.#putLow(this.#low, halves, at);
      if (2 * taken === halves.length) return;
      this.#floats = this.#allocate('float64') as Float64Array;
      this.#floats.set(this.#lowValues(this.#low));
      this.#low = null;
    }
    this.#putFloats(this.#floats as Float64Array, halves, at, taken);
  }

  values(): VoxelArray {
    if (this.#low !== null) return this.#lowValues(this.#low);
    const floats = this.#floats as Float64Array;
    if (this.#beyond === null) return floats;
    let [least, greatest] = this.#beyond;
    for (const value of floats) {
      if (value < least) least = BigInt(value);
      if (value > greatest) greatest = BigInt(value);
    }
    throw this.#refuse(
      `its 64-bit integers go from ${String(least)} to ${String(greatest)}, and those beyond ±2⁵³ (${String(2 ** 53)}) are held by no dtype; save them as smaller ones`,
    );
  }

  #lowValues(low: Int32Array): Int32Array | Uint32Array {
    return this.#hasLarge ? new Uint32Array(low.buffer, low.byteOffset, low.length) : low;
  }

  /** @returns how many values 32 bits were enough for. */
  #putLow(target: Int32Array, halves: Int32Array, at: number): number {
    const count = halves.length / 2;
    const isSigned = this.#isSigned;
    let [hasNegative, hasLarge, i] = [this.#hasNegative, this.#hasLarge, 0];
    for (; i < count; i++) {
      const [low, high] = [halves[2 * i + LOW] as number, halves[2 * i + HIGH] as number];
      if (low >= 0) {
        if (high !== 0) break;
      } else if (high === 0) {
        if (hasNegative) break;
        hasLarge = true;
      } else {
        if (high !== -1 || !isSigned || hasLarge) break;
        hasNegative = true;
      }
      target[at + i] = low;
    }
    this.#hasNegative = hasNegative;
    this.#hasLarge = hasLarge;
    return i;
  }

  #putFloats(target: Float64Array, halves: Int32Array, at: number, from: number): void {
    const count = halves.length / 2;
    for (let i = from; i < count; i++) {
      const [low, half] = [(halves[2 * i + LOW] as number) >>> 0, halves[2 * i + HIGH] as number];
      const high = this.#isSigned ? half : half >>> 0;
      const isHeld = high < HIGH_LIMIT ? high >= -HIGH_LIMIT : high === HIGH_LIMIT && low === 0;
      target[at + i] = isHeld ? high * HALF + low : NaN;
      if (!isHeld) this.#note((BigInt(high) << 32n) + BigInt(low));
    }
  }

  #note(value: bigint): void {
    const [least, greatest] = this.#beyond ?? [value, value];
    this.#beyond = [value < least ? value : least, value > greatest ? value : greatest];
  }
}

/** Whole numbers in the smallest dtype that 64-bit integers become. */
export function narrowed(floats: Float64Array, allocate: Allocate): VoxelArray {
  let [least, greatest] = [0, 0];
  for (const value of floats) {
    if (value < least) least = value;
    else if (value > greatest) greatest = value;
  }
  const dtype = (['int32', 'uint32'] as const).find(
    (each) => DTYPE_RANGES[each][0] <= least && greatest <= DTYPE_RANGES[each][1],
  );
  if (dtype === undefined) return floats;
  const integers = allocate(dtype);
  integers.set(floats);
  return integers;
}

/** By the bits of a 16-bit float (IEEE 754) the same value as one of 32 bits. */
let halfValues: Float32Array | null = null;

function valuesOfHalves(): Float32Array {
  if (halfValues !== null) return halfValues;
  halfValues = Float32Array.from({ length: 0x1_0000 }, (_, bits) => {
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    const sign = bits >> 15 === 0 ? 1 : -1;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
  });
  return halfValues;
}

/** From here on the nearest 16-bit float is infinity. */
const INFINITE_HALF = 65_520;

/** The bits of the 16-bit float that is nearest to a value, as NumPy rounds it. */
export function halfBits(value: number): number {
  const halves = valuesOfHalves();
  const near = Math.abs(value) >= INFINITE_HALF ? Math.sign(value) * Infinity : value;
  const exact = halves.findIndex((each) => Object.is(each, near));
  if (exact >= 0) return exact;
  const distance = (bits: number): number => Math.abs((halves[bits] as number) - near);
  let best = 0;
  for (let bits = 1; bits < halves.length; bits++) {
    const isNearer = distance(bits) < distance(best) || (distance(bits) === distance(best) && bits % 2 === 0);
    if (isNearer) best = bits;
  }
  // What is below 0 and too small for any other is the zero below 0.
  return (halves[best] as number) === 0 && near < 0 ? 0x8000 : best;
}

class HalfFloats implements Collector {
  readonly #floats: VoxelArray;

  constructor(allocate: Allocate) {
    this.#floats = allocate('float32');
  }

  put({ buffer, byteOffset, byteLength }: ArrayBufferView, at: number): void {
    const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
    const [target, values] = [this.#floats, valuesOfHalves()];
    for (let i = 0; i < halves.length; i++) target[at + i] = values[halves[i] as number] as number;
  }

  values(): VoxelArray {
    return this.#floats;
  }
}
