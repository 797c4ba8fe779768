import { ARRAY_OF, levelSize, overviewLevel, type Level, type ViewSettings } from '../protocol';
import { layersOf, renderLayers, shownOrientation, type Picture } from '../shading';
import type { Volume } from '../volume';
import { checkVolume, defaultSettings, settle, type LookOptions } from './look';
import { checkPngPath, encodePng, writeWhole } from './png';

/**
 * Draw the slice that a view with these settings shows, without a browser: at scale 1, or at a coarser level of
 * detail, where a pixel stands for 2^level voxels.
 */
export function drawSlice(volume: Volume, settings: ViewSettings, level: Level = [0, 0]): Picture {
  const { plane, index } = settings;
  const info = volume.info(0).planes[plane];
  const { dtype, components } = volume;
  const { width, height } = levelSize(info, level);
  const data = new ARRAY_OF[dtype](width * height * components);
  volume.copyTile(plane, index, level, { x: 0, y: 0, width, height }, data);
  const spacing = [info.spacing[0] * 2 ** level[0], info.spacing[1] * 2 ** level[1]] as const;
  const slice = { width, height, components, data };
  const looks = layersOf({ ...settings, channels: [], overlays: [], overlayVolumes: [] });
  const layers = looks.map((look) => ({ slice, look }));
  return renderLayers({ width, height, spacing }, layers, shownOrientation(info, settings));
}

/**
 * The slice as a picture that a notebook can keep: at scale 1 where a viewer has it in one piece, else as the viewer
 * first shows it, in at most 2048 × 2048 pixels before it is drawn to scale.
 */
export function drawSnapshot(volume: Volume, settings: ViewSettings): Picture {
  return drawSlice(volume, settings, overviewLevel(volume.info(0).planes[settings.plane], volume));
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
