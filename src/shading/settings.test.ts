import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSlicescopeError, type ErrorCode } from '../protocol';
import { refusal } from '../protocol/testing/thrown';
import { MAX_ZOOM, changeSettings, changedSettings, clampIndex } from './settings';
import { SETTINGS, volumeInfo } from './testing/settings-fixture';

const VOLUME = volumeInfo();
const NAMES = Object.keys(SETTINGS).join(', ');
const change = (patch: Readonly<Record<string, unknown>>) => changeSettings(SETTINGS, patch, VOLUME, 'view.set');

describe('a change', () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['index', { index: 8, position: [2, 3, 8] }],
    ['window', { window: [-5, 5.5] }],
    ['colormap', { colormap: 'viridis' }],
    ['rotation', { rotation: 3 }],
    ['zoom', { zoom: 2.5 }],
    ['center', { center: [0, -0.25, 2] }],
    ['several', { index: 0, position: [2, 3, 0], zoom: MAX_ZOOM, rotation: 1 }],
    ['nothing', {}],
  ])('of %s changes that and nothing else', (_, patch) => {
    expect(change(patch)).toEqual({ ...SETTINGS, ...patch });
  });

  test('of the plane shows the slice at the position', () => {
    expect(change({ plane: 'xz' })).toEqual({ ...SETTINGS, plane: 'xz', index: 3 });
    expect(change({ plane: 'yz' })).toEqual({ ...SETTINGS, plane: 'yz', index: 2 });
  });

  test('of the plane with an index takes the index, whichever is written first', () => {
    expect(change({ plane: 'xz', index: 6 })).toEqual({ ...SETTINGS, plane: 'xz', index: 6, position: [2, 6, 4] });
    expect(change({ index: 6, plane: 'xz' })).toEqual({ ...SETTINGS, plane: 'xz', index: 6, position: [2, 6, 4] });
  });

  test('to the plane that is shown keeps the index', () => {
    expect(change({ plane: 'xy' })).toEqual(SETTINGS);
  });

  test('to undefined is none', () => {
    const nothing = {
      plane: undefined,
      index: undefined,
      window: undefined,
      colormap: undefined,
      unheardOf: undefined,
    };
    expect(change(nothing)).toEqual(SETTINGS);
  });

  test('keeps no hold of what was given', () => {
    const given = { window: [0, 1], center: [0.5, 0.5, 0.5] };
    const next = change(given);
    given.window[0] = 9;
    given.center[0] = 9;
    expect([next.window, next.center]).toEqual([
      [0, 1],
      [0.5, 0.5, 0.5],
    ]);
  });
});

