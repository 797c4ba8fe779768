import { SlicescopeError, checkNames, quote } from '../protocol';
import { Volume, type VolumeRecord } from '../volume';
import type { FileHeader } from './file-header';
import { askFileThread } from './file-thread';
import { FORMAT_NAMES, type FormatName, type RawDescription, type ReadRequest } from './format';
import { absolutePaths, isPaths, locate, type Location } from './locate';
import { openChunks } from './open-chunks';
import type { OpenProgress, ReadMessage } from './worker-messages';

/** What can be opened: a path or a URL (`file:`, `http:`, `https:`), or the paths of one series. */
export type Openable = string | URL | readonly string[];

export interface OpenOptions {
  /** Told of each step, at most about a hundred times. What it throws ends the opening. */
  readonly onProgress?: ((progress: OpenProgress) => void) | undefined;
  /** Told what the file's header says, by the format's own names; of a series, that of its first file. */
  readonly onHeader?: ((header: FileHeader) => void) | undefined;
  /** Ends the opening; it is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Default: told from the content. */
  readonly format?: FormatName | undefined;
  /**
   * Which one of several to open: an array (.npz, HDF5) or an image (OME-TIFF, OME-Zarr) by name, a
   * DICOM series by its SeriesInstanceUID.
   */
  readonly series?: string | undefined;
  /** Of contours (RTSTRUCT): the folder, or the files, of the series that they are drawn over. Default: their own folder. */
  readonly over?: string | readonly string[] | undefined;
  /**
   * Refuse what can only be opened with notes, such as a DICOM series with a missing slice, or axes
   * that are not at right angles. Default false.
   */
  readonly strict?: boolean | undefined;
  /** How the voxels lie in a file that says nothing of itself. */
  readonly raw?: RawDescription | undefined;
  /**
   * Which of several levels of detail (OME-Zarr, TIFF) to read into memory, 0 for the finest. Without
   * it, a TIFF opens at its finest level, and the voxels of an OME-Zarr stay where they are until they
   * are needed.
   */
  readonly level?: number | undefined;
  /** Of what is left in its chunks: bytes of them that are kept in memory. Default 256 MiB. */
  readonly cacheBytes?: number | undefined;
}

const OPTIONS: Readonly<Record<keyof OpenOptions, true>> = {
  onProgress: true,
  onHeader: true,
  signal: true,
  format: true,
  series: true,
  over: true,
  strict: true,
  raw: true,
  level: true,
  cacheBytes: true,
};

/** @throws SlicescopeError `invalid-argument`. */
function checkOptions(options: unknown): asserts options is OpenOptions {
  const refuse = (argument: string, value: unknown, expected: string): SlicescopeError =>
    new SlicescopeError('invalid-argument', `Volume.open: ${argument} is ${quote(value)}, expected ${expected}`, {
      argument,
    });
  if (typeof options !== 'object' || options === null)
    throw refuse('options', options, "an object such as { format: 'nrrd' }");
  checkNames(options, Object.keys(OPTIONS), 'Volume.open');
  const given = options as Readonly<Record<string, unknown>>;
  const { onProgress, onHeader, signal, series, over, strict, raw, level, cacheBytes } = given;
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw refuse('onProgress', onProgress, 'a function');
  if (onHeader !== undefined && typeof onHeader !== 'function') throw refuse('onHeader', onHeader, 'a function');
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw refuse('signal', signal, 'an AbortSignal');
  if (series !== undefined && typeof series !== 'string') throw refuse('series', series, 'a name');
  if (over !== undefined && !isPaths(over)) throw refuse('over', over, 'the path of a folder, or paths of files');
  if (strict !== undefined && typeof strict !== 'boolean') throw refuse('strict', strict, 'true or false');
  if (raw !== undefined && (typeof raw !== 'object' || raw === null)) {
    throw refuse('raw', raw, "a description such as { shape: [512, 512, 300], dtype: 'uint16' }");
  }
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  if (level !== undefined && !isCount(level)) throw refuse('level', level, 'a whole number from 0 on');
  if (cacheBytes !== undefined && !isCount(cacheBytes)) throw refuse('cacheBytes', cacheBytes, 'a number of bytes');
}

/**
 * Read a volume from a file, or from several, into shared memory, on a thread of its own.
 * docs/formats.md lists the formats. Integers with a slope or an intercept stay as they are, with a
 * `rescale`. If a file says nothing of its orientation, the volume has no direction.
 * @throws SlicescopeError `invalid-argument`, `file-not-found`, `file-unreadable`,
 *   `unsupported-format`, `file-corrupt`; and the signal's reason.
 */
export async function openVolume(source: Openable, options: OpenOptions = {}): Promise<Volume> {
  checkOptions(options);
  const { format, series, over: below, strict, raw, level, cacheBytes, signal, onHeader } = options;
  if (format !== undefined && !FORMAT_NAMES.includes(format)) {
    const message = `Volume.open: format is ${quote(format)}, expected one of ${FORMAT_NAMES.join(', ')}`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'format' });
  }
  signal?.throwIfAborted();
  const location = await locate(source, options);
  try {
    const wantsHeader = onHeader !== undefined;
    const over = below === undefined ? undefined : absolutePaths(below);
    const request = { paths: location.paths, format, series, over, strict, raw, level, cacheBytes, wantsHeader };
    const volume = Volume.fromRecord(await read(location, request, options), openChunks);
    options.onProgress?.({ stage: 'done', fraction: 1 });
    return volume;
  } finally {
    await location.release();
  }
}

async function read(
  { name: path }: Location,
  request: ReadRequest,
  { onProgress, onHeader, signal }: OpenOptions,
): Promise<VolumeRecord> {
  const hear = (message: ReadMessage): VolumeRecord | undefined => {
    switch (message.type) {
      case 'progress':
        onProgress?.(message.progress);
        return;
      case 'header':
        onHeader?.(message.header);
        return;
      case 'volume':
        return message.record;
      case 'error':
        throw new SlicescopeError(message.code, message.message, message.details);
    }
  };
  const stopped = (why: string, cause: unknown): Error =>
    new SlicescopeError('file-unreadable', `${path}: the reader stopped (${why})`, { path }, { cause });
  const holds = ({ data }: VolumeRecord): number => data.byteLength;
  return await askFileThread({ read: request }, { hear, stopped, signal, holds });
}
