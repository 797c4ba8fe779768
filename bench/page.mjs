import { createHmac, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { WebSocket } from 'ws';

const { HEADER_BYTES, LIMITS, SUBPROTOCOL, proofText } = createRequire(import.meta.url)('../lib/src/protocol');

/** A page's end of the wire: it proves itself, opens one view, and grants a credit for each frame, as pages do. */
export class Page {
  #socket;
  #waiting = null;
  #lastRequest = 0;
  #revision = 0;
  /** Called with a frame's request id when the frame has arrived. */
  onFrame = () => undefined;

  /** @param {{ port: number, secret: string, origin: string }} server */
  static async open({ port, secret, origin }) {
    const page = new Page();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, SUBPROTOCOL, { origin, perMessageDeflate: false });
    page.#socket = socket;
    socket.on('message', (data, isBinary) => page.#take(data, isBinary));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const nonce = randomBytes(32).toString('hex');
    const challenge = await page.#ask({ type: 'hello', version: 1, nonce }, 'challenge');
    const signed = createHmac('sha256', Buffer.from(secret, 'hex'));
    const proof = signed.update(proofText('client', nonce, challenge.nonce)).digest('hex');
    await page.#ask({ type: 'proof', proof }, 'welcome');
    const opened = await page.#ask({ type: 'open', viewId: 'view' }, 'opened');
    page.#revision = opened.state.volume.revision;
    page.#say({ type: 'credit', frames: LIMITS.credits });
    return page;
  }

  /**
   * Wish for these slices, and for nothing else.
   * @param {{ requestId: number, plane: string, index: number }[]} slices
   */
  wish(slices) {
    const tiles = slices.map((slice) => ({
      ...slice,
      level: [0, 0],
      tile: [0, 0],
      priority: 'view',
      encoding: 'raw',
    }));
    const content = { kind: 'wishes', revision: this.#revision, preview: null, tiles };
    this.#say({ type: 'comm', viewId: 'view', msgId: '', data: { method: 'custom', content } });
  }

  nextRequestId() {
    this.#lastRequest += 1;
    return this.#lastRequest;
  }

  close() {
    this.#socket.terminate();
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  /** Send a message and wait for the answer, which must be of this type. */
  async #ask(message, type) {
    const answer = await new Promise((resolve) => {
      this.#waiting = resolve;
      this.#say(message);
    });
    if (answer.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(answer)}`);
    return answer;
  }

  #take(data, isBinary) {
    if (isBinary) {
      if (data.length <= HEADER_BYTES) throw new Error(`a frame of ${data.length} bytes`);
      this.#say({ type: 'credit', frames: 1 });
      this.onFrame(data.readUInt32LE(8));
      return;
    }
    const message = JSON.parse(data.toString('utf8'));
    if (message.type === 'error') throw new Error(`the companion said: ${message.message}`);
    if (message.type === 'comm') this.#revision = message.data.state.volume?.revision ?? this.#revision;
    else this.#waiting?.(message);
  }
}
