import {
  LIMITS,
  SlicescopeError,
  UNASKED,
  VOLUME_ITSELF,
  isLooking,
  isSlicescopeError,
  messageOf,
  overviewLevel,
  type Access,
  type ClientContent,
  type ClientMessage,
  type Histogram,
  type HistogramRequest,
  type Limits,
  type ServerMessage,
  type TileWish,
  type ViewState,
  type WishList,
} from '../src/protocol';
import { layersOf } from '../src/shading';
import { Flow } from './flow';
import { RefreshPacer } from './refresh-pacer';
import { cutTile, type RawFrame } from './slices';
import type { View } from './view';
import type { ViewClient, Views } from './views';
import type { Turn } from './wishes';

/** Bytes of memory that Node takes for a text that waits in a socket, beside the text. */
const WAITING_BYTES = 300;

/** The half of a socket that a session writes to. */
export interface Sink {
  readonly bufferedAmount: number;
  /** `done` is called when the data is read no more. */
  send(data: string | Uint8Array, done?: () => void): void;
  close(code: number, reason: string): void;
}

/**
 * One browser page that has proved itself, and the views that it has open. What it wishes for is sent by its
 * flow. Of refreshes it is told as fast as it follows (refresh-pacer.ts): a list of wishes names the revision that
 * it was told of last, or is dropped in silence, and is served what is newest. When it is told of another volume or
 * another content, what it wished for before is dropped.
 */
