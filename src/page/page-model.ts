import { settled } from '../shading';
import type {
  ChannelListener,
  ClientContent,
  Connection,
  Frame,
  Line,
  Needs,
  Notice,
  Plane,
  ServerContent,
  Slice,
  ViewSettings,
  ViewState,
  ViewerModel,
} from '../viewer';
import { SliceFeed } from '../viewer/slice-feed';
import { text } from '../viewer/text';
import { sentenceOf } from './sentences';

/** What is told of a view. */
export interface PageListener {
  /** The state, or a slice, is another one; for the first time when there is a state. */
  updated(): void;
  /** There is something to tell the person, or nothing any more; `isStopped`: no further slice will come by itself. */
  notified(notice: Notice | null, isStopped: boolean): void;
}

/**
 * A view on a page without Jupyter. What the person changes is applied at once and said to the companion one message
 * after the other: until the last one is answered the next changes are gathered, so that a slow line carries the newest
 * state and not every one. An echo says nothing of settings that the person has changed since.
 */
export class PageModel implements ViewerModel, ChannelListener {
  readonly #viewId: string;
  readonly #connection: Connection;
  readonly #page: PageListener;
  readonly #feed: SliceFeed;
  readonly #answers: Set<(content: ServerContent) => void> = new Set();
  #state: ViewState | null = null;
  /** A change is told of once, with the slices for it that are here already. */
  #isChanging = false;
  #hasNotice = false;
  #isStopped = false;
  /** What the companion has been told and has not answered. */
  #underWay: { readonly msgId: string; readonly patch: Partial<ViewSettings> } | null = null;
  /** What it is to be told next. */
  #unsaid: Partial<ViewSettings> = {};

  constructor(viewId: string, connection: Connection, page: PageListener) {
    this.#viewId = viewId;
    this.#connection = connection;
    this.#page = page;
    this.#feed = new SliceFeed(
      (wishes) => {
        this.send(wishes);
      },
      () => {
        if (!this.#isChanging) page.updated();
      },
    );
  }

  get state(): ViewState {
    if (this.#state === null) throw new Error('The view has no volume yet.');
    return this.#state;
  }

  sliceOf(plane: Plane): Slice | null {
    return this.#feed.sliceOf(plane);
  }

  change(patch: Partial<ViewSettings>): void {
    const changes = settled(this.state, patch);
    this.#unsaid = { ...this.#unsaid, ...changes };
    this.#say();
    this.#merge(changes);
  }

  send(content: ClientContent): void {
    this.#connection.comm(this.#viewId, '', { method: 'custom', content });
  }

  onAnswer(listener: (content: ServerContent) => void): () => void {
    this.#answers.add(listener);
    return () => this.#answers.delete(listener);
  }

  need(viewer: object, plane: Plane, needs: Needs | null): void {
    this.#feed.need(viewer, plane, needs);
  }

  opened(state: ViewState, instance: string, line: Line): void {
    // Whether what was under way on another connection has arrived can't be known: it is said again.
    const isSameVolume = this.#state?.volume.revision === state.volume.revision;
    const own = isSameVolume ? { ...this.#underWay?.patch, ...this.#unsaid } : {};
    this.#unsaid = own;
    this.#underWay = null;
    this.#say();
    this.#feed.connected(instance, line);
    this.#merge({ ...state, ...own });
    this.#notify(null, false);
  }

  changed(state: Partial<ViewState>, method: 'update' | 'echo_update', parentId: string): void {
    if (parentId !== '' && parentId === this.#underWay?.msgId) this.#underWay = null;
    const own = method === 'update' ? {} : { ...this.#underWay?.patch, ...this.#unsaid };
    const news = Object.entries(state).filter(([name, value]) => !(name in own) && !this.#has(name, value));
    if (news.length > 0) this.#merge(Object.fromEntries(news));
    this.#say();
    // A change that was refused is told of; with the state that holds now, all is said.
    if (this.#hasNotice && !this.#isStopped) this.#notify(null, false);
  }

  custom(content: ServerContent): void {
    for (const listener of this.#answers) listener(content);
  }

  frame(frame: Frame): void | Promise<void> {
    return this.#feed.receive(frame);
  }

  failed(sentence: string, isFinal: boolean): void {
    const words = { text: sentenceOf(sentence) };
    const run = (): void => {
      this.#connection.retry();
    };
    this.#notify(isFinal ? words : { ...words, action: { label: text('Try now'), run } }, isFinal);
  }

  #notify(notice: Notice | null, isStopped: boolean): void {
    this.#hasNotice = notice !== null;
    this.#isStopped = isStopped;
    this.#page.notified(notice, isStopped);
  }

  #has(name: string, value: unknown): boolean {
    return JSON.stringify(this.#state?.[name as keyof ViewState]) === JSON.stringify(value);
  }

  #merge(news: Partial<ViewState>): void {
    // The first one is whole.
    this.#state = { ...this.#state, ...news } as ViewState;
    this.#isChanging = true;
    try {
      this.#feed.update(this.#state);
    } finally {
      this.#isChanging = false;
    }
    this.#page.updated();
  }

  #say(): void {
    if (this.#underWay !== null || Object.keys(this.#unsaid).length === 0) return;
    this.#underWay = { msgId: crypto.randomUUID(), patch: this.#unsaid };
    this.#unsaid = {};
    const { msgId, patch } = this.#underWay;
    this.#connection.comm(this.#viewId, msgId, { method: 'update', state: patch, buffer_paths: [] });
  }
}
