import {
  PLANES,
  messageOf,
  type ClientContent,
  type Plane,
  type ServerContent,
  type ViewSettings,
  type ViewState,
} from '../protocol';
import { afterFrame } from './after-frame';
import { Controls } from './controls';
import type { Needs } from './detail';
import { element } from './dom';
import { handOf } from './gestures';
import type { ViewerHost } from './host';
import { Instrument } from './instrument';
import type { Room } from './layout';
import { markShown } from './pane';
import { Pictures } from './pictures';
import { pageRenderer } from './scene';
import type { Slice } from './slice-cache';
import { text } from './text';

/** What a viewer shows and where its changes go: a widget model in Jupyter, anything else elsewhere. */
export interface ViewerModel {
  readonly state: ViewState;
  /** The newest slice of a plane of the state's volumes that has arrived, if one has. */
  sliceOf(plane: Plane): Slice | null;
  /** The person changed something. */
  change(patch: Partial<ViewSettings>): void;
  /** Say something that is no setting, such as where the pointer is; it may stay without an answer. */
  send(content: ClientContent): void;
  /** Call `listener` with each answer to what was sent. @returns a function that stops it */
  onAnswer(listener: (content: ServerContent) => void): () => void;
  /** What this viewer can show of a plane; null when it is out of sight. */
  need(viewer: object, plane: Plane, needs: Needs | null): void;
}

/** How a viewer is placed. */
export interface ViewerOptions {
  /**
   * Whether it is all that there is: it takes the height of the element that it is in too, its pictures all that is left
   * of that, and the first of them the focus.
   */
  readonly fills?: boolean;
}

/** Why there is nothing newer than the picture, and what the person can do. */
export interface Notice {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/**
 * The viewer of one output: its pictures, and its controls. `update` after each change of the model; `dispose` lets go of
 * all of it.
 *
 * A picture changes as a whole: settings of a volume are applied together with its first slice, and
 * until that is here the last picture stays. The root's data attributes say what the picture of the state's plane shows:
 * `data-shown-revision`, `-plane` and `-index`; `data-quality`: `exact`, `preview` or `partial`, which is also said to
 * the person; and `data-state`: `waiting`, `live` or `stopped`. Each pane has the first four for its own picture.
 */
export class Viewer {
  readonly element: HTMLElement = element('div', 'slicescope-view');
  readonly #model: ViewerModel;
  readonly #stage: HTMLElement = element('div', 'slicescope-stage');
  readonly #pictures: Pictures;
  readonly #notice: HTMLElement = element('div', 'slicescope-notice');
  readonly #looksOnly: HTMLElement = element('div', 'slicescope-looks-only');
  readonly #controls: Controls;
  readonly #instrument: Instrument;
  readonly #resize: ResizeObserver;
  readonly #sight: IntersectionObserver;
  #isInSight = true;
  #takesFocus: boolean;
  #stopRestoring: (() => void) | null = null;
  /** Set while `#tell` waits for the frame of the pictures that were drawn last. */
  #untell: (() => void) | null = null;
  /** The room that there is: asking the page for it at every slice would cost a layout each. */
  #room: Room = { width: 0, height: null };
  /** The slice that the root's attributes are of. */
  #marked: Slice | null = null;

