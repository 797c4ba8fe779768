import { describe, expect, jest, test } from '@jest/globals';
import { isSlicescopeError } from '../protocol';
import { CT_WINDOWS, WINDOW_PRESETS, resolveWindow, type WindowSource } from './presets';

const SOURCE: WindowSource = { autoWindow: [3, 90], rangeWindow: [0, 255] };

describe('a window', () => {
  test.each([
    ['bone', [-500, 1300]],
    ['lung', [-1350, 150]],
    ['mediastinum', [-125, 225]],
    ['abdomen', [-150, 250]],
    ['liver', [-45, 105]],
    ['brain', [0, 80]],
    ['stroke', [20, 60]],
    ['temporal-bone', [-800, 2000]],
    ['spine', [-75, 175]],
    ['vascular', [-100, 500]],
  ] as const)('named %s is %j in Hounsfield units', (name, window) => {
    expect(resolveWindow(name, SOURCE, 'show')).toEqual(window);
    expect(CT_WINDOWS[name]).toEqual(window);
  });

  test('named auto or range is taken from the values', () => {
    expect(resolveWindow('auto', SOURCE, 'show')).toEqual([3, 90]);
    expect(resolveWindow('range', SOURCE, 'show')).toEqual([0, 255]);
  });

  test('of two numbers is itself, and nothing is computed for it', () => {
    const looked = jest.fn((): readonly [number, number] => [0, 1]);
    const source = {};
    for (const name of ['autoWindow', 'rangeWindow']) Object.defineProperty(source, name, { get: looked });
    expect(resolveWindow([-1, 2.5], source as WindowSource, 'show')).toEqual([-1, 2.5]);
    expect(resolveWindow('brain', source as WindowSource, 'show')).toEqual([0, 80]);
    expect(looked).not.toHaveBeenCalled();
  });

  test('of an unknown name is refused with the names that there are', () => {
    let thrown: unknown;
    try {
      resolveWindow('bones', SOURCE, 'view.window');
    } catch (error) {
      thrown = error;
    }
    if (!isSlicescopeError(thrown, 'unknown-window')) throw new Error('it was taken');
    expect(thrown.message).toBe(
      `view.window: there is no window "bones"; give [low, high], or one of auto, range, ${WINDOW_PRESETS.join(', ')}`,
    );
    expect(thrown.details).toEqual({ window: 'bones' });
  });

  test.each([['toString'], ['__proto__'], ['']])('of the name %p is refused', (name) => {
    expect(() => resolveWindow(name, SOURCE, 'show')).toThrow(/there is no window/);
  });

  test('of anything else is refused as a window', () => {
    expect(() => resolveWindow([5, 5], SOURCE, 'show')).toThrow('show: the window [5, 5] has no width');
    expect(() => resolveWindow(null, SOURCE, 'show')).toThrow('show: the window null is not two numbers');
  });
});
