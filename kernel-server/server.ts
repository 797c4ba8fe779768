import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
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
  proofText,
  type ClientMessage,
  type Limits,
  type ServerMessage,
} from '../src/protocol';
import { isOwnHost, mayConnect } from './access';
import { answerWithPage, type Page } from './page';
import { Session } from './session';
import type { Views } from './views';

export interface ServerOptions {
  /** 256 bits, as 64 hexadecimal digits. */
  readonly secret: string;
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

export interface RunningServer {
  readonly port: number;
  /** Stop listening and drop every socket. */
  close(): void;
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
  const { secret, pagesFile, page, port } = options;
  const limits: Limits = { ...LIMITS, ...options.limits };
  const instance = randomBytes(16).toString('hex');
  const strangers = new Set<WebSocket>();
  const clients = new Set<WebSocket>();
  const patience = {
    headersTimeout: limits.handshakeMs,
    requestTimeout: limits.handshakeMs,
    connectionsCheckingInterval: CHECK_MS,
  };
  const http = createServer(patience, (request, response) => {
    if (page === undefined) response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
    else answerWithPage(page, request, response, ownPort());
  });
  const ownPort = (): number => (http.address() as AddressInfo).port;
  http.maxConnections = limits.connections;
  // A variable, because the types of ws do not have closeTimeout yet.
  const socketOptions = {
    noServer: true,
    maxPayload: limits.messageBytes,
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
    } else if (strangers.size >= limits.strangers) {
      refuseUpgrade(socket, '503 Service Unavailable', limits.handshakeMs);
    } else {
      const isProxied = !isOwnHost(request.headers.host, ownPort());
      sockets.handleUpgrade(request, socket, head, (client) => {
        welcome(client, isProxied ? acknowledger(client, request.socket) : null);
      });
    }
  });

  function welcome(socket: WebSocket, acknowledge: (() => void) | null): void {
    strangers.add(socket);
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
    const handshake = new Handshake(secret);
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
        if (answer !== null) {
          send(answer);
          return;
        }
        // Only now, because a refused upgrade can't say why.
        if (clients.size >= limits.clients) throw tooManyClients(limits.clients);
        clearTimeout(timer);
        strangers.delete(socket);
        clients.add(socket);
        session = new Session(views, socket, limits);
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
      strangers.delete(socket);
      clients.delete(socket);
      session?.dispose();
    });
  }

  return await new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen({ host: '127.0.0.1', port }, () => {
      resolve({
        port: ownPort(),
        close: () => {
          http.close();
          for (const socket of [...strangers, ...clients]) socket.terminate();
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

/** The server's side of the challenge and response: hello → challenge, proof → null, which means proven. */
class Handshake {
  readonly #secret: Buffer;
  readonly #nonce: string = randomBytes(32).toString('hex');
  #clientNonce: string | null = null;

  constructor(secret: string) {
    this.#secret = Buffer.from(secret, 'hex');
  }

  /** @throws SlicescopeError `unauthorized`. */
  take(message: ClientMessage): ServerMessage | null {
    if (message.type === 'hello' && this.#clientNonce === null) {
      this.#clientNonce = message.nonce;
      const proof = this.#sign('server', message.nonce).toString('hex');
      return { type: 'challenge', version: 1, nonce: this.#nonce, proof };
    }
    if (message.type === 'proof' && this.#clientNonce !== null) {
      if (timingSafeEqual(Buffer.from(message.proof, 'hex'), this.#sign('client', this.#clientNonce))) return null;
    }
    throw new SlicescopeError('unauthorized', 'The page did not prove that it belongs to this kernel. Reload it.', {});
  }

  #sign(role: 'server' | 'client', clientNonce: string): Buffer {
    return createHmac('sha256', this.#secret)
      .update(proofText(role, clientNonce, this.#nonce))
      .digest();
  }
}
