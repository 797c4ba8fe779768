import { types } from 'node:util';
import { MessageChannel } from 'node:worker_threads';

/** Nobody is at its other end: what is handed over to it is freed. */
const nowhere = (() => {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
})();

/**
 * Free the memory of bytes that are done with, at once: the garbage collector lets 32 MB of them gather in each thread.
 * What is a part of a larger piece of memory, or shared, is left alone, and what is gone already: Node.js 22 throws at it.
 */
export function release({ buffer, byteLength }: ArrayBufferView): void {
  if (byteLength === 0 || !types.isArrayBuffer(buffer) || buffer.byteLength !== byteLength) return;
  nowhere.postMessage(null, [buffer]);
}
