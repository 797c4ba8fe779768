import {
  LIMITS,
  SUBPROTOCOL,
  SlicescopeError,
  decodeFrame,
  isSlicescopeError,
  messageOf,
  parseServerMessage,
  type ClientMessage,
  type CommData,
  type Frame,
  type ServerMessage,
  type ViewSettings,
  type ViewState,
} from '../../protocol';
import { Handshake } from './handshake';
import { Line } from './line';

/** Where a companion is, and what to prove to it. */
export interface CompanionAddress {
  /** WebSocket URLs, the best first. */
  readonly urls: readonly string[];
  readonly secret: string;
}

/** Finds the companion; rejects with a SlicescopeError `unknown-view` where there is none any more. */
export type Locate = () => Promise<CompanionAddress>;

/** What a connection tells one view. */
export interface ChannelListener {
  /** The connection is made, for the first time or again; `instance` names the companion's run. */
  opened(state: ViewState, instance: string, line: Line): void;
  changed(state: Partial<ViewState>, method: 'update' | 'echo_update', parentId: string): void;
  frame(frame: Frame): void | Promise<void>;
  /** A sentence for the person. `isFinal`: trying again by itself would be in vain. */
  failed(message: string, isFinal: boolean): void;
}

const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 10_000;
const SHAKE_MS = 5_000;

/**
 * One page's connection to one companion, shared by all views of that kernel. It is there while a view is
 * open; when it breaks it is made again, later and later, with a random part so that many pages do not come
 * at once. Connected means that the companion has proved itself: through a proxy, an open socket means nothing.
 *
 * Flow control, the client's side: it grants `LIMITS.credits` frames, and one more for each that it has taken.
 */
