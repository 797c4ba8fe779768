/** What a connection needs of a WebSocket whose binary messages are ArrayBuffers. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: string | ArrayBuffer }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

/** What the page says to the worker of the socket with this number. */
type Order =
  | readonly [id: number, order: 'open', url: string, protocol: string]
  | readonly [id: number, order: 'send', text: string]
  | readonly [id: number, order: 'close'];

/** What the worker tells of it; `ready` is of itself. */
type News =
  | readonly [id: number, news: 'ready' | 'open' | 'close']
  | readonly [id: number, news: 'message', data: string | ArrayBuffer];

/** Milliseconds that a worker may take to start. */
const PATIENCE_MS = 2_000;

/** All that runs in the worker. Its text is what the worker is made of: it knows nothing of this module. */
function relay(): void {
  const scope = globalThis as unknown as {
    onmessage: (event: { readonly data: Order }) => void;
    postMessage(news: News, transfer?: Transferable[]): void;
  };
  const sockets = new Map<number, WebSocket>();
  const open = (id: number, url: string, protocol: string): void => {
    const socket = new WebSocket(url, protocol);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      scope.postMessage([id, 'open']);
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      scope.postMessage([id, 'message', data], typeof data === 'string' ? [] : [data]);
    };
    socket.onclose = () => {
      sockets.delete(id);
      scope.postMessage([id, 'close']);
    };
    sockets.set(id, socket);
  };
  scope.onmessage = ({ data: [id, order, ...rest] }) => {
    if (order === 'open') {
      try {
        open(id, ...(rest as [string, string]));
      } catch {
        scope.postMessage([id, 'close']); // No URL that a socket can have.
      }
    } else if (order === 'close') sockets.get(id)?.close();
    else if (sockets.get(id)?.readyState === 1) sockets.get(id)?.send(rest[0] as string);
  };
  scope.postMessage([0, 'ready']);
}

/** The page's worker, in which its sockets are. */
class Relay {
  /** Whether the worker runs; false where the page may have none. */
  readonly isReady: Promise<boolean>;
  readonly #worker: Worker;
  readonly #sockets: Map<number, RelayedSocket> = new Map();
  #last = 0;

  constructor() {
    const url = URL.createObjectURL(new Blob([`(${relay.toString()})()`], { type: 'text/javascript' }));
    this.#worker = new Worker(url);
    this.isReady = new Promise((resolve) => {
      const settle = (isReady: boolean): void => {
        clearTimeout(timer);
        URL.revokeObjectURL(url);
        if (!isReady) this.#worker.terminate(); // One that begins too late is of no use.
        resolve(isReady);
      };
      const timer = setTimeout(settle, PATIENCE_MS, false);
      this.#worker.onerror = () => {
        settle(false);
      };
      this.#worker.onmessage = ({ data: [id, news, data] }: MessageEvent<News>) => {
        const socket = this.#sockets.get(id);
        if (news === 'ready') settle(true);
        else if (news === 'open') socket?.onopen?.();
        else if (news === 'message') socket?.onmessage?.({ data });
        else {
          this.#sockets.delete(id);
          socket?.onclose?.();
        }
      };
    });
  }

  open(url: string, protocol: string): Socket {
    const id = ++this.#last;
    const socket = new RelayedSocket((...order) => {
      this.#worker.postMessage([id, ...order]);
    });
    this.#sockets.set(id, socket);
    this.#worker.postMessage([id, 'open', url, protocol]);
    return socket;
  }
}

class RelayedSocket implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  readonly #tell: (...order: ['send', string] | ['close']) => void;

  constructor(tell: (...order: ['send', string] | ['close']) => void) {
    this.#tell = tell;
  }

  send(text: string): void {
    this.#tell('send', text);
  }

  close(): void {
    this.#tell('close');
  }
}

let theRelay: Relay | null | undefined;

/** Start the page's worker before the first socket is needed. */
export function prepareSockets(): void {
  try {
    theRelay ??= typeof Worker === 'undefined' ? null : new Relay();
  } catch {
    theRelay = null; // The page's policy allows none.
  }
}

/**
 * Open a WebSocket, in a worker where there can be one. A message of half a megabyte reaches a thread in pieces, each of
 * which waits until the thread has nothing else to do: one that draws would get a slice only after some frames.
 */
export async function openSocket(url: string, protocol: string): Promise<Socket> {
  prepareSockets();
  if (theRelay != null && (await theRelay.isReady)) return theRelay.open(url, protocol);
  const socket = new WebSocket(url, protocol);
  socket.binaryType = 'arraybuffer';
  return socket as Socket;
}
