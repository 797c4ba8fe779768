import type { Window } from '../../protocol';
import { COLOR_BAR_TICKS, exactNumber, roundedNumber, ticks } from '../../shading';
import { element } from '../dom';
import { ReadingPace } from '../pace';
import { text } from '../text';
import { hasWindow } from '../values/windows';
import type { Part, Workbench } from './part';
import { swatchOf } from './swatch';
import { mark } from './widgets';

/** The strip's width, that of a digit under it, and what is free between two numbers, in CSS pixels. */
const WIDTH = 210;
const DIGIT = 7;
const GAP = 4;

/** The colours of the window's values, with numbers; hidden where values are colours or labels themselves. */
export class ColorBar implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-color-bar');
  readonly #bench: Workbench;
  readonly #strip: HTMLElement = element('div', 'slicescope-strip');
  readonly #numbers: HTMLElement = element('div', 'slicescope-ticks');
  readonly #writing: ReadingPace = new ReadingPace(() => {
    this.#write();
  });
  #said = '';

  constructor(bench: Workbench) {
    this.#bench = bench;
    this.element.setAttribute('role', 'img');
    this.element.append(this.#strip, this.#numbers);
  }

  update(): void {
    const active = this.#bench.layer;
    const layer = active !== null && hasWindow(active) ? active : null;
    const state = this.#bench.state();
    const invert = state.invert && layer?.kind !== 'overlay';
    const said = layer === null ? '' : JSON.stringify([layer.window, layer.colormap, invert]);
    if (said === this.#said) return;
    const wasShown = this.#said !== '';
    this.#said = said;
    this.element.hidden = layer === null;
    if (layer === null) return;
    this.#strip.style.background = swatchOf(layer.colormap, invert);
    if (wasShown) this.#writing.request();
    else this.#writing.run();
  }

  dispose(): void {
    this.#writing.stop();
    this.element.remove();
  }

  #write(): void {
    const { layer } = this.#bench;
    if (layer === null) return;
    const { window, colormap } = layer;
    const [low, high] = window;
    mark(this.element, 'aria-label', text('%1 from %2 to %3', colormap, exactNumber(low), exactNumber(high)));
    this.#numbers.replaceChildren(
      ...numbersOf(window).map(({ value, words }) => {
        const made = element('span', 'slicescope-tick');
        made.style.left = `${String((100 * (value - low)) / (high - low))}%`;
        made.textContent = words;
        return made;
      }),
    );
  }
}

/** Round numbers of the window, as many as have room side by side. */
function numbersOf([low, high]: Window): readonly { readonly value: number; readonly words: string }[] {
  for (let count = COLOR_BAR_TICKS; ; count--) {
    const { values, step } = ticks(low, high, count);
    const all = values.map((value) => ({ value, words: roundedNumber(value, step) }));
    const apart = (WIDTH * step) / (high - low);
    const hasRoom = all.every(({ words }, at) => {
      const next = all[at + 1]?.words ?? '';
      return ((words.length + next.length) / 2) * DIGIT + GAP <= apart;
    });
    if (count === 1 || hasRoom) return all;
  }
}