  constructor(model: ViewerModel, { fills = false }: ViewerOptions = {}) {
    this.#model = model;
    this.#takesFocus = fills;
    this.element.classList.toggle('slicescope-fills', fills);
    this.#notice.setAttribute('role', 'status');
    this.#notice.hidden = true;
    this.#looksOnly.setAttribute('role', 'note');
    this.#looksOnly.hidden = true;
    const state = (): ViewState => model.state;
    const change = (patch: Partial<ViewSettings>): void => {
      model.change(patch);
    };
    this.#controls = new Controls(state, change);
    const host: ViewerHost = {
      state,
      change,
      sliceOf: (plane) => model.sliceOf(plane),
      send: (content) => {
        model.send(content);
      },
      onAnswer: (listener) => model.onAnswer(listener),
    };
    this.#instrument = new Instrument(host, () => this.#isInSight);
    this.#pictures = new Pictures({
      state,
      change,
      sliceOf: (plane) => model.sliceOf(plane),
      movesCrosshair: (event) =>
        event.pointerType !== 'touch' && handOf(event, model.state, this.#instrument.tool) === 'crosshair',
      attach: (surface) => this.#instrument.attach(surface),
      attachKeys: (canvas) => this.#instrument.attachKeys(canvas),
    });
    const { toolbar, help, legend, play, frames, panel } = this.#instrument;
    this.#stage.append(this.#pictures.element, help.element, this.#notice);
    this.#controls.bar.prepend(play.element);
    const below = [this.#controls.bar, frames.element, legend, this.#looksOnly, panel.element];
    this.element.append(toolbar.element, this.#stage, ...below);
    this.element.dataset.state = 'waiting';
    const measured = fills ? this.#stage : this.element;
    this.#resize = new ResizeObserver(([entry]) => {
      const { width, height } = (entry as ResizeObserverEntry).contentRect;
      this.#room = { width: Math.floor(width), height: fills ? Math.floor(height) : null };
      this.#draw();
      this.#tell();
    });
    this.#resize.observe(measured);
    this.#sight = new IntersectionObserver((entries) => {
      this.#isInSight = entries.at(-1)?.isIntersecting === true;
      this.#tellNeeds();
    });
    this.#sight.observe(this.element);
    this.update();
  }

  /** Show the model's state and slices: pictures in the next frame, what is told of them after it. */
  update(): void {
    this.#draw();
    // Before what is written: some of it is what is told.
    this.#untell ??= afterFrame(() => {
      this.#untell = null;
      this.#tell();
    });
    this.#controls.update(this.#shown);
    this.#instrument.advance();
  }

  /** Say something over the picture, or nothing any more; `stopped` if the view will not go on by itself. */
  notify(notice: Notice | null, stopped = false): void {
    this.#notice.hidden = notice === null;
    this.#notice.replaceChildren();
    if (stopped) this.element.dataset.state = 'stopped';
    else if (notice !== null) this.element.dataset.state = 'waiting';
    else if (this.#shown !== null) this.element.dataset.state = 'live';
    this.#controls.enabled = !stopped;
    this.#instrument.enabled = !stopped;
    if (notice === null) return;
    this.#notice.append(notice.text);
    const { action } = notice;
    if (action === undefined) return;
    const button = element('button', 'slicescope-button');
    button.textContent = action.label;
    button.onclick = action.run;
    this.#notice.append(button);
  }

  /** Whether nobody else sees what the person changes here, which is said below the pictures. */
  set looksOnly(value: boolean) {
    this.#looksOnly.hidden = !value;
    const sentence = text('You may look at this view, but not change it: only this page shows what you change here.');
    this.#looksOnly.replaceChildren(value ? sentence : '');
  }

  /** Whether the pictures are the state's, and as good as they get. */
  get isSettled(): boolean {
    return this.#pictures.isSettled;
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#sight.disconnect();
    for (const plane of PLANES) this.#model.need(this, plane, null);
    this.#untell?.();
    this.#controls.dispose();
    this.#stopRestoring?.();
    this.#pictures.dispose();
    this.#instrument.dispose();
    this.element.remove();
  }

  /** The slice in the picture of the state's plane. */
  get #shown(): Slice | null {
    return this.#pictures.shownOf(this.#model.state.plane);
  }

  #draw(): void {
    if (this.#room.width === 0 || this.#room.height === 0) return;
    this.#pictures.arrange(this.#room);
    if (this.#takesFocus) this.#pictures.focus(this.#model.state.plane);
    this.#takesFocus = false;
    try {
      this.#stopRestoring ??= pageRenderer().onRestored(() => {
        this.#pictures.forget();
        this.#draw();
      });
      // While the context is lost nothing can be drawn, and the last pictures stay.
      if (!pageRenderer().isLost) this.#pictures.draw();
      this.#mark();
    } catch (error) {
      this.notify({ text: text('The slice can’t be drawn: %1 Is WebGL 2 switched off?', messageOf(error)) }, true);
    }
  }

  /** Tell the model what can be shown, and the person, and who can't see it, what is. */
  #tell(): void {
    this.#tellNeeds();
    this.#pictures.describe();
    this.#instrument.update();
  }

  #tellNeeds(): void {
    const isSeen = this.#isInSight && this.#room.width > 0;
    for (const plane of PLANES) this.#model.need(this, plane, isSeen ? this.#pictures.needsOf(plane) : null);
  }

  #mark(): void {
    const slice = this.#shown;
    if (slice === null || slice === this.#marked) return;
    markShown(this.element, slice, this.#marked);
    this.#marked = slice;
    const { dataset } = this.element;
    if (this.#notice.hidden && dataset.state !== 'live') dataset.state = 'live';
  }
}
