import { expect, test } from '@jest/globals';
import { release } from './release';

test('the memory of bytes that are done with is gone at once', () => {
  const bytes = new Uint16Array(1000);
  release(bytes);
  expect(bytes.buffer.byteLength).toBe(0);
  release(bytes);
});

test('a part of a larger piece of memory, and what is shared, stays', () => {
  const whole = Uint8Array.of(1, 2, 3, 4);
  release(whole.subarray(1));
  expect([...whole]).toEqual([1, 2, 3, 4]);
  const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(7);
  release(shared);
  expect([...shared]).toEqual([7, 7]);
});
