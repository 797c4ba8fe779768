import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { RefreshPacer } from './refresh-pacer';

/** A client that is told the newest revision, as a session tells it. */
class Told {
  readonly heard: number[] = [];
  newest = 1;
  readonly pacer: RefreshPacer = new RefreshPacer(1, () => {
    this.heard.push(this.newest);
    this.pacer.sent(this.newest);
  });
  refresh(): void {
    this.newest += 1;
    this.pacer.refreshed(this.newest);
  }
}

let client: Told;
beforeEach(() => {
  jest.useFakeTimers();
  client = new Told();
});
afterEach(() => {
  jest.useRealTimers();
});

test('a refresh is told at once to a client that has just opened the view, or has followed', () => {
  client.refresh();
  expect(client.heard).toEqual([2]);
  client.pacer.answered(2);
  jest.advanceTimersByTime(100);
  client.refresh();
  expect(client.heard).toEqual([2, 3]);
  expect(client.pacer.told).toBe(3);
});

test('a client that does not follow is told of one revision, however many there are, and then of the newest', () => {
  for (let i = 0; i < 10_000; i++) client.refresh();
  jest.advanceTimersByTime(60_000);
  expect(client.heard).toEqual([2]);
  client.pacer.answered(1); // A slice of an older revision does not count.
  expect(client.heard).toEqual([2]);
  client.pacer.answered(2);
  expect(client.heard).toEqual([2, 10_001]);
  client.pacer.answered(10_001);
  jest.advanceTimersByTime(60_000);
  expect(client.heard).toEqual([2, 10_001]);
});

test('a client that follows at once is told about once per frame of its display, the last one too', () => {
  for (let time = 0; time < 1000; time++) {
    client.refresh();
    client.pacer.answered(client.pacer.told);
    jest.advanceTimersByTime(1);
  }
  expect(client.heard.length).toBeGreaterThan(55);
  expect(client.heard.length).toBeLessThan(65);
  jest.advanceTimersByTime(16);
  expect(client.heard.at(-1)).toBe(1001);
});

test('a swap is told with the state: what was refreshed before it is not told any more', () => {
  client.refresh();
  client.pacer.answered(2);
  client.refresh(); // Waits for its frame.
  client.newest = 4;
  client.pacer.sent(4);
  jest.advanceTimersByTime(100);
  expect(client.heard).toEqual([2]);
  expect(client.pacer.told).toBe(4);
  client.refresh();
  expect(client.heard).toEqual([2]);
  client.pacer.answered(4);
  expect(client.heard).toEqual([2, 5]);
});

test('a client that has left is told nothing', () => {
  client.refresh();
  client.pacer.answered(2);
  client.refresh();
  client.pacer.dispose();
  jest.advanceTimersByTime(100);
  expect(client.heard).toEqual([2]);
});
