import type { Socket } from 'node:net';
import type { Limits } from '../src/protocol';

/** What one piece of data costs beside its bytes: Node keeps each piece as an object of its own until it is read. */
const PIECE_BYTES = 300;
/** The most that a request may be: Node refuses headers of more than 16 KB. */
const REQUEST_BYTES = 24_576;
/** The most that a WebSocket may say before it is proven: a hello and a proof are two pieces of about 100 bytes. */
const HANDSHAKE_BYTES = 4096;

/**
 * Who is hung up on at once comes again at once, and keeps the server busy. So connections past the limit go a share of
 * the limit at a time, unless there are many times as many.
 */
const TRIM_MS = 50;
const TRIMMED_SHARE = 1 / 16;
const AT_ONCE = 4;

interface Stranger {
  readonly count: (data: Buffer) => void;
  /** What it has sent, and what it may have sent. */
  bytes: number;
  most: number;
}

/**
 * The connections that have not proved to belong to a page. Any program on the machine can make them, make them
 * again, and hold them, so a newcomer is never refused: if there are too many, the oldest is hung up on. A page needs
 * its place for a few milliseconds, and once it is proven nobody can take its place. Connections with and without a
 * WebSocket have places apart, because those without one can be made faster than a page proves itself.
 *
 * All of them together may have sent `strangersBytes`. Whoever has sent most is hung up on then.
 */
export class Strangers {
  readonly #limits: Limits;
  /** Without a WebSocket, and with one; the oldest first. */
  readonly #silent: Map<Socket, Stranger> = new Map();
  readonly #opened: Map<Socket, Stranger> = new Map();
  #bytes = 0;
  #trimming: ReturnType<typeof setTimeout> | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  add(socket: Socket): void {
    const stranger: Stranger = {
      count: ({ length }) => {
        this.#count(socket, stranger, length + PIECE_BYTES);
      },
      bytes: 0,
      most: REQUEST_BYTES,
    };
    this.#silent.set(socket, stranger);
    socket.prependListener('data', stranger.count); // Before a request in it is answered.
    socket.once('close', () => {
      this.remove(socket);
    });
    if (this.#silent.size > AT_ONCE * this.#limits.strangers) this.#drop(first(this.#silent));
    else this.#trimLater();
  }

  /** Its request was for a WebSocket, which it has. */
  opened(socket: Socket): void {
    const stranger = this.#silent.get(socket);
    if (stranger === undefined) return;
    stranger.most = stranger.bytes + HANDSHAKE_BYTES;
    this.#silent.delete(socket);
    this.#opened.set(socket, stranger);
    if (this.#opened.size > this.#limits.strangers) this.#drop(first(this.#opened));
  }

  /** It has proved itself, or is gone. */
  remove(socket: Socket): void {
    const stranger = this.#silent.get(socket) ?? this.#opened.get(socket);
    if (stranger === undefined) return;
    socket.off('data', stranger.count);
    this.#silent.delete(socket);
    this.#opened.delete(socket);
    this.#bytes -= stranger.bytes;
  }

  dropAll(): void {
    for (const socket of [...this.#silent.keys(), ...this.#opened.keys()]) this.#drop(socket);
  }

  #count(socket: Socket, stranger: Stranger, bytes: number): void {
    stranger.bytes += bytes;
    this.#bytes += bytes;
    if (stranger.bytes > stranger.most) this.#drop(socket);
    else if (this.#bytes > this.#limits.strangersBytes) this.#drop(this.#heaviest());
  }

  #trimLater(): void {
    const { strangers } = this.#limits;
    if (this.#trimming !== undefined || this.#silent.size <= strangers) return;
    this.#trimming = setTimeout(() => {
      this.#trimming = undefined;
      const most = Math.ceil(TRIMMED_SHARE * strangers);
      for (let at = 0; at < most && this.#silent.size > strangers; at++) this.#drop(first(this.#silent));
      this.#trimLater();
    }, TRIM_MS).unref();
  }

  #heaviest(): Socket | undefined {
    let heaviest: Socket | undefined;
    let most = 0;
    for (const kind of [this.#silent, this.#opened]) {
      for (const [socket, { bytes }] of kind) if (bytes > most) [heaviest, most] = [socket, bytes];
    }
    return heaviest;
  }

  #drop(socket: Socket | undefined): void {
    if (socket === undefined) return;
    this.remove(socket);
    socket.resetAndDestroy(); // The system lets go of what it has not read, too.
  }
}

function first(strangers: ReadonlyMap<Socket, Stranger>): Socket | undefined {
  return strangers.keys().next().value;
}
