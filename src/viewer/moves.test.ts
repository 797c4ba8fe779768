import { expect, test } from '@jest/globals';
import type { Plane, ViewSettings, ViewState } from '../protocol';
import { shownOrientation } from '../shading';
import { RESET, flipped, frameMoved, moved, movedTo, nextPlane, turned, zoomed } from './moves';
import { viewState, volumeInfo } from './testing/states';

const state = viewState(1, 'xy', 2);

test('zooming in and out again is where it began, and stops at its limits', () => {
  const there = { ...state, ...zoomed(state, 3) };
  expect(zoomed(there, -3).zoom).toBeCloseTo(state.zoom, 12);
  expect(zoomed(state, 1000).zoom).toBe(256);
  expect(zoomed(state, -1000).zoom).toBe(1 / 256);
});

test('four quarter turns are none, whatever is flipped', () => {
  for (const flip of [
    [false, false],
    [true, false],
    [true, true],
  ] as const) {
    let settings: ViewSettings = { ...state, flip };
    for (let turn = 0; turn < 4; turn++) settings = { ...settings, ...turned(settings) };
    expect(settings.rotation).toBe(0);
  }
});

test('a turn is clockwise as it is seen, also of a flipped picture', () => {
  const info = volumeInfo(1).planes.xy;
  // What is at the left of the screen, here the first column, comes to the top.
  const plain = shownOrientation(info, { ...state, ...turned(state) });
  expect(plain).toEqual({ transpose: true, flipX: true, flipY: false });
  const mirrored = { ...state, flip: [true, false] as const };
  const before = shownOrientation(info, mirrored);
  expect(before).toEqual({ transpose: false, flipX: true, flipY: false });
  // Now the first column is at the right, and comes to the bottom.
  const after = shownOrientation(info, { ...mirrored, ...turned(mirrored) });
  expect(after).toEqual({ transpose: true, flipX: true, flipY: true });
});

test('flips are of the screen’s axes, and undo themselves', () => {
  const once = { ...state, ...flipped(state, 0) };
  expect(once.flip).toEqual([true, false]);
  expect(flipped({ ...once, ...flipped(once, 1) }, 0)).toEqual({ flip: [false, true] });
});

test('reset shows the whole slice, unrotated', () => {
  expect(RESET).toEqual({ rotation: 0, flip: [false, false], zoom: 1, center: [0.5, 0.5, 0.5] });
});

test.each<[Plane, number, Partial<ViewSettings>]>([
  ['xy', 1, { index: 3 }],
  ['xy', 99, { index: 4 }],
  ['xy', -99, { index: 0 }],
  ['xz', 1, { position: [2, 2, 2] }],
  ['yz', -9, { position: [0, 1, 2] }],
])('from the middle, %s moved by %i slices is %o', (plane, slices, expected) => {
  const middle: ViewState = { ...state, position: [2, 1, 2] };
  expect(moved(middle, plane, slices)).toEqual(expected);
});

test('what is typed is rounded to a slice, and frames stop at the last one', () => {
  expect(movedTo(state, 'xy', 1.6)).toEqual({ index: 2 });
  const inTime: ViewState = { ...state, frame: 3, volume: { ...state.volume, frames: 5 } };
  expect([frameMoved(inTime, 1), frameMoved(inTime, 2), frameMoved(inTime, -9)]).toEqual([
    { frame: 4 },
    { frame: 4 },
    { frame: 0 },
  ]);
});

test('planes follow each other in a circle', () => {
  expect([nextPlane('xy'), nextPlane('xz'), nextPlane('yz')]).toEqual(['xz', 'yz', 'xy']);
});
