import { element } from '../dom';
import { text } from '../text';
import { ColormapSection } from './colormap-section';
import { LayersSection } from './layers-section';
import type { Part, Workbench } from './part';
import { ViewSection } from './view-section';
import { WindowSection } from './window-section';

/** The settings of a view, below its picture. Nothing of it is there before it is opened, and nothing changes while it is closed. */
export class Panel implements Part {
  readonly element: HTMLElement = element('div', 'slicescope-panel');
  readonly #bench: Workbench;
  #sections: readonly Part[] = [];

  constructor(bench: Workbench, close: () => void) {
    this.#bench = bench;
    this.element.hidden = true;
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', text('Settings of the view'));
    this.element.onkeydown = (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      close();
    };
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  set isOpen(value: boolean) {
    this.element.hidden = !value;
    if (!value) return;
    if (this.#sections.length === 0) {
      const bench = this.#bench;
      const kinds = [WindowSection, ColormapSection, LayersSection, ViewSection];
      this.#sections = kinds.map((Section) => new Section(bench));
      this.element.append(...this.#sections.map((section) => section.element));
    }
    this.update();
  }

  update(): void {
    if (this.isOpen) for (const section of this.#sections) section.update();
  }

  dispose(): void {
    for (const section of this.#sections) section.dispose();
    this.element.remove();
  }
}
