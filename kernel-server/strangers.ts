import type { Socket } from 'node:net';
import type { Limits } from '../src/protocol';

/** What one piece of data costs beside its bytes: Node keeps each piece as an object of its own until it is read. */
const PIECE_BYTES = 300;
/** The most that a request may be: Node refuses headers of more than 16 KB. */
const REQUEST_BYTES = 24_576;
/** The most that a WebSocket may say before it is proven: a hello and a proof are two pieces of about 100 bytes. */
const HANDSHAKE_BYTES = 4096;

interface Stranger {
  readonly count: (data: Buffer) => void;
  /** What it has sent, and what it may have sent. */
  bytes: number;
  most: number;
}

/**
 * The connections that have not proved to belong to a page. Any program on the machine can make them, make them again,
 * and hold them, so a newcomer is never refused: if there are too many, the oldest is hung up on. A page needs its place
 * for a few milliseconds, and once it is proven nobody can take its place.
 *
 * All of them together may have sent `strangersBytes`. Whoever has sent most is hung up on then.
 */
export class Strangers {
  readonly #limits: Limits;
  /** The oldest first. */
  readonly #all: Map<Socket, Stranger> = new Map();
  #bytes = 0;

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
    this.#all.set(socket, stranger);
    socket.prependListener('data', stranger.count); // Before a request in it is answered.
    socket.once('close', () => {
      this.remove(socket);
    });
    if (this.#all.size > this.#limits.strangers) this.#drop(this.#first());
  }

  /** Its request was for a WebSocket, which it has. */
  opened(socket: Socket): void {
    const stranger = this.#all.get(socket);
    if (stranger !== undefined) stranger.most = stranger.bytes + HANDSHAKE_BYTES;
  }

  /** It has proved itself, or is gone. */
  remove(socket: Socket): void {
    const stranger = this.#all.get(socket);
    if (stranger === undefined) return;
    socket.off('data', stranger.count);
    this.#all.delete(socket);
    this.#bytes -= stranger.bytes;
  }

  dropAll(): void {
    for (const socket of [...this.#all.keys()]) this.#drop(socket);
  }

  #count(socket: Socket, stranger: Stranger, bytes: number): void {
    stranger.bytes += bytes;
    this.#bytes += bytes;
    if (stranger.bytes > stranger.most) this.#drop(socket);
    else if (this.#bytes > this.#limits.strangersBytes) this.#drop(this.#heaviest());
  }

  #first(): Socket | undefined {
    return this.#all.keys().next().value;
  }

  #heaviest(): Socket | undefined {
    let heaviest: Socket | undefined;
    let most = 0;
    for (const [socket, { bytes }] of this.#all) if (bytes > most) [heaviest, most] = [socket, bytes];
    return heaviest;
  }

  #drop(socket: Socket | undefined): void {
    if (socket === undefined) return;
    this.remove(socket);
    socket.destroy();
  }
}
