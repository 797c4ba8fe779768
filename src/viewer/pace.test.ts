import { beforeEach, expect, jest, test } from '@jest/globals';
import { ReadingPace } from './pace';

const task = jest.fn();
let pace: ReadingPace;

beforeEach(() => {
  jest.useFakeTimers();
  task.mockClear();
  pace = new ReadingPace(task);
});

test('what is requested after a while is written at once', () => {
  pace.request();
  expect(task).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(100);
  pace.request();
  expect(task).toHaveBeenCalledTimes(2);
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

test('nothing is written after it was stopped', () => {
  pace.request();
  pace.request();
  pace.stop();
  jest.advanceTimersByTime(1000);
  expect(task).toHaveBeenCalledTimes(1);
});
