import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { ViewSettings, ViewState } from '../protocol';
import { Controls } from './controls';
import { pictureDrawn } from './pace';
import { viewState } from './testing/states';

let state: ViewState;
let changes: Partial<ViewSettings>[];
let controls: Controls;

// jsdom has no animations. Where one puts the thumb is tested in a browser (ui-tests/view-controls.test.ts).
const animations: Map<Element, Animation> = new Map();
HTMLElement.prototype.animate = function animate(this: HTMLElement): Animation {
  const animation = { currentTime: null, pause: () => undefined } as unknown as Animation;
  animations.set(this, animation);
  return animation;
};

beforeEach(() => {
  jest.useFakeTimers();
  state = viewState(1, 'xy', 2);
  changes = [];
  controls = new Controls(
    () => state,
    (patch) => changes.push(patch),
  );
  controls.update({ plane: 'xy', index: 2 });
  jest.advanceTimersByTime(1_000);
});

afterEach(() => {
  controls.dispose();
  jest.useRealTimers();
});

function field(name: 'slider' | 'number'): HTMLInputElement {
  const found = controls.bar.querySelector<HTMLInputElement>(`.slicescope-${name}`);
  if (found === null) throw new Error(`no ${name}`);
  return found;
}

test('slider and number show the index, from 0 to the last slice of the plane', () => {
  expect([field('slider').valueAsNumber, field('slider').min, field('slider').max]).toEqual([2, '0', '4']);
  expect(field('number').valueAsNumber).toBe(2);
  expect(controls.bar.textContent).toContain('/ 4');
});

test('another plane has its own number of slices', () => {
  state = viewState(1, 'xz', 1);
  controls.update({ plane: 'xz', index: 1 });
  expect([field('slider').max, field('slider').valueAsNumber]).toEqual(['2', 1]);
  expect(controls.bar.textContent).toContain('xz');
});

/** As a share of the way. */
function placeOf(name: 'thumb' | 'mark'): unknown {
  const found = controls.bar.querySelector(`.slicescope-${name}`);
  return found === null ? null : animations.get(found)?.currentTime;
}

test('the slider moves with the picture: not before a slice that comes soon is there', () => {
  state = viewState(1, 'xy', 4);
  controls.update({ plane: 'xy', index: 2 });
  expect([placeOf('thumb'), field('number').valueAsNumber]).toEqual([0.5, 2]);
  controls.update({ plane: 'xy', index: 4 });
  expect([placeOf('thumb'), placeOf('mark')]).toEqual([1, 1]);
  jest.advanceTimersByTime(1_000);
  expect([controls.bar.dataset.apart, field('number').valueAsNumber]).toEqual(['false', 4]);
});

test('where the slice is late, the slider shows what was asked for and what is shown apart, until they are one', () => {
  state = viewState(1, 'xy', 4);
  controls.update({ plane: 'xy', index: 2 });
  jest.advanceTimersByTime(100);
  expect([placeOf('thumb'), placeOf('mark'), controls.bar.dataset.apart]).toEqual([1, 0.5, 'true']);
  state = viewState(1, 'xy', 3);
  controls.update({ plane: 'xy', index: 2 }); // The thumb now follows the hand at once.
  expect([placeOf('thumb'), placeOf('mark')]).toEqual([0.75, 0.5]);
  controls.update({ plane: 'xy', index: 3 });
  expect([placeOf('mark'), controls.bar.dataset.apart]).toEqual([0.75, 'false']);
});

test('while pictures follow the hand, the slider moves with them only', () => {
  const places = [1, 2, 3, 4].map((index) => {
    state = viewState(1, 'xy', index);
    jest.advanceTimersByTime(30);
    controls.update({ plane: 'xy', index: 2 });
    return placeOf('thumb');
  });
  expect(new Set(places)).toEqual(new Set([0.5]));
  controls.update({ plane: 'xy', index: 3 }); // One that the hand has passed.
  expect([placeOf('thumb'), placeOf('mark')]).toEqual([1, 0.75]);
  state = viewState(1, 'xy', 0);
  controls.update({ plane: 'xy', index: 3 });
  expect(placeOf('thumb')).toBe(1);
  jest.advanceTimersByTime(100);
  expect(placeOf('thumb')).toBe(0);
});

test('the number follows a hand with each picture that comes alone, and of a row of them is that of the last', () => {
  const go = (index: number): number => {
    state = viewState(1, 'xy', index);
    pictureDrawn();
    controls.update({ plane: 'xy', index });
    jest.advanceTimersByTime(40);
    return field('number').valueAsNumber;
  };
  expect(go(3)).toBe(3);
  expect([go(4), go(1)]).toEqual([3, 3]);
  jest.advanceTimersByTime(100);
  expect(field('number').valueAsNumber).toBe(1);
  expect(field('slider').getAttribute('aria-valuetext')).toBe('xy slice 1 of 4');
});

test('moving the slider changes the index at every step', () => {
  for (const index of [3, 4]) {
    field('slider').valueAsNumber = index;
    field('slider').dispatchEvent(new Event('input'));
  }
  expect(changes).toEqual([{ index: 3 }, { index: 4 }]);
});

test('while the picture is still of a plane with more slices, the slider reaches no farther than the new one', () => {
  state = viewState(1, 'xz', 1);
  controls.update({ plane: 'xy', index: 2 });
  field('slider').valueAsNumber = 4;
  field('slider').dispatchEvent(new Event('input'));
  expect(changes).toEqual([{ index: 2 }]);
});

test.each([
  ['3', { index: 3 }],
  ['99', { index: 4 }],
  ['-1', { index: 0 }],
  ['1.6', { index: 2 }],
])('the number %s that was typed becomes %o', (typed, change) => {
  field('number').value = typed;
  field('number').dispatchEvent(new Event('change'));
  expect(changes).toEqual([change]);
});

test('an empty number changes nothing, and the index is there again', () => {
  field('number').value = '';
  field('number').dispatchEvent(new Event('change'));
  expect(changes).toEqual([]);
  expect(field('number').valueAsNumber).toBe(2);
});

test('every control has a name, and can be switched off', () => {
  const all = [...controls.bar.querySelectorAll('input')];
  expect(all).toHaveLength(2);
  expect(all.every((control) => (control.getAttribute('aria-label') ?? '') !== '')).toBe(true);
  controls.enabled = false;
  expect(all.every((control) => control.disabled)).toBe(true);
});
