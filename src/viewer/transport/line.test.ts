import { expect, test } from '@jest/globals';
import { Line } from './line';

const HALF_MB = 524_288;

/** The time at which the frames arrive that are asked for at once over a line of this throughput and round trip. */
function arrivals(count: number, bytes: number, bytesPerMs: number, roundTrip: number): number[] {
  return Array.from({ length: count }, (_, k) => roundTrip + ((k + 1) * bytes) / bytesPerMs);
}

test('on the same machine nothing is slow, whatever is measured', () => {
  const line = new Line(true, 500);
  line.arrived(HALF_MB, 0, 60_000);
  expect([line.bytesPerMs, line.isSlowFor(1e9), line.packs]).toEqual([null, false, false]);
});

test.each([250, 2_500, 50_000])('a throughput of %s bytes a millisecond is found, whatever the round trip', (speed) => {
  for (const roundTrip of [1, 50, 300]) {
    const line = new Line(false, roundTrip);
    for (const now of arrivals(4, HALF_MB, speed, roundTrip)) line.arrived(HALF_MB, 0, now);
    expect(line.bytesPerMs).toBeGreaterThan(0.8 * speed);
    expect(line.bytesPerMs).toBeLessThan(1.2 * speed);
  }
});

test('a frame that waited behind another one is not counted as slow', () => {
  const line = new Line(false, 20);
  line.arrived(HALF_MB, 0, 20 + 100);
  line.arrived(HALF_MB, 0, 20 + 200);
  expect(line.bytesPerMs).toBeCloseTo(HALF_MB / 100, -1);
});

test('one hitch does not make a fast line slow, and a line that has become slow is soon found to be', () => {
  const line = new Line(false, 2);
  let now = 0;
  const frame = (ms: number): void => {
    line.arrived(HALF_MB, now, now + 2 + ms);
    now += 2 + ms;
  };
  for (let k = 0; k < 10; k++) frame(3);
  frame(150);
  expect(line.isSlowFor(HALF_MB)).toBe(false);
  for (let k = 0; k < 6; k++) frame(250);
  expect(line.isSlowFor(HALF_MB)).toBe(true);
});

test('before anything is measured, a distant line is taken for a slow one and a near one for a fast one', () => {
  expect(new Line(false, 50).isSlowFor(HALF_MB)).toBe(true);
  expect(new Line(false, 1).isSlowFor(HALF_MB)).toBe(false);
});

test('small frames say nothing of the throughput', () => {
  const line = new Line(false, 1);
  line.arrived(100, 0, 90);
  expect(line.bytesPerMs).toBeNull();
});

test('the slower the line, the smaller the previews', () => {
  const qualities = [200, 2_500, 20_000].map((speed) => {
    const line = new Line(false, 1);
    for (const now of arrivals(4, HALF_MB, speed, 1)) line.arrived(HALF_MB, 0, now);
    return line.previewQuality;
  });
  expect(qualities).toEqual([...qualities].sort((a, b) => a - b));
  expect(new Set(qualities).size).toBe(3);
});
