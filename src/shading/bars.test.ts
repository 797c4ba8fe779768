import { describe, expect, test } from '@jest/globals';
import { barsFor, countBars } from './bars';

function counted(values: Parameters<typeof countBars>[1], bins: number, isWhole: boolean): number[] {
  const finite = Array.from(values).filter(Number.isFinite);
  const bars = barsFor([Math.min(...finite), Math.max(...finite)], bins, isWhole);
  const counts = new Uint32Array(bars.count);
  countBars(counts, values, bars);
  return Array.from(counts);
}

describe('bars of whole numbers', () => {
  test('have one number each where there are enough bars', () => {
    expect(barsFor([-2, 3], 256, true)).toEqual({ edges: [-2.5, 3.5], count: 6 });
    expect(counted(Int8Array.of(-2, -2, 0, 3, 3, 3), 256, true)).toEqual([2, 0, 1, 0, 0, 3]);
  });

  test('have equally many otherwise, the last one some beyond the greatest', () => {
    expect(barsFor([0, 1000], 256, true)).toEqual({ edges: [-0.5, 1003.5], count: 251 });
    const every = Uint16Array.from({ length: 1001 }, (_, value) => value);
    expect(counted(every, 256, true)).toEqual([...new Array<number>(250).fill(4), 1]);
  });

  test('are 256 for 16 bits', () => {
    expect(barsFor([-32_768, 32_767], 256, true)).toEqual({ edges: [-32_768.5, 32_767.5], count: 256 });
  });

  test('are one where there is one number', () => {
    expect(barsFor([7, 7], 64, true)).toEqual({ edges: [6.5, 7.5], count: 1 });
  });
});

describe('bars of fractions', () => {
  test('divide the range, and the greatest is in the last', () => {
    expect(barsFor([0, 1], 4, false)).toEqual({ edges: [0, 1], count: 4 });
    expect(counted(Float32Array.of(0, 0.2, 0.25, 0.5, 0.75, 0.99, 1), 4, false)).toEqual([2, 1, 1, 3]);
  });

  test('leave NaN and infinities out', () => {
    expect(counted(Float64Array.of(NaN, -Infinity, Infinity, 1, 2), 2, false)).toEqual([1, 1]);
  });

  test('may be as far from each other as numbers go', () => {
    const values = Float64Array.of(-1.7e308, -1e300, 0, 1.7e308);
    expect(counted(values, 2, false)).toEqual([2, 2]);
  });

  test('may be as near to each other as numbers go', () => {
    expect(counted(Float64Array.of(0, 5e-324, 5e-324), 2, false)).toEqual([1, 2]);
  });

  test.each([0, -3.5, 1e30, 1.7976931348623157e308])('are one where %p is the only value', (value) => {
    const bars = barsFor([value, value], 256, false);
    expect(bars.count).toBe(1);
    expect(bars.edges[0]).toBeLessThan(bars.edges[1]);
    expect(bars.edges.every(Number.isFinite)).toBe(true);
    expect(counted(Float64Array.of(value, value), 256, false)).toEqual([2]);
  });
});

test('a part of the values is counted on top of what is there', () => {
  const counts = Uint32Array.of(10, 10);
  countBars(counts, Uint8Array.of(0, 1, 1, 0), { edges: [-0.5, 1.5], count: 2 }, [1, 3]);
  expect(Array.from(counts)).toEqual([10, 12]);
});
