import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { ViewSettings, ViewState } from '../protocol';
import { Cine, nextStep } from './cine';
import { viewState } from './testing/states';

let state: ViewState;
let shown: number;
let isSeen: boolean;
let wantsRest: boolean;
let steps: number[];
let pages: Cine[];

/** A page that shows the view; `isFast` if its pictures are there at once. */
function page(isFast = true): Cine {
  const cine = new Cine({
    state: () => state,
    change,
    isShown: () => shown === state.index,
    isSeen: () => isSeen,
  });
  function change(patch: Partial<ViewSettings>): void {
    if (patch.index !== undefined) steps.push(patch.index);
    state = { ...state, ...patch };
    if (isFast) shown = state.index;
    for (const each of pages) each.update();
  }
  pages.push(cine);
  return cine;
}

beforeEach(() => {
  jest.useFakeTimers();
  [state, shown, isSeen, wantsRest, steps, pages] = [{ ...viewState(1, 'xy', 2), rate: 10 }, 2, true, false, [], []];
  window.matchMedia = () => ({ matches: wantsRest }) as MediaQueryList;
});

afterEach(() => {
  for (const each of pages) each.dispose();
  jest.useRealTimers();
});

test('after the last slice comes the first, or the way back', () => {
  const path = (playback: ViewSettings['playback'], count: number): number[] => {
    let step: ReturnType<typeof nextStep> = { at: count - 2, way: 1 };
    return Array.from({ length: 6 }, () => (step = nextStep(step.at, count, step.way, playback)).at);
  };
  expect(path('loop', 4)).toEqual([3, 0, 1, 2, 3, 0]);
  expect(path('bounce', 4)).toEqual([3, 2, 1, 0, 1, 2]);
  expect(nextStep(0, 1, 1, 'bounce').at).toBe(0);
});

test('Play moves at the rate, and stops at once', () => {
  const cine = page();
  cine.toggle();
  expect(state.playing).toBe(true);
  jest.advanceTimersByTime(350);
  expect(steps).toEqual([3, 4, 0, 1]); // At 0, 100, 200 and 300 ms.
  cine.toggle();
  jest.advanceTimersByTime(5_000);
  expect([steps.length, state.playing]).toEqual([4, false]);
});

test('a step is made when the picture of the one before is there, however long that takes', () => {
  const cine = page(false);
  cine.toggle();
  jest.advanceTimersByTime(3_000);
  expect(steps).toEqual([3]);
  shown = 3;
  cine.update();
  jest.advanceTimersByTime(0);
  expect(steps).toEqual([3, 4]);
  jest.advanceTimersByTime(3_000);
  expect(steps).toEqual([3, 4]);
});

test('one of two pages plays', () => {
  const [pressed] = [page(), page()];
  pressed.toggle();
  jest.advanceTimersByTime(2_950);
  expect(steps).toHaveLength(30);
});

test('when code says play, one page does after a while, and goes on if another one leaves', () => {
  const [one, other] = [page(), page()];
  state = { ...state, playing: true };
  for (const each of pages) each.update();
  jest.advanceTimersByTime(1_500);
  expect(steps.length).toBeGreaterThan(0);
  expect(steps.length).toBeLessThanOrEqual(9);
  one.dispose();
  pages = [other];
  const before = steps.length;
  jest.advanceTimersByTime(3_000);
  expect(steps.length).toBeGreaterThan(before + 10);
});

test('who moves the slider meanwhile has it to themselves until they rest', () => {
  const cine = page();
  cine.toggle();
  jest.advanceTimersByTime(150);
  const before = steps.length;
  state = { ...state, index: 0 };
  shown = 0;
  cine.update();
  jest.advanceTimersByTime(600);
  expect(steps).toHaveLength(before);
  jest.advanceTimersByTime(1_000);
  expect(steps[before]).toBe(1);
});

test('nothing plays that nobody sees', () => {
  page();
  isSeen = false;
  state = { ...state, playing: true };
  pages[0]?.update();
  jest.advanceTimersByTime(10_000);
  expect(steps).toEqual([]);
});

test('for who wants less motion nothing starts by itself; Play does', () => {
  const cine = page();
  wantsRest = true;
  state = { ...state, playing: true };
  cine.update();
  jest.advanceTimersByTime(10_000);
  expect(steps).toEqual([]);
  cine.toggle();
  cine.toggle();
  jest.advanceTimersByTime(250);
  expect(steps.length).toBe(3);
});

test('of a volume with several frames, these are played', () => {
  state = { ...state, volume: { ...state.volume, frames: 3 } };
  const cine = page();
  cine.toggle();
  jest.advanceTimersByTime(150);
  expect([state.frame, state.index]).toEqual([2, 2]);
});
