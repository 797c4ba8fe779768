import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PLANE_AXES, SlicescopeError, isSlicescopeError, messageOf, quote } from '../protocol';
import type { Picture } from '../shading';
import type { Volume } from '../volume';
import { describeSlice, drawSlice, encodeSlice, sliceExport, valuesOf, type SliceExport } from './export-slice';
import { checkTarget, writeWhole, type Target } from './files';
import { contactSheet } from './montage';
import { checkObject, indicesOf, pixelsOf, rangeOptions, type ExportOptions, type RangeOptions } from './options';
import { encodeAnimation, encodePicture } from './picture';
import { loadSharp } from './sharp';
import type { Page } from './tiff';
import { encodeTiff } from './tiff';
import { encodeValues } from './values';

export type StackOptions = ExportOptions & RangeOptions;

export interface MontageOptions extends StackOptions {
  /** Pictures side by side. Default: as many as make the sheet about as wide as it is high. */
  readonly columns?: number;
}

export interface AnimationOptions extends StackOptions {
  /** Slices a second, from 1 to 60. Default 10. */
  readonly perSecond?: number;
  /** Back again from the last slice to the first. Default false. */
  readonly bounce?: boolean;
}

/** Several slices of one look. */
export interface StackExport extends SliceExport {
  readonly range: RangeOptions;
}

/** What is to be exported of a volume, and which slices. */
export function stackExport(volume: Volume, options: StackOptions, caller: string): StackExport {
  checkObject(options, caller);
  const { from, to, step, onProgress, signal, ...others } = options;
  return {
    ...sliceExport(volume, others, caller),
    range: rangeOptions({ from, to, step, onProgress, signal }, caller),
  };
}

function sliceAt(what: StackExport, index: number): StackExport {
  const { plane, position } = what.settings;
  const normal = PLANE_AXES[plane][2];
  const moved = position.map((each, axis) => (axis === normal ? index : each)) as unknown as typeof position;
  return { ...what, settings: { ...what.settings, index, position: moved } };
}

function indices({ volume, settings, range }: StackExport, caller: string): number[] {
  return indicesOf(volume.info(0).planes[settings.plane].count, range, caller);
}

/** Do something for each slice in turn, and tell of it. */
function each<T>(what: StackExport, chosen: readonly number[], use: (slice: StackExport) => T): T[] {
  const { signal, onProgress } = what.range;
  return chosen.map((index, at) => {
    signal?.throwIfAborted();
    const result = use(sliceAt(what, index));
    onProgress?.((at + 1) / chosen.length);
    return result;
  });
}

/** Write the slices of a range into a file each, or into one file of them all. */
export async function writeStack(what: StackExport, path: string, caller: string): Promise<string[]> {
  const chosen = indices(what, caller);
  if (typeof path === 'string' && /\.(tiff?|npy)$/i.test(path) && !path.includes('{index}')) {
    const target = checkTarget(path, ['tiff', 'npy'], what.options, caller);
    await writeWhole(target, await encodeStack(what, chosen, target, caller), caller);
    return [target.path];
  }
  if (typeof path !== 'string' || !path.includes('{index}')) {
    const message = `${caller}: path is ${quote(path)}, expected one with {index} in it, such as 'slices/{index}.png', or one file of them all, .tif or .npy`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'path' });
  }
  return await writeNumbered(what, chosen, path, caller);
}

async function encodeStack(
  what: StackExport,
  chosen: readonly number[],
  target: Target,
  caller: string,
): Promise<Uint8Array> {
  const { volume, settings, options } = what;
  const pixels = pixelsOf(volume, settings.plane, options, caller);
  const { spacing } = volume.info(0).planes[settings.plane];
  const { millimetres, perCentimetre } = pixels;
  const isOfValues = options.values === true || target.format === 'npy';
  const name = describeSlice(what, isOfValues).replace(/slice \d+/, `slices ${chosen.map(String).join(' ')}`);
  const description = name.length > 1000 ? `${name.slice(0, 1000)}...` : name;
  if (isOfValues) {
    const slices = each(what, chosen, valuesOf) as [ReturnType<typeof valuesOf>];
    const voxels =
      millimetres === null ? null : ([10 / (spacing[0] * millimetres), 10 / (spacing[1] * millimetres)] as const);
    return await encodeValues(slices, target, { description, perCentimetre: voxels }, true, caller);
  }
  const pages = each(what, chosen, ({ settings: look, overlays }): Page => {
    const { width, height, data } = drawSlice(volume, look, overlays, 'whole', pixels.scale);
    return { width, height, components: 4, dtype: 'uint8', data };
  });
  return encodeTiff(pages, {
    description,
    perCentimetre: perCentimetre === null ? null : [perCentimetre, perCentimetre],
  });
}

