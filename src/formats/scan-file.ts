import { createGunzip } from 'node:zlib';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { SlicescopeError, isSlicescopeError, messageOf } from '../protocol';
import { HEADER_BYTES, parseNiftiHeader, type NiftiHeader } from './nifti-header';

/** Bytes that are read, and unpacked, at a time. */
const CHUNK_BYTES = 1_048_576;
/** Deflate packs at most 1032 bytes into one. */
const MAX_COMPRESSION = 1032;

/**
 * Read a file from end to end, without keeping it, and make sure that it is a whole NIfTI-1 file: the
 * reader behind it fills what is missing with zeros and says nothing.
 * @param onFraction is told the share of the file's bytes read so far, from 0 to 1.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`, `unsupported-format`, `file-corrupt`.
 */
export async function scanFile(path: string, onFraction: (fraction: number) => void): Promise<NiftiHeader> {
  const file = await openFile(path);
  const source = file.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES, autoClose: false });
  try {
    const { size } = await file.stat();
    const packed = await isGzip(file);
    const start = new Uint8Array(HEADER_BYTES);
    let header: NiftiHeader | null = null;
    let bytes = 0;
    for await (const chunk of (packed ? unpack(source) : source) as AsyncIterable<Uint8Array>) {
      if (bytes < HEADER_BYTES) start.set(chunk.subarray(0, HEADER_BYTES - bytes), bytes);
      bytes += chunk.length;
      if (header === null && bytes >= HEADER_BYTES) {
        header = parseNiftiHeader(start, path);
        // Before the rest is read: a file that cannot be long enough.
        const most = packed ? size * MAX_COMPRESSION : size;
        if (most < header.fileBytes) throw truncated(path, most, header.fileBytes, packed);
      }
      onFraction(Math.min(1, source.bytesRead / size));
    }
    header ??= parseNiftiHeader(start.subarray(0, bytes), path);
    if (bytes < header.fileBytes) throw truncated(path, bytes, header.fileBytes, false);
    if (packed && !/\.gz$/i.test(path)) {
      throw new SlicescopeError('unsupported-format', `${path}: compressed with gzip; rename it to end in .nii.gz`, {
        path,
      });
    }
    return header;
  } catch (cause) {
    throw isSlicescopeError(cause) ? cause : fileError(path, cause);
  } finally {
    source.destroy();
    await file.close();
  }
}

function unpack(source: Readable): Readable {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  source.on('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Before it is opened: a named pipe would wait for its writer.
    if ((await stat(path)).isFile()) return await open(path);
  } catch (cause) {
    throw fileError(path, cause);
  }
  throw new SlicescopeError('file-unreadable', `${path}: a folder or a device, expected a file`, { path });
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const { buffer } = await file.read(new Uint8Array(2), 0, 2, 0);
  return buffer[0] === 0x1f && buffer[1] === 0x8b;
}

function truncated(path: string, found: number, needed: number, atMost: boolean): SlicescopeError<'file-corrupt'> {
  return new SlicescopeError(
    'file-corrupt',
    `${path}: truncated, it has ${atMost ? 'at most ' : ''}${String(found)} bytes, but its header says ${String(needed)}`,
    { path },
  );
}

/** The error behind a failed call of Node. */
function fileError(path: string, cause: unknown): SlicescopeError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SlicescopeError('file-not-found', `${path}: there is no such file`, { path }, { cause });
  }
  if (code === 'Z_BUF_ERROR') {
    return new SlicescopeError(
      'file-corrupt',
      `${path}: truncated, its gzip stream ends too early`,
      { path },
      { cause },
    );
  }
  if (code.startsWith('Z_')) {
    return new SlicescopeError(
      'file-corrupt',
      `${path}: its gzip stream is broken (${messageOf(cause)})`,
      { path },
      { cause },
    );
  }
  const why =
    code === 'EACCES' || code === 'EPERM' ? 'no permission to read it' : `cannot be read (${messageOf(cause)})`;
  return new SlicescopeError('file-unreadable', `${path}: ${why}`, { path }, { cause });
}
