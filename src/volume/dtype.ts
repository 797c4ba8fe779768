import { SlicescopeError, quote, type DType, type VoxelArray } from '../protocol';
import { isDType, type StoredType } from './stored';

/** Arrays whose values are others' once they are a volume's. */
export type OddSource = BigInt64Array | BigUint64Array | HalfArray;

/** What is used of a Float16Array, which not every release of Node.js has. */
interface HalfArray {
  readonly [Symbol.toStringTag]: 'Float16Array';
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly length: number;
}

/** What `Volume.from` takes; a Node `Buffer` is a Uint8Array. */
export type VoxelSource = VoxelArray | Uint8ClampedArray | OddSource;

const TYPE_OF_TAG: Readonly<Record<string, StoredType>> = {
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Int8Array: 'int8',
  Uint16Array: 'uint16',
  Int16Array: 'int16',
  Uint32Array: 'uint32',
  Int32Array: 'int32',
  Float32Array: 'float32',
  Float64Array: 'float64',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
  Float16Array: 'float16',
};

/** The built-in tag names a kind of object in every realm; `instanceof` knows only its own. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** The type of a typed array's values. @throws SlicescopeError `invalid-argument` if `data` is none. */
export function storedTypeOf(data: unknown, caller: string): StoredType {
  const tag = tagOf(data);
  const type = TYPE_OF_TAG[tag];
  if (type !== undefined) return type;
  const what = Array.isArray(data) ? 'a plain array' : typeof data === 'object' && data !== null ? tag : quote(data);
  throw new SlicescopeError(
    'invalid-argument',
    `${caller}: data is ${what}, expected a typed array, for instance Uint16Array.from(values)`,
    { argument: 'data' },
  );
}

/**
 * The dtype of a typed array.
 * @throws SlicescopeError `invalid-argument` if `data` is no typed array; `unknown-dtype` if no dtype stands for its values.
 */
export function dtypeOf(data: unknown, caller: string): DType {
  const type = storedTypeOf(data, caller);
  if (isDType(type)) return type;
  throw new SlicescopeError('unknown-dtype', `${caller}: values of ${type}, which no dtype stands for`, {
    dtype: type,
  });
}

/** Whether the array's memory can be seen by other threads. */
export function isShared(data: VoxelSource): boolean {
  return tagOf(data.buffer) === 'SharedArrayBuffer';
}
