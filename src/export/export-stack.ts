import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { SlicescopeError, isSlicescopeError, messageOf, quote } from '../protocol';
import type { Volume } from '../volume';
import { drawerOf, type SliceExport } from './drawer';
import { isOfValues, sliceEncoder, valuesOf, voxelsPerCentimetre } from './export-slice';
import { checkTarget, writeWhole, type Content, type Target } from './files';
import { inOrder } from './in-order';
import { pixelsOf } from './options';
import {
  describeStack,
  indices,
  sliceAt,
  slicesOf,
  stackExport,
  told,
  type StackExport,
  type StackOptions,
} from './stack';
import { deflated, encodeTiff, type Page } from './tiff';
import { encodeNpy } from './values';

/** Threads in which Node has libvips work, if nobody says another number. */
const THREADS = 4;
/** Slices that are worked on at once: as many are encoded as there are threads and processors, while the next one is drawn. */
const AT_ONCE: number = Math.min(THREADS, availableParallelism()) + 1;

/** Write the slices of a range into a file each, or into one file of them all. */
export async function writeStack(what: StackExport, path: string, caller: string): Promise<string[]> {
  const chosen = indices(what, caller);
  if (typeof path === 'string' && /\.(tiff?|npy)$/i.test(path) && !path.includes('{index}')) {
    const target = checkTarget(path, ['tiff', 'npy'], what.options, caller);
    await writeWhole(target, await stackContent(what, chosen, target, caller), caller);
    return [target.path];
  }
  if (typeof path !== 'string' || !path.includes('{index}')) {
    const message = `${caller}: path is ${quote(path)}, expected one with {index} in it, such as 'slices/{index}.png', or one file of them all, .tif or .npy`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'path' });
  }
  return await writeNumbered(what, chosen, path, caller);
}

/** What is in one file of all slices, which is made as it is written. */
async function stackContent(
  what: StackExport,
  chosen: readonly number[],
  { format }: Target,
  caller: string,
): Promise<Content> {
  const isPlain = isOfValues(what, format, caller);
  const make = isPlain ? valuesOf : await pageMaker(what, caller);
  const inTurn = <Result>(work: (slice: SliceExport) => Promise<Result>): AsyncGenerator<Result> =>
    told(inOrder(slicesOf(what, chosen), AT_ONCE, work), chosen.length, what.range);
  if (format === 'npy') return encodeNpy(inTurn(valuesOf), chosen.length);
  const description = describeStack(what, chosen, isPlain);
  const { perCentimetre } = pixelsOf(what.volume, what.settings.plane, what.options, caller);
  const square = perCentimetre === null ? null : ([perCentimetre, perCentimetre] as const);
  const pages = inTurn(async (slice) => await deflated(await make(slice)));
  const size = isPlain ? voxelsPerCentimetre(what, caller) : square;
  return encodeTiff(pages, chosen.length, { description, perCentimetre: size });
}

/** What draws the pages of a file of pictures. */
async function pageMaker(what: StackExport, caller: string): Promise<(slice: SliceExport) => Promise<Page>> {
  const draw = await drawerOf(what, caller);
  return async ({ settings }) => ({ ...(await draw(settings)), components: 4, dtype: 'uint8' });
}

/** Where the file of each slice goes. */
function numberedTargets(what: StackExport, chosen: readonly number[], pattern: string, caller: string) {
  const digits = String(Math.max(...chosen)).length;
  const formats = ['png', 'jpeg', 'webp', 'avif', 'tiff', 'npy'] as const;
  return chosen.map((index) => {
    const name = pattern.replaceAll('{index}', String(index).padStart(digits, '0'));
    return { index, target: checkTarget(name, formats, what.options, caller) };
  });
}

async function writeNumbered(
  what: StackExport,
  chosen: readonly number[],
  pattern: string,
  caller: string,
): Promise<string[]> {
  const targets = numberedTargets(what, chosen, pattern, caller);
  const [{ target: first }] = targets as [(typeof targets)[number]];
  const encode = await sliceEncoder(what, first.format, caller);
  // What can't be made is told when the file can't be written.
  for (const folder of new Set(targets.map(({ target }) => dirname(target.path)))) {
    await mkdir(folder, { recursive: true }).catch(() => undefined);
  }
  const { signal } = what.range;
  const there: number[] = [];
  const files = inOrder(targets, AT_ONCE, async ({ index, target }) => {
    signal?.throwIfAborted();
    await writeWhole(target, await encode(sliceAt(what, index), target), caller);
    there.push(index);
    return target.path;
  });
  const paths: string[] = [];
  try {
    for await (const path of told(files, targets.length, what.range)) paths.push(path);
  } catch (cause) {
    if (signal?.aborted === true || !isSlicescopeError(cause) || there.length === 0) throw cause;
    const listed = there.sort((a, b) => a - b).join(', ');
    const message = `${messageOf(cause)}; of ${String(targets.length)} slices these are there: ${listed}`;
    throw new SlicescopeError('write-failed', message, { path: first.path }, { cause });
  }
  return paths;
}

/**
 * Write the slices of a range: into a file each, whose path has `{index}` in it, which becomes the slice's index with as
 * many digits as the greatest one needs; or into one file of them all, .tif of as many pages or .npy. Options as of `exportSlice`.
 * Each file appears whole or not at all; an error says which slices are there. As many slices are in memory at once as
 * are worked on.
 * @returns the files' absolute paths
 * @throws SlicescopeError as `exportSlice` does; and the signal's reason.
 */
export async function exportStack(volume: Volume, path: string, options: StackOptions = {}): Promise<string[]> {
  return await writeStack(stackExport(volume, options, 'exportStack'), path, 'exportStack');
}