export class Connection {
  readonly #locate: Locate;
  readonly #listeners: Map<string, ChannelListener> = new Map();
  readonly #views: Map<number, string> = new Map();
  #socket: WebSocket | null = null;
  #instance = '';
  #line: Line = new Line(true, 0);
  #attempts = 0;
  #isConnecting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastUrl = '';
  /** Why the companion is about to close the connection. A proxy passes on neither close codes nor their reasons. */
  #reason: string | null = null;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  /** Open a view; `listener` hears of it until `close`. */
  open(viewId: string, listener: ChannelListener): void {
    this.#listeners.set(viewId, listener);
    if (this.#socket !== null) this.#send({ type: 'open', viewId });
    else this.retry();
  }

  close(viewId: string): void {
    if (!this.#listeners.delete(viewId)) return;
    this.#send({ type: 'close', viewId });
    if (this.#listeners.size > 0) return;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  /** Send a widget message of a view; without a connection it is lost, and the next `opened` has the state. */
  comm(viewId: string, msgId: string, data: CommData<ViewSettings>): void {
    this.#send({ type: 'comm', viewId, msgId, data });
  }

  /** Connect now, instead of after the next delay. */
  retry(): void {
    clearTimeout(this.#timer);
    if (this.#isConnecting || this.#socket !== null) return;
    this.#isConnecting = true;
    void this.#connect().finally(() => (this.#isConnecting = false));
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  async #connect(): Promise<void> {
    try {
      const { urls, secret } = await this.#locate();
      const last = urls.filter((url) => url === this.#lastUrl);
      const [socket, instance, roundTrip, url] = await firstOf(
        [...last, ...urls.filter((other) => !last.includes(other))],
        secret,
      );
      if (this.#listeners.size === 0) {
        socket.close();
        return;
      }
      this.#lastUrl = url;
      this.#attempts = 0;
      this.#instance = instance;
      this.#line = new Line(isLoopback(url), roundTrip);
      this.#adopt(socket);
    } catch (error) {
      const isFinal = isSlicescopeError(error, 'unknown-view');
      this.#failed(messageOf(error), isFinal);
      if (!isFinal) this.#retryLater();
    }
  }

  #adopt(socket: WebSocket): void {
    this.#socket = socket;
    this.#reason = null;
    this.#views.clear();
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      try {
        if (typeof data === 'string') this.#receive(parseServerMessage(data));
        else this.#frame(decodeFrame(data));
      } catch (error) {
        this.#broken(error, socket);
      }
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#failed(this.#reason ?? 'The connection to the kernel is lost. Trying again.', false);
      this.#retryLater();
    };
    this.#send({ type: 'credit', frames: LIMITS.credits });
    for (const viewId of this.#listeners.keys()) this.#send({ type: 'open', viewId });
  }

  /** What can't be read is a fault of the other end: say so, and start anew. */
  #broken(error: unknown, socket: WebSocket | null): void {
    this.#failed(messageOf(error), false);
    socket?.close();
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

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'opened':
        this.#views.set(message.channel, message.viewId);
        this.#listeners.get(message.viewId)?.opened(message.state, this.#instance, this.#line);
        break;
      case 'comm': {
        const { viewId, parentId, data } = message;
        if (data.method !== 'custom') this.#listeners.get(viewId)?.changed(data.state, data.method, parentId);
        break;
      }
      case 'closed':
        this.#listeners
          .get(message.viewId)
          ?.failed('The kernel closed this view. Run the cell to show it again.', true);
        break;
      case 'error': {
        const isFinal = message.code === 'unknown-view';
        if (message.viewId === undefined) this.#failed((this.#reason = message.message), isFinal);
        else this.#listeners.get(message.viewId)?.failed(message.message, isFinal);
        break;
      }
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
    const longest = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#timer = setTimeout(
      () => {
        this.retry();
      },
      longest * (0.5 + 0.5 * Math.random()),
    );
  }
}

/** The first of `urls` behind which a companion proves itself. */
async function firstOf(urls: readonly string[], secret: string): Promise<[WebSocket, string, number, string]> {
  let reason: unknown;
  for (const url of urls) {
    try {
      return [...(await shakeHands(url, secret)), url];
    } catch (error) {
      // That one of them can't be reached says less than what the other one answered.
      if (reason === undefined || isSlicescopeError(reason, 'companion-failed')) reason = error;
    }
  }
  throw reason;
}

/** Whether nothing but this machine is between the page and the companion. */
function isLoopback(url: string): boolean {
  return new URL(url).hostname === '127.0.0.1' && !url.includes('/proxy/');
}

/**
 * Open a socket and prove each other; resolves when the companion has said welcome, with the name of its run and
 * the milliseconds of a round trip.
 */
function shakeHands(url: string, secret: string): Promise<[WebSocket, string, number]> {
  return new Promise((resolve, reject) => {
    const handshake = new Handshake(secret);
    const socket = new WebSocket(url, SUBPROTOCOL);
    socket.binaryType = 'arraybuffer';
    const fail = (error: SlicescopeError): void => {
      clearTimeout(timer);
      socket.onclose = null;
      socket.close();
      reject(error);
    };
    const unreachable = (): void => {
      fail(new SlicescopeError('companion-failed', 'The kernel can’t be reached. Trying again.', {}));
    };
    const timer = setTimeout(unreachable, SHAKE_MS);
    let sentAt = 0;
    let roundTrip = Infinity;
    const say = (message: ClientMessage): void => {
      sentAt = performance.now();
      socket.send(JSON.stringify(message));
    };
    socket.onopen = () => {
      say(handshake.hello);
    };
    socket.onclose = unreachable;
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      try {
        roundTrip = Math.min(roundTrip, performance.now() - sentAt);
        const message = parseServerMessage(data);
        if (message.type === 'challenge') {
          say(handshake.answer(message));
        } else if (message.type === 'welcome') {
          clearTimeout(timer);
          resolve([socket, message.instance, roundTrip]);
        } else {
          const text = message.type === 'error' ? message.message : `Unexpected ${message.type}.`;
          fail(new SlicescopeError('unauthorized', text, {}));
        }
      } catch (error) {
        fail(isSlicescopeError(error) ? error : new SlicescopeError('protocol-error', messageOf(error), {}));
      }
    };
  });
}
