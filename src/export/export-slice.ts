import { SlicescopeError, type ViewSettings, type Window } from '../protocol';
import { frameText } from '../shading';
import type { Volume, VolumeSlice } from '../volume';
import { drawerOf, type SliceExport } from './drawer';
import { checkTarget, writeWhole, type Content, type FileFormat, type Target } from './files';
import { checkVolume, lookAt } from './look';
import { MARKS, fileOptions, pixelsOf, type ExportOptions } from './options';
import { encodePicture } from './picture';
import { encodeValues } from './values';

/** What can be written of one slice. */
const SLICE_FORMATS = ['png', 'jpeg', 'webp', 'avif', 'tiff', 'npy'] as const;

/** What a file says of a slice, or of several; of values it names no look. */
export function describeSlice({ volume, settings }: SliceExport, isPlain: boolean, which?: string): string {
  const { plane, index, frame, slab, projection } = settings;
  const name = volume.name === '' ? [] : [volume.name];
  const said = frameText(volume, frame);
  const part = volume.frames === 1 ? [] : [`frame ${String(frame)}${said === '' ? '' : ` (${said})`}`];
  const depth = slab === 1 ? [] : [`${projection} of ${String(slab)}`];
  const look = isPlain || volume.components > 1 ? [] : describeLook(settings, volume);
  return [...name, `plane ${plane}`, which ?? `slice ${String(index)}`, ...depth, ...part, ...look].join(', ');
}

/** The window and the colour map, or those of each channel that is drawn. */
function describeLook({ window, colormap, channels }: ViewSettings, { channelInfo }: Volume): readonly string[] {
  const ends = ([low, high]: Window): string => `window ${String(low)} to ${String(high)}`;
  if (channels.length === 0) return [ends(window), colormap];
  return channels.flatMap((each, channel) => {
    const name = channelInfo?.[channel]?.name ?? '';
    const named = `channel ${String(channel)}${name === '' ? '' : ` (${name})`}`;
    return each.visible ? [`${named} ${ends(each.window)} ${each.colormap}`] : [];
  });
}

/** Whether a file is to hold values, which nothing is drawn over. @throws SlicescopeError `invalid-argument`. */
export function isOfValues({ options }: SliceExport, format: FileFormat, caller: string): boolean {
  if (options.values !== true && format !== 'npy') return false;
  const mark = MARKS.find((name) => options[name] === true);
  if (mark === undefined) return true;
  const message = `${caller}: ${mark} is true, but a file of values has nothing drawn over it; leave one of them out`;
  throw new SlicescopeError('invalid-argument', message, { argument: mark });
}

/** How large voxels are in a file of values: across and down; null where the volume's unit is no length. */
export function voxelsPerCentimetre(what: SliceExport, caller: string): [number, number] | null {
  const { volume, settings, options } = what;
  const { millimetres } = pixelsOf(volume, settings.plane, options, caller);
  if (millimetres === null) return null;
  const [across, down] = volume.info(0).planes[settings.plane].spacing;
  return [10 / (across * millimetres), 10 / (down * millimetres)];
}

/** What is in the file of one slice. */
export type EncodeSlice = (slice: SliceExport, target: Target) => Promise<Content>;

/**
 * What makes files of slices of one look.
 * @throws SlicescopeError `invalid-argument`; and it itself `unsupported-format`.
 */
export async function sliceEncoder(what: SliceExport, format: FileFormat, caller: string): Promise<EncodeSlice> {
  const { volume, settings, options } = what;
  const { perCentimetre } = pixelsOf(volume, settings.plane, options, caller);
  if (isOfValues(what, format, caller)) {
    const voxels = voxelsPerCentimetre(what, caller);
    return async (slice, target) => {
      const info = { description: describeSlice(slice, true), perCentimetre: voxels };
      return await encodeValues(await valuesOf(slice), target, info, caller);
    };
  }
  const draw = await drawerOf(what, caller);
  return async (slice) => {
    const description = describeSlice(slice, false);
    return await encodePicture(await draw(slice.settings), format, {
      quality: options.quality,
      perCentimetre,
      description,
    });
  };
}

/** The values of a slice: of the first channel, as `volume.slice` gives them. */
export async function valuesOf({ volume, settings }: SliceExport): Promise<VolumeSlice> {
  const { plane, index, frame, slab, projection } = settings;
  return await volume.readSlice(plane, index, { frame, slab, projection });
}

/**
 * Write one slice, whole or not at all.
 * @returns the file's absolute path
 */
export async function writeSlice(what: SliceExport, path: string, caller: string): Promise<string> {
  const target = checkTarget(path, SLICE_FORMATS, what.options, caller);
  const encode = await sliceEncoder(what, target.format, caller);
  await writeWhole(target, await encode(what, target), caller);
  return target.path;
}

/**
 * What is to be exported of a volume.
 * @throws SlicescopeError as `exportSlice` does.
 */
export function sliceExport(volume: Volume, options: ExportOptions, caller: string): SliceExport {
  checkVolume(volume, caller);
  const { file, look } = fileOptions(options, caller);
  return { volume, ...lookAt(volume, look, caller), options: file };
}

/**
 * Write one slice: as a picture, pixel for pixel what a view with these settings draws (.png, .jpg, .webp, .avif, .tif),
 * of the part that `zoom` and `center` show,
 * or its real values (`values: true` with .png of uint8 and uint16 or .tif; .npy). The file appears whole or not
 * at all, and replaces one that is there only with `overwrite: true`.
 * @returns the file's absolute path
 * @throws SlicescopeError `invalid-argument`, `unknown-plane`, `index-out-of-range`, `invalid-window`, `unknown-window`,
 * `unknown-colormap`, `no-overlap`, `unsupported-format`, `limit-exceeded`, `file-exists`, `write-failed`.
 */
export async function exportSlice(volume: Volume, path: string, options: ExportOptions = {}): Promise<string> {
  return await writeSlice(sliceExport(volume, options, 'exportSlice'), path, 'exportSlice');
}
