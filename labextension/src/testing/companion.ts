import { createHmac } from 'node:crypto';
import {
  ARRAY_OF,
  HEADER_BYTES,
  SUBPROTOCOL,
  parseClientMessage,
  proofText,
  tileGrid,
  tileRect,
  writeHeader,
  type ClientComm,
  type ClientMessage,
  type ServerMessage,
  type TileWish,
  type ViewSettings,
  type ViewState,
} from '../../../src/protocol';
import type { Access, CompanionAddress } from '../../../src/viewer';

const SECRET = 'ab'.repeat(32);
const NONCE = 'cd'.repeat(32);
const URL = 'ws://127.0.0.1:40123/';

export type Heard<T extends ClientMessage['type']> = Extract<ClientMessage, { type: T }>;

/** The value of every voxel of the frames that a fake companion sends. */
export function voxelOf(revision: number, index: number): number {
  return 1000 * revision + index;
}

/** The bytes of a frame that grants a wish. */
export function frameFor(wish: TileWish, { volume }: ViewState, channel: number): ArrayBuffer {
  const { requestId, plane, index, level, tile, encoding } = wish;
  const { dtype, components, revision } = volume;
  const { width, height } = tileGrid(volume.planes[plane], volume, level);
  const rect = tileRect(tileGrid(volume.planes[plane], volume, level), ...tile);
  const voxels = new ARRAY_OF.uint16(rect.width * rect.height).fill(voxelOf(revision, index));
  const bytes = new Uint8Array(HEADER_BYTES + voxels.byteLength);
  const what = { channel, requestId, revision, plane, index, level, dtype, components, encoding };
  writeHeader(bytes, { ...what, width, height, tile: rect });
  bytes.set(new Uint8Array(voxels.buffer), HEADER_BYTES);
  return bytes.buffer;
}

/** The page's end of a connection to the fake companion, in the place of a WebSocket. */
class PageSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: string | ArrayBuffer }) => void) | null = null;
  onclose: (() => void) | null = null;
  binaryType = 'blob';
  readonly #companion: FakeCompanion;

  constructor(companion: FakeCompanion, url: string, protocol: string) {
    this.#companion = companion;
    if (url !== URL || protocol !== SUBPROTOCOL) throw new Error(`no companion is at ${url} for ${protocol}`);
    companion.accept(this);
  }

  send(text: string): void {
    this.#companion.hear(this, text);
  }

  close(): void {
    this.#companion.left(this);
  }
}

/**
 * The other end of a page's connections, without a kernel: it proves itself, opens the views that it was given, echoes
 * changes and grants wishes, each in a task of its own. What the page said is kept. A test may hold back what it says.
 */
export class FakeCompanion {
  /** The name of its run. */
  instance = 'run-1';
  /** Whether sockets close as soon as they are made. */
  isDown = false;
  /** What pages that look for it may do. */
  access: Access = 'change';
  /** How often it was looked for. */
  located = 0;
  readonly #views: Map<string, ViewState> = new Map();
  /** Pages, with the channels of the views that they have open. */
  readonly #pages: Map<PageSocket, Map<string, number>> = new Map();
  #heard: ClientMessage[] = [];
  #clientNonce = '';
  /** What is held back; null while nothing is. */
  #held: (() => void)[] | null = null;

  constructor() {
    // oxlint-disable-next-line typescript/no-this-alias -- the socket's class has a `this` of its own
    const companion = this;
    const WebSocket = class extends PageSocket {
      constructor(url: string, protocol: string) {
        super(companion, url, protocol);
      }
    };
    Object.assign(globalThis, { WebSocket });
  }

  readonly locate = (): Promise<CompanionAddress> => {
    this.located += 1;
    return Promise.resolve({ urls: [URL], secret: SECRET, access: this.access });
  };

  get pages(): number {
    return this.#pages.size;
  }

  stateOf(viewId: string): ViewState {
    const state = this.#views.get(viewId);
    if (state === undefined) throw new Error(`there is no view ${viewId}`);
    return state;
  }

  put(viewId: string, state: ViewState): void {
    this.#views.set(viewId, state);
  }

  /** The kernel changes a view. */
  change(viewId: string, patch: Partial<ViewState>): void {
    this.put(viewId, { ...this.stateOf(viewId), ...patch });
    this.tell(viewId, '', patch);
  }

