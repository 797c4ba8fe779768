import type { ViewSettings, ViewState } from '../protocol';
import { MAX_ZOOM, clampIndex } from '../shading';
import { element } from './dom';

const ZOOM_STEP = 1.25;

/** The settings after one step of zooming, around the middle of the canvas. */
export function zoomed({ zoom }: ViewSettings, steps: number): Partial<ViewSettings> {
  return { zoom: Math.min(MAX_ZOOM, Math.max(1 / MAX_ZOOM, zoom * ZOOM_STEP ** steps)) };
}

/** The settings after a quarter turn clockwise; the point in the middle stays there. */
export function turned({ rotation, center: [x, y] }: ViewSettings): Partial<ViewSettings> {
  return { rotation: ((rotation + 1) % 4) as ViewSettings['rotation'], center: [1 - y, x] };
}

/** The whole slice, unrotated. */
export const RESET: Partial<ViewSettings> = { rotation: 0, zoom: 1, center: [0.5, 0.5] };

/** The slider with its number, and the buttons over the picture. */
export class Controls {
  readonly bar: HTMLElement = element('div', 'slicescope-bar');
  readonly tools: HTMLElement = element('div', 'slicescope-tools');
  readonly #state: () => ViewState;
  readonly #plane: HTMLElement = element('span', 'slicescope-plane');
  readonly #slider: HTMLInputElement = element('input', 'slicescope-slider');
  readonly #number: HTMLInputElement = element('input', 'slicescope-number');
  readonly #count: HTMLElement = element('span', 'slicescope-count');
  readonly #buttons: readonly HTMLButtonElement[];

  constructor(state: () => ViewState, change: (patch: Partial<ViewSettings>) => void) {
    this.#state = state;
    this.#slider.type = 'range';
    this.#slider.min = '0';
    this.#slider.step = '1';
    this.#slider.setAttribute('aria-label', 'Slice');
    this.#number.type = 'number';
    this.#number.min = '0';
    this.#number.step = '1';
    this.#number.setAttribute('aria-label', 'Slice number');
    this.#slider.oninput = () => {
      change({ index: this.#slider.valueAsNumber });
    };
    const commit = (): void => {
      const index = Math.round(this.#number.valueAsNumber);
      if (Number.isFinite(index)) change({ index: clampIndex(index, Number(this.#slider.max) + 1) });
      this.update();
    };
    this.#number.onchange = commit;
    // JupyterLab keeps the line break of Enter, and with it the change, from every input.
    this.#number.onkeydown = ({ key }) => {
      if (key === 'Enter') commit();
    };
    this.#buttons = [
      button('+', 'Zoom in (+)', () => {
        change(zoomed(state(), 1));
      }),
      button('−', 'Zoom out (−)', () => {
        change(zoomed(state(), -1));
      }),
      button('⟳', 'Rotate by 90° (R)', () => {
        change(turned(state()));
      }),
      button('⌂', 'Show the whole slice (0)', () => {
        change(RESET);
      }),
    ];
    this.tools.append(...this.#buttons);
    this.bar.append(this.#plane, this.#slider, this.#number, this.#count);
  }

  set enabled(value: boolean) {
    for (const control of [this.#slider, this.#number, ...this.#buttons]) control.disabled = !value;
  }

  update(): void {
    const { plane, index, volume } = this.#state();
    const last = String(volume.planes[plane].count - 1);
    if (this.#slider.max !== last || this.#plane.textContent !== plane) {
      this.#plane.textContent = plane;
      this.#slider.max = last;
      this.#number.max = last;
      this.#count.textContent = `/ ${last}`;
    }
    if (this.#slider.valueAsNumber !== index) this.#slider.valueAsNumber = index;
    if (this.#number.valueAsNumber !== index) this.#number.valueAsNumber = index;
    this.#slider.setAttribute('aria-valuetext', `${plane} slice ${String(index)} of ${last}`);
  }
}

function button(text: string, title: string, run: () => void): HTMLButtonElement {
  const made = element('button', 'slicescope-button');
  made.type = 'button';
  made.textContent = text;
  made.title = title;
  made.setAttribute('aria-label', title);
  made.onclick = run;
  return made;
}
