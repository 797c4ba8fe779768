import type { Window } from '../../protocol';
import { COLOR_BAR_TICKS, exactNumber, roundedNumber, ticks } from '../../shading';
import { element } from '../dom';
import { text } from '../text';
import type { Part, Workbench } from './part';
import { swatchOf } from './swatch';
import { mark } from './widgets';

/** The colours of the window's values, with numbers; hidden where values are colours or labels themselves. */
export class ColorBar implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-color-bar');
  readonly #bench: Workbench;
  readonly #strip: HTMLElement = element('div', 'slicescope-strip');
  readonly #numbers: HTMLElement = element('div', 'slicescope-ticks');
  #said = '';

  constructor(bench: Workbench) {
    this.#bench = bench;
    this.element.setAttribute('role', 'img');
    this.element.append(this.#strip, this.#numbers);
  }

  update(): void {
    const { layer } = this.#bench;
    const state = this.#bench.state();
    const invert = state.invert && layer?.kind !== 'overlay';
    const said = layer === null ? '' : JSON.stringify([layer.window, layer.colormap, invert]);
    if (said === this.#said) return;
    this.#said = said;
    this.element.hidden = layer === null;
    if (layer === null) return;
    this.#strip.style.background = swatchOf(layer.colormap, invert);
    this.#write(layer.window);
    const [low, high] = layer.window.map((end) => exactNumber(end));
    mark(this.element, 'aria-label', text('%1 from %2 to %3', layer.colormap, low ?? '', high ?? ''));
  }

  dispose(): void {
    this.element.remove();
  }

  #write([low, high]: Window): void {
    const { values, step } = ticks(low, high, COLOR_BAR_TICKS);
    this.#numbers.replaceChildren(
      ...values.map((value) => {
        const made = element('span', 'slicescope-tick');
        made.style.left = `${String((100 * (value - low)) / (high - low))}%`;
        made.textContent = roundedNumber(value, step);
        return made;
      }),
    );
  }
}
