import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ViewSettings, ViewState } from '../protocol';
import { Gestures, handOf } from './gestures';
import type { Surface, Tool } from './host';
import { viewState } from './testing/states';

const UPRIGHT = { transpose: false, flipX: false, flipY: false };
let state: ViewState;
let changes: Partial<ViewSettings>[];
let drags: (readonly [number, number])[];
let resets: number;
let tool: Tool;
let canvas: HTMLCanvasElement;
let gestures: Gestures;

/** A canvas of 400 × 300 CSS pixels, twice as many of its own, whose picture fills 600 × 600 of these at zoom 1. */
beforeEach(() => {
  state = viewState(1, 'xy', 2);
  [changes, drags, resets, tool] = [[], [], 0, 'pan'];
  canvas = document.createElement('canvas');
  canvas.tabIndex = 0;
  [canvas.width, canvas.height] = [800, 600];
  Object.defineProperty(canvas, 'clientWidth', { value: 400 });
  canvas.getBoundingClientRect = () => ({ left: 10, top: 20, width: 400, height: 300 }) as DOMRect;
  canvas.setPointerCapture = () => undefined;
  document.body.append(canvas);
  const surface: Surface = {
    canvas,
    get plane() {
      return state.plane;
    },
    size: { width: 4, height: 3 },
    orientation: UPRIGHT,
    get placed() {
      const width = 600 * state.zoom;
      return { left: 400 - state.center[0] * width, top: 300 - state.center[1] * width, width, height: width };
    },
  };
  gestures = new Gestures(surface, {
    get tool() {
      return tool;
    },
    state: () => state,
    change: (patch) => {
      changes.push(patch);
      state = { ...state, ...patch };
    },
    windowDrag: () => (by) => drags.push(by),
    resetWindow: () => (resets += 1),
  });
});

afterEach(() => {
  gestures.dispose();
  canvas.remove();
});

type Init = Partial<Pick<PointerEvent, 'pointerId' | 'pointerType' | 'button' | 'altKey' | 'shiftKey'>>;

/** jsdom has no pointer events; what they have beside a mouse's is their id and kind. */
function pointer(type: string, x: number, y: number, init: Init = {}): void {
  const { pointerId = 1, pointerType = 'mouse', ...rest } = init;
  const event = new MouseEvent(type, { bubbles: true, cancelable: true, clientX: 10 + x, clientY: 20 + y, ...rest });
  canvas.dispatchEvent(Object.assign(event, { pointerId, pointerType }));
}

function drag(from: readonly [number, number], to: readonly [number, number], init: Init = {}): void {
  pointer('pointerdown', ...from, init);
  pointer('pointermove', ...to, init);
  pointer('pointerup', ...to, init);
}

function wheel(deltaY: number, init: WheelEventInit = {}): WheelEvent {
  const event = new WheelEvent('wheel', {
    bubbles: true,
    cancelable: true,
    deltaY,
    clientX: 210,
    clientY: 95,
    ...init,
  });
  canvas.dispatchEvent(event);
  return event;
}

test('a drag pans with the hand, and gives the picture the focus', () => {
  drag([100, 100], [160, 40]);
  expect(document.activeElement).toBe(canvas);
  expect(changes).toHaveLength(1);
  expect(changes[0]?.center).toEqual([expect.closeTo(0.5 - 120 / 600), expect.closeTo(0.5 + 120 / 600), 0.5]);
  pointer('pointermove', 300, 300); // The hand let go.
  expect(changes).toHaveLength(1);
});

test('a click that trembles is no drag', () => {
  drag([100, 100], [102, 101]);
  expect(changes).toEqual([]);
});

test.each<[string, Init]>([
  ['the right button', { button: 2 }],
  ['Alt', { button: 0, altKey: true }],
])('a drag with %s changes the window by what the hand has moved', (_, init) => {
  drag([100, 100], [130, 80], init);
  expect([drags, changes]).toEqual([[[30, -20]], []]);
});

test('with the window tool the primary button changes the window, and Shift still pans', () => {
  tool = 'window';
  drag([100, 100], [130, 80]);
  expect(drags).toEqual([[30, -20]]);
  drag([100, 100], [130, 80], { shiftKey: true });
  expect(changes).toHaveLength(1);
});

test.each([
  ['slice', true, {}, 'pan'],
  ['planes', true, {}, 'crosshair'],
  ['planes', true, { shiftKey: true }, 'pan'],
  ['planes', true, { button: 1 }, 'pan'],
  ['planes', true, { altKey: true }, 'window'],
  ['planes', false, {}, 'pan'],
  ['slice', true, { button: 2, shiftKey: true }, null],
  ['slice', true, { ctrlKey: true }, null],
  ['slice', true, { button: 3 }, null],
] as const)('in the layout %s with crosshair %s, a press with %o is %s', (layout, crosshair, init, hand) => {
  const press = { button: 0, shiftKey: false, altKey: false, ctrlKey: false, ...init };
  expect(handOf(press, { layout, crosshair }, 'pan')).toBe(hand);
});