  /** The kernel closes a view. */
  close(viewId: string): void {
    this.#views.delete(viewId);
    for (const [page, channels] of this.#pages) if (channels.delete(viewId)) this.say(page, { type: 'closed', viewId });
  }

  /** Say what a view's pages hear of a change. */
  tell(viewId: string, parentId: string, state: Partial<ViewState>): void {
    const method = parentId === '' ? 'update' : 'echo_update';
    const message = { type: 'comm', viewId, parentId, data: { method, state, buffer_paths: [] } } as const;
    this.sayToAll(viewId, message);
  }

  sayToAll(viewId: string, message: ServerMessage): void {
    for (const [page, channels] of this.#pages) if (channels.has(viewId)) this.say(page, message);
  }

  /** Cut all connections, as a network does. What was held back is lost. */
  cut(): void {
    const pages = [...this.#pages.keys()];
    this.#pages.clear();
    if (this.#held !== null) this.#held = [];
    for (const page of pages) page.onclose?.();
  }

  /** Say nothing more until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const send of held) this.#later(send);
  }

  /** What pages have said since it was asked last, without pings and credits. */
  heard(): ClientMessage[] {
    return this.#heard.splice(0).filter(({ type }) => type !== 'ping' && type !== 'credit');
  }

  /** The changes in it. */
  changes(): { readonly msgId: string; readonly state: Partial<ViewSettings> }[] {
    return this.heard().flatMap((message) =>
      message.type === 'comm' && message.data.method !== 'custom'
        ? [{ msgId: message.msgId, state: message.data.state }]
        : [],
    );
  }

  accept(page: PageSocket): void {
    this.#later(() => {
      if (this.isDown) {
        page.onclose?.();
        return;
      }
      this.#pages.set(page, new Map());
      page.onopen?.();
    });
  }

  left(page: PageSocket): void {
    this.#pages.delete(page);
  }

  hear(page: PageSocket, text: string): void {
    const message = parseClientMessage(text);
    switch (message.type) {
      case 'hello': {
        this.#clientNonce = message.nonce;
        this.say(page, { type: 'challenge', version: 1, nonce: NONCE, proof: this.#sign('server') });
        break;
      }
      case 'proof':
        if (message.proof !== this.#sign('client')) throw new Error('the page has proved nothing');
        this.say(page, { type: 'welcome', instance: this.instance });
        break;
      case 'ping':
        this.say(page, { type: 'pong' });
        break;
      default:
        this.#heard.push(message);
        this.#answer(page, message);
    }
  }

  say(page: PageSocket, message: ServerMessage): void {
    this.#send(page, JSON.stringify(message));
  }

  #answer(page: PageSocket, message: ClientMessage): void {
    const channels = this.#pages.get(page);
    if (channels === undefined) return;
    if (message.type === 'open') this.#open(page, channels, message.viewId);
    else if (message.type === 'close') channels.delete(message.viewId);
    else if (message.type === 'comm' && channels.has(message.viewId)) this.#comm(page, channels, message);
  }

  #open(page: PageSocket, channels: Map<string, number>, viewId: string): void {
    const state = this.#views.get(viewId);
    if (state === undefined) {
      this.say(page, { type: 'error', code: 'unknown-view', message: 'There is no such view.', viewId });
      return;
    }
    channels.set(viewId, channels.size + 1);
    this.say(page, { type: 'opened', viewId, channel: channels.size, state });
  }

  #comm(page: PageSocket, channels: Map<string, number>, { viewId, msgId, data }: Heard<'comm'>): void {
    const state = this.stateOf(viewId);
    if (data.method !== 'custom') {
      this.put(viewId, { ...state, ...data.state });
      this.tell(viewId, msgId, data.state);
    } else if (data.content.kind === 'wishes' && data.content.revision === state.volume.revision) {
      for (const wish of data.content.tiles) this.#send(page, frameFor(wish, state, channels.get(viewId) as number));
    }
  }

  #send(page: PageSocket, data: string | ArrayBuffer): void {
    this.#later(() => {
      if (this.#pages.has(page)) page.onmessage?.({ data });
    });
  }

  #later(task: () => void): void {
    if (this.#held === null) setTimeout(task);
    else this.#held.push(task);
  }

  #sign(role: 'server' | 'client'): string {
    return createHmac('sha256', Buffer.from(SECRET, 'hex'))
      .update(proofText(role, this.#clientNonce, NONCE))
      .digest('hex');
  }
}

/** The wishes in what was sent, as `xy 2`. */
export function wishesIn(sent: readonly ClientComm[]): string[] {
  return sent.flatMap((data) =>
    data.method === 'custom' && data.content.kind === 'wishes'
      ? data.content.tiles.map(({ plane, index }) => `${plane} ${String(index)}`)
      : [],
  );
}
