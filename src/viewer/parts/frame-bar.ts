import { frameText } from '../../shading';
import { element } from '../dom';
import { text } from '../text';
import type { Part, Workbench } from './part';
import { button, icon, mark, say } from './widgets';

/** The slider of a volume's frames; hidden where there is one only. */
export class FrameBar implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-bar slicescope-frames');
  readonly #bench: Workbench;
  readonly #slider: HTMLInputElement = element('input', 'slicescope-frame-slider');
  readonly #count: HTMLElement = element('span', 'slicescope-count');

  constructor(bench: Workbench) {
    this.#bench = bench;
    const name = element('span', 'slicescope-plane');
    name.textContent = text('frame');
    this.#slider.type = 'range';
    [this.#slider.min, this.#slider.step] = ['0', '1'];
    this.#slider.setAttribute('aria-label', text('Frame'));
    this.#slider.oninput = () => {
      bench.change({ frame: this.#slider.valueAsNumber });
    };
    this.element.append(name, this.#slider, this.#count);
  }

  set enabled(value: boolean) {
    this.#slider.disabled = !value;
  }

  update(): void {
    const { frame, volume } = this.#bench.state();
    const isOne = volume.frames === 1;
    if (this.element.hidden !== isOne) this.element.hidden = isOne;
    if (isOne) return;
    const last = String(volume.frames - 1);
    if (this.#slider.max !== last) this.#slider.max = last;
    if (this.#slider.valueAsNumber !== frame) this.#slider.valueAsNumber = frame;
    const said = frameText(volume, frame);
    say(this.#count, `${String(frame)} / ${last}${said === '' ? '' : ` · ${said}`}`);
    const place = text('frame %1 of %2', frame, last);
    mark(this.#slider, 'aria-valuetext', said === '' ? place : `${place}, ${said}`);
  }

  dispose(): void {
    this.element.remove();
  }
}

/** Plays the slices, or the frames where there are several, and stops. */
export class PlayButton implements Part {
  readonly element: HTMLButtonElement;
  readonly #bench: Workbench;
  #isPlaying = false;

  constructor(bench: Workbench, run: () => void) {
    this.#bench = bench;
    this.element = button('play', text('Play (%1)', text('Space')), run);
    this.element.classList.add('slicescope-play');
  }

  set enabled(value: boolean) {
    this.element.disabled = !value;
  }

  update(): void {
    const { playing } = this.#bench.state();
    if (playing === this.#isPlaying) return;
    this.#isPlaying = playing;
    this.element.replaceChildren(icon(playing ? 'pause' : 'play'));
    const name = playing ? text('Pause (%1)', text('Space')) : text('Play (%1)', text('Space'));
    mark(this.element, 'title', name);
    mark(this.element, 'aria-label', name);
  }

  dispose(): void {
    this.element.remove();
  }
}
