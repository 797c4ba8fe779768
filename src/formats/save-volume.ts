import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ARRAY_OF, DTYPES, DTYPE_RANGES, SlicescopeError, checkNames, quote, realDType, type DType } from '../protocol';
import type { Volume } from '../volume';
import { errorOf, writerStopped } from './failure';
import { askFileThread } from './file-thread';
import { absolutePaths, isPaths } from './locate';
import { checkPlace, makeInPlace } from './put-in-place';
import type { WriteMessage, WriteRequest } from './write-messages';
import { WRITABLE_NAMES, type Plain, type WritableName, type WriteOptions, type Writer } from './writer';
import { WRITERS, writerOf } from './writers';

const CALLER = 'volume.save';

/** How far saving has come. */
export interface SaveProgress {
  readonly stage: 'writing' | 'done';
  /** From 0 to 1. */
  readonly fraction: number;
}

export interface SaveOptions extends WriteOptions {
  /** Default: told from the path's ending. */
  readonly format?: WritableName | undefined;
  /**
   * The dtype in the file, which then has the real values. Without it, values are written as they are
   * stored, with their `rescale` if the format has a place for it, else as real ones. A value that the
   * dtype can't hold is an error; floats are rounded to `float32`.
   */
  readonly dtype?: DType | undefined;
  /** Whether a file, or a Zarr store, that is there is replaced. Default false. */
  readonly overwrite?: boolean | undefined;
  /** Told of each step, at most about a hundred times. What it throws ends the saving. */
  readonly onProgress?: ((progress: SaveProgress) => void) | undefined;
  /** Ends the saving, which is rejected with the signal's reason; what was there is still there. */
  readonly signal?: AbortSignal | undefined;
}

/** What was written. */
export interface Saved {
  /** Absolute. */
  readonly path: string;
  /** Of all files. */
  readonly bytes: number;
  /** A sentence for each thing that the format has no place for. */
  readonly notes: readonly string[];
}

const OPTIONS: Readonly<Record<keyof SaveOptions, true>> = {
  format: true,
  dtype: true,
  overwrite: true,
  onProgress: true,
  signal: true,
  compression: true,
  version: true,
  chunks: true,
  levels: true,
  over: true,
  deidentify: true,
};
/** Options that not all formats heed. */
const OF_FORMATS = ['compression', 'version', 'chunks', 'levels', 'over', 'deidentify'] as const;

function refuse(argument: string, value: unknown, expected: string): SlicescopeError {
  return new SlicescopeError('invalid-argument', `${CALLER}: ${argument} is ${quote(value)}, expected ${expected}`, {
    argument,
  });
}

function isSizes(value: unknown): boolean {
  return Array.isArray(value) && value.length === 3 && value.every((each) => Number.isSafeInteger(each) && each >= 1);
}

/** @throws SlicescopeError `invalid-argument`, `unknown-dtype`. */
function checkOptions(options: unknown): asserts options is SaveOptions {
  if (typeof options !== 'object' || options === null)
    throw refuse('options', options, "an object such as { dtype: 'float32' }");
  checkNames(options, Object.keys(OPTIONS), CALLER);
  const { format, dtype, overwrite, onProgress, signal, compression, version, chunks, levels, over, deidentify } =
    options as Readonly<Record<string, unknown>>;
  const isOneOf = (names: readonly unknown[], value: unknown): boolean => value === undefined || names.includes(value);
  if (!isOneOf(WRITABLE_NAMES, format)) throw refuse('format', format, `one of ${WRITABLE_NAMES.join(', ')}`);
  if (!isOneOf(DTYPES, dtype)) {
    const message = `${CALLER}: dtype is ${quote(dtype)}, expected one of ${DTYPES.join(', ')}`;
    throw new SlicescopeError('unknown-dtype', message, { dtype: String(dtype) });
  }
  if (!isOneOf([true, false], overwrite)) throw refuse('overwrite', overwrite, 'true or false');
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw refuse('onProgress', onProgress, 'a function');
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw refuse('signal', signal, 'an AbortSignal');
  const isLevel = Number.isInteger(compression) && (compression as number) >= 0 && (compression as number) <= 9;
  if (compression !== undefined && !isLevel) throw refuse('compression', compression, 'a whole number from 0 to 9');
  if (!isOneOf(['0.4', '0.5'], version)) throw refuse('version', version, "'0.4' or '0.5'");
  if (chunks !== undefined && !isSizes(chunks)) throw refuse('chunks', chunks, 'three sizes such as [64, 64, 64]');
  const isCount = Number.isSafeInteger(levels) && (levels as number) >= 1;
  if (levels !== undefined && !isCount) throw refuse('levels', levels, 'a whole number of at least 1');
  if (over !== undefined && !isPaths(over)) throw refuse('over', over, 'the path of a folder, or paths of files');
  if (!isOneOf([true, false], deidentify)) throw refuse('deidentify', deidentify, 'true or false');
}

/** @throws SlicescopeError `invalid-argument`, `unsupported-format`. */
function chooseWriter(path: unknown, options: SaveOptions): { readonly path: string; readonly writer: Writer } {
  if (typeof path !== 'string' || path === '') throw refuse('path', path, 'the path of a file to write');
  const named = WRITERS.find(({ name }) => name === options.format);
  const writer = named ?? writerOf(path);
  if (writer === null) {
    const endings = WRITERS.flatMap((each) => each.endings).join(' ');
    const message = `${CALLER}: ${path} does not end in one of ${endings}, which say what is written; or say { format }`;
    throw new SlicescopeError('unsupported-format', message, { path });
  }
  for (const option of OF_FORMATS) {
    if (options[option] === undefined || writer.heeds.includes(option)) continue;
    throw refuse(option, options[option], `nothing: ${writer.title} has none`);
  }
  return { path: resolve(path), writer };
}

