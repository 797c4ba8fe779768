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
import {
  layersOf,
  renderLayers,
  shownOrientation,
  type DrawnLayer,
  type LayerLook,
  type Picture,
  type Region,
} from '../shading';
import { OverlayGrid, checkWhole, type OverlayLayer, type Volume } from '../volume';

/** Cuts a whole slice at a level of detail, of one of the volumes that are drawn. */
interface Cut {
  readonly info: PlaneInfo;
  readonly kind: PixelKind;
  /** @returns a promise where the voxels have to be read */
  readonly copy: (level: Level, tile: TileRect, target: VoxelArray) => Promise<void> | undefined;
}

/**
 * Draw the slice that a view with these settings shows, without a browser: all of its volumes, each of them
 * whole or, as an overview, at the level of detail at which a viewer has it in one piece. What is in memory is drawn as it
 * is at the moment of the call.
 * @param scale pixels for each one at scale 1.
 * @param region the part of the picture that is drawn, in its pixels; all of it if left out.
 */
export async function drawSlice(
  volume: Volume,
  settings: ViewSettings,
  overlays: readonly OverlayLayer[] = [],
  detail: 'whole' | 'overview' = 'whole',
  scale = 1,
  region?: Region,
): Promise<Picture> {
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
          if (part.chunked) return part.readTile(plane, index, level, tile, settings, target);
          part.copySlab(plane, index, level, tile, settings, target);
          return undefined;
        },
      };
    }
    return {
      info: overlayInfo.planes[plane],
      kind: grid.kind,
      copy: (level, tile, target) => {
        grid.copyTile(overlay.volume, plane, index, level, tile, target);
        return undefined;
      },
    };
  };

  const reading: Promise<void>[] = [];
  const layers = layersOf({ ...settings, volume: whole, overlayVolumes }).map((look: LayerLook): DrawnLayer => {
    const cut = cutOf(look.layer);
    const level = levelOf(cut);
    const { width, height } = levelSize(cut.info, level);
    if (volume.chunked) checkWhole({ width, height });
    const data = new ARRAY_OF[cut.kind.dtype](width * height * cut.kind.components);
    const isRead = cut.copy(level, { x: 0, y: 0, width, height }, data);
    if (isRead !== undefined) reading.push(isRead);
    return { slice: { width, height, components: cut.kind.components, data }, look };
  });
  await Promise.all(reading);
  const level = levelOf({ info, kind });
  const spacing = [info.spacing[0] * 2 ** level[0], info.spacing[1] * 2 ** level[1]] as const;
  return renderLayers({ ...levelSize(info, level), spacing }, layers, shownOrientation(info, settings), scale, region);
}

/**
 * The slice as a picture that a notebook can keep: at scale 1 where a viewer has it in one piece, else as the viewer
 * first shows it, in at most 2048 × 2048 pixels before it is drawn to scale.
 */
export async function drawSnapshot(
  volume: Volume,
  settings: ViewSettings,
  overlays: readonly OverlayLayer[] = [],
): Promise<Picture> {
  return await drawSlice(volume, settings, overlays, 'overview');
}
