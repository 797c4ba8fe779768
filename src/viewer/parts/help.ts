import { COMMANDS, keysShown } from '../commands';
import { element } from '../dom';
import { text } from '../text';
import type { Part } from './part';
import { button } from './widgets';

/** What hands do, beside the keys. */
const HANDS: readonly (readonly [hand: string, does: string])[] = [
  ['Drag', 'Move the picture'],
  ['Right drag', 'Change the window'],
  ['Double click', 'Window of the volume’s values'],
  ['Wheel', 'Slices'],
  ['Ctrl wheel', 'Zoom at the pointer'],
];

/** All keys and hands, over the picture; made when it is first asked for. */
export class Help implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-help');
  readonly #close: () => void;

  constructor(close: () => void) {
    this.#close = close;
    this.element.hidden = true;
    this.element.setAttribute('role', 'dialog');
    this.element.setAttribute('aria-label', text('Keys'));
    this.element.tabIndex = -1;
    this.element.onkeydown = (event) => {
      if (event.key !== 'Escape' && event.key !== '?') return;
      event.preventDefault();
      event.stopPropagation();
      close();
    };
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  set isOpen(value: boolean) {
    if (value && this.element.childElementCount === 0) this.#fill();
    this.element.hidden = !value;
    if (value) this.element.focus({ preventScroll: true });
  }

  update(): void {
    // It says the same whatever the state is.
  }

  dispose(): void {
    this.element.remove();
  }

  #fill(): void {
    const row = (keys: readonly string[], does: string): HTMLElement => {
      const made = element('div', 'slicescope-help-row');
      const [term, words] = [element('dt', 'slicescope-keys'), element('dd', 'slicescope-does')];
      term.append(
        ...keys.map((key) => {
          const cap = element('kbd', 'slicescope-key');
          cap.textContent = text(key);
          return cap;
        }),
      );
      words.textContent = text(does);
      made.append(term, words);
      return made;
    };
    const list = element('dl', 'slicescope-help-list');
    list.append(
      ...HANDS.map(([hand, does]) => row([hand], does)),
      ...COMMANDS.map((command) => row(keysShown(command), command.label)),
    );
    this.element.append(button('close', text('Close'), this.#close), list);
  }
}
