import { COLORMAP_GROUPS } from '../../shading';
import { element } from '../dom';
import { text } from '../text';
import { withLook } from '../values/windows';
import type { Part, Workbench } from './part';
import { swatchOf, swatchOfLayer } from './swatch';
import { checkbox, choice, labelled, mark, say } from './widgets';

const GROUP_NAMES: { readonly [G in keyof typeof COLORMAP_GROUPS]: string } = {
  perceptual: 'Perceptual',
  other: 'Other',
  diverging: 'For signed values',
  channels: 'For channels',
  labels: 'For labels',
};

/** The chosen layer's colour map, out of all there are, and how values between voxels are drawn. */
export class ColormapSection implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-section');
  readonly #bench: Workbench;
  readonly #all: HTMLDetailsElement = element('details', 'slicescope-colormaps');
  readonly #summary: HTMLElement = element('summary', 'slicescope-summary');
  readonly #strip: HTMLElement = element('span', 'slicescope-swatch');
  readonly #name: HTMLElement = element('span', 'slicescope-swatch-name');
  readonly #maps: Map<string, HTMLInputElement> = new Map();
  readonly #invert: HTMLInputElement;
  readonly #interpolation: HTMLSelectElement;

  constructor(bench: Workbench) {
    this.#bench = bench;
    this.#summary.append(this.#strip, this.#name);
    this.#all.append(this.#summary);
    this.#all.ontoggle = () => {
      if (this.#maps.size === 0) this.#fill();
      this.update();
    };
    const invert = checkbox(text('Inverted'), (isOn) => {
      bench.change({ invert: isOn });
    });
    this.#invert = invert.input;
    this.#interpolation = choice(
      [
        ['nearest', text('Nearest')],
        ['linear', text('Linear')],
      ],
      (interpolation) => {
        bench.change({ interpolation });
      },
    );
    const row = element('div', 'slicescope-row');
    row.append(invert.label, labelled(text('Interpolation'), this.#interpolation));
    this.element.append(this.#all, row);
  }

  update(): void {
    const { layer } = this.#bench;
    const { invert, interpolation } = this.#bench.state();
    this.#all.hidden = layer === null;
    this.#invert.checked = invert;
    this.#interpolation.value = interpolation;
    if (layer === null) return;
    const background = swatchOfLayer(layer, invert && layer.kind !== 'overlay');
    if (this.#strip.style.background !== background) this.#strip.style.background = background;
    say(this.#name, layer.colormap);
    mark(this.#summary, 'aria-label', text('Colour map: %1', layer.colormap));
    // A colour is none of the maps.
    for (const [name, input] of this.#maps) input.checked = name === layer.colormap;
  }

  dispose(): void {
    this.element.remove();
  }

  #fill(): void {
    const name = `slicescope-colormap-${String(++lastName)}`;
    for (const [group, maps] of Object.entries(COLORMAP_GROUPS)) {
      const set = element('fieldset', 'slicescope-maps');
      const legend = element('legend', 'slicescope-legend-name');
      legend.textContent = text(GROUP_NAMES[group as keyof typeof COLORMAP_GROUPS]);
      set.append(legend, ...maps.map((map) => this.#map(map, name)));
      this.#all.append(set);
    }
  }

  #map(colormap: string, name: string): HTMLElement {
    const label = element('label', 'slicescope-map');
    const input = element('input', 'slicescope-map-choice');
    input.type = 'radio';
    input.name = name;
    input.value = colormap;
    input.onchange = () => {
      const { layer } = this.#bench;
      if (layer !== null) this.#bench.change(withLook(this.#bench.state(), layer, { colormap }));
    };
    const strip = element('span', 'slicescope-swatch');
    strip.style.background = swatchOf(colormap, false);
    label.append(input, strip, colormap);
    this.#maps.set(colormap, input);
    return label;
  }
}

let lastName = 0;