/** As many at once as libvips has threads. */
async function writeNumbered(
  what: StackExport,
  chosen: readonly number[],
  pattern: string,
  caller: string,
): Promise<string[]> {
  const digits = String(Math.max(...chosen)).length;
  const formats = ['png', 'jpeg', 'webp', 'avif', 'tiff', 'npy'] as const;
  const targets = chosen.map((index) => {
    const name = pattern.replaceAll('{index}', String(index).padStart(digits, '0'));
    return { index, target: checkTarget(name, formats, what.options, caller) };
  });
  const [first] = targets;
  if (first !== undefined) await mkdir(dirname(first.target.path), { recursive: true }).catch(() => undefined);
  const { signal, onProgress } = what.range;
  const done: number[] = [];
  const waiting = [...targets];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      signal?.throwIfAborted();
      const { index, target } = next;
      await writeWhole(target, await encodeSlice(sliceAt(what, index), target, caller), caller);
      done.push(index);
      onProgress?.(done.length / targets.length);
    }
  };
  const threads = Math.max(1, (await loadSharp()).concurrency());
  const results = await Promise.allSettled(
    Array.from({ length: threads }, work).map(async (worker) => {
      try {
        await worker;
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }),
  );
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed?.status !== 'rejected') return targets.map(({ target }) => target.path);
  const cause: unknown = failed.reason;
  if (signal?.aborted === true || !isSlicescopeError(cause) || done.length === 0) throw cause;
  const there = done.sort((a, b) => a - b).join(', ');
  throw new SlicescopeError(
    'write-failed',
    `${messageOf(cause)}; of ${String(targets.length)} slices these are there: ${there}`,
    {
      path: first?.target.path ?? pattern,
    },
    { cause },
  );
}

function draw(what: StackExport, chosen: readonly number[], caller: string): [Picture, ...Picture[]] {
  const { scale } = pixelsOf(what.volume, what.settings.plane, what.options, caller);
  return each(what, chosen, ({ volume, settings, overlays }) =>
    drawSlice(volume, settings, overlays, 'whole', scale),
  ) as [Picture];
}

/** Write the slices of a range side by side, each with its index. */
export async function writeMontage(
  what: StackExport,
  path: string,
  columns: number | undefined,
  caller: string,
): Promise<string> {
  const target = checkTarget(path, ['png', 'jpeg', 'webp', 'avif', 'tiff'], what.options, caller);
  const chosen = indices(what, caller);
  if (columns !== undefined && !(Number.isInteger(columns) && columns >= 1)) {
    const message = `${caller}: columns is ${String(columns)}, expected a whole number from 1 on`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'columns' });
  }
  const sheet = contactSheet(draw(what, chosen, caller), chosen, columns);
  const { perCentimetre } = pixelsOf(what.volume, what.settings.plane, what.options, caller);
  const { quality } = what.options;
  const description = describeSlice(what, false).replace(/slice \d+/, `slices ${chosen.map(String).join(' ')}`);
  const encoding = { quality, perCentimetre, description };
  await writeWhole(target, await encodePicture(sheet, target.format, encoding), caller);
  return target.path;
}

/** Write the slices of a range one after the other, again and again. */
export async function writeAnimation(
  what: StackExport,
  path: string,
  { perSecond = 10, bounce = false }: Pick<AnimationOptions, 'perSecond' | 'bounce'>,
  caller: string,
): Promise<string> {
  const target = checkTarget(path, ['webp', 'gif'], what.options, caller);
  if (!(perSecond >= 1 && perSecond <= 60)) {
    const message = `${caller}: perSecond is ${String(perSecond)}, expected a number from 1 to 60`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'perSecond' });
  }
  const once = draw(what, indices(what, caller), caller);
  if (typeof bounce !== 'boolean') {
    const message = `${caller}: bounce is ${quote(bounce)}, expected true or false`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'bounce' });
  }
  // The ends are seen once on the way.
  const back = bounce ? once.slice(1, -1).reverse() : [];
  const format = target.format === 'gif' ? 'gif' : 'webp';
  await writeWhole(target, await encodeAnimation([...once, ...back], format, perSecond), caller);
  return target.path;
}

/**
 * Write the slices of a range: into a file each, whose path has `{index}` in it, which becomes the slice's index with as
 * many digits as the greatest one needs; or into one file of them all, .tif of as many pages or .npy. Options as of `exportSlice`.
 * Each file appears whole or not at all; an error says which slices are there.
 * @returns the files' absolute paths
 * @throws SlicescopeError as `exportSlice` does; and the signal's reason.
 */
export async function exportStack(volume: Volume, path: string, options: StackOptions = {}): Promise<string[]> {
  return await writeStack(stackExport(volume, options, 'exportStack'), path, 'exportStack');
}

/**
 * Write the slices of a range side by side in one picture, a contact sheet, each with its index in the upper left corner.
 * @returns the file's absolute path
 * @throws SlicescopeError as `exportSlice` does; and the signal's reason.
 */
export async function exportMontage(volume: Volume, path: string, options: MontageOptions = {}): Promise<string> {
  checkObject(options, 'exportMontage');
  const { columns, ...others } = options;
  return await writeMontage(stackExport(volume, others, 'exportMontage'), path, columns, 'exportMontage');
}

/**
 * Write the slices of a range as an animated .webp or .gif, which has 256 colours, that runs for ever.
 * @returns the file's absolute path
 * @throws SlicescopeError as `exportSlice` does; and the signal's reason.
 */
export async function exportAnimation(volume: Volume, path: string, options: AnimationOptions = {}): Promise<string> {
  checkObject(options, 'exportAnimation');
  const { perSecond, bounce, ...others } = options;
  const timing = { ...(perSecond === undefined ? {} : { perSecond }), ...(bounce === undefined ? {} : { bounce }) };
  return await writeAnimation(stackExport(volume, others, 'exportAnimation'), path, timing, 'exportAnimation');
}
