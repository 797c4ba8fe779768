import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { refusal } from '../protocol/testing/thrown';
import { checkWindow, colorIndex } from './window';

describe('the colour of a value', () => {
  test('with the window 0 to 255 a byte is its own colour', () => {
    for (let value = 0; value < 256; value++) expect(colorIndex(value, [0, 255])).toBe(value);
  });

  test('low has the first colour and high the last', () => {
    expect(colorIndex(-1000, [-1000, 400])).toBe(0);
    expect(colorIndex(400, [-1000, 400])).toBe(255);
  });

  test('what lies outside of the window has the colour of the nearer end, infinities too', () => {
    const window = [10, 20] as const;
    expect([9.999, -1e300, -Infinity].map((value) => colorIndex(value, window))).toEqual([0, 0, 0]);
    expect([20.001, 1e300, Infinity].map((value) => colorIndex(value, window))).toEqual([255, 255, 255]);
  });

  test('halves are rounded up', () => {
    // 255 t is exactly k + 1/2 with the window 0 to 510 and an odd value.
    for (let k = 0; k < 255; k++) {
      expect(colorIndex(2 * k + 1, [0, 510])).toBe(k + 1);
      expect(colorIndex(2 * k + 0.999, [0, 510])).toBe(k);
    }
  });

  test('NaN has none', () => {
    expect(colorIndex(NaN, [0, 1])).toBeNaN();
  });

  test('is that of the definition, and never falls when the value grows', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(number, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), number, number, (low, width, a, b) => {
        const window = [low, low + width] as const;
        const t = Math.min(1, Math.max(0, (a - window[0]) / (window[1] - window[0])));
        expect(colorIndex(a, window)).toBe(Math.round(255 * t));
        expect(Math.sign(colorIndex(b, window) - colorIndex(a, window)) * Math.sign(b - a)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a window is two finite numbers, low below high', () => {
  test.each<[readonly [number, number]]>([[[0, 1]], [[-1000, 400]], [[0.25, 0.5]], [[-1e300, 1e300]]])(
    '%p',
    (window) => {
      expect(checkWindow(window, 'show')).toEqual(window);
    },
  );

  test('and a copy of what was given', () => {
    const given = [1, 2];
    const window = checkWindow(given, 'show');
    given[0] = 9;
    expect(window).toEqual([1, 2]);
  });

  test.each<[unknown, string]>([
    [[5, 5], '[5, 5] has no width; low must be less than high'],
    [[0, -0], '[0, 0] has no width; low must be less than high'],
    [[9, 3], '[9, 3] is reversed; give it as [low, high]'],
    [[NaN, 3], '[NaN, 3] has an end that is not finite'],
    [[0, Infinity], '[0, Infinity] has an end that is not finite'],
    [[-Infinity, 0], '[-Infinity, 0] has an end that is not finite'],
    [[1], '[1] is not two numbers, [low, high]'],
    [[1, 2, 3], '[1, 2, 3] is not two numbers, [low, high]'],
    [['0', '1'], '["0", "1"] is not two numbers, [low, high]'],
    [[], '[] is not two numbers, [low, high]'],
    [400, '400 is not two numbers, [low, high]'],
    [null, 'null is not two numbers, [low, high]'],
    [{ low: 0, high: 1 }, 'an object is not two numbers, [low, high]'],
  ])('not %p', (value, what) => {
    const { message, details } = refusal(() => checkWindow(value, 'show'), 'invalid-window');
    expect(message).toBe(`show: the window ${what}`);
    expect(details.window).toEqual(Array.isArray(value) ? value : [value]);
  });
});
