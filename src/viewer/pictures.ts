import type { Plane } from '../protocol';
import type { Needs } from './detail';
import { BoxPane } from './box-pane';
import { element } from './dom';
import type { Room } from './layout';
import { Panes, type PanesHost } from './panes';
import type { Slice } from './slice-cache';

export interface PicturesHost extends PanesHost {
  /** Keys on a picture that has hands of its own; the function lets go of them. */
  attachKeys(canvas: HTMLCanvasElement): () => void;
}

/** The pictures of a viewer, in the layout that its state has. */
export class Pictures {
  readonly element: HTMLElement = element('div', 'slicescope-pictures');
  readonly #host: PicturesHost;
  #panes: Panes | null = null;
  #box: { readonly pane: BoxPane; readonly release: () => void } | null = null;

  constructor(host: PicturesHost) {
    this.#host = host;
  }

  get isSettled(): boolean {
    return this.#shown?.isSettled === true;
  }

  /** Have the pictures that the state needs, in this much room. */
  arrange(room: Room): void {
    const { layout, plane } = this.#host.state();
    const hadFocus = this.element.contains(document.activeElement);
    if (layout === 'volume') {
      this.#panes?.dispose();
      this.#panes = null;
      this.#box ??= this.#makeBox();
    } else {
      this.#disposeBox();
      this.#panes ??= this.#makePanes();
    }
    this.#shown?.arrange(room);
    // Keys go on where the picture that had the focus has made way for others.
    if (hadFocus && !this.element.contains(document.activeElement)) this.focus(plane);
  }

  /** Draw what is here. */
  draw(): void {
    this.#shown?.draw();
  }

  /** Say what the pictures show, after they were drawn. */
  describe(): void {
    this.#shown?.describe();
  }

  /** What the pictures can show of a plane. */
  needsOf(plane: Plane): Needs | null {
    return this.#shown?.needsOf(plane) ?? null;
  }

  /** The slice of a plane that is in a picture. */
  shownOf(plane: Plane): Slice | null {
    return this.#shown?.shownOf(plane) ?? null;
  }

  /** The pictures are lost. */
  forget(): void {
    this.#shown?.forget();
  }

  /** Give the focus to the picture of a plane, or to the only one: wheel and keys are its. */
  focus(plane: Plane): void {
    const own = this.element.querySelector<HTMLElement>(`[data-plane="${plane}"] > canvas`);
    (own ?? this.element.querySelector('canvas'))?.focus({ preventScroll: true });
  }

  dispose(): void {
    this.#panes?.dispose();
    this.#disposeBox();
    this.element.remove();
  }

  get #shown(): Panes | BoxPane | null {
    return this.#box?.pane ?? this.#panes;
  }

  #makePanes(): Panes {
    const panes = new Panes(this.#host);
    this.element.append(panes.element);
    return panes;
  }

  #makeBox(): { readonly pane: BoxPane; readonly release: () => void } {
    const pane = new BoxPane(this.#host);
    this.element.append(pane.element);
    return { pane, release: this.#host.attachKeys(pane.canvas) };
  }

  #disposeBox(): void {
    this.#box?.release();
    this.#box?.pane.dispose();
    this.#box = null;
  }
}
