import { SlicescopeError, type ViewSettings } from '../protocol';
import {
  pictureSize,
  pointInPicture,
  shownEdges,
  shownOrientation,
  shownRegion,
  type Picture,
  type Region,
} from '../shading';
import type { Volume } from '../volume';
import { above, drawColorBar } from './color-bar';
import { drawSlice } from './draw-slice';
import type { Look } from './look';
import { checkRoom, drawMarks, letterMarks, scaleBarMarks } from './marks';
import { MARKS, pixelsOf, type FileOptions } from './options';
import { checkPixels } from './room';

/** A slice as it is to look and to be written, settled. */
export interface SliceExport extends Look {
  readonly volume: Volume;
  readonly options: FileOptions;
}

/** Draws a slice of the look that it is made for. */
export type Draw = (settings: ViewSettings) => Promise<Picture>;

/** The part of a slice's picture that is drawn: what a view of this one slice shows, unless all is asked for. */
function regionOf({ volume, settings, options }: SliceExport, scale: number, caller: string): Region {
  const { plane, zoom, center } = settings;
  const info = volume.info(0).planes[plane];
  const orientation = shownOrientation(info, settings);
  const size = pictureSize(info, orientation, scale);
  if (options.region === 'whole') return { left: 0, top: 0, ...size };
  const region = shownRegion(size, zoom, pointInPicture(center, plane, orientation));
  if (region !== null) return region;
  const message = `${caller}: nothing of the slice is shown at zoom ${String(zoom)} around ${center.join(', ')}; set center, or give region: 'whole'`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'center' });
}

/** Pixels across the picture for each of the volume's unit. */
function pixelsPerUnit({ volume, settings }: SliceExport, scale: number): number {
  const info = volume.info(0).planes[settings.plane];
  const orientation = shownOrientation(info, settings);
  const [columns, rows] = [info.width * info.spacing[0], info.height * info.spacing[1]];
  return pictureSize(info, orientation, scale).width / (orientation.transpose ? rows : columns);
}

/**
 * What draws the slices of one look: as a view does, and with the marks that are asked for, which are made once.
 * @param hasBar whether each has a colour bar of its own, if one is asked for.
 * @throws SlicescopeError `invalid-argument`, `limit-exceeded`.
 */
export async function drawerOf(what: SliceExport, caller: string, hasBar = true): Promise<Draw> {
  const { volume, settings, overlays, options } = what;
  const { plane } = settings;
  const { scale } = pixelsOf(volume, plane, options, caller);
  const region = regionOf(what, scale, caller);
  checkPixels(region);
  if (MARKS.some((name) => options[name] === true)) checkRoom(region, scale, caller);
  const marks = [
    ...(options.letters === true
      ? await letterMarks(region, shownEdges(volume.info(0).planes[plane], plane, settings))
      : []),
    ...(options.scaleBar === true ? await scaleBarMarks(region, pixelsPerUnit(what, scale), volume.unit) : []),
  ];
  const bar = options.colorBar === true && hasBar ? await drawColorBar(what, region.width, region, caller) : null;
  return async (each) => {
    const picture = await drawSlice(volume, each, overlays, 'whole', scale, region);
    drawMarks(picture, marks);
    return bar === null ? picture : above(picture, bar);
  };
}
