import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
  type ServerMessage,
} from '../src/protocol';
import { mayConnect } from './access';
import { Session } from './session';
import type { Views } from './views';

export interface ServerOptions {
  /** 256 bits, as 64 hexadecimal digits. */
  readonly secret: string;
  readonly pagesFile: string;
  /** 0 lets the system pick. */
  readonly port: number;
}

/** How often connections are looked through for those that have not sent their request in time. */
const CHECK_MS = 500;

export interface RunningServer {
  readonly port: number;
  /** Stop listening and drop every socket. */
  close(): void;
}

function tooManyClients(): SlicescopeError {
  const text = `This kernel’s views are open in ${String(LIMITS.clients)} pages, which is the most. Close some of them.`;
  return new SlicescopeError('limit-exceeded', text, { limit: 'clients', value: LIMITS.clients });
}

/** Refuse a request before any socket is made. */
function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/**
 * The companion's server, on loopback only. It answers nothing but WebSocket upgrades of pages that may
 * connect (access.ts), and talks to nobody who does not prove within `LIMITS.handshakeMs` to hold the secret.
 */
export async function serve(views: Views, { secret, pagesFile, port }: ServerOptions): Promise<RunningServer> {
  const instance = randomBytes(16).toString('hex');
  const strangers = new Set<WebSocket>();
  const clients = new Set<WebSocket>();
  const patience = {
    headersTimeout: LIMITS.handshakeMs,
    requestTimeout: LIMITS.handshakeMs,
    connectionsCheckingInterval: CHECK_MS,
  };
  const http = createServer(patience, (_request, response) => {
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.messageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });

  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const listening = (http.address() as AddressInfo).port;
    if (!mayConnect(request.headers, listening, pagesFile)) {
      refuseUpgrade(socket, '403 Forbidden');
    } else if (strangers.size >= LIMITS.strangers) {
      refuseUpgrade(socket, '503 Service Unavailable');
    } else {
      sockets.handleUpgrade(request, socket, head, welcome);
    }
  });

  function welcome(socket: WebSocket): void {
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
      setTimeout(() => {
        socket.terminate();
      }, LIMITS.handshakeMs).unref();
    };
    const timer = setTimeout(() => {
      fail(new SlicescopeError('unauthorized', 'The page did not prove in time that it belongs to this kernel.', {}));
    }, LIMITS.handshakeMs);
    const handshake = new Handshake(secret);
    let session: Session | null = null;

    socket.on('message', (data, isBinary) => {
      if (isOver) return; // Until the other end has taken note of the close.
      try {
        if (isBinary) throw new SlicescopeError('protocol-error', 'message: binary, expected text', {});
        const message = parseClientMessage((data as Buffer).toString('utf8'));
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
        if (clients.size >= LIMITS.clients) throw tooManyClients();
        clearTimeout(timer);
        strangers.delete(socket);
        clients.add(socket);
        session = new Session(views, socket);
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
      strangers.delete(socket);
      clients.delete(socket);
      session?.dispose();
    });
  }

  return await new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen({ host: '127.0.0.1', port }, () => {
      resolve({
        port: (http.address() as AddressInfo).port,
        close: () => {
          http.close();
          for (const socket of [...strangers, ...clients]) socket.terminate();
        },
      });
    });
  });
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
