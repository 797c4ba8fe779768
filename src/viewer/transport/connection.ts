import {
  LIMITS,
  SlicescopeError,
  decodeFrame,
  isLooking,
  isSlicescopeError,
  messageOf,
  parseServerMessage,
  type Access,
  type ClientComm,
  type ClientMessage,
  type Frame,
  type Limits,
  type ServerContent,
  type ServerMessage,
  type ViewState,
} from '../../protocol';
import { afterFrame } from '../after-frame';
import { text } from '../text';
import { dial } from './dial';
import { Heartbeat } from './heartbeat';
import { Line } from './line';
import { prepareSockets, type Socket } from './socket';

/** Where a companion is, and what to prove to it. */
export interface CompanionAddress {
  /** WebSocket URLs, the best first. */
  readonly urls: readonly string[];
  readonly secret: string;
  /** What the secret is for. Without it: `change`. */
  readonly access?: Access;
}

/**
 * Finds the companion; rejects with a SlicescopeError `unknown-view` where there is none any more. The signal
 * says when nobody waits for the answer any longer.
 */
export type Locate = (signal: AbortSignal) => Promise<CompanionAddress>;

/** What a connection tells one view. */
export interface ChannelListener {
  /** The connection is made, for the first time or again; `instance` names the companion's run. */
  opened(state: ViewState, instance: string, line: Line): void;
  changed(state: Partial<ViewState>, method: 'update' | 'echo_update', parentId: string): void;
  /** The companion says something that is no state. */
  custom(content: ServerContent): void;
  frame(frame: Frame): void | Promise<void>;
  /** A sentence for the person. `isFinal`: trying again by itself would be in vain. */
  failed(message: string, isFinal: boolean): void;
}

/**
 * One page's connection to one companion, shared by all views of that kernel. It is there while a view is
 * open; when it breaks it is made again, after a random time that may be longer with each attempt, so that
 * many pages do not come at once. Connected means that the companion has proved itself: through a proxy, an
 * open socket means nothing, and neither does one that nothing comes from (heartbeat.ts).
 *
 * Where the page may only look, what a person changes is not said: it is answered here, so that it holds on this page alone.
 *
 * Flow control, the client's side: it grants `LIMITS.credits` frames, or `localCredits`, and one more for each that it has taken.
 */
export class Connection {
  readonly #locate: Locate;
  readonly #limits: Limits;
  readonly #listeners: Map<string, ChannelListener> = new Map();
  readonly #views: Map<number, string> = new Map();
  #socket: Socket | null = null;
  #instance = '';
  #access: Access = 'change';
  #line: Line = new Line(true, 0);
  #heartbeat: Heartbeat | null = null;
  #connectedAt = 0;
  #attempts = 0;
  #isConnecting = false;
  /** Changes of views that are said after the frame with their pictures. */
  #changes: ClientMessage[] = [];
  /** While listeners hear of a message. */
  #isHearing = false;
  /** Set while an attempt waits for its time. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastUrl = '';
  /** Views that the companion has not been told of yet. */
  readonly #discarded: Set<string> = new Set();

