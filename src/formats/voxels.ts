import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { endianness } from 'node:os';
import { isSlicescopeError, type Shape, type VoxelArray } from '../protocol';
import { Volume, bytesOf, collectorOf, isDType, type Collector, type StoredType, type VolumeOptions } from '../volume';
import { aFewAtATime } from './a-few-at-a-time';
import { bytesIn, corrupt, fileError, openFile, readInto, unsupported, type OnFraction } from './format';
import { unzipped } from './unzip';

/** Bytes of a plain file that are read at a time. */
const READ_BYTES = 4 * 1_048_576;
/** Bytes that are made values of a dtype at a time; whole values of each size. */
const PIECE_BYTES = 1_048_576;
/** Deflate packs at most 1032 bytes into one. */
export const MAX_COMPRESSION = 1032;
/** What may follow the voxels of a packed file; more is taken for an attempt to keep the reader busy. */
const MOST_TAIL_BYTES = 16 * 1_048_576;

const IS_LITTLE_ENDIAN = endianness() === 'LE';

/** How the values of a file lie in it: one after the other. */
export interface VoxelBytes {
  readonly path: string;
  /** Where they begin, in the unpacked file. */
  readonly offset: number;
  /** Whether they are packed. */
  readonly isPacked: boolean;
  /** Packed bytes, unpacked. Default: the whole file, as gzip has it. */
  readonly unpacked?: () => Promise<AsyncIterable<Buffer>> | AsyncIterable<Buffer>;
  /** As they are stored. */
  readonly dtype: StoredType;
  readonly littleEndian: boolean;
  readonly count: number;
}

/** The first bytes of a file, unpacked if it is packed with gzip. */
export interface Head {
  readonly bytes: Uint8Array;
  readonly isPacked: boolean;
  /** Bytes that the file has at most, unpacked. */
  readonly most: number;
}

/** @throws SlicescopeError `file-not-found`, `file-unreadable`, `file-corrupt`. */
export async function readHead(path: string, count: number): Promise<Head> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(count);
    let filled = await readInto(file, bytes, 0);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    if (isPacked) {
      const source = file.createReadStream({ start: 0, highWaterMark: 16_384, autoClose: false });
      filled = 0;
      for await (const chunk of unpack(source, 16_384) as AsyncIterable<Uint8Array>) {
        const part = chunk.subarray(0, count - filled);
        bytes.set(part, filled);
        filled += part.length;
        if (filled === count) break;
      }
      source.destroy();
    }
    return { bytes: bytes.subarray(0, filled), isPacked, most: isPacked ? size * MAX_COMPRESSION : size };
  } catch (cause) {
    throw isSlicescopeError(cause) ? cause : fileError(path, cause);
  } finally {
    await file.close();
  }
}

