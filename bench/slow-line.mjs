/**
 * A slow line between a browser and a server: a TCP relay. Each way all connections share one queue, which
 * drains at a fixed rate, and what leaves it arrives after a fixed delay. The queue has the size of a router's
 * buffer; when it is full the senders are read from no further, so that TCP holds them back.
 */
import { connect, createServer } from 'node:net';

/** 20 Mbit/s, 50 ms round trip, 256 KB of queue. */
export const SLOW = { bytesPerMs: 2_500, delayMs: 25, queueBytes: 256_000 };
/** What is sent in turn of what one sender wrote at once. */
const PACKET_BYTES = 4_096;

/** One way of the line. */
class Direction {
  #line;
  /** In the order in which they leave: `leaves` the queue, and `arrives`, in milliseconds of performance.now. */
  #underWay = [];
  #queue = [];
  #queuedBytes = 0;
  #isFreeAt = 0;
  #held = new Set();
  #timer = null;

  constructor(line) {
    this.#line = line;
  }

  /** Everything that `from` says goes to `to`, and so does its end. */
  pipe(from, to) {
    from.on('data', (chunk) => {
      for (let at = 0; at < chunk.length; at += PACKET_BYTES) {
        const bytes = chunk.subarray(at, at + PACKET_BYTES);
        this.#push(bytes.length, () => to.destroyed || to.write(bytes));
      }
      if (this.#queuedBytes < this.#line.queueBytes) return;
      from.pause();
      this.#held.add(from);
    });
    from.on('end', () => this.#push(0, () => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => this.#held.delete(from));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#underWay = [];
  }

  #push(length, deliver) {
    const { bytesPerMs, delayMs } = this.#line;
    this.#isFreeAt = Math.max(performance.now(), this.#isFreeAt) + length / bytesPerMs;
    this.#queuedBytes += length;
    this.#queue.push({ length, leaves: this.#isFreeAt });
    this.#underWay.push({ deliver, arrives: this.#isFreeAt + delayMs });
    this.#timer ??= setTimeout(() => this.#go(), 1);
  }

  #go() {
    const now = performance.now();
    while (this.#queue.length > 0 && this.#queue[0].leaves <= now) this.#queuedBytes -= this.#queue.shift().length;
    while (this.#underWay.length > 0 && this.#underWay[0].arrives <= now) this.#underWay.shift().deliver();
    if (this.#queuedBytes < this.#line.queueBytes) {
      for (const socket of this.#held) socket.resume();
      this.#held.clear();
    }
    this.#timer = this.#underWay.length > 0 ? setTimeout(() => this.#go(), 1) : null;
  }
}

/**
 * A slow line to a port of this machine.
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
export async function startSlowLine(port, line = SLOW) {
  const [up, down] = [new Direction(line), new Direction(line)];
  const sockets = new Set();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const target = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    up.pipe(client, target);
    down.pipe(target, client);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.close();
    for (const direction of [up, down]) direction.stop();
    for (const socket of sockets) socket.destroy();
  };
  return { port: server.address().port, close };
}