/** Menus that reach the page, which is JupyterLab's. */
function menus(): MouseEvent[] {
  const seen: MouseEvent[] = [];
  document.body.addEventListener('contextmenu', (event) => seen.push(event));
  return seen;
}

test('the context menu of a right click comes, also where the system asks for it before a drag could begin', () => {
  const seen = menus();
  pointer('pointerdown', 50, 60, { button: 2 });
  const early = new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 60, clientY: 80, button: 2 });
  canvas.dispatchEvent(early);
  expect([early.defaultPrevented, seen.length]).toEqual([true, 0]);
  pointer('pointerup', 50, 60, { button: 2 });
  expect(seen.map(({ clientX, clientY }) => [clientX, clientY])).toEqual([[60, 80]]);
  expect(drags).toEqual([]);
});

test('after a real drag with the right button no context menu comes, in whichever order', () => {
  const seen = menus();
  const ask = (): boolean => canvas.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
  pointer('pointerdown', 50, 60, { button: 2 });
  expect(ask()).toBe(false);
  pointer('pointermove', 90, 60, { button: 2 });
  pointer('pointerup', 90, 60, { button: 2 });
  drag([50, 60], [90, 60], { button: 2 });
  expect(ask()).toBe(false);
  expect(seen).toEqual([]);
});

test('double click resets the window', () => {
  canvas.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
  expect(resets).toBe(1);
});

test('the wheel moves slices of a picture that has the focus, and stops at the last', () => {
  canvas.focus();
  expect(wheel(100).defaultPrevented).toBe(true);
  expect(wheel(-200).defaultPrevented).toBe(true);
  expect(wheel(1000).defaultPrevented).toBe(true);
  expect(changes).toEqual([{ index: 3 }, { index: 1 }, { index: 4 }]);
});

test('without the focus the wheel is the notebook’s', () => {
  canvas.blur();
  expect(wheel(100).defaultPrevented).toBe(false);
  expect(changes).toEqual([]);
});

test.each([{ ctrlKey: true }, { metaKey: true }])('the wheel with %o zooms at the pointer, focus or not', (init) => {
  canvas.blur();
  // The pointer is at [400, 150] of the canvas, a quarter of the picture above its middle.
  expect(wheel(-100, init).defaultPrevented).toBe(true);
  expect(state.zoom).toBe(1.25);
  expect(state.center).toEqual([expect.closeTo(0.5), expect.closeTo(0.25 + 0.25 / 1.25), 0.5]);
  wheel(100, init);
  expect([state.zoom, state.center[1]]).toEqual([expect.closeTo(1), expect.closeTo(0.5)]);
});

test('one finger moves slices once a tap has given the focus', () => {
  canvas.blur();
  drag([100, 100], [100, 40], { pointerType: 'touch' });
  expect([changes, document.activeElement === canvas]).toEqual([[], false]);
  drag([100, 100], [101, 101], { pointerType: 'touch' });
  expect(document.activeElement).toBe(canvas);
  pointer('pointerdown', 100, 100, { pointerType: 'touch' });
  for (const y of [90, 80, 70, 50]) pointer('pointermove', 100, y, { pointerType: 'touch' });
  pointer('pointerup', 100, 50, { pointerType: 'touch' });
  expect(changes).toEqual([{ index: 3 }, { index: 4 }]);
});

test('two fingers pan and zoom, and what is between them stays there', () => {
  const touch = { pointerType: 'touch' };
  pointer('pointerdown', 150, 150, { ...touch, pointerId: 1 });
  pointer('pointerdown', 250, 150, { ...touch, pointerId: 2 });
  pointer('pointermove', 100, 150, { ...touch, pointerId: 1 });
  pointer('pointermove', 300, 150, { ...touch, pointerId: 2 });
  expect(state.zoom).toBeCloseTo(2);
  expect(state.center).toEqual([expect.closeTo(0.5), expect.closeTo(0.5), 0.5]);
  pointer('pointermove', 130, 180, { ...touch, pointerId: 1 });
  pointer('pointermove', 330, 180, { ...touch, pointerId: 2 });
  expect(state.zoom).toBeCloseTo(2, 1);
  expect(state.center[1]).toBeCloseTo(0.5 - 60 / 1200, 2);
  pointer('pointerup', 330, 180, { ...touch, pointerId: 2 });
  const { length } = changes;
  pointer('pointermove', 0, 0, { ...touch, pointerId: 1 });
  expect(changes).toHaveLength(length);
});
