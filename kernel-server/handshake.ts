import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  SlicescopeError,
  proofText,
  type Access,
  type ClientMessage,
  type Role,
  type ServerMessage,
} from '../src/protocol';

/** What pages prove to hold: 256 bits each, as 64 hexadecimal digits. */
export interface Secrets {
  /** Of pages that may change views. */
  readonly secret: string;
  /** Of pages that may only look at views. Without it there are no such pages. */
  readonly readerSecret?: string | undefined;
}

/**
 * The server's side of the challenge and response. A page says in its `hello` which access it wants, and both sides
 * sign with the secret of that access.
 */
export class Handshake {
  readonly #secrets: Secrets;
  readonly #nonce: string = randomBytes(32).toString('hex');
  #hello: Extract<ClientMessage, { type: 'hello' }> | null = null;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /**
   * @returns the answer to a `hello`, and after the proof what the page may do.
   * @throws SlicescopeError `unauthorized`.
   */
  take(message: ClientMessage): ServerMessage | Access {
    if (message.type === 'hello' && this.#hello === null) {
      this.#hello = message;
      return {
        type: 'challenge',
        version: 1,
        nonce: this.#nonce,
        proof: this.#sign('server', message).toString('hex'),
      };
    }
    if (message.type === 'proof' && this.#hello !== null) {
      const isProven = timingSafeEqual(Buffer.from(message.proof, 'hex'), this.#sign('client', this.#hello));
      if (isProven) return this.#hello.access ?? 'change';
    }
    throw notProven();
  }

  #sign(role: Role, { nonce, access = 'change' }: Extract<ClientMessage, { type: 'hello' }>): Buffer {
    const secret = access === 'change' ? this.#secrets.secret : this.#secrets.readerSecret;
    if (secret === undefined) throw notProven();
    return createHmac('sha256', Buffer.from(secret, 'hex'))
      .update(proofText(role, nonce, this.#nonce))
      .digest();
  }
}

function notProven(): SlicescopeError<'unauthorized'> {
  return new SlicescopeError('unauthorized', 'The page did not prove that it belongs to this kernel. Reload it.', {});
}
