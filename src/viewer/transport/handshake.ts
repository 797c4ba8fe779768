import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { SlicescopeError, proofText, type Access, type ClientMessage, type ServerMessage } from '../../protocol';
import { text } from '../text';

/**
 * The page's side of the challenge and response. The hash is a library's and not `crypto.subtle`, which
 * browsers keep from http pages that are not loopback.
 */
export class Handshake {
  readonly #secret: Uint8Array;
  readonly #access: Access;
  readonly #nonce: string = bytesToHex(randomBytes(32));

  /** @param access what the secret is for. */
  constructor(secret: string, access: Access = 'change') {
    this.#secret = hexToBytes(secret);
    this.#access = access;
  }

  get hello(): ClientMessage {
    const hello = { type: 'hello', version: 1, nonce: this.#nonce } as const;
    return this.#access === 'change' ? hello : { ...hello, access: this.#access };
  }

  /** @throws SlicescopeError `unauthorized` if the other side does not hold the secret. */
  answer(challenge: Extract<ServerMessage, { type: 'challenge' }>): ClientMessage {
    if (this.#sign('server', challenge.nonce) !== challenge.proof) {
      throw new SlicescopeError(
        'unauthorized',
        text('Something else than the kernel answered. Run the cell again.'),
        {},
      );
    }
    return { type: 'proof', proof: this.#sign('client', challenge.nonce) };
  }

  #sign(role: 'server' | 'client', serverNonce: string): string {
    return bytesToHex(hmac(sha256, this.#secret, utf8ToBytes(proofText(role, this.#nonce, serverNonce))));
  }
}
