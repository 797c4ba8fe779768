import type { Plane, ViewSettings, ViewState, Window } from '../protocol';
import type { Commanded } from './commands';
import { Gestures, type Handled } from './gestures';
import type { Surface, Tool, ViewerHost } from './host';
import { Keys } from './keys';
import { windowOfHistogram, windowOfValues } from './values/auto-window';
import { Histograms } from './values/histograms';
import { layerOf, overviewOf, sampleOf } from './values/slice-values';
import { activeLayer, shownDtype, withLook, type Layer } from './values/windows';
import { draggedWindow } from './window-drag';

/**
 * What the person works a viewer with, besides the slider: hands and keys on its pictures, and what they are about
 * that is no setting of the view, such as the tool.
 */
export class Instrument implements Commanded, Handled {
  tool: Tool = 'pan';
  /** The layer whose window is changed, if it is shown. */
  chosen = 0;
  readonly histograms: Histograms;
  readonly #host: ViewerHost;

  constructor(host: ViewerHost) {
    this.#host = host;
    this.histograms = new Histograms(
      (content) => {
        host.send(content);
      },
      (listener) => host.onAnswer(listener),
    );
  }

  state(): ViewState {
    return this.#host.state();
  }

  change(patch: Partial<ViewSettings>): void {
    this.#host.change(patch);
  }

  dispose(): void {
    this.histograms.dispose();
  }

  /** Hands and keys on a picture; the function lets go of it. */
  attach(surface: Surface): () => void {
    const gestures = new Gestures(surface, this);
    const keys = new Keys(surface.canvas, this, () => surface.plane);
    return () => {
      gestures.dispose();
      keys.dispose();
    };
  }

  /** Keys alone, where the picture has hands of its own. */
  attachKeys(canvas: HTMLCanvasElement): () => void {
    const keys = new Keys(canvas, this, () => this.state().plane);
    return () => {
      keys.dispose();
    };
  }

  windowDrag(): (by: readonly [x: number, y: number]) => void {
    const layer = activeLayer(this.state(), this.chosen);
    if (layer === null) return () => undefined;
    const dtype = shownDtype(this.state(), layer);
    return (by) => {
      this.setWindow(layer, draggedWindow(layer.window, by, dtype));
    };
  }

  setWindow(layer: Layer, window: Window): void {
    this.change(withLook(this.state(), layer, { window }));
  }

  resetWindow(plane: Plane): void {
    this.autoWindow('volume', plane);
  }

  autoWindow(of: 'slice' | 'volume', plane: Plane): void {
    const state = this.state();
    const layer = activeLayer(state, this.chosen);
    if (layer === null) return;
    const ofSlice = (): void => {
      const window = this.#sliceWindow(layer, plane);
      if (window !== null) this.setWindow(layer, window);
    };
    if (of === 'slice') {
      ofSlice();
      return;
    }
    void this.histograms.ask({ ...state }, layer).then((histogram) => {
      const window = histogram === null ? null : windowOfHistogram(histogram, shownDtype(this.state(), layer));
      if (window === null) ofSlice();
      else this.setWindow(layer, window);
    });
  }

  /** All but half a percent, at either end, of the values of the slice that is shown. */
  #sliceWindow(layer: Layer, plane: Plane): Window | null {
    const drawn = layerOf(this.#host.sliceOf(plane), layer.layer);
    const tile = drawn === null ? null : overviewOf(drawn);
    return tile === null ? null : windowOfValues(sampleOf(tile.data), shownDtype(this.state(), layer));
  }

  toggle(part: 'help' | 'panel' | 'window-tool'): void {
    if (part === 'window-tool') this.tool = this.tool === 'window' ? 'pan' : 'window';
  }
}
