import type { Orientation, Plane, ViewState } from '../protocol';
import { layersOf, pictureSize, pointInPicture, shownEdges, shownOrientation } from '../shading';
import { needsOf, type Needs } from './detail';
import { element } from './dom';
import { placeAtScale, placePicture, type PaneFrame, type Size } from './layout';
import { pictureDrawn } from './pace';
import { SliceLayer, type Look } from './scene';
import type { Quality, Slice } from './slice-cache';
import { text } from './text';

/** What the person is told of a picture that will get better by itself. */
const QUALITY_TEXT: Readonly<Record<Quality, () => string>> = {
  preview: () => text('preview'),
  partial: () => text('loading detail'),
  exact: () => '',
};
const SIDES = ['left', 'right', 'top', 'bottom'] as const;

/** Say in an element's attributes which slice is in its picture now. */
export function markShown(
  { dataset }: HTMLElement,
  { plane, revision, index, quality }: Slice,
  before: Slice | null,
): void {
  if (plane !== before?.plane) dataset.shownPlane = plane;
  if (revision !== before?.revision) dataset.shownRevision = String(revision);
  if (index !== before?.index) dataset.shownIndex = String(index);
  if (quality !== before?.quality) dataset.quality = quality;
}

/**
 * One canvas with the picture of a plane, and the letters at its edges. Its picture changes as a whole: until there is a
 * slice of the state's plane and volume, the last picture stays as it was drawn. Its data attributes say what the
 * picture shows: `data-shown-revision`, `-plane` and `-index`, and `data-quality`; `data-plane` is the plane it is for.
 */
export class Pane {
  readonly element: HTMLElement = element('div', 'slicescope-pane');
  readonly canvas: HTMLCanvasElement = element('canvas', 'slicescope-canvas');
  readonly #target: ImageBitmapRenderingContext;
  readonly #edges: Readonly<Record<(typeof SIDES)[number], HTMLElement>>;
  readonly #quality: HTMLElement = element('span', 'slicescope-quality');
  readonly #layer: SliceLayer = new SliceLayer();
  readonly #state: () => ViewState;
  #plane: Plane;
  #frame: PaneFrame | null = null;
  /** What the picture shows, and how; null if it must be drawn whatever it shows. */
  #drawn: { readonly slice: Slice; readonly look: string } | null = null;
  /** The slice that its name is of. */
  #described: Slice | null = null;

  constructor(state: () => ViewState, plane: Plane) {
    this.#state = state;
    this.#plane = plane;
    const target = this.canvas.getContext('bitmaprenderer');
    if (target === null) throw new Error('This browser can’t draw on a canvas.');
    this.#target = target;
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'img');
    this.#edges = {
      left: element('span', 'slicescope-edge slicescope-left'),
      right: element('span', 'slicescope-edge slicescope-right'),
      top: element('span', 'slicescope-edge slicescope-top'),
      bottom: element('span', 'slicescope-edge slicescope-bottom'),
    };
    this.element.append(this.canvas, ...Object.values(this.#edges), this.#quality);
  }

  get plane(): Plane {
    return this.#plane;
  }

  /** The slice that is in the picture. */
  get shown(): Slice | null {
    return this.#drawn?.slice ?? null;
  }

  get orientation(): Orientation {
    const state = this.#state();
    return shownOrientation(state.volume.planes[this.#plane], state);
  }

  /** Of the picture, in its pixels at scale 1. */
  get size(): Size {
    return this.#frame?.picture ?? pictureSize(this.#state().volume.planes[this.#plane], this.orientation);
  }

  /** Where the picture lies by the settings as they are now, in canvas pixels from the canvas' top left. */
  get placed(): Pick<Look, 'left' | 'top' | 'width' | 'height'> {
    const { width, height } = this.canvas;
    return this.#frame === null ? { left: 0, top: 0, width, height } : this.#look(this.#frame);
  }

  /** The plane that the pane is for, and its place, by the state as it is now. */
  arrange(plane: Plane, frame: PaneFrame): void {
    this.#plane = plane;
    this.#frame = frame;
    this.element.dataset.plane = plane;
    if (this.#drawn === null) this.#resize(frame);
  }

  /** What of the slice the canvas can show. */
  get needs(): Needs | null {
    if (this.#frame === null) return null;
    const { orientation, ...placed } = this.#look(this.#frame);
    return needsOf(this.#state().volume.planes[this.#plane], orientation, placed);
  }

  /** Draw the slice as the state has it, if it is not what is drawn already. */
  draw(slice: Slice): void {
    if (this.#frame === null) return;
    const look = this.#look(this.#frame);
    const described = JSON.stringify(look);
    // A state that asks for another slice changes nothing until that slice is here.
    if (slice === this.#drawn?.slice && described === this.#drawn.look) return;
    const { canvas } = look;
    if (this.canvas.width !== canvas.width || this.canvas.height !== canvas.height) {
      [this.canvas.width, this.canvas.height] = [canvas.width, canvas.height];
      this.#resize(this.#frame);
    }
    this.#target.transferFromImageBitmap(this.#layer.draw(slice, look));
    pictureDrawn();
    const before = this.#drawn;
    this.#drawn = { slice, look: described };
    markShown(this.element, slice, before?.slice ?? null);
    const isLike =
      before?.look === described &&
      before.slice.plane === slice.plane &&
      before.slice.revision === slice.revision &&
      before.slice.quality === slice.quality;
    if (!isLike) this.#letter(slice);
  }

  /** Say what the picture shows to those that can't see it. */
  describe(): void {
    const { shown } = this;
    const { volume } = this.#state();
    if (shown === null || shown === this.#described || shown.revision !== volume.revision) return;
    this.#described = shown;
    const name = volume.name === '' ? text('Volume') : volume.name;
    const { count } = volume.planes[shown.plane];
    this.canvas.setAttribute('aria-label', text('%1, %2 slice %3 of %4', name, shown.plane, shown.index, count - 1));
  }

  /** The picture is lost, or of another kind: the next `draw` draws whatever it is given. */
  forget(): void {
    this.#drawn = null;
  }

  dispose(): void {
    this.#layer.dispose();
    this.element.remove();
  }

  #resize({ box }: PaneFrame): void {
    this.element.style.width = `${String(box.width)}px`;
    this.element.style.height = `${String(box.height)}px`;
  }

  #look({ box, picture, scale }: PaneFrame): Look {
    const state = this.#state();
    const { orientation } = this;
    const ratio = window.devicePixelRatio;
    const canvas = { width: Math.round(box.width * ratio), height: Math.round(box.height * ratio) };
    const center = pointInPicture(state.center, this.#plane, orientation);
    const placed =
      scale === null
        ? placePicture(picture, canvas, state.zoom, center)
        : placeAtScale(picture, canvas, scale * ratio * state.zoom, center);
    return { layers: layersOf(state), orientation, canvas, ...placed };
  }

  /** What is written over the picture. */
  #letter(slice: Slice): void {
    const state = this.#state();
    // Writing the same text again would have the page laid out anew with every slice.
    const write = (where: HTMLElement, words: string): void => {
      if (where.textContent !== words) where.textContent = words;
    };
    write(this.#quality, QUALITY_TEXT[slice.quality]());
    const letters = shownEdges(state.volume.planes[slice.plane], slice.plane, state);
    for (const side of SIDES) write(this.#edges[side], letters[side]);
  }
}
