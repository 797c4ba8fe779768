import {
  LIMITS,
  SlicescopeError,
  isSlicescopeError,
  messageOf,
  type ClientMessage,
  type Limits,
  type ServerMessage,
  type SliceRequest,
  type ViewState,
} from '../src/protocol';
import { SliceCutter } from './slices';
import type { ViewClient, Views } from './views';

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
 *   flight than the client has granted, and a client that does not read costs no memory.
 * - A view has one request at a time: a newer one replaces one that waits, before it is cut. The last
 *   request of a view is never dropped, so the position at which the hand stops always arrives.
 * - A slice whose first frame is sent is finished, unless its volume has been replaced.
 */
export class Session implements ViewClient {
  readonly #views: Views;
  readonly #sink: Sink;
  readonly #limits: Limits;
  readonly #channels: Map<string, number> = new Map();
  readonly #waiting: Map<string, SliceRequest> = new Map();
  #cutting: { viewId: string; revision: number; cutter: SliceCutter } | null = null;
  #credits = 0;
  #lastChannel = 0;

  constructor(views: Views, sink: Sink, limits: Limits = LIMITS) {
    this.#views = views;
    this.#sink = sink;
    this.#limits = limits;
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
        this.#credits = Math.min(this.#limits.credits, this.#credits + message.frames);
        this.#pump();
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
    if (this.#channels.size >= this.#limits.viewsPerClient) {
      const message = `More than ${String(this.#limits.viewsPerClient)} views are open on this page. Close some of them.`;
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
      this.#waiting.set(viewId, data.content);
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
    while (this.#credits > 0) {
      if (this.#cutting === null && !this.#startNext()) return;
      const job = this.#cutting;
      if (job === null) continue;
      if (this.#views.get(job.viewId)?.state.volume.revision === job.revision) {
        // A client may grant frames without taking any.
        if (!this.#hasRoom(this.#limits.frameBytes)) return;
        this.#credits -= 1;
        this.#sink.send(job.cutter.next());
        if (!job.cutter.done) continue;
      }
      this.#cutting = null;
    }
  }

  /** Begin with the request that has waited longest; false if none waits. */
  #startNext(): boolean {
    for (const [viewId, request] of this.#waiting) {
      this.#waiting.delete(viewId);
      const view = this.#views.get(viewId);
      const channel = this.#channels.get(viewId);
      if (view === undefined || channel === undefined) continue;
      const { revision, planes } = view.state.volume;
      // The client asked before it had heard of a swap: it will ask again.
      if (request.revision !== revision) continue;
      if (request.index >= planes[request.plane].count) {
        const message = `slice: index ${String(request.index)} of ${String(planes[request.plane].count)}`;
        this.#send({ type: 'error', code: 'index-out-of-range', message, viewId });
        continue;
      }
      try {
        this.#cutting = { viewId, revision, cutter: new SliceCutter(view.volume, request, channel) };
        return true;
      } catch (error) {
        if (!isSlicescopeError(error)) throw error;
        this.#send({ type: 'error', code: error.code, message: error.message, viewId });
      }
    }
    return false;
  }

  #leave(viewId: string): void {
    this.#views.get(viewId)?.clients.delete(this);
    this.#forget(viewId);
  }

  #forget(viewId: string): void {
    this.#channels.delete(viewId);
    this.#waiting.delete(viewId);
    if (this.#cutting?.viewId === viewId) this.#cutting = null;
  }

  #send(message: ServerMessage): void {
    const text = JSON.stringify(message);
    if (this.#hasRoom(text.length)) this.#sink.send(text);
  }

  /** Whether so many bytes more may wait in the socket; a client that leaves no room for them does not read, and is closed. */
  #hasRoom(bytes: number): boolean {
    if (this.#sink.bufferedAmount + bytes <= this.#limits.backlogBytes) return true;
    this.#sink.close(1013, 'not reading');
    return false;
  }
}
