import {
  LIMITS,
  PRIORITIES,
  SlicescopeError,
  isSlicescopeError,
  messageOf,
  type ClientMessage,
  type ServerMessage,
  type ViewState,
} from '../src/protocol';
import { cutTile } from './slices';
import type { ViewClient, Views } from './views';
import { Wishes, type Turn } from './wishes';

/** Credits that only tiles of priority `view` may use, so that a slice that is suddenly needed finds one. */
const KEPT_CREDITS = LIMITS.credits / 2;

/** The half of a socket that a session writes to. */
export interface Sink {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
}

/**
 * One browser page that has proved itself, and the views that it has open.
 *
 * Flow control, the server's side:
 * - Every frame costs a credit; without credit nothing is cut and nothing sent. So no more frames are in
 *   flight than the client has granted, and a client that does not read costs no memory. What is not of
 *   priority `view` leaves half of the credits.
 * - A view has one list of wishes: a newer one replaces it whole. A tile that is not in the newest list is
 *   dropped before it is cut; one that is in both, and has had its turn, is not sent twice.
 * - Higher priorities go first, over all views; within one, views take turns. So no view starves, and the
 *   slice at which the hand stops always arrives.
 * - A list is of one revision: one for another than the view's is dropped in silence, and a swap of
 *   the volume drops what was wished for.
 * - A raw tile is cut and sent in the call that brings its list or credit.
 */
export class Session implements ViewClient {
  readonly #views: Views;
  readonly #sink: Sink;
  readonly #channels: Map<string, number> = new Map();
  readonly #wishes: Wishes = new Wishes();
  #credits = 0;
  #lastChannel = 0;

  constructor(views: Views, sink: Sink) {
    this.#views = views;
    this.#sink = sink;
  }

  /** Take a message of a proven client. Errors of its making are answered; the connection goes on. */
  receive(message: ClientMessage): void {
    switch (message.type) {
      case 'open':
        this.#open(message.viewId);
        break;
      case 'close':
        this.#leave(message.viewId);
        break;
      case 'comm':
        this.#comm(message);
        break;
      case 'credit':
        this.#credits = Math.min(LIMITS.credits, this.#credits + message.frames);
        this.#pump();
        break;
      case 'hello':
      case 'proof':
        throw new SlicescopeError('protocol-error', `message: a second ${message.type}`, {});
    }
  }

  stateChanged(viewId: string, patch: Partial<ViewState>, parentId: string): void {
    // Another volume: its client will hear of it below, and wish anew.
    if (patch.volume !== undefined && parentId === '') this.#wishes.drop(viewId);
    const method = parentId === '' ? 'update' : 'echo_update';
    this.#send({ type: 'comm', viewId, parentId, data: { method, state: patch, buffer_paths: [] } });
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
    const view = this.#views.get(viewId);
    if (view === undefined) {
      const message = 'The kernel no longer has this view. Run the cell again to show it.';
      this.#send({ type: 'error', code: 'unknown-view', message, viewId });
      return;
    }
    if (this.#channels.size >= LIMITS.viewsPerClient) {
      const message = `More than ${String(LIMITS.viewsPerClient)} views are open on this page. Close some of them.`;
      this.#send({ type: 'error', code: 'limit-exceeded', message, viewId });
      return;
    }
    const channel = this.#channels.get(viewId) ?? ++this.#lastChannel;
    this.#channels.set(viewId, channel);
    view.clients.add(this);
    this.#send({ type: 'opened', viewId, channel, state: view.state });
  }

  #comm({ viewId, msgId, data }: Extract<ClientMessage, { type: 'comm' }>): void {
    const view = this.#views.get(viewId);
    if (view === undefined || !this.#channels.has(viewId)) return; // Closed while the message was on its way.
    if (data.method === 'custom') {
      if (data.content.revision !== view.state.volume.revision) return;
      this.#wishes.replace(viewId, data.content);
      this.#pump();
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

  #pump(): void {
    for (let turn = this.#next(); turn !== null; turn = this.#next()) this.#serve(turn);
  }

  #next(): Turn | null {
    for (const priority of PRIORITIES) {
      if (this.#credits <= (priority === 'view' ? 0 : KEPT_CREDITS)) return null;
      const turn = this.#wishes.take(priority, () => true);
      if (turn !== null) return turn;
    }
    return null;
  }

  #serve({ viewId, wish }: Turn): void {
    const view = this.#views.get(viewId);
    const channel = this.#channels.get(viewId);
    if (view === undefined || channel === undefined) return;
    try {
      const { bytes } = cutTile(view, wish, channel);
      this.#credits -= 1;
      this.#sink.send(bytes);
    } catch (error) {
      if (!isSlicescopeError(error)) throw error;
      this.#send({ type: 'error', code: error.code, message: error.message, viewId });
    }
  }

  #leave(viewId: string): void {
    this.#views.get(viewId)?.clients.delete(this);
    this.#forget(viewId);
  }

  #forget(viewId: string): void {
    this.#channels.delete(viewId);
    this.#wishes.drop(viewId);
  }

  #send(message: ServerMessage): void {
    if (this.#sink.bufferedAmount > LIMITS.backlogBytes) {
      this.#sink.close(1013, 'not reading');
      return;
    }
    this.#sink.send(JSON.stringify(message));
  }
}
