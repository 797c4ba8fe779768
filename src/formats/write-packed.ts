/**
 * Values packed as one stream of gzip or zlib (RFC 1950 to 1952), on as many of Node's threads as there are: pieces are packed by
 * themselves, end at a byte, and make one stream, which any program unpacks. Several streams behind one another would be simpler, but
 * some programs read only the first.
 */
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { bytesIn, type OnFraction } from './format';
import { piecesOf, writeAll } from './write-values';
import type { Content } from './writer';

/** How a file is packed: from 1 (fast) to 9 (small). */
export interface Packing {
  readonly kind: 'gzip' | 'zlib';
  readonly level: number;
}

/** Pieces that are in hand at a time. */
const AT_ONCE = 8;
/** Smaller pieces are put together: each begins with nothing before it that it could repeat. */
const LEAST_PIECE_BYTES = 1_048_576;
/** The end of a stream: a block of nothing, which says that it is the last one. */
const LAST_BLOCK = [3, 0] as const;

/** What is around the blocks of a stream. */
interface Envelope {
  readonly head: readonly number[];
  /** A sum over all bytes: that of these, which follow those of another sum. */
  readonly sum: (bytes: Uint8Array, before: number) => number;
  readonly firstSum: number;
  readonly end: (sum: number, length: number) => Uint8Array;
}

const ENVELOPES: Readonly<Record<Packing['kind'], Envelope>> = {
  gzip: {
    head: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255],
    // Node has it from 20.15 on.
    sum: (zlib as { readonly crc32?: typeof zlib.crc32 }).crc32 ?? crc32,
    firstSum: 0,
    end: (sum, length) => {
      const end = Buffer.alloc(8);
      end.writeUInt32LE(sum, 0);
      end.writeUInt32LE(length % 2 ** 32, 4);
      return end;
    },
  },
  zlib: {
    head: [0x78, 0x9c],
    sum: adler32,
    firstSum: 1,
    end: (sum) => {
      const end = Buffer.alloc(4);
      end.writeUInt32BE(sum);
      return end;
    },
  },
};

/** RFC 1952, section 8. */
export function crc32(bytes: Uint8Array, before: number): number {
  let sum = ~before;
  for (const byte of bytes) sum = (CRC_TABLE[(sum ^ byte) & 255] as number) ^ (sum >>> 8);
  return ~sum >>> 0;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = (sum & 1) === 1 ? (sum >>> 1) ^ 0xedb8_8320 : sum >>> 1;
  return sum;
});

/** RFC 1950, section 9. */
function adler32(bytes: Uint8Array, before: number): number {
  let [low, high] = [before & 0xffff, before >>> 16];
  for (let from = 0; from < bytes.length;) {
    // So many stay below 2³¹.
    const to = Math.min(bytes.length, from + 3800);
    for (; from < to; from++) {
      low += bytes[from] as number;
      high += low;
    }
    low %= 65_521;
    high %= 65_521;
  }
  return ((high << 16) | low) >>> 0;
}

const deflateRaw: (bytes: Uint8Array, options: zlib.ZlibOptions) => Promise<Uint8Array> = promisify(zlib.deflateRaw);

/** On one of Node's threads. It ends at a byte, and not with the last block. */
function pack(bytes: Uint8Array, level: number): Promise<Uint8Array> {
  // What takes more than it did before has a few bytes for each 16 KB, so it is one piece of memory, which is not copied.
  const chunkSize = bytes.length + (bytes.length >> 10) + 64;
  return deflateRaw(bytes, { level, chunkSize, finishFlush: zlib.constants.Z_SYNC_FLUSH });
}

/** The head and the values, in pieces that are large enough; copies, so that a value that is changed meanwhile can't make a wrong sum. */
async function* gathered(
  head: Uint8Array | null,
  content: Content,
  onFraction: OnFraction,
): AsyncGenerator<Uint8Array> {
  let held = head === null ? [] : [head];
  let length = head?.length ?? 0;
  for await (const values of piecesOf(content, onFraction)) {
    held.push(bytesIn(values));
    length += bytesIn(values).length;
    if (length < LEAST_PIECE_BYTES) continue;
    yield Buffer.concat(held);
    [held, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(held);
}

/**
 * Write a head, if there is one, and the values, packed together behind what is in a file.
 * @returns how many bytes that takes.
 */
export async function writePacked(
  file: FileHandle,
  { kind, level }: Packing,
  head: Uint8Array | null,
  content: Content,
  onFraction: OnFraction,
): Promise<number> {
  const envelope = ENVELOPES[kind];
  let [sum, length, written] = [envelope.firstSum, 0, 0];
  const put = (bytes: Uint8Array): void => {
    writeAll(file, bytes);
    written += bytes.length;
  };
  put(Uint8Array.from(envelope.head));
  const inHand: Promise<Uint8Array>[] = [];
  for await (const piece of gathered(head, content, onFraction)) {
    const packing = pack(piece, level);
    packing.catch(() => undefined); // Thrown when it is its turn.
    inHand.push(packing);
    sum = envelope.sum(piece, sum);
    length += piece.length;
    if (inHand.length === AT_ONCE) put(await (inHand.shift() as Promise<Uint8Array>));
  }
  for (const packing of inHand) put(await packing);
  put(Buffer.concat([Uint8Array.from(LAST_BLOCK), envelope.end(sum, length)]));
  return written;
}
