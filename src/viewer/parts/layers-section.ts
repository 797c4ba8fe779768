import { element } from '../dom';
import { text } from '../text';
import { layersIn, withLook, type Layer } from '../values/windows';
import type { Part, Workbench } from './part';
import { swatchOfLayer } from './swatch';
import { mark } from './widgets';

interface Row {
  readonly element: HTMLElement;
  readonly chosen: HTMLInputElement;
  readonly visible: HTMLInputElement;
  readonly strip: HTMLElement;
  readonly opacity: HTMLInputElement | null;
}

function nameOf(layer: Layer): string {
  if (layer.name !== '') return layer.name;
  if (layer.kind === 'channel') return text('Channel %1', layer.at + 1);
  return layer.kind === 'overlay' ? text('Overlay %1', layer.at + 1) : text('Volume');
}

/** The view's volumes: which are shown, how opaque, and which one colour map and window are of. Hidden for one alone. */
export class LayersSection implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-section');
  readonly #bench: Workbench;
  readonly #group: string = `slicescope-layer-${String(++lastGroup)}`;
  #rows: readonly Row[] = [];
  #built = '';

  constructor(bench: Workbench) {
    this.#bench = bench;
  }

  update(): void {
    const layers = layersIn(this.#bench.state());
    this.element.hidden = layers.length < 2;
    if (this.element.hidden) return;
    const built = JSON.stringify(layers.map((layer) => [layer.layer, nameOf(layer)]));
    if (built !== this.#built) {
      this.#built = built;
      this.#rows = layers.map((layer) => this.#row(layer));
      this.element.replaceChildren(...this.#rows.map((row) => row.element));
    }
    const { invert, overlays } = this.#bench.state();
    for (const [at, layer] of layers.entries()) {
      const row = this.#rows[at] as Row;
      row.chosen.checked = this.#bench.layer?.layer === layer.layer;
      row.visible.checked = layer.visible;
      const background = swatchOfLayer(layer, invert && layer.kind !== 'overlay');
      if (row.strip.style.background !== background) row.strip.style.background = background;
      const opacity = overlays[layer.at]?.opacity;
      if (row.opacity !== null && opacity !== undefined) row.opacity.valueAsNumber = Math.round(100 * opacity);
    }
  }

  dispose(): void {
    this.element.remove();
  }

  /** A layer as it is when a control of its row is used. */
  #now({ layer }: Layer): Layer | undefined {
    return layersIn(this.#bench.state()).find((each) => each.layer === layer);
  }

  #row(layer: Layer): Row {
    const row = element('div', 'slicescope-row slicescope-layer');
    const name = nameOf(layer);
    const change = (look: Parameters<typeof withLook>[2]): void => {
      const now = this.#now(layer);
      if (now !== undefined) this.#bench.change(withLook(this.#bench.state(), now, look));
    };
    const visible = element('input', 'slicescope-check');
    visible.type = 'checkbox';
    visible.disabled = layer.kind === 'volume';
    mark(visible, 'aria-label', text('Show %1', name));
    visible.onchange = () => {
      change({ visible: visible.checked });
    };
    const chosen = element('input', 'slicescope-map-choice');
    chosen.type = 'radio';
    chosen.name = this.#group;
    chosen.onchange = () => {
      this.#bench.choose(layer.layer);
    };
    const strip = element('span', 'slicescope-swatch');
    const label = element('label', 'slicescope-map');
    label.append(chosen, strip, name);
    row.append(visible, label);
    if (layer.kind !== 'overlay') return { element: row, chosen, visible, strip, opacity: null };
    const opacity = element('input', 'slicescope-opacity');
    opacity.type = 'range';
    [opacity.min, opacity.max] = ['0', '100'];
    mark(opacity, 'aria-label', text('Opacity of %1', name));
    opacity.oninput = () => {
      change({ opacity: opacity.valueAsNumber / 100 });
    };
    row.append(opacity);
    return { element: row, chosen, visible, strip, opacity };
  }
}

let lastGroup = 0;
