import { ARRAY_OF, areWhole, valueRange, type Plane, type ValueKind, type Window } from '../../protocol';
import { CT_WINDOWS, WINDOW_PRESETS } from '../../shading';
import { element } from '../dom';
import { text } from '../text';
import { typedWindow } from '../values/auto-window';
import { histogramOf, type Counted } from '../values/histogram';
import { layerOf, overviewOf, sampleOf } from '../values/slice-values';
import { hasWindow, shownKind, withLook, type Layer } from '../values/windows';
import type { Tile } from '../slice-cache';
import { HistogramPlot } from './histogram-plot';
import type { Part, Workbench } from './part';
import { choice, numberField, showNumber } from './widgets';

/** Milliseconds from one slice's histogram to the next, while slices pass. */
const COUNTING_MS = 100;

type Of = 'volume' | 'slice';

/** Values of at most 16 bits are few enough that a window may show them all. */
const MOST_BYTES = 2;

/** Windows with a name that such values can have: CT's for those that may be negative, and their own range. */
export function presetsFor(kind: ValueKind): readonly (readonly [id: string, words: string, window: Window])[] {
  const { dtype } = kind;
  const [least, most] = valueRange(kind);
  const isFloat = dtype.startsWith('float');
  const isSmall = ARRAY_OF[dtype].BYTES_PER_ELEMENT <= MOST_BYTES;
  const range: Window = isFloat ? [0, 1] : [least, most];
  const own = [['own', isFloat ? '0 … 1' : text('All of %1', dtype), range]] as const;
  const isCt = least < 0 && most > 0xff;
  const ct = WINDOW_PRESETS.map((name) => [name, text('CT %1', name.replace('-', ' ')), CT_WINDOWS[name]] as const);
  return [...(isCt ? ct : []), ...(isFloat || isSmall ? own : [])];
}

/** The chosen layer's window: its histogram, its ends as numbers, and windows to choose from. */
export class WindowSection implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-section');
  readonly #bench: Workbench;
  readonly #plot: HistogramPlot;
  readonly #low: HTMLInputElement;
  readonly #high: HTMLInputElement;
  readonly #of: HTMLSelectElement;
  readonly #presets: HTMLSelectElement = element('select', 'slicescope-select');
  #kind: ValueKind | null = null;
  #counting: ReturnType<typeof setTimeout> | undefined;
  #counted: { readonly tile: Tile; readonly counted: Counted | null } | null = null;

  constructor(bench: Workbench) {
    this.#bench = bench;
    this.#plot = new HistogramPlot((window) => {
      this.#set(window);
    });
    this.#low = numberField(text('Low end of the window'), (low) => {
      this.#typed(low, null);
    });
    this.#high = numberField(text('High end of the window'), (high) => {
      this.#typed(null, high);
    });
    this.#of = choice<Of>(
      [
        ['volume', text('Volume')],
        ['slice', text('Slice')],
      ],
      () => {
        this.update();
      },
    );
    this.#of.setAttribute('aria-label', text('Histogram of'));
    this.#presets.setAttribute('aria-label', text('Window'));
    this.#presets.onchange = () => {
      this.#preset(this.#presets.value);
    };
    const row = element('div', 'slicescope-row');
    const dash = element('span', 'slicescope-dash');
    dash.textContent = '–';
    row.append(this.#low, dash, this.#high, this.#presets, this.#of);
    this.element.append(this.#plot.element, row);
  }

  update(): void {
    const { layer } = this.#bench;
    this.element.hidden = layer === null || !hasWindow(layer);
    if (layer === null || this.element.hidden) return;
    const kind = shownKind(this.#bench.state(), layer);
    // A refresh brings the same rescale in another object.
    if (JSON.stringify(kind) !== JSON.stringify(this.#kind)) this.#choices(kind);
    showNumber(this.#low, layer.window[0]);
    showNumber(this.#high, layer.window[1]);
    this.#plot.update(
      this.#of.value === 'slice' ? this.#ofSlice(layer, kind) : this.#ofVolume(layer),
      layer.window,
      areWhole(kind),
    );
  }

  dispose(): void {
    clearTimeout(this.#counting);
    this.element.remove();
  }

  #set(window: Window): void {
    const { layer } = this.#bench;
    if (layer !== null) this.#bench.change(withLook(this.#bench.state(), layer, { window }));
  }

  #typed(low: number | null, high: number | null): void {
    const { layer } = this.#bench;
    if (layer === null) return;
    const [before, after] = layer.window;
    const window = typedWindow(low ?? before, high ?? after, shownKind(this.#bench.state(), layer));
    if (window !== null) this.#set(window);
    // What was typed may be no window: then the ends are as they were.
    const now = this.#bench.layer?.window ?? layer.window;
    [this.#low.valueAsNumber, this.#high.valueAsNumber] = now;
  }

  #choices(kind: ValueKind): void {
    this.#kind = kind;
    this.#presets.replaceChildren(
      new Option(text('Window…'), ''),
      new Option(text('Auto, of the slice'), 'slice'),
      new Option(text('Auto, of the volume'), 'volume'),
      ...presetsFor(kind).map(([id, words]) => new Option(words, id)),
    );
  }

  #preset(id: string): void {
    this.#presets.value = '';
    const { plane } = this.#bench.state();
    if (id === 'slice' || id === 'volume') this.#bench.autoWindow(id, plane);
    const found = this.#kind === null ? undefined : presetsFor(this.#kind).find(([name]) => name === id);
    if (found !== undefined) this.#set(found[2]);
  }

  #ofVolume(layer: Layer): Counted | null {
    const state = this.#bench.state();
    const { histograms } = this.#bench;
    const known = histograms.of(state, layer);
    if (known === null) {
      void histograms.ask({ ...state }, layer).then((histogram) => {
        if (histogram !== null && this.element.isConnected) this.update();
      });
    }
    return known?.range == null ? null : known;
  }

  #ofSlice(layer: Layer, kind: ValueKind): Counted | null {
    const { plane } = this.#bench.state();
    const tile = this.#tile(layer, plane);
    if (tile !== null && tile !== this.#counted?.tile) {
      this.#counting ??= setTimeout(() => {
        this.#counting = undefined;
        const now = this.#tile(layer, plane);
        if (now !== null)
          this.#counted = { tile: now, counted: histogramOf(sampleOf(now.data, layer.info.padding), kind) };
        this.update();
      }, COUNTING_MS);
    }
    return this.#counted?.counted ?? null;
  }

  #tile({ layer }: Layer, plane: Plane): Tile | null {
    const drawn = layerOf(this.#bench.host.sliceOf(plane), layer);
    return drawn === null ? null : overviewOf(drawn);
  }
}
