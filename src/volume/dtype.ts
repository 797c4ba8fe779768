import { SlicescopeError, quote, type DType, type VoxelArray } from '../protocol';

/** What `Volume.from` takes; a Node `Buffer` is a Uint8Array. */
export type VoxelSource = VoxelArray | Uint8ClampedArray;

const DTYPE_OF_TAG: Readonly<Record<string, DType>> = {
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Int8Array: 'int8',
  Uint16Array: 'uint16',
  Int16Array: 'int16',
  Uint32Array: 'uint32',
  Int32Array: 'int32',
  Float32Array: 'float32',
  Float64Array: 'float64',
};

/** The built-in tag names a kind of object in every realm; `instanceof` knows only its own. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/**
 * The dtype of a typed array.
 * @throws SlicescopeError `invalid-argument` if `data` is no typed array; `unknown-dtype` if it is one that
 * no volume is made of, such as BigInt64Array.
 */
export function dtypeOf(data: unknown, caller: string): DType {
  const tag = tagOf(data);
  const dtype = DTYPE_OF_TAG[tag];
  if (dtype !== undefined) return dtype;
  if (ArrayBuffer.isView(data) && tag !== 'DataView') {
    throw new SlicescopeError(
      'unknown-dtype',
      `${caller}: data is a ${tag}, which no dtype stands for; convert it, for instance with Float64Array.from(data, Number)`,
      { dtype: tag },
    );
  }
  const what = Array.isArray(data) ? 'a plain array' : typeof data === 'object' && data !== null ? tag : quote(data);
  throw new SlicescopeError(
    'invalid-argument',
    `${caller}: data is ${what}, expected a typed array, for instance Uint16Array.from(values)`,
    { argument: 'data' },
  );
}

/** Whether the array's memory can be seen by other threads. */
export function isShared(data: VoxelSource): boolean {
  return tagOf(data.buffer) === 'SharedArrayBuffer';
}
