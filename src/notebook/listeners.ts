import { SlicescopeError, quote } from '../protocol';

/** Functions that are called with events of several types. */
export class Listeners<Events extends object> {
  readonly #types: readonly (keyof Events & string)[];
  readonly #listeners: Map<keyof Events, Set<(event: never) => void>> = new Map();

  constructor(types: readonly (keyof Events & string)[]) {
    this.#types = types;
  }

  /** The types that somebody listens to. */
  get heard(): readonly (keyof Events & string)[] {
    return this.#types.filter((type) => (this.#listeners.get(type)?.size ?? 0) > 0);
  }

  /**
   * Call `listener` with the events of a type. The same function may listen several times.
   * @returns a function that stops it
   * @throws SlicescopeError `invalid-argument` where there is no such type, or no function.
   */
  add<Type extends keyof Events & string>(
    type: Type,
    listener: (event: Events[Type]) => void,
    caller: string,
  ): () => void {
    if (!this.#types.includes(type) || typeof listener !== 'function') {
      const types = this.#types.map((each) => `'${each}'`).join(', ');
      const message = `${caller}: expected one of ${types} and a function, got ${quote(type)} and a ${typeof listener}`;
      throw new SlicescopeError('invalid-argument', message, { argument: 'type' });
    }
    const own = (event: Events[Type]): void => {
      listener(event);
    };
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(own));
    return () => {
      listeners.delete(own);
    };
  }

  /** Call the listeners; where one fails, the others are called all the same. */
  emit<Type extends keyof Events & string>(type: Type, event: Events[Type]): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])] as ((event: Events[Type]) => void)[]) {
      try {
        listener(event);
      } catch (error) {
        console.error('view.on: a listener failed:', error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
