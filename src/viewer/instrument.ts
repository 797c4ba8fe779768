import type { Plane, ViewSettings, ViewState, Window } from '../protocol';
import { Cine } from './cine';
import { element } from './dom';
import { Gestures, type Handled } from './gestures';
import type { Surface, Tool, ViewerHost } from './host';
import { Keys } from './keys';
import { indexIn } from './moves';
import { ColorBar } from './parts/color-bar';
import { FrameBar, PlayButton } from './parts/frame-bar';
import { Help } from './parts/help';
import { Notes } from './parts/notes';
import { Panel } from './parts/panel';
import type { Workbench } from './parts/part';
import { ProbeReadout } from './parts/probe-readout';
import { ScaleBars } from './parts/scale-bar';
import { Toolbar } from './parts/toolbar';
import { windowOfHistogram, windowOfValues } from './values/auto-window';
import { Histograms } from './values/histograms';
import { layerOf, overviewOf, realSample, sampleOf } from './values/slice-values';
import { activeLayer, layersIn, shownKind, withLook, type Layer } from './values/windows';
import { draggedWindow } from './window-drag';

/**
 * What the person works a viewer with, besides the slider: hands and keys on its pictures, toolbar, panel and readouts,
 * and what they are about that is no setting of the view, such as the tool. The viewer places the elements, calls
 * `attach` for each picture and `update` after each change.
 */
export class Instrument implements Workbench, Handled {
  readonly host: ViewerHost;
  readonly histograms: Histograms;
  /** Above the pictures. */
  readonly toolbar: Toolbar;
  /** Over them. */
  readonly help: Help;
  /** Below them, after the slider: frames, then colours and probe in one row, the volume's notes, then the panel. */
  readonly legend: HTMLElement = element('div', 'slicescope-legend');
  readonly frames: FrameBar;
  readonly panel: Panel;
  /** Beside the slider. */
  readonly play: PlayButton;
  readonly #probe: ProbeReadout;
  readonly #colors: ColorBar;
  readonly #cine: Cine;
  readonly #notes: Notes = new Notes(this);
  readonly #scales: ScaleBars = new ScaleBars(() => this.state());
  #tool: Tool = 'pan';
  #chosen = 0;
  /** What had the focus before the help was shown. */
  #focused: HTMLElement | null = null;

