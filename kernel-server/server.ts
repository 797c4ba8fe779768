import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  LIMITS,
  SUBPROTOCOL,
  SlicescopeError,
  isSlicescopeError,
  messageOf,
  parseClientMessage,
  type Access,
  type Limits,
  type ServerMessage,
} from '../src/protocol';
import { isOwnHost, mayConnect } from './access';
import { Handshake, type Secrets } from './handshake';
import { answerWithPage, type Page } from './page';
import { Session } from './session';
import { Strangers } from './strangers';
import type { Views } from './views';

export interface ServerOptions extends Secrets {
  /** The hosts that Jupyter's server has noted (access.ts); null outside of Jupyter. */
  readonly pagesFile: string | null;
  /** What is served to browsers outside of Jupyter, and may then connect. Without it: nothing. */
  readonly page?: Page | undefined;
  /** 0 lets the system pick. */
  readonly port: number;
  /** Other limits than `LIMITS`. */
  readonly limits?: Partial<Limits>;
}

/** How often connections are looked through for those that have not sent their request in time. */
const CHECK_MS = 500;

/** Pieces that wait for the rest of a message; whole messages come in far fewer. */
const MOST_PIECES = 1024;
/** Connections that the system accepts before the server does. */
const BACKLOG = 2048;

/** A page that has proved itself. */
interface Client {
  readonly access: Access;
  /** Tell it why, and close. */
  readonly fail: (error: SlicescopeError) => void;
}

export interface RunningServer {
  readonly port: number;
  /** Begin another run: pages connect anew, and count its revisions anew. */
  renew(): void;
  /** Stop listening and drop every socket. */
  close(): void;
}

/** The name of a run of the server. */
function newInstance(): string {
  return randomBytes(16).toString('hex');
}

function tooManyClients(most: number): SlicescopeError {
  const text = `This kernel’s views are open in ${String(most)} pages, which is the most. Close some of them.`;
  return new SlicescopeError('limit-exceeded', text, { limit: 'clients', value: most });
}

/** Refuse a request before any socket is made; who does not hang up then is hung up on. */
function refuseUpgrade(socket: Duplex, status: string, patienceMs: number): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), patienceMs).unref();
}

/**
 * To be called when a message comes through jupyter-server-proxy, before it is answered. The proxy's sockets hold a small
 * message back until the one before it is acknowledged (Nagle's algorithm), for which the system takes 40 ms unless
 * something is sent the other way: where no answer is, that is a pong that nobody asked for, which no end takes notice of
 * (RFC 6455, 5.5.3).
 */
function acknowledger(client: WebSocket, connection: Socket): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    const before = connection.bytesWritten;
    setImmediate(() => {
      isDue = false;
      if (connection.bytesWritten === before && client.bufferedAmount === 0) client.pong();
    });
  };
}

/** Whether the client speaks this protocol: one that offers another or an older one is not given it. */
function offersOurs(request: IncomingMessage): boolean {
  if (request.httpVersion !== '1.1') return false;
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => name.trim() === SUBPROTOCOL);
}

/**
 * The companion's server, on loopback only. It answers nothing but WebSocket upgrades of pages that may
 * connect (access.ts) and, outside of Jupyter, requests for its page (page.ts), and talks to nobody who does not
 * prove within `limits.handshakeMs` to hold the secret.
 */
