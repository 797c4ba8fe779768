import type { ViewSettings, ViewState } from '../protocol';
import { element } from './dom';
import { movedTo } from './moves';
import { ReadingPace } from './pace';
import { slide } from './slide';
import type { Slice } from './slice-cache';
import { text } from './text';

/**
 * Milliseconds for which the slider waits for the next picture, and moves in the same frame: in a frame of its own before, it would
 * delay the picture by that frame. A machine that can't draw more frames would show the slider and no pictures.
 */
const TOGETHER_MS = 100;

/** From the left end of the container that it is in, at time 0, to the right one, at 1. */
const along = (moved: HTMLElement): Animation => slide(moved, 'translateX(0)', 'translateX(100cqi)', 1);

/**
 * The slider with its number. The slider is a native one, made invisible, over a
 * drawn one, whose thumb is moved by the compositor. While the slice that was asked for is not here, a mark stays
 * where the shown one is.
 */
export class Controls {
  readonly bar: HTMLElement = element('div', 'slicescope-bar');
  readonly #state: () => ViewState;
  readonly #plane: HTMLElement = element('span', 'slicescope-plane');
  readonly #slider: HTMLInputElement = element('input', 'slicescope-slider');
  readonly #track: HTMLElement = element('div', 'slicescope-track');
  readonly #thumb: HTMLElement = element('div', 'slicescope-thumb');
  readonly #mark: HTMLElement = element('div', 'slicescope-mark');
  readonly #thumbAt: Animation = along(this.#thumb);
  readonly #markAt: Animation = along(this.#mark);
  readonly #number: HTMLInputElement = element('input', 'slicescope-number');
  readonly #count: HTMLElement = element('span', 'slicescope-count');
  #shown: Pick<Slice, 'plane' | 'index'> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the slider has not waited any longer: it follows the hand until the next picture. */
  #isAhead = false;
  readonly #writing: ReadingPace = new ReadingPace(() => {
    this.#write();
  });

  constructor(state: () => ViewState, change: (patch: Partial<ViewSettings>) => void) {
    this.#state = state;
    this.#slider.type = 'range';
    this.#slider.min = '0';
    this.#slider.step = '1';
    this.#slider.setAttribute('aria-label', text('Slice'));
    this.#number.type = 'number';
    this.#number.min = '0';
    this.#number.step = '1';
    this.#number.setAttribute('aria-label', text('Slice number'));
    // Until there is a picture of another plane or volume, the slider may reach farther than that.
    const move = (index: number): void => {
      const now = state();
      change(movedTo(now, now.plane, index));
    };
    this.#slider.oninput = () => {
      move(this.#slider.valueAsNumber);
    };
    const commit = (): void => {
      const index = this.#number.valueAsNumber;
      if (Number.isFinite(index)) move(index);
      this.#writing.run(); // What was typed may be no number, or none that there is.
      this.#place();
    };
    this.#number.onchange = commit;
    // JupyterLab keeps the line break of Enter, and with it the change, from every input.
    this.#number.onkeydown = ({ key }) => {
      if (key === 'Enter') commit();
    };
    const rail = element('div', 'slicescope-rail');
    rail.append(this.#mark, this.#thumb);
    this.#track.append(this.#slider, rail);
    this.bar.append(this.#plane, this.#track, this.#number, this.#count);
  }

  set enabled(value: boolean) {
    for (const control of [this.#slider, this.#number]) control.disabled = !value;
  }

  /** The state is another one, or `shown` is the slice that is in the picture now. */
  update(shown: Pick<Slice, 'plane' | 'index'> | null): void {
    const { plane, index } = this.#state();
    const isNew = shown?.plane !== this.#shown?.plane || shown?.index !== this.#shown?.index;
    this.#shown = shown;
    const isApart = shown !== null && (shown.plane !== plane || shown.index !== index);
    if (isNew || !isApart) this.#isAhead = false;
    if (isNew || !isApart || this.#isAhead) this.#place();
    else {
      this.#timer ??= setTimeout(() => {
        this.#isAhead = true;
        this.#place();
      }, TOGETHER_MS);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#writing.stop();
  }

  #place(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { plane, index, volume } = this.#state();
    const last = volume.planes[plane].count - 1;
    const isApart = this.#shown?.plane === plane && this.#shown.index !== index;
    const text = String(last);
    if (this.#slider.max !== text || this.#plane.textContent !== plane) {
      this.#plane.textContent = plane;
      this.#slider.max = text;
      this.#number.max = text;
      this.#count.textContent = `/ ${text}`;
    }
    const at = (slice: number): number => (last === 0 ? 0 : slice / last);
    this.#thumbAt.currentTime = at(index);
    this.#markAt.currentTime = at(isApart ? (this.#shown?.index ?? index) : index);
    this.bar.dataset.apart = String(isApart);
    if (this.#slider.valueAsNumber !== index) this.#slider.valueAsNumber = index;
    this.#writing.request();
  }

  /** The slice's number, as it is now. */
  #write(): void {
    const { plane, index, volume } = this.#state();
    if (this.#number.valueAsNumber !== index) this.#number.valueAsNumber = index;
    const sentence = text('%1 slice %2 of %3', plane, index, volume.planes[plane].count - 1);
    this.#slider.setAttribute('aria-valuetext', sentence);
  }
}
