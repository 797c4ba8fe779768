import {
  LIMITS,
  SlicescopeError,
  isSlicescopeError,
  messageOf,
  type ClientMessage,
  type ServerMessage,
  type ViewState,
} from '../src/protocol';
import { Flow } from './flow';
import { cutTile, type RawFrame } from './slices';
import type { ViewClient, Views } from './views';
import type { Turn } from './wishes';

/** The half of a socket that a session writes to. */
export interface Sink {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
}

/**
 * One browser page that has proved itself, and the views that it has open. What it wishes for is sent by its
 * flow; a list of wishes is of one revision: one for another than the view's is dropped in silence, and when the
 * volume is swapped, so is what was wished for.
 */
export class Session implements ViewClient {
  readonly #views: Views;
  readonly #sink: Sink;
  readonly #flow: Flow;
  readonly #channels: Map<string, number> = new Map();
  #lastChannel = 0;

  constructor(views: Views, sink: Sink) {
    this.#views = views;
    this.#sink = sink;
    this.#flow = new Flow({
      cut: (turn) => this.#cut(turn),
      send: (frame) => {
        sink.send(frame);
      },
      failed: (viewId, error) => {
        this.#failed(viewId, error);
      },
    });
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
        this.#flow.grant(message.frames);
        break;
      case 'hello':
      case 'proof':
        throw new SlicescopeError('protocol-error', `message: a second ${message.type}`, {});
    }
  }

  stateChanged(viewId: string, patch: Partial<ViewState>, parentId: string): void {
    if (patch.volume !== undefined) this.#flow.drop(viewId);
    this.#tell(viewId, patch, parentId);
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
      if (data.content.revision === view.state.volume.revision) this.#flow.wish(viewId, data.content);
      return;
    }
    try {
      this.#views.change(viewId, view, data.state, msgId);
    } catch (error) {
      if (!isSlicescopeError(error)) throw error;
      this.#send({ type: 'error', code: error.code, message: messageOf(error), viewId });
      this.#tell(viewId, view.state, msgId);
    }
  }

  #tell(viewId: string, patch: Partial<ViewState>, parentId: string): void {
    const method = parentId === '' ? 'update' : 'echo_update';
    this.#send({ type: 'comm', viewId, parentId, data: { method, state: patch, buffer_paths: [] } });
  }

  #cut({ viewId, wish }: Turn): RawFrame {
    const view = this.#views.get(viewId);
    const channel = this.#channels.get(viewId);
    if (view === undefined || channel === undefined) throw new Error(`view ${viewId} is closed`);
    return cutTile(view, wish, channel);
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
    this.#flow.drop(viewId);
  }

  #send(message: ServerMessage): void {
    if (this.#sink.bufferedAmount > LIMITS.backlogBytes) {
      this.#sink.close(1013, 'not reading');
      return;
    }
    this.#sink.send(JSON.stringify(message));
  }
}
