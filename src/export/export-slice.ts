import type { ViewSettings } from '../protocol';
import { checkColormap, renderSlice, type Picture } from '../shading';
import type { Volume } from '../volume';
import { checkVolume, defaultSettings, settle, type LookOptions } from './look';
import { checkPngPath, encodePng, writeWhole } from './png';

/** Draw the slice that a view with these settings shows, at scale 1, without a browser. */
export function drawSlice(volume: Volume, settings: ViewSettings): Picture {
  const { plane, index, window, rotation } = settings;
  const { spacing, orientation } = volume.info(0).planes[plane];
  const colormap = checkColormap(settings.colormap, 'exportSlice');
  return renderSlice({ ...volume.slice(plane, index), spacing }, { window, colormap, orientation, rotation });
}

/**
 * Draw a slice and write it as a PNG, whole or not at all.
 * @returns the file's absolute path
 */
export async function exportPicture(
  volume: Volume,
  path: string,
  settings: ViewSettings,
  caller: string,
): Promise<string> {
  const target = checkPngPath(path, caller);
  await writeWhole(target, await encodePng(drawSlice(volume, settings)), caller);
  return target;
}

/**
 * Write one slice as a PNG: pixel for pixel what a view with these settings draws at scale 1. The file
 * appears whole or not at all.
 * @returns the file's absolute path
 * @throws SlicescopeError `invalid-argument`, `unknown-plane`, `index-out-of-range`, `invalid-window`,
 * `unknown-colormap`, `unsupported-format`, `write-failed`.
 */
export async function exportSlice(volume: Volume, path: string, options: LookOptions = {}): Promise<string> {
  checkVolume(volume, 'exportSlice');
  const settings = settle(volume, defaultSettings(volume, options), options, 'exportSlice');
  return await exportPicture(volume, path, settings, 'exportSlice');
}
