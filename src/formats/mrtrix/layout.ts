import type { Shape, Triple } from '../../protocol';
import type { VolumeOptions } from '../../volume';
import { corrupt, unsupported } from '../format';
import { placed, stepsOfRas } from '../placed';
import { spacingOf } from '../text-header';
import type { StoredAxis } from '../stored-order';

/** One axis of the image: which one, its size, and how far its voxels lie apart in the file; backwards below 0. */
interface ImageAxis extends StoredAxis {
  readonly axis: number;
}

/** How an image lies in its file, and the volume that it becomes. */
export interface Layout {
  readonly shape: Shape;
  readonly frames: number;
  /** x, y and z of the volume. */
  readonly space: readonly ImageAxis[];
  /** Axes of the volume, the slowest first, and where its first value is stored. */
  readonly axes: readonly StoredAxis[];
  readonly first: number;
}

/** The axes of an image, from a list of signs and ranks such as `-0,-1,+2`: the axis of rank 0 is stored fastest. */
function axesOf(text: string, sizes: readonly number[], path: string): readonly ImageAxis[] {
  const said = text.split(',').map((each) => /^([+-]?)(\d{1,3})$/.exec(each.trim()));
  const ranks = said.map((each) => Number(each?.[2] ?? NaN));
  if (said.includes(null) || ranks.length !== sizes.length || new Set(ranks).size !== ranks.length) {
    throw corrupt(path, `its header says layout ${JSON.stringify(text.slice(0, 60))} of ${sizes.join(' × ')}`);
  }
  let stride = 1;
  const strides = new Map<number, number>();
  for (const rank of [...ranks].sort((a, b) => a - b)) {
    const axis = ranks.indexOf(rank);
    strides.set(axis, said[axis]?.[1] === '-' ? -stride : stride);
    stride *= sizes[axis] as number;
  }
  return sizes.map((size, axis) => ({ axis, size, stride: strides.get(axis) as number }));
}

/**
 * @param hasPlace whether the header says where the axes point. If so, voxels stay in the order of the
 *   file. Otherwise only the image's indices are known, and the volume has those.
 */
export function layoutOf(text: string, sizes: readonly number[], hasPlace: boolean, path: string): Layout {
  const all = axesOf(text, sizes, path);
  const others = all.slice(3).filter(({ size }) => size > 1);
  if (others.length > 1) {
    throw unsupported(
      path,
      `${sizes.join(' × ')} has more than four dimensions; extract one series of volumes: mrconvert -coord`,
    );
  }
  const end = sizes.reduce((product, size) => product * size, 1);
  const inImage = [0, 1, 2].map((axis) => all[axis] ?? { axis, size: 1, stride: end });
  const space = hasPlace ? [...inImage].sort((a, b) => Math.abs(a.stride) - Math.abs(b.stride)) : inImage;
  const [time = { axis: 3, size: 1, stride: end }] = others;
  const kept = space.map((each) => (hasPlace ? { ...each, stride: Math.abs(each.stride) } : each));
  const axes = [time, ...[...kept].reverse()].map(({ size, stride }) => ({ size, stride: size === 1 ? 0 : stride }));
  const first = axes.reduce((sum, { size, stride }) => sum + (stride < 0 ? (1 - size) * stride : 0), 0);
  const shape = space.map(({ size }) => size) as unknown as Shape;
  return { shape, frames: time.size, space, axes, first };
}

/**
 * Distances along the three axes of the image. One that is NaN is unknown, and becomes the mean of the
 * others, as in MRtrix.
 */
function distancesOf(vox: readonly number[], path: string): Triple {
  const said = [0, 1, 2].map((axis) => vox[axis] ?? NaN);
  const known = said.filter((each) => !Number.isNaN(each));
  const mean = known.length === 0 ? 1 : known.reduce((sum, each) => sum + each, 0) / known.length;
  return spacingOf(
    said.map((each) => (Number.isNaN(each) ? mean : each)),
    path,
  );
}

/**
 * Where the volume lies.
 * @param matrix three rows, from millimetres along the axes of the image to RAS; null if the header
 *   has none.
 */
export function placeOf(
  { space, shape }: Layout,
  vox: readonly number[],
  matrix: readonly number[] | null,
  path: string,
): VolumeOptions {
  const distances = distancesOf(vox, path);
  if (matrix === null) return { spacing: distances };
  if (matrix.length < 12)
    throw corrupt(path, `its header says a transform of ${String(matrix.length)} numbers, expected 12`);
  const rows = [0, 4, 8].map((start) =>
    [0, 1, 2, 3].map((at) => (matrix[start + at] as number) * (distances[at] ?? 1)),
  );
  const image = stepsOfRas(rows);
  const columns = space.map(({ axis, stride }) =>
    (image.columns[axis] as readonly number[]).map((each) => (stride < 0 ? -each : each)),
  );
  // An axis that is stored backwards begins with its last voxel.
  const origin = image.origin.map((at, row) =>
    space.reduce(
      (from, { axis, size, stride }) => from + (stride < 0 ? (size - 1) * (image.columns[axis]?.[row] as number) : 0),
      at,
    ),
  );
  return placed({ columns, origin }, shape, path);
}
