import { beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { ReadingPace, pictureDrawn } from './pace';

const task = jest.fn();
let pace: ReadingPace;

beforeAll(() => {
  jest.useFakeTimers();
});

beforeEach(() => {
  jest.advanceTimersByTime(1000);
  task.mockClear();
  pace = new ReadingPace(task);
});

/** What is written of the picture that is drawn now, and of those before it. */
function draw(): void {
  pictureDrawn();
  pace.request();
}

test('what is told of a picture that comes alone is written after its frame', () => {
  for (const times of [1, 2]) {
    draw();
    expect(task).toHaveBeenCalledTimes(times - 1);
    jest.advanceTimersByTime(20);
    expect(task).toHaveBeenCalledTimes(times);
    jest.advanceTimersByTime(150);
  }
});

test('where pictures follow each other it is written with one of them, five times a second, and once after the last', () => {
  let between = 0;
  for (let picture = 0; picture < 600; picture++) {
    draw();
    const written = task.mock.calls.length;
    jest.advanceTimersByTime(1000 / 60);
    if (picture > 0) between += task.mock.calls.length - written;
  }
  expect(between).toBe(0);
  expect(task.mock.calls.length).toBeGreaterThan(40);
  expect(task.mock.calls.length).toBeLessThanOrEqual(51);
  const before = task.mock.calls.length;
  draw();
  jest.advanceTimersByTime(1000);
  expect(task).toHaveBeenCalledTimes(before + 1);
});

test('all that is told on a page is written together', () => {
  const other = jest.fn();
  const otherPace = new ReadingPace(other);
  for (let picture = 0; picture < 60; picture++) {
    otherPace.request();
    draw();
    pictureDrawn(); // Another view's, in the same frame.
    expect(other.mock.calls.length).toBe(task.mock.calls.length);
    jest.advanceTimersByTime(1000 / 60);
  }
  expect(other.mock.calls.length).toBe(task.mock.calls.length);
});

test('nothing is written after it was stopped', () => {
  for (const pictures of [1, 2]) {
    for (let picture = 0; picture < pictures; picture++) draw();
    task.mockClear();
    pace.stop();
    jest.advanceTimersByTime(1000);
    expect(task).not.toHaveBeenCalled();
  }
});

test('one that fails keeps none from being written later', () => {
  const broken = new ReadingPace(() => {
    throw new Error('broken');
  });
  broken.request();
  draw();
  expect(() => jest.advanceTimersByTime(200)).toThrow('broken');
  jest.advanceTimersByTime(500);
  task.mockClear();
  draw();
  jest.advanceTimersByTime(200);
  expect(task).toHaveBeenCalledTimes(1);
});
