import { PLANE_AXES, type ViewState } from '../../protocol';
import { SCALE_BAR_SHARE, scaleLength, type ScaleLength } from '../../shading';
import { element } from '../dom';
import type { Surface } from '../host';
import { say } from './widgets';

/** In CSS pixels. */
const LONGEST = 160;
/** A smaller picture has room for its letters only; in CSS pixels. */
const LEAST = { width: 80, height: 64 };

class Bar {
  readonly element: HTMLElement = element('div', 'slicescope-scale');
  readonly #text: HTMLElement = element('span', 'slicescope-scale-text');
  readonly #line: HTMLElement = element('span', 'slicescope-scale-bar');
  #drawn = '';

  constructor() {
    this.element.hidden = true;
    this.element.append(this.#text, this.#line);
  }

  show(length: ScaleLength | null): void {
    const drawn = JSON.stringify(length);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.element.hidden = length === null;
    if (length === null) return;
    this.#line.style.width = `${String(length.pixels)}px`;
    say(this.#text, length.text);
  }
}

/**
 * How long a length is in the pictures of a view, drawn over a corner of each. They are to one scale, so the length is
 * the same in all: as long as the narrowest of them allows.
 */
export class ScaleBars {
  readonly #state: () => ViewState;
  readonly #bars: Map<Surface, Bar> = new Map();

  constructor(state: () => ViewState) {
    this.#state = state;
  }

  /** Have a bar in this picture; the function takes it away. */
  attach(surface: Surface): () => void {
    const bar = new Bar();
    this.#bars.set(surface, bar);
    surface.canvas.after(bar.element);
    return () => {
      this.#bars.delete(surface);
      bar.element.remove();
    };
  }

  update(): void {
    const roomy = [...this.#bars.keys()].filter(({ canvas: { width, height } }) => {
      const ratio = window.devicePixelRatio;
      return width / ratio >= LEAST.width && height / ratio >= LEAST.height;
    });
    const [narrowest] = [...roomy].sort((one, other) => one.canvas.width - other.canvas.width);
    const length = narrowest === undefined ? null : this.#lengthIn(narrowest);
    for (const [surface, bar] of this.#bars) bar.show(roomy.includes(surface) ? length : null);
  }

  #lengthIn({ canvas, placed, plane, orientation }: Surface): ScaleLength | null {
    const { volume } = this.#state();
    const ratio = window.devicePixelRatio;
    const axis = PLANE_AXES[plane][orientation.transpose ? 1 : 0];
    const across = placed.width / ratio / (volume.shape[axis] * volume.spacing[axis]);
    return scaleLength(across, volume.unit, Math.min(LONGEST, (SCALE_BAR_SHARE * canvas.width) / ratio));
  }
}