/**
 * What is to be in the file, and what is left out of it.
 * @throws SlicescopeError `unsupported-format` where the format can't hold the values.
 */
function plan(
  volume: Volume,
  path: string,
  writer: Writer,
  options: SaveOptions,
): { readonly plain: Plain; readonly notes: readonly string[] } {
  const { data, chunks, part, ...said } = volume.toRecord();
  const { rescale } = volume;
  const isKept = options.dtype === undefined && (rescale === null || writer.holdsRescale(volume.dtype, rescale));
  const wanted = options.dtype ?? (isKept ? volume.dtype : realDType(volume));
  const dtype = writer.dtypes.includes(wanted) ? wanted : options.dtype === undefined ? wider(wanted, writer) : null;
  if (dtype === null) {
    const message = `${CALLER}: ${path}: ${writer.title} holds ${writer.dtypes.join(', ')}, not ${wanted}; choose one of them with { dtype }`;
    throw new SlicescopeError('unsupported-format', message, { path });
  }
  if (volume.components > 1 && dtype !== volume.dtype) throw refuse('dtype', dtype, `${volume.dtype}, as colours are`);
  const plain: Plain = { ...said, dtype, rescale: isKept ? rescale : null };
  const notes = [
    ...(rescale === null || isKept ? [] : [`The values are the real ones, as ${dtype}: a rescale is not written.`]),
    ...(dtype === wanted ? [] : [`${writer.title} has no ${wanted}: the values are of ${dtype}.`]),
  ];
  return { plain, notes: [...notes, ...writer.check(plain, path, options)] };
}

/** The smallest dtype of a format that holds all values of another dtype. Null if it has no such dtype. */
function wider(dtype: DType, { dtypes }: Writer): DType | null {
  const bytes = (of: DType): number => ARRAY_OF[of].BYTES_PER_ELEMENT;
  const holds = (other: DType): boolean => {
    if (other.startsWith('float')) return bytes(other) > bytes(dtype);
    const [[least, most], [lower, upper]] = [DTYPE_RANGES[dtype], DTYPE_RANGES[other]];
    return !dtype.startsWith('float') && lower <= least && most <= upper;
  };
  return [...dtypes].sort((one, other) => bytes(one) - bytes(other)).find(holds) ?? null;
}

/** The path that links lead to. A file that does not exist is where its path says. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(real(dirname(path)), basename(path));
  }
}

/** A volume in chunks must not be written over the chunks that it is read from. */
function checkSource(volume: Volume, path: string): void {
  const location = volume.toRecord().chunks?.source.location;
  if (location === undefined || /^https?:/i.test(location)) return;
  const [from, to] = [real(location), real(path)];
  if (relative(from, to).startsWith('..') && relative(to, from).startsWith('..')) return;
  throw refuse('path', path, 'another one: the volume is read from there while it is saved');
}

/**
 * Write a volume into a file, or into a folder of OME-Zarr, on another thread. docs/formats.md says what
 * each format holds. The file appears whole or not at all. Don't write into `volume.data` meanwhile.
 * @throws SlicescopeError `invalid-argument`, `unknown-dtype`, `unsupported-format` if values would
 *   change, `file-exists`, `write-failed`; what reading chunks throws; and the signal's reason.
 */
export async function saveVolume(volume: Volume, path: string, options: SaveOptions = {}): Promise<Saved> {
  checkOptions(options);
  const { signal, onProgress, overwrite = false, compression, version, chunks, levels, deidentify } = options;
  const { path: absolute, writer } = chooseWriter(path, options);
  signal?.throwIfAborted();
  checkSource(volume, absolute);
  const { plain, notes } = plan(volume, absolute, writer, options);
  const place = { path: absolute, overwrite, valuesFile: writer.valuesFile };
  await checkPlace(place, CALLER); // Before the work; what appears meanwhile is not replaced either.
  const over = options.over === undefined ? undefined : absolutePaths(options.over);
  const request = { record: volume.toRecord(), plain, name: writer.name, path: absolute };
  const said = { compression, version, chunks, levels, over, deidentify };
  const allNotes = [...notes];
  const make = (target: string): Promise<void> =>
    write({ ...request, target, options: said }, options, (note) => allNotes.push(note));
  const bytes = await makeInPlace(place, make, CALLER);
  onProgress?.({ stage: 'done', fraction: 1 });
  return { path: absolute, bytes, notes: allNotes };
}

/** @throws the error of a call of the system, with its code, or a SlicescopeError. */
async function write(
  request: WriteRequest,
  { onProgress, signal }: SaveOptions,
  onNote: (note: string) => void,
): Promise<void> {
  const { path } = request;
  const hear = (message: WriteMessage): true | undefined => {
    switch (message.type) {
      case 'progress':
        onProgress?.({ stage: 'writing', fraction: message.fraction });
        return;
      case 'note':
        onNote(message.note);
        return;
      case 'written':
        return true;
      case 'failed':
      case 'error':
        throw errorOf(message);
    }
  };
  const stopped = (why: string, cause: unknown): Error => writerStopped(path, why, cause);
  // What reads the chunks of a volume keeps some of them.
  const { data, chunks } = request.record;
  const holds = (): number => (chunks === undefined ? data.byteLength : Infinity);
  await askFileThread<WriteMessage, true>({ write: request }, { hear, stopped, signal, holds });
}