  constructor(locate: Locate, limits: Partial<Limits> = {}) {
    this.#locate = locate;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** What the page may do, over the connection that it had last. */
  get access(): Access {
    return this.#access;
  }

  /** Open a view; `listener` hears of it until `close`. */
  open(viewId: string, listener: ChannelListener): void {
    if (this.#listeners.size === 0) {
      window.addEventListener('online', this.#wake);
      document.addEventListener('visibilitychange', this.#wake);
    }
    this.#listeners.set(viewId, listener);
    if (this.#socket !== null) this.#send({ type: 'open', viewId });
    else this.retry();
  }

  close(viewId: string): void {
    if (!this.#listeners.delete(viewId)) return;
    this.#sayChanges();
    this.#send({ type: 'close', viewId });
    if (this.#listeners.size > 0) return;
    window.removeEventListener('online', this.#wake);
    document.removeEventListener('visibilitychange', this.#wake);
    this.#stopWaiting();
    this.#drop();
  }

  /** Say that the output of a view, which is not open here, was replaced or cleared. */
  discard(viewId: string): void {
    this.#discarded.add(viewId);
    if (this.#socket === null) this.retry();
    else this.#sayDiscarded();
  }

  /**
   * Send a widget message of a view; without a connection it is lost, and the next `opened` has the state. A change waits
   * until the next frame is on its way, so that its picture comes first; wishes overtake it, nothing else does. One that was
   * gathered until another was answered has its picture by then, and a hidden page makes no frames.
   */
  comm(viewId: string, msgId: string, data: ClientComm): void {
    const message = { type: 'comm', viewId, msgId, data } as const;
    if (this.#access === 'look' && !isLooking(message)) {
      this.#keepHere(message);
      return;
    }
    if (data.method !== 'custom') {
      this.#changes.push(message);
      if (this.#isHearing || document.visibilityState === 'hidden') this.#sayChanges();
      else if (this.#changes.length === 1) {
        afterFrame(() => {
          this.#sayChanges();
        });
      }
      return;
    }
    if (data.content.kind !== 'wishes') this.#sayChanges();
    this.#send(message);
  }

  /** Answer a change as the companion does, and leave out the rest. */
  #keepHere({ viewId, msgId, data }: Extract<ClientMessage, { type: 'comm' }>): void {
    if (data.method === 'custom') return;
    queueMicrotask(() => {
      this.#listeners.get(viewId)?.changed({ ...data.state }, 'echo_update', msgId);
    });
  }

  /** Connect now, instead of after the next delay. */
  retry(): void {
    this.#stopWaiting();
    if (this.#isConnecting || this.#socket !== null) return;
    this.#isConnecting = true;
    prepareSockets(); // While the companion is looked for.
    void this.#connect().finally(() => (this.#isConnecting = false));
  }

  /** The network or the person is back: what waits is done now, and what was connected is asked whether it still is. */
  readonly #wake = (): void => {
    if (document.visibilityState === 'hidden') {
      this.#sayChanges();
      return;
    }
    this.#heartbeat?.check();
    if (this.#timer !== undefined) this.retry();
  };

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #sayChanges(): void {
    for (const change of this.#changes.splice(0)) this.#send(change);
  }

  #sayDiscarded(): void {
    for (const viewId of this.#discarded) this.#send({ type: 'discarded', viewId });
    this.#discarded.clear();
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  async #connect(): Promise<void> {
    try {
      const address = await this.#locate(AbortSignal.timeout(this.#limits.connectMs));
      const { urls } = address;
      const last = urls.filter((url) => url === this.#lastUrl);
      const { socket, instance, roundTrip, url } = await dial(
        { ...address, urls: [...last, ...urls.filter((other) => !last.includes(other))] },
        this.#limits.connectMs,
      );
      if (this.#listeners.size === 0 && this.#discarded.size === 0) {
        socket.close();
        return;
      }
      this.#lastUrl = url;
      this.#instance = instance;
      this.#access = address.access ?? 'change';
      this.#line = new Line(isDirect(url), roundTrip);
      this.#adopt(socket);
    } catch (error) {
      const isFinal = isSlicescopeError(error, 'unknown-view');
      if (isFinal) this.#discarded.clear(); // Nobody has them any more.
      this.#failed(messageOf(error), isFinal);
      if (!isFinal) this.#retryLater();
    }
  }

  #adopt(socket: Socket): void {
    const heartbeat = new Heartbeat(
      this.#limits,
      () => {
        this.#send({ type: 'ping' });
      },
      () => {
        this.#lost(text('The kernel does not answer. Trying again.'));
      },
    );
    this.#socket = socket;
    this.#heartbeat = heartbeat;
    this.#connectedAt = performance.now();
    this.#views.clear();
    socket.onmessage = ({ data }) => {
      heartbeat.heard();
      try {
        if (typeof data === 'string') this.#hear(parseServerMessage(data));
        else this.#frame(decodeFrame(data));
      } catch (error) {
        this.#broken(error, socket);
      }
    };
    socket.onclose = () => {
      this.#lost(text('The connection to the kernel is lost. Trying again.'));
    };
    const { credits, localCredits } = this.#limits;
    this.#send({ type: 'credit', frames: this.#line.isLocal ? localCredits : credits });
    for (const viewId of this.#listeners.keys()) this.#send({ type: 'open', viewId });
    this.#sayDiscarded();
    if (this.#listeners.size === 0) this.#drop();
  }

  /** What can't be read is a fault of the other end: say so, and start anew. */
  #broken(error: unknown, socket: Socket | null): void {
    if (socket !== null && socket === this.#socket) this.#lost(messageOf(error));
  }

  /** Let go of the socket. One whose link is dead may close much later; nothing of it is heard any more. */
  #drop(): void {
    this.#heartbeat?.stop();
    this.#heartbeat = null;
    this.#changes = []; // Who waits for their echoes says them again.
    if (this.#socket === null) return;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  #lost(reason: string): void {
    this.#drop();
    // A connection that breaks as soon as it is made is tried more and more seldom too.
    if (performance.now() - this.#connectedAt > this.#limits.heartbeatMs) this.#attempts = 0;
    this.#failed(reason, false);
    this.#retryLater();
  }

  #frame(frame: Frame): void {
    const listener = this.#listeners.get(this.#views.get(frame.channel) ?? '');
    const socket = this.#socket;
    try {
      listener?.frame(frame)?.catch((error: unknown) => {
        this.#broken(error, socket);
      });
    } finally {
      this.#send({ type: 'credit', frames: 1 });
    }
  }

  #hear(message: ServerMessage): void {
    this.#isHearing = true;
    try {
      this.#receive(message);
    } finally {
      this.#isHearing = false;
    }
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'opened':
        this.#views.set(message.channel, message.viewId);
        this.#listeners.get(message.viewId)?.opened(message.state, this.#instance, this.#line);
        break;
      case 'comm': {
        const { viewId, parentId, data } = message;
        const listener = this.#listeners.get(viewId);
        if (data.method === 'custom') listener?.custom(data.content);
        else listener?.changed(data.state, data.method, parentId);
        break;
      }
      case 'closed':
        this.#listeners
          .get(message.viewId)
          ?.failed(text('The kernel closed this view. Run the cell to show it again.'), true);
        break;
      case 'error':
        if (message.viewId === undefined) this.#lost(message.message);
        else this.#listeners.get(message.viewId)?.failed(message.message, message.code === 'unknown-view');
        break;
      case 'pong':
        break;
      case 'challenge':
      case 'welcome':
        throw new SlicescopeError('protocol-error', `message: ${message.type} after the handshake`, {});
    }
  }

  #failed(message: string, isFinal: boolean): void {
    for (const listener of [...this.#listeners.values()]) listener.failed(message, isFinal);
  }

  #retryLater(): void {
    if (this.#listeners.size === 0) return;
    const longest = Math.min(this.#limits.maxRetryMs, this.#limits.retryMs * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#stopWaiting();
    this.#timer = setTimeout(() => {
      this.retry();
    }, longest * Math.random());
  }
}

/** Whether nothing but this machine is between the page and the companion. */
function isDirect(url: string): boolean {
  const { hostname, pathname } = new URL(url);
  return hostname === '127.0.0.1' && pathname === '/';
}
