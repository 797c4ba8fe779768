/** The series that a label map was drawn on: what a segmentation says of it, and which voxels are its own. */
import type { DataSet } from 'dicom-parser';
import { isSlicescopeError, type SlicescopeError } from '../../protocol';
import { unsupported } from '../format';
import type { Content } from '../writer';
import { coinciding, type Coinciding, type Grid } from './coinciding';
import { readDicomFile } from './header';
import type { Plane } from './image';
import { choicesOf, imagesOf, type Images } from './series';
import { stackOf } from './stack';

export interface SourceSeries {
  readonly images: Images;
  /** The elements of its first file. */
  readonly dataSet: DataSet;
  readonly grid: Grid & { readonly direction: readonly number[] };
  /** The planes of each slice that were measured, one for each of its frames. */
  readonly planes: readonly (readonly Plane[])[];
  /** Where the label map's voxels are. */
  readonly place: Coinciding;
}

const sizesOf = ({ shape, spacing }: Grid): string =>
  `${shape.join(' × ')} voxels of ${spacing.map((each) => Number(each.toFixed(3))).join(' × ')} mm`;

/**
 * The one series that has the voxels of a label map.
 * @param paths a folder, a DICOMDIR, or the files of a series.
 * @throws SlicescopeError `unsupported-format` where there is none, or more than one; what is wrong with its files.
 */
export async function sourceOf(paths: readonly [string, ...string[]], content: Content): Promise<SourceSeries> {
  const found = await imagesOf({ paths }, () => undefined);
  const fitting: Omit<SourceSeries, 'dataSet'>[] = [];
  const others: string[] = [];
  let broken: SlicescopeError | null = null;
  for (const { images: members, error } of choicesOf(found, false)) {
    const [first, ...rest] = members;
    if (first === undefined || error !== null) {
      broken ??= error;
      continue;
    }
    if (first.segmentation !== null || first.isTiled) continue;
    try {
      const images = [first, ...rest] as const;
      const series = await seriesOf(images, content);
      if (typeof series === 'string') others.push(series);
      else fitting.push(series);
    } catch (thrown) {
      if (!isSlicescopeError(thrown)) throw thrown;
      broken ??= thrown;
    }
  }
  const [only, another] = fitting;
  if (only !== undefined && another === undefined)
    return { ...only, dataSet: (await readDicomFile(only.images[0].path)).dataSet };
  if (another !== undefined) {
    const uids = fitting.map(({ images }) => images[0].seriesUid).join(', ');
    throw unsupported(
      content.path,
      `several series of over have its voxels: ${uids}; give the paths of the files of one`,
    );
  }
  if (broken !== null && others.length === 0) throw broken;
  const what = `its ${sizesOf(content)} are not those of the series in ${paths[0]}`;
  const there = others.length === 0 ? '' : ` (${others.join('; ')})`;
  throw unsupported(content.path, `${what}${there}; resample the label map onto the series that it was drawn on`);
}

/** The series, or the sizes of one that has other voxels. */
async function seriesOf(images: Images, content: Content): Promise<Omit<SourceSeries, 'dataSet'> | string> {
  const [{ layout }] = images;
  const { spacing, origin, direction, slices, frames, mixes } = await stackOf(images, false);
  const shape = [layout.width, layout.height, slices] as const;
  if (spacing === undefined || origin === undefined || direction === null)
    return `${shape.join(' × ')} voxels without a place`;
  const grid = { shape, spacing, origin, direction };
  const place = coinciding(grid, content);
  if (place === null) return sizesOf(grid);
  const planes = Array.from({ length: slices }, (_, z) =>
    Array.from({ length: frames }, (__, frame) => mixes[frame * slices + z] ?? null).flatMap((mix) =>
      mix === null || mix.share > 0 ? [] : [mix.low],
    ),
  );
  return { images, grid, planes, place };
}
