import { SlicescopeError } from '../protocol';
import type { Volume } from '../volume';
import { above, drawColorBar } from './color-bar';
import { drawerOf } from './drawer';
import { checkTarget, writeWhole } from './files';
import { contactSheet } from './montage';
import { checkObject, pixelsOf } from './options';
import { encodePicture } from './picture';
import {
  checkPicture,
  describeStack,
  indices,
  picturesOf,
  stackExport,
  type StackExport,
  type StackOptions,
} from './stack';

export interface MontageOptions extends StackOptions {
  /** Pictures side by side. Default: as many as make the sheet about as wide as it is high. */
  readonly columns?: number;
}

/** Write the slices of a range side by side, each with its index. */
export async function writeMontage(
  what: StackExport,
  path: string,
  columns: number | undefined,
  caller: string,
): Promise<string> {
  const target = checkTarget(path, ['png', 'jpeg', 'webp', 'avif', 'tiff'], what.options, caller);
  checkPicture(what, 'a sheet', caller);
  const chosen = indices(what, caller);
  if (columns !== undefined && !(Number.isInteger(columns) && columns >= 1)) {
    const message = `${caller}: columns is ${String(columns)}, expected a whole number from 1 on`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'columns' });
  }
  const { volume, settings, options } = what;
  // One bar of colours is enough for all.
  const draw = await drawerOf(what, caller, false);
  const { sheet, cell } = await contactSheet(picturesOf(what, chosen, draw), chosen, columns);
  const whole = options.colorBar === true ? above(sheet, await drawColorBar(what, sheet.width, cell, caller)) : sheet;
  const { perCentimetre } = pixelsOf(volume, settings.plane, options, caller);
  const encoding = { quality: options.quality, perCentimetre, description: describeStack(what, chosen, false) };
  await writeWhole(target, await encodePicture(whole, target.format, encoding), caller);
  return target.path;
}

/**
 * Write the slices of a range side by side in one picture, a contact sheet, each with its index in the upper left corner; letters and
 * a scale bar are in each picture, a colour bar is below them all.
 * @returns the file's absolute path
 * @throws SlicescopeError as `exportSlice` does; and the signal's reason.
 */
export async function exportMontage(volume: Volume, path: string, options: MontageOptions = {}): Promise<string> {
  checkObject(options, 'exportMontage');
  const { columns, ...others } = options;
  return await writeMontage(stackExport(volume, others, 'exportMontage'), path, columns, 'exportMontage');
}
