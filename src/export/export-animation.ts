import { SlicescopeError, quote } from '../protocol';
import type { Volume } from '../volume';
import { drawerOf } from './drawer';
import { checkTarget, writeWhole } from './files';
import { checkObject, pixelsOf } from './options';
import { encodeAnimation } from './picture';
import {
  checkPicture,
  describeStack,
  indices,
  picturesOf,
  stackExport,
  type StackExport,
  type StackOptions,
} from './stack';

export interface AnimationOptions extends StackOptions {
  /** Slices a second, from 1 to 60. Default 10. */
  readonly perSecond?: number;
  /** Back again from the last slice to the first. Default false. */
  readonly bounce?: boolean;
}

/** Write the slices of a range one after the other, again and again. */
export async function writeAnimation(
  what: StackExport,
  path: string,
  { perSecond = 10, bounce = false }: Pick<AnimationOptions, 'perSecond' | 'bounce'>,
  caller: string,
): Promise<string> {
  const target = checkTarget(path, ['webp', 'gif'], what.options, caller);
  checkPicture(what, 'an animation', caller);
  if (!(perSecond >= 1 && perSecond <= 60)) {
    const message = `${caller}: perSecond is ${String(perSecond)}, expected a number from 1 to 60`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'perSecond' });
  }
  if (typeof bounce !== 'boolean') {
    const message = `${caller}: bounce is ${quote(bounce)}, expected true or false`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'bounce' });
  }
  const chosen = indices(what, caller);
  // The ends are seen once on the way.
  const order = Array.from(chosen.keys());
  if (bounce) order.push(...order.slice(1, -1).reverse());
  const pictures = picturesOf(what, chosen, await drawerOf(what, caller));
  const format = target.format === 'gif' ? 'gif' : 'webp';
  const { perCentimetre } = pixelsOf(what.volume, what.settings.plane, what.options, caller);
  const how = { perSecond, perCentimetre, description: describeStack(what, chosen, false) };
  await writeWhole(target, await encodeAnimation(pictures, order, format, how), caller);
  return target.path;
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
