import { Signal, type ISignal } from '@lumino/signaling';
import type { ViewOutput } from './renderer';

const USES = ['focusin', 'pointerdown', 'contextmenu'] as const;

/** Which of the page's views the person used last: the one that commands are about. */
export class ViewTracker {
  /** The one used last is the last. */
  readonly #outputs: ViewOutput[] = [];
  readonly #changed: Signal<this, void> = new Signal<this, void>(this);

  /** Another view is the current one, or the current one can do more or less than before. */
  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  /** The view that was used last and is still there; null before any was used. */
  get current(): ViewOutput | null {
    return this.#outputs.at(-1) ?? null;
  }

  add(output: ViewOutput): void {
    const use = (): void => {
      if (this.current === output) return;
      this.#remove(output);
      this.#outputs.push(output);
      this.#changed.emit();
    };
    for (const event of USES) output.node.addEventListener(event, use, true);
    output.disposed.connect(() => {
      this.#remove(output);
      this.#changed.emit();
    });
  }

  #remove(output: ViewOutput): void {
    const at = this.#outputs.indexOf(output);
    if (at >= 0) this.#outputs.splice(at, 1);
  }
}
