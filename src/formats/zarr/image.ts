import type { AsyncReadable } from '@zarrita/storage' with { 'resolution-mode': 'import' };
import type { Array as ZarrArray, DataType, Group } from 'zarrita' with { 'resolution-mode': 'import' };
import { corrupt, unsupported } from '../format';
import { levelOf, type Level } from './arrays';
import { multiscalesOf, plainAxes, type Multiscales } from './multiscales';
import { loadZarrita, nameOf, storeAt, zarrError } from './store';

/** An image with its levels, opened. */
export interface Image extends Multiscales {
  readonly arrays: readonly Level[];
}

type Node = ZarrArray<DataType, AsyncReadable> | Group<AsyncReadable>;

/**
 * Open the arrays of an image, of which nothing but their description is read.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`, `file-corrupt`, `unsupported-format`.
 */
export async function openImage(location: string): Promise<Image> {
  const store = await storeAt(location);
  const zarr = await loadZarrita();
  const path = nameOf(location);
  try {
    const node: Node = await zarr.open(store);
    if (node instanceof zarr.Array) {
      const axes = plainAxes(node.shape.length, path);
      const scale = axes.map(() => 1);
      const level = { path: '', scale, translation: axes.map(() => 0) };
      return { axes, levels: [level], name: '', channels: [], arrays: [arrayOf(node, axes, location)] };
    }
    const image = multiscalesOf(node.attrs, path);
    if (image === null)
      throw unsupported(path, 'a Zarr group without multiscales; open one of its arrays, or a group with an image');
    const arrays: Level[] = [];
    for (const level of image.levels) {
      const array = await zarr.open(node.resolve(level.path), { kind: 'array' });
      arrays.push(arrayOf(array, image.axes, location));
    }
    return { ...image, arrays: sameKind(arrays, path) };
  } catch (cause) {
    throw await zarrError(location, cause);
  }
}

function arrayOf(array: ZarrArray<DataType, AsyncReadable>, axes: Multiscales['axes'], location: string): Level {
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
