import { expect, test } from '@jest/globals';
import { ColorBar } from './color-bar';
import type { Workbench } from './part';

/** The numbers under the colours of a window. */
function numbersOf(low: number, high: number): readonly string[] {
  const layer = { window: [low, high], colormap: 'gray', kind: 'channel', info: { components: 1 } };
  const bar = new ColorBar({ layer, state: () => ({ invert: false }) } as unknown as Workbench);
  bar.update();
  return Array.from(bar.element.querySelectorAll('.slicescope-tick'), (each) => each.textContent);
}

test('a window has round numbers under its colours', () => {
  expect(numbersOf(0, 4095)).toEqual(['0', '1000', '2000', '3000', '4000']);
});

test.each([
  [250, 3800],
  [-2000, 4000],
  [-1000, 5200],
  [-1234567, 7654321],
  [1e-7, 8e-7],
])('the numbers from %d to %d have room beside each other', (low, high) => {
  const numbers = numbersOf(low, high);
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers.join(' ').length).toBeLessThanOrEqual(33);
});
