import type { PointerMessage, ViewSettings } from '../src/protocol';
import type { News as NewsMessage } from './thread';

/** Clicks of one view that are kept while the main thread is busy; those before them are dropped. */
export const MOST_CLICKS = 1024;

type News = Omit<NewsMessage, 'type' | 'viewId'>;

const NONE: News = { changes: [], clicks: [], probe: null };

/**
 * What the main thread is told of people's doing. However much they do while it runs a cell, one message of each view
 * is under way at most; what happens meanwhile is gathered, and of each setting and of the pointer's place the newest
 * is kept. Clicks are all kept, up to a bound.
 */
export class Outbox {
  readonly #post: (message: NewsMessage) => void;
  /** Views of which a message is under way, and what has happened since. */
  readonly #waiting: Map<string, News> = new Map();

  constructor(post: (message: NewsMessage) => void) {
    this.#post = post;
  }

  /** `seen` is the last change by the main thread that the view had taken before. */
  changed(viewId: string, patch: Partial<ViewSettings>, seen: number): void {
    this.#add(viewId, (news) => {
      // Each setting is in one change, that of its newest value: the main thread judges it by what was seen then.
      const before = news.changes.flatMap((change) => {
        const left = Object.entries(change.patch).filter(([name]) => !(name in patch));
        return left.length === 0 ? [] : [{ ...change, patch: Object.fromEntries(left) }];
      });
      return { ...news, changes: [...before, { patch, seen }] };
    });
  }

  pointed(viewId: string, message: PointerMessage): void {
    this.#add(viewId, (news) =>
      message.kind === 'probe'
        ? { ...news, probe: message }
        : { ...news, clicks: [...news.clicks, message].slice(-MOST_CLICKS) },
    );
  }

  /** The main thread has taken the message that was under way. */
  taken(viewId: string): void {
    const news = this.#waiting.get(viewId);
    this.#waiting.delete(viewId);
    if (news !== undefined && news !== NONE) this.#send(viewId, news);
  }

  /** The view is closed: nothing more is told of it. */
  forget(viewId: string): void {
    if (this.#waiting.has(viewId)) this.#waiting.set(viewId, NONE);
  }

  #add(viewId: string, change: (news: News) => News): void {
    const waiting = this.#waiting.get(viewId);
    if (waiting === undefined) this.#send(viewId, change(NONE));
    else this.#waiting.set(viewId, change(waiting));
  }

  #send(viewId: string, news: News): void {
    this.#waiting.set(viewId, NONE);
    this.#post({ type: 'news', viewId, ...news });
  }
}
