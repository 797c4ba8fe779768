import { messageOf, type ViewSettings, type ViewState } from '../protocol';
import { layersOf, pictureSize, pointInPicture, shownEdges, shownOrientation } from '../shading';
import { Controls } from './controls';
import { element } from './dom';
import { Gestures } from './gestures';
import { needsOf } from './detail';
import { boxSize, placePicture } from './layout';
import { SliceLayer, pageRenderer, type Look } from './scene';
import type { Needs } from './detail';
import type { Quality, Slice } from './slice-cache';

/** What a viewer shows and where its changes go: a widget model in Jupyter, anything else elsewhere. */
export interface ViewerModel {
  readonly state: ViewState;
  /** The newest slice of the state's volume that has arrived, if one has. */
  readonly slice: Slice | null;
  /** The person changed something. */
  change(patch: Partial<ViewSettings>): void;
  /** What this viewer can show of the slice; null when it is out of sight. */
  need(viewer: object, needs: Needs | null): void;
}

/** Why there is nothing newer than the picture, and what the person can do. */
export interface Notice {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** What the person is told of a picture that will get better by itself. */
const QUALITY_TEXT: Readonly<Record<Quality, string>> = { preview: 'preview', partial: 'loading detail', exact: '' };

/**
 * The viewer of one output: a canvas with the slice, and its controls. `update` after each change of the
 * model; `dispose` lets go of all of it.
 *
 * The picture changes as a whole: settings of a volume are applied together with its first slice, and
 * until that is here the last picture stays. The root's data attributes say what the picture shows:
 * `data-shown-revision`, `-plane` and `-index`; `data-quality`: `exact`, `preview` or `partial`, which is also said to
 * the person; and `data-state`: `waiting`, `live` or `stopped`.
 */
export class Viewer {
  readonly element: HTMLElement = element('div', 'slicescope-view');
  readonly #model: ViewerModel;
  readonly #stage: HTMLElement = element('div', 'slicescope-stage');
  readonly #canvas: HTMLCanvasElement = element('canvas', 'slicescope-canvas');
  readonly #target: ImageBitmapRenderingContext;
  readonly #edges: Readonly<Record<'left' | 'right' | 'top' | 'bottom', HTMLElement>>;
  readonly #notice: HTMLElement = element('div', 'slicescope-notice');
  readonly #controls: Controls;
  readonly #gestures: Gestures;
  readonly #layer: SliceLayer = new SliceLayer();
  readonly #quality: HTMLElement = element('span', 'slicescope-quality');
  readonly #resize: ResizeObserver;
  readonly #sight: IntersectionObserver;
  #isInSight = true;
  #stopRestoring: (() => void) | null = null;
  /** The width that there is, in CSS pixels: asking the page for it at every slice would cost a layout each. */
  #available = 0;
  /** What the picture shows; null if it must be drawn whatever it shows. */
  #shown: { readonly slice: Slice; readonly look: string } | null = null;

