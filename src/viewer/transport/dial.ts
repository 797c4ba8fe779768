import { SUBPROTOCOL, SlicescopeError, isSlicescopeError, messageOf, parseServerMessage } from '../../protocol';
import { Handshake } from './handshake';

/** The first of `urls` behind which a companion proves itself. */
export async function dial(
  urls: readonly string[],
  secret: string,
  patienceMs: number,
): Promise<[WebSocket, string, string]> {
  let last: unknown;
  for (const url of urls) {
    try {
      return [...(await shakeHands(url, secret, patienceMs)), url];
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** Open a socket and prove each other; resolves when the companion has said welcome. */
function shakeHands(url: string, secret: string, patienceMs: number): Promise<[WebSocket, string]> {
  return new Promise((resolve, reject) => {
    const handshake = new Handshake(secret);
    const socket = new WebSocket(url, SUBPROTOCOL);
    socket.binaryType = 'arraybuffer';
    const fail = (error: SlicescopeError): void => {
      clearTimeout(timer);
      socket.onclose = null;
      socket.close();
      reject(error);
    };
    const unreachable = (): void => {
      fail(new SlicescopeError('companion-failed', 'The kernel can’t be reached. Trying again.', {}));
    };
    const timer = setTimeout(unreachable, patienceMs);
    socket.onopen = () => {
      socket.send(JSON.stringify(handshake.hello));
    };
    socket.onclose = unreachable;
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      try {
        const message = parseServerMessage(data);
        if (message.type === 'challenge') {
          socket.send(JSON.stringify(handshake.answer(message)));
        } else if (message.type === 'welcome') {
          clearTimeout(timer);
          resolve([socket, message.instance]);
        } else {
          const text = message.type === 'error' ? message.message : `Unexpected ${message.type}.`;
          fail(new SlicescopeError('unauthorized', text, {}));
        }
      } catch (error) {
        fail(isSlicescopeError(error) ? error : new SlicescopeError('protocol-error', messageOf(error), {}));
      }
    };
  });
}
