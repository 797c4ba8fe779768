import { PLANE_AXES, type Plane, type Triple, type ViewSettings, type ViewState } from '../protocol';
import { pointInPicture } from '../shading';
import { element } from './dom';
import type { Pane } from './pane';
import { slide } from './slide';
import { voxelAt, voxelOf } from './surface';

/** What a crosshair knows of its viewer. */
export interface CrosshairHost {
  state(): ViewState;
  change(patch: Partial<ViewSettings>): void;
  /** Whether a press on the picture moves the crosshair. */
  movesCrosshair(event: PointerEvent): boolean;
}

/** Pixels from a pane's edge, in both directions, that a line can be moved: at any zoom it is out of the pane by then. */
const FARTHEST = 100_000;

/** The plane that a line stands for: the one across the picture's axis. */
function planeAcross(axis: number): Plane {
  return axis === 0 ? 'yz' : axis === 1 ? 'xz' : 'xy';
}

/**
 * The lines in a pane where the other planes are, and the hand that moves them: a press sets the position to the voxel
 * under it, which moves the other planes there. The lines are elements over the canvas, so that the picture need not be
 * drawn again for them.
 */
export class Crosshair {
  readonly #pane: Pane;
  readonly #host: CrosshairHost;
  readonly #abort: AbortController = new AbortController();
  readonly #vertical: Line = new Line('vertical', 'X');
  readonly #horizontal: Line = new Line('horizontal', 'Y');
  #pointer: number | null = null;

  constructor(pane: Pane, host: CrosshairHost) {
    this.#pane = pane;
    this.#host = host;
    pane.element.append(this.#vertical.element, this.#horizontal.element);
    const { signal } = this.#abort;
    const { canvas } = pane;
    canvas.addEventListener('pointerdown', this.#onDown, { signal });
    canvas.addEventListener('pointermove', this.#onMove, { signal });
    canvas.addEventListener('pointerup', this.#onUp, { signal });
    canvas.addEventListener('pointercancel', this.#onUp, { signal });
  }

  /** Put the lines where the state has them. */
  update(): void {
    const state = this.#host.state();
    const isOn = state.layout === 'planes' && state.crosshair;
    for (const { element: line } of [this.#vertical, this.#horizontal]) if (line.hidden === isOn) line.hidden = !isOn;
    if (!isOn) return;
    const { plane, orientation, placed } = this.#pane;
    const middle = state.position.map((at, axis) => (at + 0.5) / (state.volume.shape[axis] as number));
    const [x, y] = pointInPicture(middle as unknown as Triple, plane, orientation);
    const ratio = window.devicePixelRatio;
    const [first, second] = PLANE_AXES[plane];
    const [across, down] = orientation.transpose ? [second, first] : [first, second];
    this.#vertical.put((placed.left + x * placed.width) / ratio, planeAcross(across));
    this.#horizontal.put((placed.top + y * placed.height) / ratio, planeAcross(down));
  }

  dispose(): void {
    this.#abort.abort();
    this.#vertical.element.remove();
    this.#horizontal.element.remove();
  }

  readonly #onDown = (event: PointerEvent): void => {
    if (!this.#host.movesCrosshair(event)) return;
    event.stopImmediatePropagation(); // No other hand on the canvas has this press.
    this.#pane.canvas.setPointerCapture(event.pointerId);
    this.#pointer = event.pointerId;
    this.#go(event);
  };

  readonly #onMove = (event: PointerEvent): void => {
    if (event.pointerId === this.#pointer) this.#go(event);
  };

  readonly #onUp = (event: PointerEvent): void => {
    if (event.pointerId === this.#pointer) this.#pointer = null;
  };

  #go(event: PointerEvent): void {
    const state = this.#host.state();
    const { plane } = this.#pane;
    this.#host.change({ plane, position: voxelOf(voxelAt(this.#pane, state, event), plane, state) });
  }
}

/** One line of a crosshair. */
class Line {
  readonly element: HTMLElement;
  readonly #at: Animation;

  constructor(name: 'vertical' | 'horizontal', axis: 'X' | 'Y') {
    this.element = element('div', `slicescope-line slicescope-${name}`);
    const at = (pixels: number): string => `translate${axis}(${String(pixels)}px)`;
    this.#at = slide(this.element, at(-FARTHEST), at(FARTHEST), 2 * FARTHEST);
  }

  /** So many pixels from the pane's edge, for this plane. */
  put(pixels: number, plane: Plane): void {
    this.#at.currentTime = pixels + FARTHEST;
    const { dataset } = this.element;
    if (dataset.of !== plane) dataset.of = plane;
  }
}
