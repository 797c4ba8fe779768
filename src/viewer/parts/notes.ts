import { element } from '../dom';
import { text } from '../text';
import type { Part, Workbench } from './part';
import { mark, say } from './widgets';

/** What a person must know to read the volume right, folded up; and whether the slice that is shown holds no values. Hidden for most volumes. */
export class Notes implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-notes');
  readonly #bench: Workbench;
  readonly #empty: HTMLElement = element('span', 'slicescope-empty');
  readonly #details: HTMLDetailsElement = element('details', 'slicescope-notes-details');
  readonly #summary: HTMLElement = element('summary', 'slicescope-notes-summary');
  readonly #list: HTMLElement = element('ul', 'slicescope-notes-list');
  #shown: readonly string[] = [];

  constructor(bench: Workbench) {
    this.#bench = bench;
    this.#empty.setAttribute('role', 'status');
    this.#details.append(this.#summary, this.#list);
    this.element.append(this.#empty);
    this.element.hidden = true;
  }

  update(): void {
    const { volume, layout, plane, position } = this.#bench.state();
    const isAcrossZ = layout !== 'slice' || plane === 'xy';
    const isEmpty = isAcrossZ && volume.emptySlices?.includes(position[2]) === true;
    say(this.#empty, isEmpty ? text('xy slice %1 is empty: it holds no measured values', position[2]) : '');
    const { notes = [] } = volume;
    const isHidden = notes.length === 0 && !isEmpty;
    if (this.element.hidden !== isHidden) this.element.hidden = isHidden;
    if (notes.join('\n') === this.#shown.join('\n')) return;
    this.#shown = notes;
    const { length } = this.#shown;
    if (length === 0) this.#details.remove();
    else this.element.append(this.#details);
    const words = length === 1 ? text('A note on this volume') : text('%1 notes on this volume', length);
    say(this.#summary, words);
    mark(this.#summary, 'aria-label', words);
    this.#list.replaceChildren(
      ...this.#shown.map((note) => {
        const item = element('li', 'slicescope-note');
        item.textContent = note;
        return item;
      }),
    );
  }

  dispose(): void {
    this.element.remove();
  }
}
