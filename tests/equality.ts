/** For Jest's `setupFilesAfterEnv`: makes `toEqual` of typed arrays as quick as comparing their bytes. */
import { expect } from '@jest/globals';

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

/** True for arrays of one type with the same bytes; of all others Jest compares the elements, as it does by itself. */
function haveSameBytes(one: unknown, other: unknown): true | undefined {
  if (!ArrayBuffer.isView(one) || !ArrayBuffer.isView(other)) return undefined;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return undefined;
  return bytesOf(one).equals(bytesOf(other)) ? true : undefined;
}

expect.addEqualityTesters([haveSameBytes]);
