import { setImmediate } from 'node:timers/promises';
import { PLANE_AXES, SlicescopeError } from '../protocol';
import type { Picture } from '../shading';
import type { Volume } from '../volume';
import type { Draw, SliceExport } from './drawer';
import { describeSlice, sliceExport } from './export-slice';
import { checkObject, indicesOf, rangeOptions, type ExportOptions, type RangeOptions } from './options';

export type StackOptions = ExportOptions & RangeOptions;

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

/** @throws SlicescopeError `index-out-of-range`, `invalid-argument`. */
export function indices({ volume, settings, range }: StackExport, caller: string): number[] {
  return indicesOf(volume.info(0).planes[settings.plane].count, range, caller);
}

/** One of the slices. */
export function sliceAt(what: SliceExport, index: number): SliceExport {
  const { plane, position } = what.settings;
  const normal = PLANE_AXES[plane][2];
  const moved = position.map((each, axis) => (axis === normal ? index : each)) as unknown as typeof position;
  return { ...what, settings: { ...what.settings, index, position: moved } };
}

/** The slices one after the other, until the signal ends it. */
export function* slicesOf(what: StackExport, chosen: readonly number[]): Generator<SliceExport> {
  for (const index of chosen) {
    what.range.signal?.throwIfAborted();
    yield sliceAt(what, index);
  }
}

/** Pass on what there is for each slice, and tell of it when it has been used. */
export async function* told<Item>(
  items: AsyncIterable<Item>,
  count: number,
  { onProgress }: RangeOptions,
): AsyncGenerator<Item> {
  let done = 0;
  for await (const item of items) {
    yield item;
    done++;
    onProgress?.(done / count);
  }
}

/** The slices' pictures, one at a time: between two of them there is time for others, who may abort it. */
export async function* picturesOf(what: StackExport, chosen: readonly number[], draw: Draw): AsyncGenerator<Picture> {
  const drawn = async function* (): AsyncGenerator<Picture> {
    for (const { settings } of slicesOf(what, chosen)) {
      yield draw(settings);
      await setImmediate();
    }
  };
  yield* told(drawn(), chosen.length, what.range);
}

/** @throws SlicescopeError `invalid-argument` where values are asked for of what is a picture. */
export function checkPicture({ options }: StackExport, what: string, caller: string): void {
  if (options.values !== true) return;
  const message = `${caller}: values is true, but ${what} is a picture; exportStack writes the values of several slices`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'values' });
}

/** What a file of several slices says of them. */
export function describeStack(what: StackExport, chosen: readonly number[], isPlain: boolean): string {
  const [first = 0, second = first] = chosen;
  const step = Math.abs(second - first);
  const every = step > 1 ? ` step ${String(step)}` : '';
  const which = step === 0 ? `slice ${String(first)}` : `slices ${String(first)} to ${String(chosen.at(-1))}${every}`;
  return describeSlice(what, isPlain, which);
}