describe('refused, with a code, its facts and a sentence, is', () => {
  const refused = <C extends ErrorCode>(patch: Readonly<Record<string, unknown>>, code: C) => {
    const before = structuredClone(SETTINGS);
    const { message, details } = refusal(() => change(patch), code);
    expect(SETTINGS).toEqual(before);
    return { message: message.replace(/^view\.set: /, ''), details };
  };

  test.each<[unknown, string]>([
    [9, '9'],
    [-1, '-1'],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    ['4', '"4"'],
    [null, 'null'],
    [[4], '[4]'],
    [{ valueOf: 1, toString: 1 }, 'an object'],
    [Symbol('4'), 'Symbol(4)'],
  ])('index %p', (index, shown) => {
    const { message, details } = refused({ index }, 'index-out-of-range');
    expect(message).toBe(`index is ${shown}, expected a whole number from 0 to 8`);
    expect(details).toEqual({ index: typeof index === 'number' ? index : NaN, count: 9 });
  });

  test('an index of the old plane that the new one does not have', () => {
    const { message, details } = refused({ plane: 'yz', index: 5 }, 'index-out-of-range');
    expect(message).toBe('index is 5, expected a whole number from 0 to 4');
    expect(details).toEqual({ index: 5, count: 5 });
  });

  test.each<[unknown, string]>([
    ['zx', '"zx"'],
    ['axial', '"axial"'],
    ['XY', '"XY"'],
    ['', '""'],
    [0, '0'],
    [null, 'null'],
    [['xy'], '["xy"]'],
    [{ toString: 1 }, 'an object'],
    [Object.create(null), 'an object'],
  ])('plane %p', (plane, shown) => {
    const { message, details } = refused({ plane }, 'unknown-plane');
    expect(message).toBe(`there is no plane ${shown}; choose one of xy, xz, yz`);
    expect(typeof details.plane).toBe('string');
  });

  test.each<[unknown, string]>([
    [[3, 3], 'the window [3, 3] has no width; low must be less than high'],
    [[3, NaN], 'the window [3, NaN] has an end that is not finite'],
    [[4, 3], 'the window [4, 3] is reversed; give it as [low, high]'],
    ['0 to 5', 'the window "0 to 5" is not two numbers, [low, high]'],
  ])('window %p', (window, sentence) => {
    expect(refused({ window }, 'invalid-window').message).toBe(sentence);
  });

  test('a colour map that there is not', () => {
    const { message, details } = refused({ colormap: 'jet' }, 'unknown-colormap');
    expect(message).toMatch(/^there is no colour map "jet"; choose one of gray, viridis, /);
    expect(details).toEqual({ colormap: 'jet' });
  });

  test.each<[string, unknown, string]>([
    ['rotation', 4, 'rotation is 4, expected 0, 1, 2 or 3 quarter turns clockwise'],
    ['rotation', 90, 'rotation is 90, expected 0, 1, 2 or 3 quarter turns clockwise'],
    ['rotation', '1', 'rotation is "1", expected 0, 1, 2 or 3 quarter turns clockwise'],
    ['zoom', 0, 'zoom is 0, expected a number from 1/256 to 256'],
    ['zoom', -1, 'zoom is -1, expected a number from 1/256 to 256'],
    ['zoom', 257, 'zoom is 257, expected a number from 1/256 to 256'],
    ['zoom', NaN, 'zoom is NaN, expected a number from 1/256 to 256'],
    ['zoom', '2', 'zoom is "2", expected a number from 1/256 to 256'],
    ['center', [0.5], 'center is [0.5], expected three numbers, [x, y, z]'],
    ['center', [0.5, NaN], 'center is [0.5, NaN], expected three numbers, [x, y, z]'],
    ['center', [0, 1], 'center is [0, 1], expected three numbers, [x, y, z]'],
    ['center', { x: 0, y: 0 }, 'center is an object, expected three numbers, [x, y, z]'],
    ['center', '00', 'center is "00", expected three numbers, [x, y, z]'],
    ['slice', 3, `there is no option "slice", expected one of ${NAMES}`],
    ['volume', null, `there is no option "volume", expected one of ${NAMES}`],
    ['constructor', 1, `there is no option "constructor", expected one of ${NAMES}`],
  ])('%s %p', (argument, value, sentence) => {
    expect(refused({ [argument]: value }, 'invalid-argument')).toEqual({ message: sentence, details: { argument } });
  });

  test('a prototype that came over the wire', () => {
    const patch = JSON.parse('{"__proto__": {"index": 1}}') as Record<string, unknown>;
    expect(refused(patch, 'invalid-argument').details).toEqual({ argument: '__proto__' });
  });

  test('all of it, if one part can’t be', () => {
    refused({ index: 3, zoom: 2, window: [1, 0] }, 'invalid-window');
  });
});

test('whatever is asked for, the answer is settings that the volume can show, or a SlicescopeError', () => {
  const values = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.integer({ min: -2, max: 10 }),
    fc.constantFrom('xy', 'xz', 'yz', 'viridis', undefined),
    fc.tuple(fc.double(), fc.double()),
  );
  const patches = fc.dictionary(fc.constantFrom(...Object.keys(SETTINGS), 'other'), values);
  let taken = 0;
  fc.assert(
    fc.property(patches, (patch) => {
      try {
        const next = change(patch);
        const { count } = VOLUME.planes[next.plane];
        expect(next.index).toBe(clampIndex(next.index, count));
        expect(next.window[0]).toBeLessThan(next.window[1]);
        expect(Object.keys(next)).toEqual(Object.keys(SETTINGS));
        taken += 1;
      } catch (error) {
        if (!isSlicescopeError(error)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(0);
});

test('an index is clamped to the slices that there are', () => {
  expect([-3, 0, 4, 8, 9, 100].map((index) => clampIndex(index, 9))).toEqual([0, 0, 4, 8, 8, 8]);
  expect(clampIndex(5, 1)).toBe(0);
});

test('the changed settings are those that differ, by value', () => {
  expect(changedSettings(SETTINGS, structuredClone(SETTINGS))).toEqual({});
  expect(changedSettings(SETTINGS, { ...SETTINGS, window: [0, 256], rotation: 1 })).toEqual({
    window: [0, 256],
    rotation: 1,
  });
  expect(changedSettings(SETTINGS, { ...SETTINGS, center: [0.5, 0.25, 0.5] })).toEqual({ center: [0.5, 0.25, 0.5] });
});
