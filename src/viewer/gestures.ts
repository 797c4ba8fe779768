import type { Plane, Triple, ViewSettings, ViewState } from '../protocol';
import { pointInPicture, pointInVolume } from '../shading';
import type { Surface, Tool } from './host';
import { moved, zoomed } from './moves';
import { WheelSlices, turnedPixels } from './wheel';

/** Wheel pixels that zoom by one step. */
const WHEEL_STEP = 100;
/** CSS pixels that a pointer may tremble while it clicks. */
const TREMBLE = 4;
/** CSS pixels that a finger moves for one slice. */
const FINGER_SLICE = 24;
/** Milliseconds after the right button's release in which a context menu belongs to it. */
const MENU_MS = 50;

/** What gestures are carried out on. */
export interface Handled {
  readonly tool: Tool;
  state(): ViewState;
  change(patch: Partial<ViewSettings>): void;
  /** A drag that changes the window begins; the function is told how far the hand is from there, in CSS pixels. */
  windowDrag(): (by: readonly [x: number, y: number]) => void;
  resetWindow(plane: Plane): void;
}

/** What a button held down does; `crosshair` is left to the layout. */
export type Hand = 'pan' | 'window' | 'crosshair';

/** What a press of a mouse or a pen begins; null for what is not the viewer's. */
export function handOf(
  { button, shiftKey, altKey, ctrlKey }: Pick<PointerEvent, 'button' | 'shiftKey' | 'altKey' | 'ctrlKey'>,
  { layout, crosshair }: Pick<ViewSettings, 'layout' | 'crosshair'>,
  tool: Tool,
): Hand | null {
  if (button === 1) return 'pan';
  if (button === 2) return shiftKey ? null : 'window'; // With Shift the browser's own menu is asked for.
  if (button !== 0 || ctrlKey) return null;
  if (altKey) return 'window';
  if (shiftKey) return 'pan';
  if (tool === 'window') return 'window';
  return layout === 'planes' && crosshair ? 'crosshair' : 'pan';
}

type Point = readonly [x: number, y: number];

interface Drag {
  readonly pointer: number;
  readonly hand: Hand | 'slices';
  readonly button: number;
  readonly start: Point;
  last: Point;
  isReal: boolean;
  readonly window: ((by: Point) => void) | null;
  /** The context menu that came with the press, as it does on some systems: shown later if nothing was dragged. */
  menu: MouseEvent | null;
}

/**
 * The hand on a picture. Mouse: drag pans, or moves the crosshair where there is one (Shift or the middle button then
 * pan); drag with the right button, with Alt, or with the window tool changes the window; double click resets it. The
 * wheel moves slices once the picture has the focus, and scrolls the notebook otherwise; with Ctrl it zooms at the
 * pointer, which is also what a pinch on a trackpad comes as. Touch: a tap gives the focus; then one finger moves
 * slices, two pan and zoom.
 */
export class Gestures {
  readonly #surface: Surface;
  readonly #on: Handled;
  readonly #abort: AbortController = new AbortController();
  readonly #wheel: WheelSlices = new WheelSlices();
  /** Fingers on the canvas, in the order in which they came. */
  readonly #fingers: Map<number, Point> = new Map();
  #drag: Drag | null = null;
  #offered: MouseEvent | null = null;
  #draggedAt = -Infinity;
  /** Parts of slices that a finger has moved. */
  #rest = 0;

