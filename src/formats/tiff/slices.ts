import { Volume } from '../../volume';
import { bytesIn, unsupported, type OnFraction } from '../format';
import { readTiff } from './read';

/** The one page of a file. */
async function readSlice(path: string): Promise<Volume> {
  const slice = await readTiff(path, {}, () => undefined);
  const pages = slice.shape[2] * slice.channels * slice.frames;
  if (pages === 1) return slice;
  throw unsupported(path, `it has ${String(pages)} pages, and a slice of a folder one; open it alone`);
}

/**
 * Slices that are TIFF files of one page each, with all values that a stack may have. The first one
 * says the distances.
 * @param check throws if a slice is of another kind than the first one.
 * @throws SlicescopeError `unsupported-format`, `file-corrupt`, `file-unreadable`.
 */
export async function readTiffSlices(
  [firstPath, ...others]: readonly [string, ...string[]],
  name: string,
  check: (slice: Volume, first: Volume, path: string) => void,
  onFraction: OnFraction,
): Promise<Volume> {
  const first = await readSlice(firstPath);
  const { dtype, components, spacing, unit, origin, rescale, invert, padding, notes } = first;
  const [width, height] = first.shape;
  const count = others.length + 1;
  const volume = Volume.alloc([width, height, count], dtype, {
    components,
    spacing,
    unit,
    origin,
    rescale: rescale ?? undefined,
    invert,
    padding,
    notes,
    name,
  });
  const target = bytesIn(volume.data);
  const put = (slice: Volume, z: number): void => {
    target.set(bytesIn(slice.data), z * slice.data.byteLength);
    onFraction((z + 1) / count);
  };
  put(first, 0);
  for (const [at, path] of others.entries()) {
    const slice = await readSlice(path);
    check(slice, first, path);
    if (slice.rescale?.slope !== rescale?.slope || slice.rescale?.intercept !== rescale?.intercept) {
      throw unsupported(
        path,
        'its values stand for other numbers than those of the first slice (rescale); open it alone',
      );
    }
    put(slice, at + 1);
  }
  return volume;
}
