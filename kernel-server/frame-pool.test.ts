import { expect, test } from '@jest/globals';
import { FramePool } from './frame-pool';

test('memory that was given back is taken again for a frame of the same size, and for no other', () => {
  const pool = new FramePool();
  const frame = pool.take(1000);
  expect(frame.byteLength).toBe(1000);
  pool.give(frame);
  expect(pool.take(1001)).not.toBe(frame);
  expect(pool.take(1000)).toBe(frame);
  expect(pool.take(1000)).not.toBe(frame); // It is in use.
});

test('what is kept has a bound: what was given back first is let go of', () => {
  const pool = new FramePool();
  const frames = Array.from({ length: 10 }, (_, at) => pool.take(1_000_000 + at));
  for (const frame of frames) pool.give(frame);
  const kept = frames.map((frame) => pool.take(frame.byteLength) === frame);
  expect(kept).toEqual([...Array<boolean>(8).fill(false), true, true]);
});
