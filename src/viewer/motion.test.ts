import { expect, test } from '@jest/globals';
import { Motion, REST_MS, around } from './motion';

/** A hand that takes these steps, one every `interval` milliseconds, from slice 100 on. */
function moved(steps: readonly number[], interval: number): { motion: Motion; now: number; index: number } {
  const motion = new Motion(100, 0);
  let [now, index] = [0, 100];
  for (const step of steps) {
    now += interval;
    index += step;
    motion.moved(index, now);
  }
  return { motion, now, index };
}

test('around a slice, the nearest come first', () => {
  expect(around(5, 3)).toEqual([6, 4, 7, 3, 8, 2]);
});

test('a hand at rest may go to either side', () => {
  const { motion, now } = moved([1], 16);
  expect(motion.next(now + REST_MS, 200)).toEqual([102, 100, 103, 99, 104, 98]);
});

test('a steady move goes on in its direction, the farther the faster', () => {
  const slow = moved(Array<number>(30).fill(1), 100);
  expect(slow.motion.next(slow.now, 200)).toEqual([131, 132, 133]);
  const fast = moved(Array<number>(30).fill(1), 16);
  expect(fast.motion.next(fast.now, 200).length).toBeGreaterThan(12);
  const back = moved([-1, -1, -1], 100);
  expect(back.motion.next(back.now, 200)[0]).toBe(96);
});

test('a hand that skips slices will skip the next ones too', () => {
  const { motion, now } = moved([3, 3, 3], 100);
  expect(motion.next(now, 200)).toEqual([112, 115, 118]);
});

test('after a jump, or a turn, nothing is known until the hand rests', () => {
  const jump = moved([1, 1, 50], 16);
  expect(jump.motion.next(jump.now, 200)).toEqual([]);
  const turn = moved([1, 1, -1], 16);
  expect(turn.motion.next(turn.now, 200)).toEqual([]);
  expect(turn.motion.next(turn.now + REST_MS, 200)).toHaveLength(6);
});

test('of a hand whose steps are long and short in turn nothing is known, until they are even for a while', () => {
  const uneven = [2, 2, 3, 2, 2, 3];
  for (let taken = 3; taken <= uneven.length; taken++) {
    const { motion, now } = moved(uneven.slice(0, taken), 30);
    expect(motion.next(now, 200)).toEqual([]);
  }
  const soon = moved([...uneven, 3, 3, 3, 3], 30);
  expect(soon.motion.next(soon.now, 200)).toEqual([]);
  const even = moved([...uneven, 3, 3, 3, 3, 3], 30);
  expect(even.motion.next(even.now, 200)[0]).toBe(even.index + 3);
});

test('a pause between two steps is no steady move', () => {
  const { motion, now } = moved([1, 1], REST_MS);
  expect(motion.next(now, 200)).toEqual([]);
});

test('slices that there are not are left out', () => {
  const { motion, now, index } = moved([1, 1, 1], 20);
  expect(motion.next(now, index + 2)).toEqual([index + 1]);
  expect(new Motion(0, 0).next(REST_MS, 2)).toEqual([1]);
});
