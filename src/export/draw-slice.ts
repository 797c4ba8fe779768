import {
  ARRAY_OF,
  frameIn,
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
  pictureSize,
  pixelsIn,
  pointInPicture,
  renderLayers,
  shownOrientation,
  shownRegion,
  type DrawnLayer,
  type LayerLook,
  type Picture,
  type Region,
  type SliceGrid,
} from '../shading';
import { OverlayGrid, checkWhole, type OverlayLayer, type Volume } from '../volume';

/** A whole slice, or as much of it as a viewer has in one piece. */
type Detail = 'whole' | 'overview';

function levelFor(detail: Detail, slice: PlaneInfo, kind: PixelKind): Level {
  return detail === 'whole' ? [0, 0] : overviewLevel(slice, kind);
}

/** The slice as it is drawn: its size in voxels of the level of detail, and how far apart they are. */
function gridOf(volume: Volume, settings: ViewSettings, detail: Detail): SliceGrid {
  const info = volume.info(0).planes[settings.plane];
  const level = levelFor(detail, info, slabKind(volume, settings));
  const spacing = [info.spacing[0] * 2 ** level[0], info.spacing[1] * 2 ** level[1]] as const;
  return { ...levelSize(info, level), spacing };
}

/** Cuts a whole slice at a level of detail, of one of the volumes that are drawn. */
interface Cut {
  readonly info: PlaneInfo;
  readonly kind: PixelKind;
  /** @returns a promise where the voxels have to be read */
  readonly copy: (level: Level, tile: TileRect, target: VoxelArray) => Promise<void> | undefined;
}

/** Read a part of a slice in chunks to its place in the whole one, whose rest stays as it is. */
async function readPart(
  volume: Volume,
  settings: ViewSettings,
  level: Level,
  rect: TileRect,
  whole: { readonly width: number; readonly data: VoxelArray },
): Promise<void> {
  const { plane, index } = settings;
  const read = new ARRAY_OF[slabKind(volume, settings).dtype](rect.width * rect.height);
  await volume.readTile(plane, index, level, rect, settings, read);
  for (let row = 0; row < rect.height; row++) {
    const from = row * rect.width;
    whole.data.set(read.subarray(from, from + rect.width), (rect.y + row) * whole.width + rect.x);
  }
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
  detail: Detail = 'whole',
  scale = 1,
  region?: Region,
): Promise<Picture> {
  const { plane, index, frame } = settings;
  const whole = volume.info(0);
  const info = whole.planes[plane];
  const kind = slabKind(volume, settings);
  const grids = overlays.map((overlay) => new OverlayGrid(volume, overlay));
  const overlayVolumes = grids.map((grid) => grid.info(0));

  const sliceGrid = gridOf(volume, settings, detail);
  const orientation = shownOrientation(info, settings);
  const needed = region === undefined ? null : pixelsIn(sliceGrid, orientation, scale, region);

  const cutOf = (layer: number): Cut => {
    const at = layer - volume.channels;
    const [overlay, grid, overlayInfo] = [overlays[at], grids[at], overlayVolumes[at]];
    if (overlay === undefined || grid === undefined || overlayInfo === undefined) {
      const part = volume.at({ frame, channel: layer });
      return {
        info,
        kind,
        copy: (level, tile, target) => {
          if (part.chunked) return readPart(part, settings, level, needed ?? tile, { width: tile.width, data: target });
          part.copySlab(plane, index, level, tile, settings, target);
          return undefined;
        },
      };
    }
    const part = overlay.volume.at({ frame: frameIn(overlayInfo, frame) });
    return {
      info: overlayInfo.planes[plane],
      kind: grid.kind,
      copy: (level, tile, target) => {
        grid.copyTile(part, plane, index, level, tile, target);
        return undefined;
      },
    };
  };

  const reading: Promise<void>[] = [];
  const layers = layersOf({ ...settings, volume: whole, overlayVolumes }).map((look: LayerLook): DrawnLayer => {
    const cut = cutOf(look.layer);
    const level = levelFor(detail, cut.info, cut.kind);
    const { width, height } = levelSize(cut.info, level);
    if (volume.chunked) checkWhole({ width, height });
    const data = new ARRAY_OF[cut.kind.dtype](width * height * cut.kind.components);
    const isRead = cut.copy(level, { x: 0, y: 0, width, height }, data);
    if (isRead !== undefined) reading.push(isRead);
    return { slice: { width, height, components: cut.kind.components, data }, look };
  });
  await Promise.all(reading);
  return renderLayers(sliceGrid, layers, orientation, scale, region);
}

/**
 * The slice as a picture that a notebook can keep: at scale 1 where a viewer has it in one piece, else as the viewer
 * first shows it, in at most 2048 × 2048 pixels before it is drawn to scale. Where the view is zoomed in to a part, it is
 * that part, about as large as the whole would be.
 */
export async function drawSnapshot(
  volume: Volume,
  settings: ViewSettings,
  overlays: readonly OverlayLayer[] = [],
): Promise<Picture> {
  const { plane, layout, zoom, center } = settings;
  const orientation = shownOrientation(volume.info(0).planes[plane], settings);
  const scale = Math.max(1, zoom);
  const size = pictureSize(gridOf(volume, settings, 'overview'), orientation, scale);
  const region = layout === 'slice' ? shownRegion(size, zoom, pointInPicture(center, plane, orientation)) : null;
  if (region === null) return await drawSlice(volume, settings, overlays, 'overview');
  return await drawSlice(volume, settings, overlays, 'overview', scale, region);
}
