import { createHmac, randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import {
  SUBPROTOCOL,
  VOLUME_ITSELF,
  decodeFrame,
  parseServerMessage,
  proofText,
  type Access,
  type ClientMessage,
  type ClientComm,
  type Frame,
  type Role,
  type ServerMessage,
  type TileWish,
  type ViewSettings,
} from '../../src/protocol';

/** Where a page that the companion lets in comes from; the tests note it in the pages file. */
export const PAGE_HOST = 'localhost:8888';

/** One side's proof, made independently of the server's code. */
export function proofOf(secret: string, role: Role, clientNonce: string, serverNonce: string): string {
  const text = proofText(role, clientNonce, serverNonce);
  return createHmac('sha256', Buffer.from(secret, 'hex')).update(text).digest('hex');
}

/** What a socket brings, in order: text messages, frames, and at last its end. */
export type Arrival =
  | { readonly kind: 'message'; readonly message: ServerMessage }
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

/** A wish, of which a test says what is not the rule: the first tile of a slice, whole, raw, at once. */
export type Asked = Pick<TileWish, 'requestId' | 'index'> & Partial<TileWish>;

export function tileWish(asked: Asked): TileWish {
  return { plane: 'xy', ...VOLUME_ITSELF, level: [0, 0], tile: [0, 0], priority: 'view', encoding: 'raw', ...asked };
}

type Of<Kind extends Arrival['kind']> = Extract<Arrival, { kind: Kind }>;

/** A page's end of the wire, without a browser: everything that arrives is kept until it is asked for. */
export class TestClient {
  readonly socket: WebSocket;
  /** Everything that was sent and received as text, in order. */
  readonly record: { readonly from: 'client' | 'server'; readonly text: string }[] = [];
  readonly #arrivals: Arrival[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = 'arraybuffer'; // As in browsers; a text is a Buffer all the same.
    socket.on('message', (data, isBinary) => {
      if (isBinary) {
        this.#arrived({ kind: 'frame', frame: decodeFrame(data as ArrayBuffer) });
      } else {
        const text = (data as Buffer).toString('utf8');
        this.record.push({ from: 'server', text });
        this.#arrived({ kind: 'message', message: parseServerMessage(text) });
      }
    });
    socket.on('close', (code, reason) => {
      this.#arrived({ kind: 'closed', code, reason: reason.toString('utf8') });
    });
    socket.on('error', () => undefined); // Its close follows.
  }

  /** Open a socket, and say nothing yet. Rejects with what the server answered instead, such as `... 403`. */
  static async connect(port: number, headers: Readonly<Record<string, string>> = {}): Promise<TestClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/`, SUBPROTOCOL, {
      headers: { Origin: `http://${PAGE_HOST}`, ...headers },
    });
    const client = new TestClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Open a socket and prove itself; the server must have proved itself before. */
  static async proven(port: number, secret: string): Promise<TestClient> {
    const client = await TestClient.connect(port);
    await client.shakeHands(secret);
    return client;
  }

  /** @returns the name of the companion's run */
  async shakeHands(secret: string): Promise<string> {
    await this.prove(secret);
    return (await this.message('welcome')).instance;
  }

  /** @param access what the secret is for. */
  async prove(secret: string, access: Access = 'change'): Promise<void> {
    const nonce = randomBytes(32).toString('hex');
    this.say({ type: 'hello', version: 1, nonce, ...(access === 'change' ? {} : { access }) });
    const challenge = await this.message('challenge');
    if (challenge.proof !== proofOf(secret, 'server', nonce, challenge.nonce)) throw new Error('not the companion');
    this.say({ type: 'proof', proof: proofOf(secret, 'client', nonce, challenge.nonce) });
  }

  say(message: ClientMessage): void {
    this.send(JSON.stringify(message));
  }

  send(text: string): void {
    this.record.push({ from: 'client', text });
    this.socket.send(text);
  }

  grant(frames: number): void {
    this.say({ type: 'credit', frames });
  }

  /** Wish for these tiles, and for nothing else in this view. */
  wish(viewId: string, revision: number, ...tiles: readonly Asked[]): void {
    const content = { kind: 'wishes', revision, preview: null, tiles: tiles.map(tileWish) } as const;
    const data: ClientComm = { method: 'custom', content };
    this.say({ type: 'comm', viewId, msgId: '', data });
  }

  change(viewId: string, msgId: string, state: Partial<ViewSettings>): void {
    this.say({ type: 'comm', viewId, msgId, data: { method: 'update', state, buffer_paths: [] } });
  }

  async open(viewId: string): Promise<Extract<ServerMessage, { type: 'opened' }>> {
    this.say({ type: 'open', viewId });
    return await this.message('opened');
  }

  /** The next thing that arrives; what has already arrived comes first. */
  async next(): Promise<Arrival> {
    for (;;) {
      const arrival = this.#arrivals.shift();
      if (arrival !== undefined) return arrival;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The next arrival, which must be of this kind. */
  async nextOf<Kind extends Arrival['kind']>(kind: Kind): Promise<Of<Kind>> {
    const arrival = await this.next();
    if (arrival.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(arrival)}`);
    return arrival as Of<Kind>;
  }

  /** The next arrival, which must be a message of this type. */
  async message<T extends ServerMessage['type']>(type: T): Promise<Extract<ServerMessage, { type: T }>> {
    const { message } = await this.nextOf('message');
    if (message.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(message)}`);
    return message as Extract<ServerMessage, { type: T }>;
  }

  /** What arrives until the socket closes, the close last. */
  async untilClosed(): Promise<Arrival[]> {
    const arrivals: Arrival[] = [];
    for (;;) {
      const arrival = await this.next();
      arrivals.push(arrival);
      if (arrival.kind === 'closed') return arrivals;
    }
  }

  /** Wish for one tile and wait for it. */
  async slice(viewId: string, revision: number, tile: Asked): Promise<Frame> {
    this.grant(1);
    this.wish(viewId, revision, tile);
    return (await this.nextOf('frame')).frame;
  }

  /** Drop the connection, if it is still there. */
  async end(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.terminate();
    await closed;
  }

  #arrived(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    this.#wake();
  }
}
