import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { SlicescopeError, messageOf, type Shape, type VoxelArray } from '../protocol';
import type { StoredType, Volume, VolumeOptions } from '../volume';
import type { FileHeader } from './file-header';

/** The kinds of files that can be read. */
export const FORMAT_NAMES = [
  'nifti',
  'nrrd',
  'metaimage',
  'mrc',
  'mgh',
  'mrtrix',
  'afni',
  'npy',
  'npz',
  'hdf5',
  'dicom',
  'tiff',
  'images',
  'zarr',
  'raw',
] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];

/** What the bytes of a file are that says nothing of itself. */
export interface RawDescription extends Omit<VolumeOptions, 'name'> {
  /** [w, h, d], x runs fastest. */
  readonly shape: Shape;
  /** As they are stored; what is no dtype becomes one that holds all values. */
  readonly dtype: StoredType;
  /** Where the voxels begin, in bytes. Default 0. */
  readonly offset?: number | undefined;
  /** Default true. */
  readonly littleEndian?: boolean | undefined;
}

/** What is to be read: plain data, so that it can go to the reading thread. */
export interface ReadRequest {
  /** Absolute; one, or several of one series. Of chunks in the web a URL. */
  readonly paths: readonly [string, ...string[]];
  readonly format?: FormatName | undefined;
  /** Of several arrays or images in one file: which one. */
  readonly series?: string | undefined;
  readonly raw?: RawDescription | undefined;
  /** Of contours: absolute paths of the series that they are drawn over. */
  readonly over?: readonly [string, ...string[]] | undefined;
  /** Whether what could only be opened with a note is refused. */
  readonly strict?: boolean | undefined;
  /** Of several levels of detail: the one that is to be in memory, 0 for the finest. */
  readonly level?: number | undefined;
  /** Of what is left in its chunks: bytes of them that are kept. */
  readonly cacheBytes?: number | undefined;
  /** Whether what the header says is to be told too. */
  readonly wantsHeader?: boolean | undefined;
}

/** Told of how far reading has come: from 0 to 1. */
export type OnFraction = (fraction: number) => void;

/** One kind of files. */
export interface Format {
  readonly name: FormatName;
  /** For sentences and the guide. */
  readonly title: string;
  /** What there may be several of in it, or what may lie over another series, so that it can be asked for. */
  readonly several?: readonly ('series' | 'level' | 'over')[];
  /**
   * Whether a file is of this kind.
   * @param head its first bytes, up to `HEAD_BYTES`, unpacked if it is packed with gzip.
   * @param name of the file, in lower case.
   */
  readonly matches: (head: Uint8Array, name: string) => boolean;
  /**
   * Read it into shared memory.
   * @throws SlicescopeError `unsupported-format`, `file-corrupt`, `file-unreadable`.
   */
  readonly read: (request: ReadRequest, onFraction: OnFraction) => Promise<Volume>;
  /** Load what it needs of packages, while there is nothing to do: it takes longer than to read a small file. */
  readonly prepare?: () => Promise<unknown>;
  /** What the header says of a file that has been read; without it a file has none. */
  readonly header?: (request: ReadRequest) => Promise<FileHeader>;
}

/** Bytes of a file that say what it is. */
export const HEAD_BYTES = 4096;

export function corrupt(path: string, what: string, cause?: unknown): SlicescopeError<'file-corrupt'> {
  return new SlicescopeError('file-corrupt', `${path}: ${what}`, { path }, { cause });
}

export function unsupported(path: string, what: string, cause?: unknown): SlicescopeError<'unsupported-format'> {
  return new SlicescopeError('unsupported-format', `${path}: ${what}`, { path }, { cause });
}

/** The error behind a failed call of Node. */
export function fileError(path: string, cause: unknown): SlicescopeError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SlicescopeError('file-not-found', `${path}: there is no such file`, { path }, { cause });
  }
  if (code === 'Z_BUF_ERROR') return corrupt(path, 'truncated, its gzip stream ends too early', cause);
  if (code.startsWith('Z_')) return corrupt(path, `its gzip stream is broken (${messageOf(cause)})`, cause);
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  const why = isForbidden ? 'no permission to read it' : `cannot be read (${messageOf(cause)})`;
  return new SlicescopeError('file-unreadable', `${path}: ${why}`, { path }, { cause });
}

/** Opening a named pipe waits for its writer without it. Windows has neither. */
const { O_RDONLY, O_NONBLOCK = 0 } = constants as Partial<typeof constants> & Pick<typeof constants, 'O_RDONLY'>;

/**
 * Open an ordinary file. All files of others are opened here: a pipe or a device may wait for ever, or have no end.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`.
 */
export async function openFile(path: string): Promise<FileHandle> {
  let file: FileHandle | null = null;
  try {
    // Before it is opened, because that does something to some devices; and then, because it may be another one by now.
    if ((await stat(path)).isFile()) {
      file = await open(path, O_RDONLY | O_NONBLOCK);
      if ((await file.stat()).isFile()) return file;
    }
  } catch (cause) {
    await file?.close();
    throw fileError(path, cause);
  }
  await file?.close();
  throw new SlicescopeError('file-unreadable', `${path}: a folder or a device, expected a file`, { path });
}

/**
 * The whole of an ordinary file.
 * @param most bytes that it may have.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`, `unsupported-format`.
 */
export async function readWhole(path: string, most: number): Promise<Uint8Array> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    if (size > most) {
      throw unsupported(path, `${String(size)} bytes, of at most ${String(most)} that are read of such a file`);
    }
    const bytes = new Uint8Array(size);
    return bytes.subarray(0, await readInto(file, bytes, 0));
  } catch (cause) {
    throw cause instanceof SlicescopeError ? cause : fileError(path, cause);
  } finally {
    await file.close();
  }
}

/**
 * Read a file from `position` on until `target` is full or the file ends.
 * @returns how many bytes were read.
 */
export async function readInto(file: FileHandle, target: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const { bytesRead } = await file.read(target, filled, target.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Bytes of `voxels` as they lie in memory. */
export function bytesIn(voxels: VoxelArray): Buffer {
  return Buffer.from(voxels.buffer as ArrayBuffer, voxels.byteOffset, voxels.byteLength);
}
