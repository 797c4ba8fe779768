import {
  ARRAY_OF,
  levelSize,
  overviewLevel,
  slabKind,
  type Level,
  type PixelKind,
  type PlaneInfo,
  type TileRect,
  type ViewSettings,
  type VoxelArray,
} from '../protocol';
import { layersOf, renderLayers, shownOrientation, type DrawnLayer, type LayerLook, type Picture } from '../shading';
import { OverlayGrid, type OverlayLayer, type Volume, type VolumeSlice } from '../volume';
import { checkVolume, lookAt, type Look } from './look';
import { checkTarget, writeWhole, type Target } from './files';
import { fileOptions, pixelsOf, type ExportOptions, type FileOptions } from './options';
import { encodePicture } from './picture';
import { encodeValues } from './values';

/** Cuts a whole slice at a level of detail, of one of the volumes that are drawn. */
interface Cut {
  readonly info: PlaneInfo;
  readonly kind: PixelKind;
  readonly copy: (level: Level, tile: TileRect, target: VoxelArray) => void;
}

/**
 * Draw the slice that a view with these settings shows, without a browser: all of its volumes, each of them
 * whole or, as an overview, at the level of detail at which a viewer has it in one piece.
 */
export function drawSlice(
  volume: Volume,
  settings: ViewSettings,
  overlays: readonly OverlayLayer[] = [],
  detail: 'whole' | 'overview' = 'whole',
  scale = 1,
): Picture {
  const { plane, index, frame } = settings;
  const whole = volume.info(0);
  const info = whole.planes[plane];
  const kind = slabKind(volume, settings);
  const grids = overlays.map((overlay) => new OverlayGrid(volume, overlay));
  const overlayVolumes = grids.map((grid) => grid.info(0));
  const levelOf = (cut: Pick<Cut, 'info' | 'kind'>): Level =>
    detail === 'whole' ? [0, 0] : overviewLevel(cut.info, cut.kind);

  const cutOf = (layer: number): Cut => {
    const at = layer - volume.channels;
    const [overlay, grid, overlayInfo] = [overlays[at], grids[at], overlayVolumes[at]];
    if (overlay === undefined || grid === undefined || overlayInfo === undefined) {
      const part = volume.at({ frame, channel: layer });
      return {
        info,
        kind,
        copy: (level, tile, target) => {
          part.copySlab(plane, index, level, tile, settings, target);
        },
      };
    }
    return {
      info: overlayInfo.planes[plane],
      kind: grid.kind,
      copy: (level, tile, target) => {
        grid.copyTile(overlay.volume, plane, index, level, tile, target);
      },
    };
  };

  const layers = layersOf({ ...settings, volume: whole, overlayVolumes }).map((look: LayerLook): DrawnLayer => {
    const cut = cutOf(look.layer);
    const level = levelOf(cut);
    const { width, height } = levelSize(cut.info, level);
    const data = new ARRAY_OF[cut.kind.dtype](width * height * cut.kind.components);
    cut.copy(level, { x: 0, y: 0, width, height }, data);
    return { slice: { width, height, components: cut.kind.components, data }, look };
  });
  const level = levelOf({ info, kind });
  const spacing = [info.spacing[0] * 2 ** level[0], info.spacing[1] * 2 ** level[1]] as const;
  return renderLayers({ ...levelSize(info, level), spacing }, layers, shownOrientation(info, settings), scale);
}

/**
 * The slice as a picture that a notebook can keep: at scale 1 where a viewer has it in one piece, else as the viewer
 * first shows it, in at most 2048 × 2048 pixels before it is drawn to scale.
 */
export function drawSnapshot(volume: Volume, settings: ViewSettings, overlays: readonly OverlayLayer[] = []): Picture {
  return drawSlice(volume, settings, overlays, 'overview');
}

/** What can be written of one slice. */
const SLICE_FORMATS = ['png', 'jpeg', 'webp', 'avif', 'tiff', 'npy'] as const;

/** A slice as it is to look and to be written, settled. */
export interface SliceExport extends Look {
  readonly volume: Volume;
  readonly options: FileOptions;
}

/** What a file says of a slice. */
export function describeSlice({ volume, settings }: SliceExport, isOfValues: boolean): string {
  const { plane, index, frame, window, colormap } = settings;
  const name = volume.name === '' ? [] : [volume.name];
  const part = volume.frames === 1 ? [] : [`frame ${String(frame)}`];
  const look = isOfValues ? [] : [`window ${window.map(String).join(' to ')}`, colormap];
  return [...name, `plane ${plane}`, `slice ${String(index)}`, ...part, ...look].join(', ');
}

/**
 * The bytes of a file of one slice.
 * @throws SlicescopeError `unsupported-format`, `invalid-argument`.
 */
export async function encodeSlice(what: SliceExport, target: Target, caller: string): Promise<Uint8Array> {
  const { volume, settings, overlays, options } = what;
  const isOfValues = options.values === true || target.format === 'npy';
  const pixels = pixelsOf(volume, settings.plane, options, caller);
  const description = describeSlice(what, isOfValues);
  if (isOfValues) {
    const { spacing } = volume.info(0).planes[settings.plane];
    const perCentimetre = pixels.millimetres === null ? null : spacingPerCentimetre(spacing, pixels.millimetres);
    return await encodeValues([valuesOf(what)], target, { description, perCentimetre }, false, caller);
  }
  const picture = drawSlice(volume, settings, overlays, 'whole', pixels.scale);
  const { perCentimetre } = pixels;
  return await encodePicture(picture, target.format, { quality: options.quality, perCentimetre, description });
}

function spacingPerCentimetre([across, down]: readonly [number, number], millimetres: number): [number, number] {
  return [10 / (across * millimetres), 10 / (down * millimetres)];
}

/** The values of a slice: of the first channel, as `volume.slice` gives them. */
export function valuesOf({ volume, settings }: SliceExport): VolumeSlice {
  const { plane, index, frame, slab, projection } = settings;
  return volume.slice(plane, index, { frame, slab, projection });
}

/**
 * Write one slice, whole or not at all.
 * @returns the file's absolute path
 */
export async function writeSlice(what: SliceExport, path: string, caller: string): Promise<string> {
  const target = checkTarget(path, SLICE_FORMATS, what.options, caller);
  await writeWhole(target, await encodeSlice(what, target, caller), caller);
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
 * or its real values (`values: true` with .png of uint8 and uint16 or .tif; .npy). The file appears whole or not
 * at all, and replaces one that is there only with `overwrite: true`.
 * @returns the file's absolute path
 * @throws SlicescopeError `invalid-argument`, `unknown-plane`, `index-out-of-range`, `invalid-window`, `unknown-window`,
 * `unknown-colormap`, `no-overlap`, `unsupported-format`, `file-exists`, `write-failed`.
 */
export async function exportSlice(volume: Volume, path: string, options: ExportOptions = {}): Promise<string> {
  return await writeSlice(sliceExport(volume, options, 'exportSlice'), path, 'exportSlice');
}
