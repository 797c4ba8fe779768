import type { Plane } from '../protocol';
import { commandOf, type Commanded } from './commands';

/**
 * Keys on a part of the viewer that has the focus are commands; Escape lets go of it. `plane` is that of the picture
 * which the keys are for.
 */
export class Keys {
  readonly #abort: AbortController = new AbortController();

  constructor(target: HTMLElement, on: Commanded, plane: () => Plane) {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      if (event.key === 'Escape') target.blur();
      const command = commandOf(event);
      if (command === null) return;
      event.preventDefault();
      command.run(on, plane());
    };
    target.addEventListener('keydown', onKey, { signal: this.#abort.signal });
  }

  dispose(): void {
    this.#abort.abort();
  }
}
