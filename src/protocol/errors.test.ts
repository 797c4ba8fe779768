import { describe, expect, test } from '@jest/globals';
import { SlicescopeError, isSlicescopeError, messageOf, quote } from './errors';

describe('a SlicescopeError', () => {
  const cause = new TypeError('beneath');
  const error = new SlicescopeError('index-out-of-range', 'index is 9', { index: 9, count: 3 }, { cause });

  test('carries its code, its facts, its sentence and what lies beneath', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('SlicescopeError');
    expect(error.code).toBe('index-out-of-range');
    expect(error.details).toEqual({ index: 9, count: 3 });
    expect(error.message).toBe('index is 9');
    expect(error.cause).toBe(cause);
    expect(String(error)).toBe('SlicescopeError: index is 9');
  });

  test('says nothing that a terminal takes for a command', () => {
    const file = 'a\u001b]0;title\u0007\u009b31m\u202e.nii\r: one\n\ttwo';
    expect(new SlicescopeError('file-corrupt', file, { path: '' }).message).toBe(
      'a\uFFFD]0;title\uFFFD\uFFFD31m\uFFFD.nii\uFFFD: one\n\ttwo',
    );
  });

  test('is told from other errors, and by its code', () => {
    expect(isSlicescopeError(error)).toBe(true);
    expect(isSlicescopeError(error, 'index-out-of-range')).toBe(true);
    expect(isSlicescopeError(error, 'unknown-plane')).toBe(false);
    const others = [cause, null, undefined, 'index-out-of-range', { name: error.name, code: error.code }];
    expect(others.map((other) => isSlicescopeError(other))).toEqual([false, false, false, false, false]);
  });
});

test('messageOf is the sentence of whatever was thrown', () => {
  expect(messageOf(new RangeError('too far'))).toBe('too far');
  expect(messageOf('a text')).toBe('a text');
  expect(messageOf(undefined)).toBe('undefined');
  expect(messageOf(42)).toBe('42');
});

describe('a refused value stands in a sentence', () => {
  test.each<[unknown, string]>([
    ['xy', '"xy"'],
    ['two\nlines', '"two\\nlines"'],
    ['', '""'],
    [3, '3'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [10n, '10'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
  ])('%p as %s', (value, text) => {
    expect(quote(value)).toBe(text);
  });

  test('in at most 80 characters of one line, whatever it is', () => {
    const circular: Record<string, unknown> = {};
    circular.itself = circular;
    const knot: unknown[] = [];
    knot.push(knot);
    let deep: unknown = 0;
    for (let i = 0; i < 30_000; i++) deep = [deep];
    const values: unknown[] = ['x'.repeat(1000), circular, knot, deep, { big: 1n }, new Array(1000).fill(7)];
    values.push(Object.create(null), () => 'two\n lines', new Date(NaN));
    for (const value of values) {
      const text = quote(value);
      expect(text.length).toBeLessThanOrEqual(80);
      expect(text).not.toMatch(/[\r\n]/);
    }
    expect(quote('x'.repeat(1000))).toBe(`"${'x'.repeat(76)}...`);
  });
});