export async function serve(views: Views, options: ServerOptions): Promise<RunningServer> {
  const { pagesFile, page, port } = options;
  const limits: Limits = { ...LIMITS, ...options.limits };
  let instance = newInstance();
  const strangers = new Strangers(limits);
  const clients = new Map<WebSocket, Client>();
  const patience = {
    headersTimeout: limits.handshakeMs,
    requestTimeout: limits.handshakeMs,
    connectionsCheckingInterval: CHECK_MS,
  };
  const http = createServer(patience, (request, response) => {
    const timer = setTimeout(() => request.socket.destroy(), limits.answerMs).unref();
    response.once('close', () => {
      clearTimeout(timer);
    });
    if (page === undefined) response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
    else answerWithPage(page, request, response, ownPort());
  });
  const ownPort = (): number => (http.address() as AddressInfo).port;
  http.on('connection', (socket) => {
    strangers.add(socket);
  });
  // A variable, because the types of ws do not have closeTimeout yet.
  const socketOptions = {
    noServer: true,
    maxPayload: limits.messageBytes,
    maxFragments: limits.messageFragments,
    maxBufferedChunks: MOST_PIECES,
    perMessageDeflate: false,
    closeTimeout: limits.handshakeMs,
    handleProtocols: () => SUBPROTOCOL,
  };
  const sockets = new WebSocketServer(socketOptions);

  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (!mayConnect(request.headers, ownPort(), pagesFile)) {
      refuseUpgrade(socket, '403 Forbidden', limits.handshakeMs);
    } else if (!offersOurs(request)) {
      refuseUpgrade(socket, '400 Bad Request', limits.handshakeMs);
    } else {
      const isProxied = !isOwnHost(request.headers.host, ownPort());
      const connection = request.socket;
      strangers.opened(connection);
      sockets.handleUpgrade(request, socket, head, (client) => {
        welcome(client, connection, isProxied ? acknowledger(client, connection) : null);
      });
    }
  });

  /** Where there are as many clients as may be, a page that only looks makes way for one that may change views. */
  function makePlaceFor(access: Access): void {
    if (clients.size < limits.clients) return;
    const error = tooManyClients(limits.clients);
    const reader = access === 'change' ? [...clients].find(([, client]) => client.access === 'look') : undefined;
    if (reader === undefined) throw error;
    clients.delete(reader[0]);
    reader[1].fail(error);
  }

  function welcome(socket: WebSocket, connection: Socket, acknowledge: (() => void) | null): void {
    const send = (message: ServerMessage): void => {
      socket.send(JSON.stringify(message));
    };
    let isOver = false;
    const fail = (error: SlicescopeError): void => {
      isOver = true;
      clearTimeout(timer);
      send({ type: 'error', code: error.code, message: error.message });
      socket.close(1008, error.code);
    };
    const timer = setTimeout(() => {
      fail(new SlicescopeError('unauthorized', 'The page did not prove in time that it belongs to this kernel.', {}));
    }, limits.handshakeMs);
    // A page pings. One that has vanished without a close would otherwise be kept for ever.
    const silence = setTimeout(() => {
      socket.terminate();
    }, limits.silenceMs).unref();
    const flood = new FloodGate(limits.messagesPerSecond);
    const handshake = new Handshake(options);
    let session: Session | null = null;

    socket.on('message', (data, isBinary) => {
      if (isOver) return; // Until the other end has taken note of the close.
      silence.refresh();
      acknowledge?.();
      try {
        flood.count();
        if (isBinary) throw new SlicescopeError('protocol-error', 'message: binary, expected text', {});
        const message = parseClientMessage((data as Buffer).toString('utf8'), limits);
        if (session !== null) {
          session.receive(message);
          return;
        }
        const answer = handshake.take(message);
        if (typeof answer !== 'string') {
          send(answer);
          return;
        }
        makePlaceFor(answer); // Only now, because a refused upgrade can't say why.
        clearTimeout(timer);
        strangers.remove(connection);
        clients.set(socket, { access: answer, fail });
        session = new Session(views, socket, limits, answer);
        send({ type: 'welcome', instance });
      } catch (error) {
        fail(isSlicescopeError(error) ? error : new SlicescopeError('protocol-error', messageOf(error), {}));
      }
    });
    socket.on('error', () => {
      socket.terminate();
    });
    socket.on('close', () => {
      clearTimeout(timer);
      clearTimeout(silence);
      clients.delete(socket);
      session?.dispose();
    });
  }

  return await new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen({ host: '127.0.0.1', port, backlog: BACKLOG }, () => {
      resolve({
        port: ownPort(),
        renew: () => {
          instance = newInstance();
          for (const socket of clients.keys()) socket.terminate();
        },
        close: () => {
          http.close();
          strangers.dropAll();
          for (const socket of clients.keys()) socket.terminate();
        },
      });
    });
  });
}

/** Counts one client's messages, second by second. */
class FloodGate {
  readonly #limit: number;
  #second = 0;
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws SlicescopeError `limit-exceeded`. */
  count(): void {
    const second = Math.floor(performance.now() / 1000);
    this.#count = second === this.#second ? this.#count + 1 : 1;
    this.#second = second;
    if (this.#count <= this.#limit) return;
    const text = `More than ${String(this.#limit)} messages in a second. Reload the page.`;
    throw new SlicescopeError('limit-exceeded', text, { limit: 'messagesPerSecond', value: this.#count });
  }
}