function unpack(source: Readable, chunkSize: number): Readable {
  const gunzip = createGunzip({ chunkSize });
  source.on('error', (error: Error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

/**
 * Make sure, before memory is taken, that a file is large enough for its values.
 * @param most bytes that it has, unpacked.
 * @throws SlicescopeError `file-corrupt`.
 */
export function checkSize({ path, offset, isPacked, dtype, count }: VoxelBytes, most: number): void {
  const needed = offset + count * bytesOf(dtype);
  if (most < needed) throw truncated(path, most, needed, isPacked);
}

/**
 * Read a volume whose values lie one after the other, into shared memory. Values that no dtype stands for are made a dtype's
 * on the way, so there is no second copy of them either.
 * @throws SlicescopeError `file-corrupt`, `file-unreadable`, `unsupported-format`; those of `Volume.alloc`.
 */
export async function readVolume(
  from: VoxelBytes,
  shape: Shape,
  options: VolumeOptions,
  onFraction: OnFraction,
): Promise<Volume> {
  const { dtype, path } = from;
  if (isDType(dtype)) {
    const volume = Volume.alloc(shape, dtype, options);
    await readVoxels(from, volume.data, onFraction);
    return volume;
  }
  const collector = collectorOf(
    dtype,
    (each) => Volume.alloc(shape, each, options).data,
    (what) => unsupported(path, what),
  );
  await collect(from, collector, onFraction);
  return Volume.from(collector.values(), shape, options);
}

/** Read values in their order, a piece at a time, and hand them over. */
async function collect(from: VoxelBytes, collector: Collector, onFraction: OnFraction): Promise<void> {
  const { path, offset, dtype, littleEndian, count, isPacked, unpacked = () => unzipped(path, 0) } = from;
  const size = bytesOf(dtype);
  const length = count * size;
  const piece = Buffer.from(new ArrayBuffer(Math.min(PIECE_BYTES, length)));
  let [filled, done] = [0, 0];
  const put = (bytes: Buffer): void => {
    for (let taken = 0; taken < bytes.length;) {
      const copied = bytes.copy(piece, filled, taken);
      taken += copied;
      filled += copied;
      if (filled < piece.length && done + filled < length) continue;
      const values = piece.subarray(0, filled);
      swap(values, size, littleEndian);
      collector.put(values, done / size);
      done += filled;
      filled = 0;
    }
  };
  const file = isPacked ? null : await openFile(path);
  try {
    const plain = file?.createReadStream({ start: offset, end: offset + length - 1, highWaterMark: PIECE_BYTES });
    await readStream(path, plain ?? (await unpacked()), isPacked ? offset : 0, length, put, onFraction);
  } catch (cause) {
    throw isSlicescopeError(cause) ? cause : fileError(path, cause);
  } finally {
    await file?.close();
  }
}

/**
 * Read values straight into shared memory: there is no second copy of them.
 * @param target of `count` elements of the dtype.
 * @throws SlicescopeError `file-corrupt`, `file-unreadable`.
 */
export async function readVoxels(from: VoxelBytes, target: VoxelArray, onFraction: OnFraction): Promise<void> {
  const { path, offset, littleEndian, isPacked, unpacked = () => unzipped(path, 0) } = from;
  const bytes = bytesIn(target);
  try {
    if (isPacked) {
      const put = (part: Buffer, at: number): void => void part.copy(bytes, at);
      await readStream(path, await unpacked(), offset, bytes.length, put, onFraction);
    } else await readPlain(path, offset, bytes, onFraction);
  } catch (cause) {
    throw isSlicescopeError(cause) ? cause : fileError(path, cause);
  }
  toNative(target, littleEndian);
}

/** Turn values that were read as they lie in a file into those of this machine. */
export function toNative(values: VoxelArray, littleEndian: boolean): void {
  swap(bytesIn(values), values.BYTES_PER_ELEMENT, littleEndian);
}

/** Turn the bytes of each value round, if this machine has them in another order. */
export function swap(bytes: Buffer, size: number, littleEndian: boolean): void {
  if (littleEndian === IS_LITTLE_ENDIAN || size === 1) return;
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else bytes.swap64();
}

async function readPlain(path: string, offset: number, bytes: Buffer, onFraction: OnFraction): Promise<void> {
  const file = await openFile(path);
  try {
    await readRuns({ path, file }, [{ from: offset, at: 0, length: bytes.length }], bytes, onFraction);
  } finally {
    await file.close();
  }
}

/** Bytes that lie together in a file, from `from` on, and go together into memory, to `at`. */
export interface Run {
  readonly from: number;
  readonly at: number;
  readonly length: number;
}

/**
 * Read runs of a file's bytes straight into shared memory.
 * @throws SlicescopeError `file-corrupt` where the file ends before a run does; and what reading throws.
 */
export async function readRuns(
  { path, file }: { readonly path: string; readonly file: FileHandle },
  runs: readonly Run[],
  bytes: Buffer,
  onFraction: OnFraction,
): Promise<void> {
  const pieces = runs.flatMap((run) =>
    Array.from({ length: Math.ceil(run.length / READ_BYTES) }, (_, piece) => ({ run, start: piece * READ_BYTES })),
  );
  const read = async ({ run: { from, at, length }, start }: (typeof pieces)[number]): Promise<void> => {
    const piece = bytes.subarray(at + start, at + Math.min(length, start + READ_BYTES));
    if ((await readInto(file, piece, from + start)) < piece.length) {
      throw truncated(path, (await file.stat()).size, from + length, false);
    }
  };
  await aFewAtATime(pieces, read, (done) => {
    onFraction(done / pieces.length);
  });
}

/**
 * Read what is unpacked to its end, for its check sum.
 * @param put takes the bytes of the values in their order, with the place of the first one.
 */
async function readStream(
  path: string,
  source: AsyncIterable<Buffer>,
  offset: number,
  length: number,
  put: (bytes: Buffer, at: number) => void,
  onFraction: OnFraction,
): Promise<void> {
  let at = -offset;
  for await (const chunk of source) {
    const part = chunk.subarray(Math.max(0, -at), Math.max(0, length - at));
    if (part.length > 0) put(part, Math.max(0, at));
    at += chunk.length;
    if (at > length + MOST_TAIL_BYTES) {
      throw corrupt(path, `more than ${String(MOST_TAIL_BYTES)} bytes follow its voxels`);
    }
    onFraction(Math.max(0, Math.min(1, at / length)));
  }
  if (at < length) throw truncated(path, offset + at, offset + length, false);
}

export function truncated(path: string, found: number, needed: number, atMost: boolean): Error {
  const least = atMost ? 'at most ' : '';
  return corrupt(path, `truncated, it has ${least}${String(found)} bytes, but its header says ${String(needed)}`);
}

/** @throws SlicescopeError `unsupported-format` where a file that isn't packed has a name that says so. */
export function checkName(path: string, isPacked: boolean): void {
  if (!isPacked && /\.gz$/i.test(path)) {
    throw unsupported(path, 'its name ends in .gz, but it is not packed; rename it without .gz');
  }
}
