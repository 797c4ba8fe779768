import { expect, test } from '@jest/globals';
import { WheelSlices, turnedPixels, type Turn } from './wheel';

const turn = (deltaY: number, timeStamp: number, more: Partial<Turn> = {}): Turn => ({
  deltaX: 0,
  deltaY,
  deltaMode: 0,
  timeStamp,
  ...more,
});

test.each([
  [100, 1],
  [-100, -1],
  [120, 1], // Linux
  [66.7, 1], // a screen scaled to 150 %
  [300, 3],
  [-10_000, -100],
])('a mouse wheel’s %f pixels are %i slices', (pixels, slices) => {
  expect(new WheelSlices().take(turn(pixels, 0))).toBe(slices);
});

test('where the browser counts lines or pages, a notch is one slice too', () => {
  const wheel = new WheelSlices();
  expect(wheel.take(turn(3, 0, { deltaMode: 1 }))).toBe(1);
  expect(wheel.take(turn(-1, 10, { deltaMode: 1 }))).toBe(-1);
  expect(wheel.take(turn(1, 20, { deltaMode: 2 }))).toBe(3);
  expect(turnedPixels(turn(3, 0, { deltaMode: 1 }))).toBeCloseTo(100);
});

test('a trackpad’s small turns are gathered, and none is lost', () => {
  const wheel = new WheelSlices();
  const slices = Array.from({ length: 24 }, (_, at) => wheel.take(turn(7, 10 * at)));
  expect(slices.reduce((sum, each) => sum + each, 0)).toBe(7); // 168 pixels, 24 for each slice.
  expect(Math.max(...slices)).toBe(1);
});

test('turns of a trackpad’s momentum count as its own, however large they are', () => {
  const wheel = new WheelSlices();
  expect([wheel.take(turn(20, 0)), wheel.take(turn(72, 10)), wheel.take(turn(48, 20))]).toEqual([0, 3, 2]);
});

test('turning back begins anew, and so does a later move of the hand', () => {
  const wheel = new WheelSlices();
  expect([wheel.take(turn(20, 0)), wheel.take(turn(-20, 10)), wheel.take(turn(-4, 20))]).toEqual([0, 0, -1]);
  expect([wheel.take(turn(20, 1000)), wheel.take(turn(20, 5000))]).toEqual([0, 0]);
});

test('scrolling sideways moves nothing', () => {
  const wheel = new WheelSlices();
  expect(Array.from({ length: 10 }, (_, at) => wheel.take(turn(8, 10 * at, { deltaX: 30 })))).toEqual(
    new Array(10).fill(0),
  );
});
