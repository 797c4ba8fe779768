/** A socket of zeromq's that sends. */
interface Socket {
  /** For how many milliseconds a message may wait for its turn; -1 for any number. */
  sendTimeout: number;
  readonly send: (this: Socket, ...message: unknown[]) => unknown;
}

/** The part of the module zeromq that tslab talks to Jupyter with. */
interface Zeromq {
  readonly Publisher: { readonly prototype: Socket };
  readonly Router: { readonly prototype: Socket };
}

function isZeromq(exports: unknown): exports is Zeromq {
  return typeof exports === 'object' && exports !== null && 'Publisher' in exports && 'Router' in exports;
}

/**
 * Keep zeromq from refusing tslab's messages. It puts off the 513th message that a socket sends in a row, and refuses those that come
 * before that one has gone; tslab does not wait for it. What is lost is a line of output, or that a cell has ended: the notebook
 * then waits for the cell for good. A socket whose time limit is 0 puts nothing off, and nothing has to wait in these: a
 * Publisher or a Router never blocks. (`Socket::Send` of zeromq 6.)
 */
export function sendAtOnce(): void {
  for (const [file, loaded] of Object.entries(require.cache)) {
    const exports: unknown = loaded?.exports;
    if (!/[\\/]zeromq[\\/]lib[\\/]index\.js$/.test(file) || !isZeromq(exports)) continue;
    for (const { prototype } of [exports.Publisher, exports.Router]) {
      if (Object.hasOwn(prototype, 'send')) continue; // Done before.
      const { send } = prototype;
      const sendNow = function (this: Socket, ...message: unknown[]): unknown {
        if (this.sendTimeout !== 0) this.sendTimeout = 0;
        return send.apply(this, message);
      };
      Object.defineProperty(prototype, 'send', { value: sendNow });
    }
  }
}
