import type { Array as ZarrArray, DataType, Group } from 'zarrita' with { 'resolution-mode': 'import' };
import { SlicescopeError, type Rescale } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { cfRescale } from '../scaled';
import { levelOf, type Level } from './arrays';
import { multiscalesOf, plainAxes, type Multiscales } from './multiscales';
import { imagePath, isCollection } from './series';
import { nameOf } from '../web';
import { within, type BoundedStore } from './bounds';
import { loadZarrita, storeAt, zarrError } from './store';

/** An image with its levels, opened. */
export interface Image extends Multiscales {
  readonly arrays: readonly Level[];
  /** Of an array alone: what its values stand for. */
  readonly rescale: Rescale | null;
}

type Node = ZarrArray<DataType, BoundedStore> | Group<BoundedStore>;

/**
 * Open the arrays of an image. Only their descriptions are read.
 * @param series which of several images, of a plate or of what bioformats2raw writes.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`, `file-corrupt`, `unsupported-format`,
 *   `invalid-argument`.
 */
export async function openImage(location: string, series?: string): Promise<Image> {
  const store = await storeAt(location);
  const zarr = await loadZarrita();
  const path = nameOf(location);
  try {
    const root: Node = await zarr.open(store);
    const isOne = root instanceof zarr.Array || !isCollection(root.attrs);
    if (isOne && series !== undefined) {
      const message = `${path}: series is ${JSON.stringify(series)}, but it has one image; leave it out`;
      throw new SlicescopeError('invalid-argument', message, { argument: 'series' });
    }
    const at = root instanceof zarr.Array || isOne ? '' : await imagePath(root, series, path);
    const node: Node = root instanceof zarr.Array || at === '' ? root : await zarr.open(within(root, at, location));
    if (node instanceof zarr.Array) {
      const axes = plainAxes(node.shape.length, node.dimensionNames ?? node.attrs._ARRAY_DIMENSIONS, path);
      const scale = axes.map(() => 1);
      const level = { path: '', scale, translation: axes.map(() => 0) };
      const rescale = cfRescale(node.attrs.scale_factor, node.attrs.add_offset, path);
      const said = { axes, levels: [level], name: '', channels: [], labels: null, rescale };
      return { ...said, arrays: [arrayOf(node, axes, location)] };
    }
    const found = multiscalesOf(node.attrs, path);
    if (found === null)
      throw unsupported(path, 'a Zarr group without multiscales; open one of its arrays, or a group with an image');
    // Paths of its arrays are said from the group that was opened: threads that read chunks open that.
    const levels = found.levels.map((level) => ({ ...level, path: at === '' ? level.path : `${at}/${level.path}` }));
    const image = { ...found, levels };
    const arrays: Level[] = [];
    for (const level of image.levels) {
      const array = await zarr.open(within(root, level.path, location), { kind: 'array' });
      arrays.push(arrayOf(array, image.axes, location));
    }
    return { ...image, arrays: sameKind(arrays, path), rescale: null };
  } catch (cause) {
    throw await zarrError(location, cause);
  }
}

function arrayOf(array: ZarrArray<DataType, BoundedStore>, axes: Multiscales['axes'], location: string): Level {
  return levelOf(
    array,
    axes.map(({ dimension }) => dimension),
    location,
  );
}

/** Levels of one image have its dtype, channels and frames, and become coarser. */
function sameKind(arrays: readonly Level[], path: string): readonly Level[] {
  const [first, ...others] = arrays as readonly [Level, ...Level[]];
  let before = first;
  for (const level of others) {
    const { sizes, dtype } = level;
    const isSame = dtype === first.dtype && sizes.channel === first.sizes.channel && sizes.frame === first.sizes.frame;
    if (!isSame) throw corrupt(path, 'its levels are of different dtypes, channels or frames');
    const isCoarser = (['x', 'y', 'z'] as const).every((axis) => sizes[axis] <= before.sizes[axis]);
    if (!isCoarser) throw corrupt(path, 'its levels do not become coarser from one to the next');
    before = level;
  }
  return arrays;
}
