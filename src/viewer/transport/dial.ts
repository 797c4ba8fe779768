import {
  SUBPROTOCOL,
  SlicescopeError,
  isSlicescopeError,
  messageOf,
  parseServerMessage,
  type ClientMessage,
} from '../../protocol';
import { text } from '../text';
import { Handshake } from './handshake';
import type { CompanionAddress } from './connection';
import { openSocket, type Socket } from './socket';

/** A connection whose companion has proved itself. */
export interface Dialled {
  readonly socket: Socket;
  /** Names the companion's run. */
  readonly instance: string;
  /** Milliseconds from a message of the handshake to its answer, the shorter of the two. */
  readonly roundTrip: number;
  readonly url: string;
}

/** The first of the URLs behind which a companion proves itself. */
export async function dial({ urls, ...proof }: CompanionAddress, patienceMs: number): Promise<Dialled> {
  let reason: unknown;
  for (const url of urls) {
    try {
      return await shakeHands(url, proof, patienceMs);
    } catch (error) {
      // That one of them can't be reached says less than what the other one answered.
      if (reason === undefined || isSlicescopeError(reason, 'companion-failed')) reason = error;
    }
  }
  throw reason;
}

/** Open a socket and prove each other; resolves when the companion has said welcome. */
async function shakeHands(url: string, proof: Omit<CompanionAddress, 'urls'>, patienceMs: number): Promise<Dialled> {
  const socket = await openSocket(url, SUBPROTOCOL);
  return new Promise((resolve, reject) => {
    const handshake = new Handshake(proof.secret, proof.access);
    const fail = (error: SlicescopeError): void => {
      clearTimeout(timer);
      socket.onclose = null;
      socket.close();
      reject(error);
    };
    const unreachable = (): void => {
      fail(new SlicescopeError('companion-failed', text('The kernel can’t be reached. Trying again.'), {}));
    };
    const timer = setTimeout(unreachable, patienceMs);
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
    socket.onmessage = ({ data }) => {
      try {
        roundTrip = Math.min(roundTrip, performance.now() - sentAt);
        const message = parseServerMessage(data as string);
        if (message.type === 'challenge') {
          say(handshake.answer(message));
        } else if (message.type === 'welcome') {
          clearTimeout(timer);
          resolve({ socket, instance: message.instance, roundTrip, url });
        } else {
          const reason = message.type === 'error' ? message.message : `Unexpected ${message.type}.`;
          fail(new SlicescopeError('unauthorized', reason, {}));
        }
      } catch (error) {
        fail(isSlicescopeError(error) ? error : new SlicescopeError('protocol-error', messageOf(error), {}));
      }
    };
  });
}
