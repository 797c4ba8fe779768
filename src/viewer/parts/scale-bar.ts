import { PLANE_AXES, type ViewState } from '../../protocol';
import { SCALE_BAR_SHARE, scaleLength } from '../../shading';
import { element } from '../dom';
import type { Surface } from '../host';
import { say } from './widgets';

/** In CSS pixels. */
const LONGEST = 160;

/** How long a length is in a picture, drawn over its corner. */
export class ScaleBar {
  readonly element: HTMLElement = element('div', 'slicescope-scale');
  readonly #surface: Surface;
  readonly #state: () => ViewState;
  readonly #bar: HTMLElement = element('span', 'slicescope-scale-bar');
  readonly #text: HTMLElement = element('span', 'slicescope-scale-text');
  #drawn = '';

  constructor(surface: Surface, state: () => ViewState) {
    this.#surface = surface;
    this.#state = state;
    this.element.append(this.#text, this.#bar);
  }

  update(): void {
    const { canvas, placed, plane, orientation } = this.#surface;
    const { volume } = this.#state();
    const ratio = window.devicePixelRatio;
    const axis = PLANE_AXES[plane][orientation.transpose ? 1 : 0];
    const across = placed.width / ratio / (volume.shape[axis] * volume.spacing[axis]);
    const length = scaleLength(across, volume.unit, Math.min(LONGEST, (SCALE_BAR_SHARE * canvas.width) / ratio));
    const drawn = JSON.stringify(length);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.element.hidden = length === null;
    if (length === null) return;
    this.#bar.style.width = `${String(length.pixels)}px`;
    say(this.#text, length.text);
  }

  dispose(): void {
    this.element.remove();
  }
}