  constructor(surface: Surface, on: Handled) {
    this.#surface = surface;
    this.#on = on;
    const { signal } = this.#abort;
    const { canvas } = surface;
    canvas.addEventListener('wheel', this.#onWheel, { signal, passive: false });
    canvas.addEventListener('pointerdown', this.#onDown, { signal });
    canvas.addEventListener('pointermove', this.#onMove, { signal });
    canvas.addEventListener('pointerup', this.#onUp, { signal });
    canvas.addEventListener('pointercancel', this.#onUp, { signal });
    canvas.addEventListener('contextmenu', this.#onMenu, { signal });
    canvas.addEventListener('dblclick', this.#onDouble, { signal });
  }

  dispose(): void {
    this.#abort.abort();
  }

  get #scale(): number {
    const { canvas } = this.#surface;
    return canvas.width / canvas.clientWidth;
  }

  #pointOf(event: MouseEvent): Point {
    const box = this.#surface.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** What is at `from` comes to `to`, both in CSS pixels of the canvas, when the zoom changes by `steps`. */
  #hold(from: Point, to: Point, steps: number): void {
    const { canvas, placed, plane, orientation } = this.#surface;
    const state = this.#on.state();
    const { zoom } = zoomed(state, steps);
    const ratio = zoom / state.zoom;
    const scale = this.#scale;
    const [x, y] = pointInPicture(state.center, plane, orientation);
    const along = (start: number, end: number, middle: number, length: number, center: number): number =>
      center + (start * scale - middle) / length + (middle - end * scale) / (length * ratio);
    const center = pointInVolume(
      [
        along(from[0], to[0], canvas.width / 2, placed.width, x),
        along(from[1], to[1], canvas.height / 2, placed.height, y),
      ],
      state.center,
      plane,
      orientation,
    ) satisfies Triple;
    this.#on.change(ratio === 1 ? { center } : { zoom, center });
  }

  readonly #onWheel = (event: WheelEvent): void => {
    const { canvas, plane } = this.#surface;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const point = this.#pointOf(event);
      this.#hold(point, point, -turnedPixels(event) / WHEEL_STEP);
      return;
    }
    if (document.activeElement !== canvas) return;
    event.preventDefault();
    const slices = this.#wheel.take(event);
    if (slices !== 0) this.#on.change(moved(this.#on.state(), plane, slices));
  };

  readonly #onDown = (event: PointerEvent): void => {
    if (event.pointerType === 'touch') this.#touch(event);
    else this.#press(event);
  };

  #press(event: PointerEvent): void {
    const hand = handOf(event, this.#on.state(), this.#on.tool);
    if (hand === null || this.#drag !== null) return;
    this.#surface.canvas.focus({ preventScroll: true });
    if (hand === 'crosshair') return;
    if (event.button === 1) event.preventDefault(); // Or the browser scrolls by itself.
    this.#begin(event, hand);
  }

  #begin(event: PointerEvent, hand: Drag['hand']): void {
    const { canvas } = this.#surface;
    canvas.setPointerCapture(event.pointerId);
    const start = this.#pointOf(event);
    const window = hand === 'window' ? this.#on.windowDrag() : null;
    const { pointerId, button } = event;
    this.#drag = { pointer: pointerId, hand, button, start, last: start, isReal: false, window, menu: null };
    canvas.dataset.hand = hand;
  }

  #touch(event: PointerEvent): void {
    const { canvas } = this.#surface;
    this.#fingers.set(event.pointerId, this.#pointOf(event));
    this.#rest = 0;
    if (this.#fingers.size === 2) {
      for (const id of this.#fingers.keys()) canvas.setPointerCapture(id);
      this.#drag = null;
    } else if (this.#fingers.size === 1) {
      this.#begin(event, this.#on.tool === 'window' ? 'window' : 'slices');
    }
  }

  readonly #onMove = (event: PointerEvent): void => {
    const to = this.#pointOf(event);
    if (this.#fingers.size === 2 && this.#fingers.has(event.pointerId)) {
      this.#pinch(event.pointerId, to);
      return;
    }
    const drag = this.#drag;
    if (drag?.pointer !== event.pointerId) return;
    const by = [to[0] - drag.start[0], to[1] - drag.start[1]] as const;
    if (!drag.isReal) {
      if (Math.hypot(...by) < TREMBLE) return;
      drag.isReal = true;
    }
    if (drag.hand === 'pan') this.#hold(drag.last, to, 0);
    else if (drag.hand === 'slices') this.#finger(drag.last[1] - to[1]);
    else drag.window?.(by);
    drag.last = to;
  };

  /** One finger moves slices, but only over a picture that has the focus; else the page scrolls. */
  #finger(pixels: number): void {
    if (document.activeElement !== this.#surface.canvas) return;
    this.#rest += pixels / FINGER_SLICE;
    const slices = Math.trunc(this.#rest);
    this.#rest -= slices;
    if (slices !== 0) this.#on.change(moved(this.#on.state(), this.#surface.plane, slices));
  }

  #pinch(pointer: number, to: Point): void {
    const spread = (): { middle: Point; distance: number } => {
      const [one, other] = [...this.#fingers.values()] as [Point, Point];
      return {
        middle: [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2],
        distance: Math.max(1, Math.hypot(one[0] - other[0], one[1] - other[1])),
      };
    };
    const before = spread();
    this.#fingers.set(pointer, to);
    const after = spread();
    const steps = Math.log(after.distance / before.distance) / Math.log(zoomed({ zoom: 1 }, 1).zoom);
    this.#hold(before.middle, after.middle, steps);
  }

  readonly #onUp = (event: PointerEvent): void => {
    this.#fingers.delete(event.pointerId);
    const drag = this.#drag;
    if (drag?.pointer !== event.pointerId) return;
    this.#drag = null;
    const { canvas } = this.#surface;
    delete canvas.dataset.hand;
    if (drag.isReal) this.#draggedAt = performance.now();
    else if (event.pointerType === 'touch' && event.type === 'pointerup') canvas.focus({ preventScroll: true });
    if (drag.menu === null || drag.isReal) return;
    const { clientX, clientY, screenX, screenY } = drag.menu;
    const init = { bubbles: true, cancelable: true, composed: true, button: 2, clientX, clientY, screenX, screenY };
    this.#offered = new MouseEvent('contextmenu', init);
    canvas.dispatchEvent(this.#offered);
  };

  /** Some systems ask for the menu when the button goes down, others when it goes up. */
  readonly #onMenu = (event: MouseEvent): void => {
    if (event === this.#offered || event.shiftKey) return;
    const isHeld = this.#drag?.button === 2;
    if (!isHeld && performance.now() - this.#draggedAt > MENU_MS) return;
    event.preventDefault();
    event.stopPropagation();
    if (isHeld && this.#drag !== null) this.#drag.menu = event;
  };

  readonly #onDouble = (event: MouseEvent): void => {
    if (event.button === 0) this.#on.resetWindow(this.#surface.plane);
  };
}
