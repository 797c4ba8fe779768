import type { ClientContent, Histogram, Plane, ServerContent, ViewSettings, ViewState } from '../../protocol';
import type { ViewerHost } from '../host';
import type { Slice } from '../slice-cache';
import { sliceOf, tileOf } from './slices';
import { viewState } from './states';

/** A viewer's host without a viewer: what was sent and changed is kept, and answers are given by hand. */
export class TestHost implements ViewerHost {
  current: ViewState;
  readonly sent: ClientContent[] = [];
  readonly changes: Partial<ViewSettings>[] = [];
  /** Called after each change, as a viewer is updated. */
  onChange: () => void = () => undefined;
  #listeners: Set<(content: ServerContent) => void> = new Set();

  constructor(state: ViewState = viewState(1, 'xy', 2)) {
    this.current = state;
  }

  state(): ViewState {
    return this.current;
  }

  change(patch: Partial<ViewSettings>): void {
    this.changes.push(patch);
    this.current = { ...this.current, ...patch };
    this.onChange();
  }

  /** Stored values 0, 10, 20, … along the rows and 0, 1, 2, … along the columns. */
  sliceOf(plane: Plane): Slice {
    const slice = sliceOf(plane, this.current.index, [tileOf(plane, (x, y) => 10 * y + x)]);
    const { rescale } = this.current.volume;
    return { ...slice, layers: slice.layers.map((layer) => ({ ...layer, rescale })) };
  }

  send(content: ClientContent): void {
    this.sent.push(content);
  }

  onAnswer(listener: (content: ServerContent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  answer(more: Partial<Histogram>): void {
    const plain: Histogram = {
      kind: 'histogram',
      revision: 1,
      layer: 0,
      frame: 0,
      range: [0, 99],
      edges: [-0.5, 99.5],
      counts: [10, 0, 5, 1],
      percentiles: [2, 3, 4, 5, 50, 95, 96, 97, 98],
    };
    for (const listener of this.#listeners) listener({ ...plain, ...more });
  }
}