export class Session implements ViewClient {
  readonly #views: Views;
  readonly #sink: Sink;
  readonly #limits: Limits;
  readonly #access: Access;
  readonly #flow: Flow;
  readonly #channels: Map<string, number> = new Map();
  readonly #pacers: Map<string, RefreshPacer> = new Map();
  /** The content that the views' tiles of a revision are of; NaN if it changed while the first was cut. */
  readonly #contents: Map<string, { readonly revision: number; readonly content: number }> = new Map();
  /** Views whose page wishes for voxels as they are: its line is fast. */
  readonly #raw: Set<string> = new Set();
  #lastChannel = 0;
  /** Texts that wait in the socket. */
  #waiting = 0;
  readonly #textIsSent = (): void => {
    this.#waiting -= 1;
  };

  constructor(views: Views, sink: Sink, limits: Limits = LIMITS, access: Access = 'change') {
    this.#views = views;
    this.#access = access;
    this.#sink = sink;
    this.#limits = limits;
    this.#flow = new Flow(limits, {
      hasRoom: () => this.#hasRoom(limits.frameBytes),
      cut: (turn, stop) => this.#cut(turn, stop),
      send: (frame, done) => {
        sink.send(frame, done);
      },
      failed: (viewId, error) => {
        this.#failed(viewId, error);
      },
      served: ({ viewId, list }) => this.#pacers.get(viewId)?.answered(list.revision),
    });
  }

  /** Take a message of a proven client. Errors of its making are answered; the connection goes on. */
  receive(message: ClientMessage): void {
    if (this.#access === 'look' && !isLooking(message)) {
      this.#refuse(message);
      return;
    }
    switch (message.type) {
      case 'open':
        this.#open(message.viewId);
        break;
      case 'close':
        this.#leave(message.viewId);
        break;
      case 'discarded':
        this.#leave(message.viewId);
        this.#views.discard(message.viewId);
        break;
      case 'comm':
        this.#comm(message);
        break;
      case 'credit':
        this.#flow.grant(message.frames);
        break;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
      case 'hello':
      case 'proof':
        throw new SlicescopeError('protocol-error', `message: a second ${message.type}`, {});
    }
  }

  stateChanged(viewId: string, patch: Partial<ViewState>, parentId: string): void {
    if (patch.volume !== undefined) {
      this.#pacers.get(viewId)?.sent(patch.volume.revision);
      this.#flow.drop(viewId);
    }
    this.#tell(viewId, patch, parentId);
  }

  refreshed(viewId: string, revision: number): void {
    this.#pacers.get(viewId)?.refreshed(revision);
  }

  viewClosed(viewId: string): void {
    this.#forget(viewId);
    this.#send({ type: 'closed', viewId });
  }

  /** The socket is gone: let go of all views. */
  dispose(): void {
    for (const viewId of [...this.#channels.keys()]) this.#leave(viewId);
  }

  #open(viewId: string): void {
    const view = this.#views.find(viewId);
    if (view === undefined) {
      const message = 'The kernel no longer has this view. Run the cell again to show it.';
      this.#send({ type: 'error', code: 'unknown-view', message, viewId });
      return;
    }
    if (this.#channels.size >= this.#limits.viewsPerClient) {
      const message = `More than ${String(this.#limits.viewsPerClient)} views are open on this page. Close some of them.`;
      this.#send({ type: 'error', code: 'limit-exceeded', message, viewId });
      return;
    }
    const channel = this.#channels.get(viewId) ?? ++this.#lastChannel;
    this.#channels.set(viewId, channel);
    view.clients.add(this);
    this.#pacers.get(viewId)?.dispose();
    const tell = (): void => {
      const isPushed = this.#push(viewId, view, channel);
      const { volume, overlayVolumes } = view.state;
      this.stateChanged(viewId, overlayVolumes.length === 0 ? { volume } : { volume, overlayVolumes }, '');
      if (isPushed) this.#pacers.get(viewId)?.answered(view.state.volume.revision);
    };
    this.#pacers.set(viewId, new RefreshPacer(view.state.volume.revision, tell));
    this.#send({ type: 'opened', viewId, channel, state: view.state });
  }

  #comm({ viewId, msgId, data }: Extract<ClientMessage, { type: 'comm' }>): void {
    const view = this.#views.get(viewId);
    if (view === undefined || !this.#channels.has(viewId)) return; // Closed while the message was on its way.
    if (data.method === 'custom') {
      this.#hear(viewId, view, data.content);
      return;
    }
    try {
      this.#views.change(viewId, view, data.state, msgId);
    } catch (error) {
      if (!isSlicescopeError(error)) throw error;
      this.#send({ type: 'error', code: error.code, message: messageOf(error), viewId });
      this.stateChanged(viewId, view.state, msgId);
    }
  }

  /** The page may only look. It is told how the view is, because it may already show its own change. */
  #refuse(message: ClientMessage): void {
    const sentence = 'You may look at this view, but not change it: that takes the right to run code in its kernel.';
    if (message.type !== 'comm') throw new SlicescopeError('unauthorized', sentence, {});
    const { viewId, msgId, data } = message;
    this.#send({ type: 'error', code: 'unauthorized', message: sentence, viewId });
    const view = this.#channels.has(viewId) ? this.#views.get(viewId) : undefined;
    if (view !== undefined && data.method !== 'custom') this.stateChanged(viewId, view.state, msgId);
  }

  #hear(viewId: string, view: View, content: ClientContent): void {
    switch (content.kind) {
      case 'wishes':
        this.#wish(viewId, content);
        break;
      case 'histogram':
        this.#count(viewId, view, content);
        break;
      case 'probe':
      case 'click':
        this.#views.pointed(viewId, view, content);
        break;
    }
  }

  #count(viewId: string, view: View, request: HistogramRequest): void {
    const answer = (content: Histogram): void => {
      this.#send({ type: 'comm', viewId, parentId: '', data: { method: 'custom', content } });
    };
    const isWanted = (): boolean => this.#channels.has(viewId);
    try {
      this.#views.histograms.ask(view, request, { self: this, isWanted, answer });
    } catch (error) {
      this.#failed(viewId, error);
    }
  }

  #wish(viewId: string, list: WishList): void {
    if (list.revision !== this.#pacers.get(viewId)?.told) return;
    if (list.tiles.some(({ encoding }) => encoding !== 'raw')) this.#raw.delete(viewId);
    else if (list.tiles.length > 0) this.#raw.add(viewId);
    this.#flow.wish(viewId, list);
  }

  /**
   * Send the slice that a view shows before its page is told that its content is new: it need not ask, and draws at
   * once. Only a slice of the volume itself: a frame that was not asked for can't say more.
   */
  #push(viewId: string, view: View, channel: number): boolean {
    if (!this.#raw.has(viewId)) return false;
    const { volume, plane, index, layout, frame, slab } = view.state;
    const isItself = frame === 0 && slab === 1 && volume.channels === 1 && volume.frames === 1 && !volume.chunked;
    if (layout !== 'slice' || !isItself || layersOf(view.state).length !== 1) return false;
    const level = overviewLevel(volume.planes[plane], volume);
    const tile = { requestId: UNASKED, plane, index, level, tile: [0, 0] } as const;
    const wish = { ...tile, ...VOLUME_ITSELF, priority: 'view', encoding: 'raw' } as const;
    return this.#flow.push(() => {
      const [raw] = this.#cutKnown(viewId, view, wish, volume.revision, channel, () => AbortSignal.abort());
      return raw instanceof Promise ? null : raw;
    });
  }

  #tell(viewId: string, patch: Partial<ViewState>, parentId: string): void {
    const method = parentId === '' ? 'update' : 'echo_update';
    this.#send({ type: 'comm', viewId, parentId, data: { method, state: patch, buffer_paths: [] } });
  }

  /** Null for a tile that would be of another content than the other tiles of its slice. */
  #cut({ viewId, wish, list }: Turn, stop: () => AbortSignal): RawFrame | null | Promise<RawFrame> {
    const view = this.#views.get(viewId);
    const channel = this.#channels.get(viewId);
    if (view === undefined || channel === undefined) throw new Error(`view ${viewId} is closed`);
    const [raw, content] = this.#cutKnown(viewId, view, wish, list.revision, channel, stop);
    if (raw === null || raw instanceof Promise) return raw;
    const { tile, width, height } = raw.header;
    const isWhole = tile.width === width && tile.height === height;
    return isWhole || content === this.#contents.get(viewId)?.content ? raw : null;
  }

  /** A tile, and the content that it is of, noted if it is the first of its revision. */
  #cutKnown(
    viewId: string,
    view: View,
    wish: TileWish,
    revision: number,
    channel: number,
    stop: () => AbortSignal,
  ): [RawFrame | null | Promise<RawFrame>, number] {
    const before = view.content;
    const raw = cutTile(view, wish, revision, channel, stop);
    const content = view.content === before ? before : NaN;
    if (this.#contents.get(viewId)?.revision !== revision) this.#contents.set(viewId, { revision, content });
    return [raw, content];
  }

  #failed(viewId: string, error: unknown): void {
    if (isSlicescopeError(error)) {
      this.#send({ type: 'error', code: error.code, message: error.message, viewId });
      return;
    }
    const message = `The slice could not be made (${messageOf(error)}). Show another one, or run the cell again.`;
    this.#send({ type: 'error', code: 'companion-failed', message, viewId });
  }

  #leave(viewId: string): void {
    this.#views.get(viewId)?.clients.delete(this);
    this.#forget(viewId);
  }

  #forget(viewId: string): void {
    this.#channels.delete(viewId);
    this.#pacers.get(viewId)?.dispose();
    this.#pacers.delete(viewId);
    this.#raw.delete(viewId);
    this.#contents.delete(viewId);
    this.#flow.drop(viewId);
  }

  #send(message: ServerMessage): void {
    const text = JSON.stringify(message);
    if (!this.#hasRoom(text.length)) return;
    this.#waiting += 1;
    this.#sink.send(text, this.#textIsSent);
  }

  /** Whether so many bytes more may wait in the socket, in text and memory; a client that leaves no room for them does not read, and is closed. */
  #hasRoom(bytes: number): boolean {
    const waiting = this.#sink.bufferedAmount + this.#waiting * WAITING_BYTES;
    if (waiting + bytes <= this.#limits.backlogBytes) return true;
    this.#sink.close(1013, 'not reading');
    return false;
  }
}
