import { beforeEach, expect, jest, test } from '@jest/globals';
import { ReadingPace } from './pace';

const task = jest.fn();
let pace: ReadingPace;

beforeEach(() => {
  jest.useFakeTimers();
  task.mockClear();
  pace = new ReadingPace(task);
});

test('what is requested alone is written after the frame of its picture', () => {
  for (const times of [1, 2]) {
    pace.request();
    expect(task).toHaveBeenCalledTimes(times - 1);
    jest.advanceTimersByTime(20);
    expect(task).toHaveBeenCalledTimes(times);
    jest.advanceTimersByTime(100);
  }
});

test('of what is requested sixty times a second ten are written, and the last one always', () => {
  for (let frame = 0; frame < 600; frame++) {
    pace.request();
    jest.advanceTimersByTime(1000 / 60);
  }
  expect(task.mock.calls.length).toBeGreaterThan(80);
  expect(task.mock.calls.length).toBeLessThanOrEqual(101);
  const before = task.mock.calls.length;
  pace.request();
  jest.advanceTimersByTime(100);
  expect(task).toHaveBeenCalledTimes(before + 1);
  jest.advanceTimersByTime(1000);
  expect(task).toHaveBeenCalledTimes(before + 1);
});

test('between requests that follow each other nothing is written', () => {
  pace.request();
  jest.advanceTimersByTime(60);
  task.mockClear();
  for (let step = 0; step < 20; step++) {
    pace.request();
    const written = task.mock.calls.length;
    jest.advanceTimersByTime(60);
    expect(task).toHaveBeenCalledTimes(written);
  }
  expect(task).toHaveBeenCalledTimes(10);
});

test('nothing is written after it was stopped', () => {
  for (const alone of [true, false]) {
    pace.request();
    if (!alone) pace.request();
    task.mockClear();
    pace.stop();
    jest.advanceTimersByTime(1000);
    expect(task).not.toHaveBeenCalled();
  }
});
