import { PLANES, type Plane, type ViewState } from '../protocol';
import { pictureSize, shownOrientation } from '../shading';
import { Crosshair, type CrosshairHost } from './crosshair';
import type { Needs } from './detail';
import { element } from './dom';
import type { Surface } from './host';
import { soloFrame, trioFrames, type PaneFrame, type Room, type Size } from './layout';
import { Pane } from './pane';
import { cutOf } from './plan';
import type { Slice } from './slice-cache';

/** What panes know of their viewer. */
export interface PanesHost extends CrosshairHost {
  sliceOf(plane: Plane): Slice | null;
  /** Hands and keys on a picture; the function lets go of it. */
  attach(surface: Surface): () => void;
}

interface Mounted {
  readonly pane: Pane;
  readonly crosshair: Crosshair;
  readonly release: () => void;
}

/** The pictures of the layouts `slice`, with one pane, and `planes`, with one for each plane. */
export class Panes {
  readonly element: HTMLElement = element('div', 'slicescope-panes');
  readonly #host: PanesHost;
  readonly #mounted: Map<Plane, Mounted> = new Map();

  constructor(host: PanesHost) {
    this.#host = host;
  }

  /** Draw what is here of the state's planes. */
  draw(): void {
    for (const [plane, { pane }] of this.#mounted) {
      const slice = this.#host.sliceOf(plane);
      if (slice !== null) pane.draw(slice);
    }
    for (const { crosshair } of this.#mounted.values()) crosshair.update();
  }

  /** Say what the pictures show, after they were drawn. */
  describe(): void {
    for (const { pane } of this.#mounted.values()) pane.describe();
  }

  /** Have the panes that the state needs, each for its plane and in its place, in this much room. */
  arrange(room: Room): void {
    const state = this.#host.state();
    this.element.dataset.layout = state.layout;
    this.element.dataset.crosshair = String(state.layout === 'planes' && state.crosshair);
    const frames = framesOf(state, room);
    this.#mount([...frames.keys()]);
    for (const [plane, { pane }] of this.#mounted) {
      pane.arrange(plane, frames.get(plane) as PaneFrame);
      pane.element.dataset.active = String(frames.size > 1 && plane === state.plane);
    }
  }

  /** What the pictures can show of a plane. */
  needsOf(plane: Plane): Needs | null {
    return this.#mounted.get(plane)?.pane.needs ?? null;
  }

  /** The slice that the picture of a plane shows. */
  shownOf(plane: Plane): Slice | null {
    return this.#mounted.get(plane)?.pane.shown ?? null;
  }

  /** Whether each picture is the state's, and as good as it gets. */
  get isSettled(): boolean {
    const state = this.#host.state();
    return [...this.#mounted].every(([plane, { pane }]) => {
      const { shown } = pane;
      const { index, frame } = cutOf(state, plane);
      const isCurrent = shown !== null && shown === this.#host.sliceOf(plane);
      return isCurrent && shown.quality === 'exact' && shown.index === index && shown.frame === frame;
    });
  }

  /** The pictures are lost. */
  forget(): void {
    for (const { pane } of this.#mounted.values()) pane.forget();
  }

  dispose(): void {
    for (const plane of PLANES) this.#unmount(plane);
    this.element.remove();
  }

  #unmount(plane: Plane): void {
    const mounted = this.#mounted.get(plane);
    if (mounted === undefined) return;
    mounted.release();
    mounted.crosshair.dispose();
    mounted.pane.dispose();
    this.#mounted.delete(plane);
  }

  /** A pane that is left over is taken for another plane, and keeps its picture until there is one of that. */
  #mount(planes: readonly Plane[]): void {
    for (const plane of PLANES) {
      const wanted = planes.find((each) => !this.#mounted.has(each));
      const mounted = this.#mounted.get(plane);
      if (mounted === undefined || planes.includes(plane)) continue;
      if (wanted === undefined) {
        this.#unmount(plane);
        continue;
      }
      this.#mounted.delete(plane);
      this.#mounted.set(wanted, mounted);
    }
    let before: HTMLElement | null = null;
    for (const plane of planes) {
      const mounted: Mounted = this.#mounted.get(plane) ?? this.#make(plane, before);
      before = mounted.pane.element;
    }
  }

  #make(plane: Plane, before: HTMLElement | null): Mounted {
    const pane = new Pane(() => this.#host.state(), plane);
    if (before === null) this.element.prepend(pane.element);
    else before.after(pane.element);
    const crosshair = new Crosshair(pane, this.#host);
    pane.canvas.addEventListener('focus', () => {
      if (this.#host.state().plane !== pane.plane) this.#host.change({ plane: pane.plane });
    });
    const mounted = { pane, crosshair, release: this.#host.attach(pane) };
    this.#mounted.set(plane, mounted);
    return mounted;
  }
}

/** Where the state's panes are, in the order in which they are walked through. */
function framesOf(state: ViewState, room: Room): Map<Plane, PaneFrame> {
  const { layout, plane, volume } = state;
  if (layout !== 'planes') {
    const info = volume.planes[plane];
    return new Map([[plane, soloFrame(pictureSize(info, shownOrientation(info, state)), room)]]);
  }
  const [xy, xz, yz] = PLANES.map((each) => sizeToScale(state, each)) as unknown as readonly [Size, Size, Size];
  const frames = trioFrames({ xy, xz, yz }, room);
  return new Map(PLANES.map((each) => [each, frames[each]]));
}

/** The size of a plane's picture, in pixels that are as large for every plane: the smallest spacing of the volume. */
function sizeToScale(state: ViewState, plane: Plane): Size {
  const { planes, spacing } = state.volume;
  const info = planes[plane];
  const pixel = Math.min(...spacing);
  const [width, height] = [(info.width * info.spacing[0]) / pixel, (info.height * info.spacing[1]) / pixel];
  return shownOrientation(info, state).transpose ? { width: height, height: width } : { width, height };
}
