import type { DType, VoxelArray } from '../protocol';

/** An integer array as unsigned words; XOR with `sign`, less `sign`, makes a word its value again, in order. */
export interface IntegerWords {
  readonly words: Uint8Array | Uint16Array | Uint32Array;
  readonly sign: number;
}

/** Few kinds of array in a loop keep it fast: see layout.ts. Null for floats. */
export function integerWords(data: VoxelArray, dtype: DType): IntegerWords | null {
  const { buffer, byteOffset, length } = data;
  switch (dtype) {
    case 'uint8':
    case 'int8':
      return { words: new Uint8Array(buffer, byteOffset, length), sign: dtype === 'int8' ? 0x80 : 0 };
    case 'uint16':
    case 'int16':
      return { words: new Uint16Array(buffer, byteOffset, length), sign: dtype === 'int16' ? 0x8000 : 0 };
    case 'uint32':
    case 'int32':
      return { words: new Uint32Array(buffer, byteOffset, length), sign: dtype === 'int32' ? 0x8000_0000 : 0 };
    default:
      return null;
  }
}
