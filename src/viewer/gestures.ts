import type { Orientation, ViewSettings, ViewState } from '../protocol';
import { clampIndex, pictureSize, pointInPicture, pointInVolume, shownOrientation } from '../shading';
import { RESET, turned, zoomed } from './controls';
import { placePicture, zoomAt } from './layout';

/** Wheel pixels that zoom by one step. */
const WHEEL_STEP = 100;
/** Pixels that a wheel's line counts for. */
const LINE = 40;
const PAGE_SLICES = 10;

/**
 * The hand on the canvas: drag pans; the wheel zooms at the pointer, once the canvas has the focus or with
 * Ctrl, and scrolls the notebook otherwise; keys move slices, zoom, rotate and reset; Escape lets go.
 */
export class Gestures {
  readonly #canvas: HTMLCanvasElement;
  readonly #state: () => ViewState;
  readonly #change: (patch: Partial<ViewSettings>) => void;
  readonly #abort: AbortController = new AbortController();
  #drag: { readonly pointer: number; readonly x: number; readonly y: number; readonly from: ViewSettings } | null =
    null;

  constructor(canvas: HTMLCanvasElement, state: () => ViewState, change: (patch: Partial<ViewSettings>) => void) {
    this.#canvas = canvas;
    this.#state = state;
    this.#change = change;
    const { signal } = this.#abort;
    canvas.addEventListener('wheel', this.#onWheel, { signal, passive: false });
    canvas.addEventListener('pointerdown', this.#onDown, { signal });
    canvas.addEventListener('pointermove', this.#onMove, { signal });
    canvas.addEventListener('pointerup', this.#onUp, { signal });
    canvas.addEventListener('pointercancel', this.#onUp, { signal });
    canvas.addEventListener('keydown', this.#onKey, { signal });
  }

  dispose(): void {
    this.#abort.abort();
  }

  get #picture(): { size: { width: number; height: number }; orientation: Orientation } {
    const state = this.#state();
    const info = state.volume.planes[state.plane];
    const orientation = shownOrientation(info, state);
    return { size: pictureSize(info, orientation), orientation };
  }

  readonly #onWheel = (event: WheelEvent): void => {
    if (document.activeElement !== this.#canvas && !event.ctrlKey) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE : event.deltaY;
    const state = this.#state();
    const next = zoomed(state, -pixels / WHEEL_STEP);
    const scale = this.#canvas.width / this.#canvas.clientWidth;
    const pointer = [event.offsetX * scale, event.offsetY * scale] as const;
    const { size, orientation } = this.#picture;
    const before = pointInPicture(state.center, state.plane, orientation);
    const center = zoomAt(size, this.#canvas, state.zoom, before, next.zoom ?? state.zoom, pointer);
    this.#change({ ...next, center: pointInVolume(center, state.center, state.plane, orientation) });
  };

  readonly #onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.#canvas.focus();
    this.#canvas.setPointerCapture(event.pointerId);
    // A copy: a widget model's state is the same object after every change.
    this.#drag = { pointer: event.pointerId, x: event.clientX, y: event.clientY, from: { ...this.#state() } };
  };

  readonly #onMove = (event: PointerEvent): void => {
    const drag = this.#drag;
    if (drag?.pointer !== event.pointerId) return;
    const scale = this.#canvas.width / this.#canvas.clientWidth;
    const { plane, center, zoom } = drag.from;
    const { size, orientation } = this.#picture;
    const [x, y] = pointInPicture(center, plane, orientation);
    const { width, height } = placePicture(size, this.#canvas, zoom, [x, y]);
    const moved = [
      x - ((event.clientX - drag.x) * scale) / width,
      y - ((event.clientY - drag.y) * scale) / height,
    ] as const;
    this.#change({ center: pointInVolume(moved, center, plane, orientation) });
  };

  readonly #onUp = (event: PointerEvent): void => {
    if (this.#drag?.pointer === event.pointerId) this.#drag = null;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const patch = this.#keyPatch(event.key);
    if (event.key === 'Escape') this.#canvas.blur();
    if (patch === null) return;
    event.preventDefault();
    this.#change(patch);
  };

  #keyPatch(key: string): Partial<ViewSettings> | null {
    const state = this.#state();
    const { count } = state.volume.planes[state.plane];
    const move = (index: number): Partial<ViewSettings> => ({ index: clampIndex(index, count) });
    switch (key) {
      case 'ArrowRight':
      case 'ArrowUp':
        return move(state.index + 1);
      case 'ArrowLeft':
      case 'ArrowDown':
        return move(state.index - 1);
      case 'PageUp':
        return move(state.index + PAGE_SLICES);
      case 'PageDown':
        return move(state.index - PAGE_SLICES);
      case 'Home':
        return move(0);
      case 'End':
        return move(count - 1);
      case '+':
      case '=':
        return zoomed(state, 1);
      case '-':
        return zoomed(state, -1);
      case '0':
        return RESET;
      case 'r':
      case 'R':
        return turned(state);
      default:
        return null;
    }
  }
}
