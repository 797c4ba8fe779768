import { expect, test } from '@jest/globals';
import type { Plane, ViewSettings, ViewState } from '../protocol';
import { COMMANDS, commandOf, keysShown, type Commanded } from './commands';
import { viewState } from './testing/states';

const held = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

/** What a key makes of a view that shows slice 2 of xy, and what else it asks for. */
function pressed(key: string, more: Partial<typeof held> = {}, plane: Plane = 'xy', from = viewState(1, 'xy', 2)) {
  const asked: unknown[] = [];
  const state: ViewState = { ...from, volume: { ...from.volume, frames: 3 } };
  const on: Commanded = {
    state: () => state,
    change: (patch) => asked.push(patch),
    autoWindow: (...of) => asked.push(of),
    toggle: (part) => asked.push(part),
  };
  commandOf({ ...held, ...more, key })?.run(on, plane);
  return asked;
}

test.each<[string, Partial<ViewSettings>]>([
  ['ArrowRight', { index: 3 }],
  ['ArrowUp', { index: 3 }],
  ['ArrowLeft', { index: 1 }],
  ['ArrowDown', { index: 1 }],
  ['PageUp', { index: 4 }],
  ['PageDown', { index: 0 }],
  ['Home', { index: 0 }],
  ['End', { index: 4 }],
  ['.', { frame: 1 }],
  [' ', { playing: true }],
  ['+', { zoom: 1.25 }],
  ['-', { zoom: 0.8 }],
  ['0', { rotation: 0, flip: [false, false], zoom: 1, center: [0.5, 0.5, 0.5] }],
  ['r', { rotation: 1 }],
  ['R', { rotation: 1 }],
  ['h', { flip: [true, false] }],
  ['v', { flip: [false, true] }],
  ['i', { invert: true }],
  ['1', { layout: 'slice', plane: 'xy' }],
  ['2', { layout: 'slice', plane: 'xz' }],
  ['3', { layout: 'slice', plane: 'yz' }],
  ['4', { layout: 'planes' }],
  ['5', { layout: 'volume' }],
  ['p', { plane: 'xz' }],
  ['c', { crosshair: false }],
])('the key %j is %j', (key, expected) => {
  expect(pressed(key)).toEqual([expected]);
});

test('W is the window of the slice that has the focus, with Shift that of the volume', () => {
  expect(pressed('w', {}, 'yz')).toEqual([['slice', 'yz']]);
  expect(pressed('W', { shiftKey: true })).toEqual([['volume', 'xy']]);
});

test('other letters are the same with Shift', () => {
  expect(pressed('H', { shiftKey: true })).toEqual([{ flip: [true, false] }]);
  expect(pressed('?', { shiftKey: true })).toEqual(['help']);
});

test('keys move the slices of the picture that has the focus', () => {
  expect(pressed('ArrowUp', {}, 'xz')).toEqual([{ position: [2, 2, 2] }]);
});

test('the browser’s and JupyterLab’s keys are left to them', () => {
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) expect(pressed('r', more)).toEqual([]);
  for (const key of ['Enter', 'Escape', 'Tab', 'F1', 'a', 'b', 'x', 'd', 'm', 'Shift'])
    expect(pressed(key)).toEqual([]);
});

test('each command has a name of its own and a key that no other has', () => {
  expect(new Set(COMMANDS.map(({ id }) => id)).size).toBe(COMMANDS.length);
  const keys = COMMANDS.flatMap(keysShown);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toEqual(expect.arrayContaining(['←', 'Page Up', 'Space', 'W', 'Shift W', '−', '?']));
});
