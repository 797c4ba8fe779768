import { basename } from 'node:path';
import type { Dataset, File } from 'h5wasm' with { 'resolution-mode': 'import' };
import { ARRAY_OF, type DType, type Rescale, type Shape, type VoxelArray } from '../protocol';
import { Volume } from '../volume';
import { corrupt, unsupported } from './format';
import { shownUnit } from './lengths';
import { lpsOf, placed, type Placed } from './placed';
import { rescaled } from './scaled';
import { putInOrder } from './stored-order';
import { withoutEnd } from './text-end';
import { MAX_COMPRESSION } from './voxels';

/** Where MINC 2 has its image at full size; https://en.wikibooks.org/wiki/MINC/Reference/MINC2.0_File_Format_Reference */
export const MINC_IMAGE = 'minc-2.0/image/0/image';
const DIMENSIONS = 'minc-2.0/dimensions';

/** Where an axis of space points in RAS, unless its cosines say otherwise. */
const COSINES: ReadonlyMap<string, readonly number[]> = new Map([
  ['xspace', [1, 0, 0]],
  ['yspace', [0, 1, 0]],
  ['zspace', [0, 0, 1]],
]);
const TIME = 'time';

interface Minc {
  readonly file: File;
  readonly array: Dataset;
  readonly dtype: DType;
  readonly fileBytes: number;
  readonly path: string;
}

type Attributes = Dataset['attrs'];

function textOf(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name]?.value;
  return typeof value === 'string' ? withoutEnd(value, '_\0') : undefined;
}

/** One number or several. Null for anything else. */
function finiteOf(value: unknown): readonly number[] | null {
  const numbers =
    typeof value === 'number' ? [value] : ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : [];
  return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : null;
}

function numbersOf(
  attributes: Attributes,
  name: string,
  otherwise: readonly number[],
  path: string,
): readonly number[] {
  const said = attributes[name];
  if (said === undefined) return otherwise;
  const numbers = finiteOf(said.value);
  if (numbers?.length === otherwise.length) return numbers;
  throw corrupt(path, `its attribute ${name} is not ${String(otherwise.length)} finite numbers`);
}

/** The names of an array's axes, the slowest first; a longer list has been left behind by a program. */
function axesOf(array: Dataset): readonly string[] {
  const said = textOf(array.attrs, 'dimorder');
  return said === undefined ? [] : said.split(',').slice(0, array.shape?.length ?? 0);
}

function checkAxes(axes: readonly string[], shape: readonly number[], path: string): void {
  const odd = axes.find((axis) => axis !== TIME && !COSINES.has(axis));
  if (odd !== undefined) {
    throw unsupported(
      path,
      `its image has the axis ${odd} (dimorder); what can be read is xspace, yspace, zspace and time`,
    );
  }
  if (axes.length !== shape.length || new Set(axes).size !== axes.length) {
    throw corrupt(path, `its image is ${shape.join(' × ')} with the axes ${axes.join(', ')} (dimorder)`);
  }
}

/** A dimension's own attributes; none where the file says nothing of it. */
function dimensionOf(file: File, axis: string): Attributes {
  const found = file.get(`${DIMENSIONS}/${axis}`);
  return found !== null && 'attrs' in found ? found.attrs : {};
}

/** In LPS: an axis begins at `start` along its cosines, and goes on by `step`. */
function geometryOf({ file, path }: Minc, space: readonly string[], shape: Shape): Placed & { readonly unit: string } {
  const units = new Set<string>();
  const start = [0, 0, 0];
  const columns = space.map((axis) => {
    const attributes = dimensionOf(file, axis);
    if (textOf(attributes, 'spacing') === 'irregular') {
      throw unsupported(path, `its slices are not evenly spaced (${axis} is irregular); resample it: mincresample`);
    }
    const alignment = textOf(attributes, 'alignment') ?? 'centre';
    if (alignment !== 'centre' && alignment !== '') {
      throw unsupported(
        path,
        `positions along ${axis} are of the ${alignment} of voxels (alignment), not of their centres`,
      );
    }
    units.add(shownUnit(textOf(attributes, 'units') ?? 'mm'));
    const cosines = numbersOf(attributes, 'direction_cosines', COSINES.get(axis) ?? [0, 0, 0], path);
    const [step = 1] = numbersOf(attributes, 'step', [1], path);
    const [first = 0] = numbersOf(attributes, 'start', [0], path);
    cosines.forEach((each, row) => (start[row] = (start[row] as number) + each * first));
    return lpsOf(cosines.map((each) => each * step));
  });
  if (units.size > 1)
    throw unsupported(path, `its axes are in the units ${[...units].join(', ')} (units), expected one`);
  while (columns.length < 3) columns.push([0, 0, 0]);
  const [unit = 'mm'] = units;
  return { ...placed({ columns, origin: lpsOf(start) }, shape, path), unit };
}

