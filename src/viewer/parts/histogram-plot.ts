import type { Window } from '../../protocol';
import { exactNumber } from '../../shading';
import { element } from '../dom';
import { text } from '../text';
import { axisOf, barHeights, type Counted } from '../values/histogram';
import { mark, svg } from './widgets';

const [WIDTH, HEIGHT] = [256, 64];
/** Of the axis, what a key moves a handle by; a tenth of that where Shift is held. */
const KEY_SHARE = 1 / 64;

type End = 'low' | 'high';

/** A histogram with the window's two ends on it, which are dragged or moved by keys. */
export class HistogramPlot {
  readonly element: HTMLElement = element('div', 'slicescope-histogram');
  readonly #change: (window: Window) => void;
  readonly #path: SVGPathElement = svg('path', { class: 'slicescope-bars', d: '' });
  readonly #handles: Readonly<Record<End, HTMLElement>>;
  readonly #inside: HTMLElement = element('div', 'slicescope-inside');
  #counted: Counted | null = null;
  #axis: readonly [number, number] = [0, 1];
  #window: Window = [0, 1];
  /** Whether values are whole numbers. */
  #isWhole = true;
  #held: End | null = null;

  constructor(change: (window: Window) => void) {
    this.#change = change;
    const box = `0 0 ${String(WIDTH)} ${String(HEIGHT)}`;
    const drawing = svg('svg', { viewBox: box, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    drawing.append(this.#path);
    this.#handles = {
      low: this.#handle('low', text('Low end of the window')),
      high: this.#handle('high', text('High end of the window')),
    };
    this.element.append(this.#inside, drawing, this.#handles.low, this.#handles.high);
  }

  /** Show these counts, or none while they are not known, and the window on them. */
  update(counted: Counted | null, window: Window, isWhole: boolean): void {
    this.#isWhole = isWhole;
    this.#window = window;
    // The axis stays under the hand that drags.
    const axis = this.#held === null ? axisOf(counted ?? { edges: window, counts: [] }, window) : this.#axis;
    const isOther = counted !== this.#counted || axis[0] !== this.#axis[0] || axis[1] !== this.#axis[1];
    [this.#counted, this.#axis] = [counted, axis];
    if (isOther) mark(this.#path, 'd', counted === null ? '' : this.#drawn(counted));
    const [low, high] = window.map((end) => Math.max(0, Math.min(1, this.#share(end)))) as [number, number];
    this.#inside.style.left = percent(low);
    this.#inside.style.width = percent(high - low);
    for (const [end, at] of [
      ['low', low],
      ['high', high],
    ] as const) {
      const handle = this.#handles[end];
      handle.style.left = percent(at);
      const value = window[end === 'low' ? 0 : 1];
      mark(handle, 'aria-valuenow', String(value));
      mark(handle, 'aria-valuetext', exactNumber(value));
      mark(handle, 'aria-valuemin', String(axis[0]));
      mark(handle, 'aria-valuemax', String(axis[1]));
    }
  }

  #share(value: number): number {
    return (value - this.#axis[0]) / (this.#axis[1] - this.#axis[0]);
  }

  /** One path for all bars: one element a bar would be hundreds. */
  #drawn({ edges, counts }: Counted): string {
    const step = (edges[1] - edges[0]) / counts.length;
    const x = (value: number): string => (WIDTH * this.#share(value)).toFixed(2);
    const tops = barHeights(counts).map((height, bar) => {
      const y = (HEIGHT * (1 - height)).toFixed(2);
      return `V${y}H${x(edges[0] + (bar + 1) * step)}`;
    });
    return `M${x(edges[0])} ${String(HEIGHT)}${tops.join('')}V${String(HEIGHT)}Z`;
  }

  #handle(end: End, name: string): HTMLElement {
    const handle = element('div', 'slicescope-handle');
    handle.tabIndex = 0;
    handle.dataset.end = end;
    handle.setAttribute('role', 'slider');
    handle.setAttribute('aria-label', name);
    handle.onpointerdown = (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
      this.#held = end;
    };
    handle.onpointermove = (event) => {
      if (this.#held !== end) return;
      const box = this.element.getBoundingClientRect();
      const share = (event.clientX - box.left) / box.width;
      this.#moveTo(end, this.#axis[0] + share * (this.#axis[1] - this.#axis[0]));
    };
    handle.onpointerup = handle.onpointercancel = () => {
      this.#held = null;
      this.update(this.#counted, this.#window, this.#isWhole);
    };
    handle.onkeydown = (event) => {
      const way = ['ArrowRight', 'ArrowUp'].includes(event.key)
        ? 1
        : ['ArrowLeft', 'ArrowDown'].includes(event.key)
          ? -1
          : 0;
      if (way === 0) return;
      event.preventDefault();
      const share = event.shiftKey ? KEY_SHARE / 10 : KEY_SHARE;
      const step = share * (this.#axis[1] - this.#axis[0]);
      const whole = this.#isWhole ? Math.max(1, Math.round(step)) : step;
      this.#moveTo(end, this.#window[end === 'low' ? 0 : 1] + way * whole);
    };
    return handle;
  }

  /** One end at a value; it pushes nothing, and stops before the other. */
  #moveTo(end: End, value: number): void {
    const at = this.#isWhole ? Math.round(value) : value;
    const gap = this.#isWhole ? 1 : (this.#axis[1] - this.#axis[0]) / 1000;
    const [low, high] = this.#window;
    this.#change(end === 'low' ? [Math.min(at, high - gap), high] : [low, Math.max(at, low + gap)]);
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