  constructor(model: ViewerModel) {
    this.#model = model;
    const target = this.#canvas.getContext('bitmaprenderer');
    if (target === null) throw new Error('This browser can’t draw on a canvas.');
    this.#target = target;
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute('role', 'img');
    this.#edges = {
      left: element('span', 'slicescope-edge slicescope-left'),
      right: element('span', 'slicescope-edge slicescope-right'),
      top: element('span', 'slicescope-edge slicescope-top'),
      bottom: element('span', 'slicescope-edge slicescope-bottom'),
    };
    this.#notice.setAttribute('role', 'status');
    this.#notice.hidden = true;
    const change = (patch: Partial<ViewSettings>): void => {
      model.change(patch);
    };
    this.#controls = new Controls(() => model.state, change);
    this.#gestures = new Gestures(this.#canvas, () => model.state, change);
    this.#stage.append(this.#canvas, ...Object.values(this.#edges), this.#quality, this.#controls.tools, this.#notice);
    this.element.append(this.#stage, this.#controls.bar);
    this.element.dataset.state = 'waiting';
    this.#resize = new ResizeObserver(() => {
      this.#available = this.element.clientWidth;
      this.#draw();
    });
    this.#resize.observe(this.element);
    this.#sight = new IntersectionObserver((entries) => {
      this.#isInSight = entries.at(-1)?.isIntersecting === true;
      this.#tellNeeds();
    });
    this.#sight.observe(this.element);
    this.update();
  }

  /** Show the model's state and slice. */
  update(): void {
    this.#draw();
    this.#controls.update(this.#shown?.slice ?? null);
  }

  /** Say something over the picture, or nothing any more; `stopped` if the view will not go on by itself. */
  notify(notice: Notice | null, stopped = false): void {
    this.#notice.hidden = notice === null;
    this.#notice.replaceChildren();
    if (stopped) this.element.dataset.state = 'stopped';
    else if (notice !== null) this.element.dataset.state = 'waiting';
    else if (this.#shown !== null) this.element.dataset.state = 'live';
    this.#controls.enabled = !stopped;
    if (notice === null) return;
    this.#notice.append(notice.text);
    const { action } = notice;
    if (action === undefined) return;
    const button = element('button', 'slicescope-button');
    button.textContent = action.label;
    button.onclick = action.run;
    this.#notice.append(button);
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#sight.disconnect();
    this.#model.need(this, null);
    this.#controls.dispose();
    this.#gestures.dispose();
    this.#stopRestoring?.();
    this.#layer.dispose();
    this.element.remove();
  }

  #draw(): void {
    const { state, slice } = this.#model;
    const isCurrent = slice !== null && slice.revision === state.volume.revision && slice.plane === state.plane;
    if (!isCurrent || this.#available === 0) return;
    try {
      this.#stopRestoring ??= pageRenderer().onRestored(() => {
        this.#shown = null;
        this.#draw();
      });
      // While the context is lost nothing can be drawn, and the last picture stays.
      if (!pageRenderer().isLost) this.#paint(state, slice);
    } catch (error) {
      this.notify({ text: `The slice can’t be drawn: ${messageOf(error)} Is WebGL 2 switched off?` }, true);
    }
  }

  #paint(state: ViewState, slice: Slice): void {
    const { box, look } = this.#look(state);
    this.#tellNeeds();
    const described = JSON.stringify(look);
    const { canvas } = look;
    // A state that asks for another slice changes nothing until that slice is here.
    if (slice === this.#shown?.slice && described === this.#shown.look) return;
    if (this.#canvas.width !== canvas.width || this.#canvas.height !== canvas.height) {
      [this.#canvas.width, this.#canvas.height] = [canvas.width, canvas.height];
      this.#stage.style.width = `${String(box.width)}px`;
      this.#stage.style.height = `${String(box.height)}px`;
    }
    this.#target.transferFromImageBitmap(this.#layer.draw(slice, look));
    this.#shown = { slice, look: described };
    this.#describe(state, slice);
  }

  /** How a slice of the state's plane lies in the space that there is. */
  #look(state: ViewState): { box: { width: number; height: number }; look: Look } {
    const info = state.volume.planes[state.plane];
    const orientation = shownOrientation(info, state);
    const picture = pictureSize(info, orientation);
    const box = boxSize(picture, this.#available);
    const ratio = window.devicePixelRatio;
    const canvas = { width: Math.round(box.width * ratio), height: Math.round(box.height * ratio) };
    const center = pointInPicture(state.center, state.plane, orientation);
    const look = { layers: layersOf(state), orientation, canvas };
    return { box, look: { ...look, ...placePicture(picture, canvas, state.zoom, center) } };
  }

  #tellNeeds(): void {
    const { state } = this.#model;
    const { orientation, ...placed } = this.#look(state).look;
    const isSeen = this.#isInSight && this.#available > 0;
    this.#model.need(this, isSeen ? needsOf(state.volume.planes[state.plane], orientation, placed) : null);
  }

  #describe(state: ViewState, slice: Slice): void {
    const { dataset } = this.element;
    dataset.shownRevision = String(slice.revision);
    dataset.shownPlane = slice.plane;
    dataset.shownIndex = String(slice.index);
    dataset.quality = slice.quality;
    this.#quality.textContent = QUALITY_TEXT[slice.quality];
    if (this.#notice.hidden) dataset.state = 'live';
    const info = state.volume.planes[slice.plane];
    const letters = shownEdges(info, state);
    for (const side of ['left', 'right', 'top', 'bottom'] as const) {
      const letter = letters?.[side] ?? '';
      // Writing the same text again would have the page laid out anew with every slice.
      if (this.#edges[side].textContent !== letter) this.#edges[side].textContent = letter;
    }
    const name = state.volume.name === '' ? 'Volume' : state.volume.name;
    const label = `${name}, ${slice.plane} slice ${String(slice.index)} of ${String(info.count)}`;
    this.#canvas.setAttribute('aria-label', label);
  }
}