  constructor(host: ViewerHost, isSeen: () => boolean) {
    this.host = host;
    this.histograms = new Histograms(
      (content) => {
        host.send(content);
      },
      (listener) => host.onAnswer(listener),
    );
    this.#cine = new Cine({
      state: () => host.state(),
      change: (patch) => {
        host.change(patch);
      },
      isShown: () => this.#isShown(),
      isSeen: () => isSeen() && document.visibilityState === 'visible',
    });
    this.play = new PlayButton(this, () => {
      this.#cine.toggle();
    });
    this.toolbar = new Toolbar(this);
    this.help = new Help(() => {
      this.toggle('help');
    });
    this.panel = new Panel(this, () => {
      this.toggle('panel');
    });
    this.frames = new FrameBar(this);
    this.#colors = new ColorBar(this);
    this.#probe = new ProbeReadout(host);
    this.legend.append(this.#colors.element, this.#probe.element, this.#probe.spoken, this.#notes.element);
    this.update();
  }

  get tool(): Tool {
    return this.#tool;
  }

  get layer(): Layer | null {
    const shown = layersIn(this.state()).filter(({ info, visible }) => info.components === 1 && visible);
    return shown.find(({ layer }) => layer === this.#chosen) ?? shown[0] ?? null;
  }

  set enabled(value: boolean) {
    for (const part of [this.toolbar, this.frames, this.play]) part.enabled = value;
  }

  state(): ViewState {
    return this.host.state();
  }

  change(patch: Partial<ViewSettings>): void {
    // Play is of the page where it is pressed.
    if (patch.playing !== undefined && patch.playing !== this.state().playing) this.#cine.toggle();
    else this.host.change(patch);
  }

  /** Hands, keys and readouts on a picture; the function lets go of it. */
  attach(surface: Surface): () => void {
    const gestures = new Gestures(surface, this);
    const keys = new Keys(surface.canvas, this, () => surface.plane);
    const unprobe = this.#probe.attach(surface);
    const unscale = this.#scales.attach(surface);
    return () => {
      gestures.dispose();
      keys.dispose();
      unprobe();
      unscale();
    };
  }

  /** Keys on a canvas that is no picture of one plane, such as the volume's box. */
  attachKeys(canvas: HTMLElement): () => void {
    const keys = new Keys(canvas, this, () => this.state().plane);
    return () => {
      keys.dispose();
    };
  }

  /** The state, or a slice that is shown, is another one. */
  update(): void {
    const { toolbar, play, frames, panel } = this;
    for (const part of [toolbar, play, frames, this.#colors, this.#probe, this.#notes, panel]) part.update();
    this.#scales.update();
    this.advance();
  }

  /** A picture may be there that the playing waits for. */
  advance(): void {
    this.#cine.update();
  }

  dispose(): void {
    this.#cine.dispose();
    this.histograms.dispose();
    const { toolbar, help, play, frames, panel } = this;
    for (const part of [toolbar, help, play, frames, this.#colors, this.#probe, this.#notes, panel]) part.dispose();
    this.legend.remove();
  }

  choose(layer: number): void {
    this.#chosen = layer;
    this.update();
  }

  isOpen(part: 'help' | 'panel'): boolean {
    return part === 'help' ? this.help.isOpen : this.panel.isOpen;
  }

  toggle(part: 'help' | 'panel' | 'window-tool'): void {
    if (part === 'window-tool') {
      this.#tool = this.#tool === 'window' ? 'pan' : 'window';
    } else if (part === 'panel') {
      const hadFocus = this.panel.element.contains(document.activeElement);
      this.panel.isOpen = !this.panel.isOpen;
      if (hadFocus) this.toolbar.focus('panel');
    } else {
      if (!this.help.isOpen) this.#focused = document.activeElement as HTMLElement | null;
      this.help.isOpen = !this.help.isOpen;
      if (!this.help.isOpen) this.#focused?.focus({ preventScroll: true });
    }
    this.toolbar.update();
  }

  windowDrag(): (by: readonly [x: number, y: number]) => void {
    const layer = activeLayer(this.state(), this.#chosen);
    if (layer === null) return () => undefined;
    const kind = shownKind(this.state(), layer);
    return (by) => {
      this.#setWindow(layer, draggedWindow(layer.window, by, kind));
    };
  }

  resetWindow(plane: Plane): void {
    this.autoWindow('volume', plane);
  }

  autoWindow(of: 'slice' | 'volume', plane: Plane): void {
    const state = this.state();
    const layer = activeLayer(state, this.#chosen);
    if (layer === null) return;
    const ofSlice = (): void => {
      const window = this.#sliceWindow(layer, plane);
      if (window !== null) this.#setWindow(layer, window);
    };
    if (of === 'slice') {
      ofSlice();
      return;
    }
    void this.histograms.ask({ ...state }, layer).then((histogram) => {
      const window = histogram === null ? null : windowOfHistogram(histogram, shownKind(this.state(), layer));
      if (window === null) ofSlice();
      else this.#setWindow(layer, window);
    });
  }

  #setWindow(layer: Layer, window: Window): void {
    this.change(withLook(this.state(), layer, { window }));
  }

  /** All but half a percent, at either end, of the values of the slice that is shown. */
  #sliceWindow(layer: Layer, plane: Plane): Window | null {
    const drawn = layerOf(this.host.sliceOf(plane), layer.layer);
    const tile = drawn === null ? null : overviewOf(drawn);
    if (drawn === null || tile === null) return null;
    return windowOfValues(realSample(sampleOf(tile.data, layer.info.padding), drawn), shownKind(this.state(), layer));
  }

  #isShown(): boolean {
    const state = this.state();
    const slice = this.host.sliceOf(state.plane);
    return (
      slice?.revision === state.volume.revision &&
      slice.index === indexIn(state, state.plane) &&
      slice.frame === state.frame
    );
  }
}
