import type { Priority, TileWish, WishList } from '../src/protocol';

/** A tile whose turn it is, and the list that it is of. */
export interface Turn {
  readonly viewId: string;
  readonly wish: TileWish;
  readonly list: WishList;
}

interface ViewWishes {
  readonly list: WishList;
  /** What of the list has had its turn: bounded, because it goes with the list. */
  readonly taken: Set<number>;
}

/** What the views of one client wish for, and whose turn it is. */
export class Wishes {
  readonly #views: Map<string, ViewWishes> = new Map();
  /** By priority the views that wait, who waits longest first, each with its tiles. */
  readonly #waiting: Readonly<Record<Priority, Map<string, TileWish[]>>> = {
    view: new Map(),
    prefetch: new Map(),
    fill: new Map(),
  };

  /** Take a view's newest list: of the former one nothing stays but what tiles of this one have had their turn. */
  replace(viewId: string, list: WishList): void {
    const before = this.#views.get(viewId)?.taken;
    const taken = new Set<number>();
    const seen = new Set<number>();
    const queues: Record<Priority, TileWish[]> = { view: [], prefetch: [], fill: [] };
    for (const wish of list.tiles) {
      if (seen.has(wish.requestId)) continue;
      seen.add(wish.requestId);
      if (before?.has(wish.requestId) === true) taken.add(wish.requestId);
      else queues[wish.priority].push(wish);
    }
    this.#views.set(viewId, { list, taken });
    for (const [priority, views] of Object.entries(this.#waiting)) {
      const queue = queues[priority as Priority];
      // A view that waited keeps its turn.
      if (queue.length > 0) views.set(viewId, queue);
      else views.delete(viewId);
    }
  }

  /** The next tile of a priority that is `possible` now, of the view that has waited longest for its turn. */
  take(priority: Priority, possible: (wish: TileWish) => boolean): Turn | null {
    const views = this.#waiting[priority];
    for (const [viewId, queue] of views) {
      const at = queue.findIndex(possible);
      const wish = queue[at];
      const view = this.#views.get(viewId);
      if (wish === undefined || view === undefined) continue;
      queue.splice(at, 1);
      views.delete(viewId);
      if (queue.length > 0) views.set(viewId, queue);
      view.taken.add(wish.requestId);
      return { viewId, wish, list: view.list };
    }
    return null;
  }

  /** Whether a tile that has had its turn is still in its view's list. */
  isWanted({ viewId, wish }: Turn): boolean {
    return this.#views.get(viewId)?.taken.has(wish.requestId) === true;
  }

  /** Of a view's newest list; undefined where nothing is wished for. */
  revisionOf(viewId: string): number | undefined {
    return this.#views.get(viewId)?.list.revision;
  }

  drop(viewId: string): void {
    this.#views.delete(viewId);
    for (const views of Object.values(this.#waiting)) views.delete(viewId);
  }
}