/** Stored values that stand for something, the least and the most of them. */
function validRangeOf({ array, dtype, path }: Minc): readonly [number, number] {
  const bits = 8 * ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  const all = dtype.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  const said = numbersOf(array.attrs, 'valid_range', all, path);
  const [least, most] = [Math.min(...said), Math.max(...said)];
  if (least < most && least >= (all[0] as number) && most <= (all[1] as number)) return [least, most];
  throw corrupt(path, `its valid_range is ${said.join(' to ')}, of values of ${dtype}`);
}

/**
 * The real values of the least or the greatest stored value: one for all, or one for each index of the
 * first axes.
 */
function realEndsOf(minc: Minc, name: 'image-min' | 'image-max', axes: readonly string[]): readonly number[] {
  const { file, array, fileBytes, path } = minc;
  const found = file.get(MINC_IMAGE.replace(/image$/, name));
  if (found === null || !('value' in found))
    throw corrupt(path, `it has no ${name}, which says what its values stand for`);
  const sizes = found.shape ?? [];
  const own = axesOf(found);
  const isLeading =
    own.length === sizes.length && own.every((axis, at) => axis === axes[at] && sizes[at] === array.shape?.[at]);
  if (!isLeading) {
    const what = `${name} is ${sizes.join(' × ')} with the axes ${own.join(', ')}`;
    throw unsupported(path, `${what}, and the image has ${axes.join(', ')}; what can be read has the first of these`);
  }
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count * 8 > fileBytes * MAX_COMPRESSION)
    throw corrupt(path, `truncated, it has no ${String(count)} values of ${name}`);
  const ends = finiteOf(found.value);
  if (ends?.length === count) return ends;
  throw corrupt(path, `its ${name} is not ${String(count)} finite numbers`);
}

/** Of each part of the image; floats are the real values. */
function rescalesOf(minc: Minc, axes: readonly string[], [least, most]: readonly [number, number]): readonly Rescale[] {
  const [low, high] = [realEndsOf(minc, 'image-min', axes), realEndsOf(minc, 'image-max', axes)];
  if (low.length !== high.length) throw unsupported(minc.path, 'its image-min and image-max are not of the same axes');
  return low.map((from, at) => {
    const slope = ((high[at] as number) - from) / (most - least);
    return { slope, intercept: from - least * slope };
  });
}

/** Values beyond the valid range count as its ends, as for nibabel. */
function clip(values: VoxelArray, [least, most]: readonly [number, number]): void {
  for (let at = 0; at < values.length; at++) values[at] = Math.max(least, Math.min(most, values[at] as number));
}

/** The image of MINC 2, whose values `read` has as they are stored. */
export function readMinc(minc: Minc, read: (allocate: (dtype: DType) => VoxelArray) => VoxelArray): Volume {
  const { array, dtype, path } = minc;
  const sizes = array.shape ?? [];
  const axes = axesOf(array);
  checkAxes(axes, sizes, path);
  const space = axes.filter((axis) => axis !== TIME).reverse();
  const sizeOf = (axis: string | undefined): number => sizes[axes.indexOf(axis ?? '')] ?? 1;
  const shape: Shape = [sizeOf(space[0]), sizeOf(space[1]), sizeOf(space[2])];
  const name = basename(path).replace(/\.mnc$/i, '');
  const options = { ...geometryOf(minc, space, shape), frames: sizeOf(TIME), name };
  const range = dtype.startsWith('float') ? null : validRangeOf(minc);
  const rescales = range === null ? [] : rescalesOf(minc, axes, range);
  const values = read((each) => Volume.alloc(shape, each, options).data);
  if (range !== null) clip(values, range);
  const volume = rescaled(Volume.from(values, shape, options), rescales);
  if (axes.indexOf(TIME) > 0) {
    const strideOf = (axis: string): number =>
      sizes.slice(axes.indexOf(axis) + 1).reduce((product, size) => product * size, 1);
    const slowestFirst = [TIME, ...[...space].reverse()].map((axis) => ({
      size: sizeOf(axis),
      stride: strideOf(axis),
    }));
    putInOrder(volume.data, slowestFirst);
  }
  return volume;
}
