import type { ChannelInfo } from '../../protocol';
import { hexColor } from '../hex-color';
import { readLabels, type ReadLabels } from '../labels';
import { unsupported, corrupt } from '../format';

/** What an axis of an array is. */
export type Dimension = 'x' | 'y' | 'z' | 'channel' | 'frame';

/** The levels of an image, and what they mean; https://ngff.openmicroscopy.org/0.5/ */
export interface Multiscales {
  readonly axes: readonly { readonly dimension: Dimension; readonly unit: string | null }[];
  /** The finest one first. */
  readonly levels: readonly {
    /** Of the array, in the group. */
    readonly path: string;
    /** Of each axis: the distance between voxels, and the place of the first one. */
    readonly scale: readonly number[];
    readonly translation: readonly number[];
  }[];
  readonly name: string;
  /** How channels are to be seen, as many as there are said of. */
  readonly channels: readonly ChannelInfo[];
  /** What the values of a label map stand for; null of any other image. */
  readonly labels: ReadLabels | null;
}

type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/**
 * What a group's attributes say of its image: `multiscales` in OME-Zarr up to 0.4, `ome` from 0.5 on.
 * Null if they say nothing.
 * @throws SlicescopeError `file-corrupt`, `unsupported-format`.
 */
export function multiscalesOf(attributes: unknown, path: string): Multiscales | null {
  const known = fields(attributes);
  const ome = known.ome === undefined ? known : fields(known.ome);
  if (ome.multiscales === undefined) return null;
  const [first] = list(ome.multiscales);
  const { axes, datasets, name, coordinateTransformations, coordinateSystems } = fields(first);
  if (coordinateSystems !== undefined) {
    throw unsupported(path, 'its axes are those of several spaces (coordinateSystems); save it as OME-Zarr 0.4 or 0.5');
  }
  const levels = list(datasets).map((each) => {
    const { path: at, coordinateTransformations: own } = fields(each);
    if (typeof at !== 'string') throw corrupt(path, 'a dataset of its multiscales has no path');
    const steps = [...list(own), ...list(coordinateTransformations)];
    return { path: at, ...placing(steps, list(axes).length || 5, path) };
  });
  if (levels.length === 0) throw corrupt(path, 'its multiscales have no datasets');
  return {
    axes: axesOf(list(axes), path),
    levels,
    name: typeof name === 'string' && name !== '/' ? name : '',
    channels: channelsOf(ome),
    labels: labelsOf(ome),
  };
}

/** Scales and translations, one after the other, as one of each. */
function placing(
  steps: readonly unknown[],
  count: number,
  path: string,
): { scale: readonly number[]; translation: readonly number[] } {
  let scale = Array.from({ length: count }, () => 1);
  let translation = Array.from({ length: count }, () => 0);
  for (const step of steps) {
    const { type, scale: by, translation: to } = fields(step);
    if (type === 'identity') continue;
    const numbers = list(type === 'scale' ? by : to);
    const isKnown = (type === 'scale' || type === 'translation') && numbers.length === count;
    if (!isKnown || !numbers.every(isNumber)) {
      throw corrupt(
        path,
        `one of its coordinate transformations is no scale or translation of ${String(count)} numbers`,
      );
    }
    if (type === 'scale') {
      if (numbers.some((each) => each <= 0))
        throw corrupt(path, `its scale is ${numbers.join(', ')}, expected positive`);
      scale = scale.map((each, axis) => each * (numbers[axis] as number));
      translation = translation.map((each, axis) => each * (numbers[axis] as number));
    } else translation = translation.map((each, axis) => each + (numbers[axis] as number));
  }
  return { scale, translation };
}

const DIMENSIONS: ReadonlyMap<string, Dimension> = new Map([
  ['x', 'x'],
  ['y', 'y'],
  ['z', 'z'],
  ['c', 'channel'],
  ['t', 'frame'],
]);

function dimensionOf(name: unknown): Dimension | undefined {
  return DIMENSIONS.get(String(name).toLowerCase());
}

/** Before 0.3 there were no axes: always five. */
function axesOf(axes: readonly unknown[], path: string): Multiscales['axes'] {
  const named = axes.length === 0 ? ['t', 'c', 'z', 'y', 'x'] : axes;
  const found = named.map((axis) => {
    const { name, type, unit } = typeof axis === 'string' ? { name: axis, type: null, unit: null } : fields(axis);
    const byType = ({ channel: 'channel', time: 'frame' } as const)[String(type)];
    const dimension = dimensionOf(name) ?? byType;
    if (dimension === undefined) throw unsupported(path, `an axis named ${String(name)}; x, y, z, c and t can be read`);
    return { dimension, unit: typeof unit === 'string' ? unit : null };
  });
  const dimensions = found.map(({ dimension }) => dimension);
  if (new Set(dimensions).size !== dimensions.length) throw corrupt(path, `its axes are ${dimensions.join(', ')}`);
  for (const needed of ['x', 'y'] as const) {
    if (!dimensions.includes(needed)) throw unsupported(path, `axes without ${needed}`);
  }
  return found;
}

/** `omero` says how a viewer is to show the channels; https://ngff.openmicroscopy.org/0.5/#omero-md */
function channelsOf({ omero }: Fields): readonly ChannelInfo[] {
  const all = list(fields(omero).channels).map((each) => {
    const { label, color, window, active } = fields(each);
    const { start, end } = fields(window);
    const hex = typeof color === 'string' ? /^#?([0-9a-f]{6})([0-9a-f]{2})?$/i.exec(color)?.[1] : undefined;
    return {
      name: typeof label === 'string' ? label : '',
      color: hex === undefined || hex === '000000' ? null : `#${hex}`, // Black on black would show nothing.
      window: isNumber(start) && isNumber(end) && start < end ? ([start, end] as const) : null,
      visible: active !== false,
    };
  });
  // One at least is seen.
  return all.some(({ visible }) => visible) ? all : all.map((each) => ({ ...each, visible: true }));
}

/** Properties that may name a value of a label map. The standard has none for it. */
const NAMES = ['name', 'label', 'class', 'label-name'] as const;

/** https://ngff.openmicroscopy.org/0.5/#label-md: colours of values, and properties of them, whose keys are the writer's own. */
function labelsOf(ome: Fields): Multiscales['labels'] {
  if (ome['image-label'] === undefined) return null;
  const { colors, properties } = fields(ome['image-label']);
  const labels = new Map<number, { name?: string; color?: string }>();
  const add = (value: unknown, said: { name?: string; color?: string }): void => {
    if (isNumber(value)) labels.set(value, { ...labels.get(value), ...said });
  };
  for (const each of list(properties)) {
    const said = fields(each);
    const name = NAMES.map((key) => said[key]).find((value) => typeof value === 'string');
    if (typeof name === 'string') add(said['label-value'], { name });
  }
  for (const each of list(colors)) {
    const { 'label-value': value, rgba } = fields(each);
    const parts = list(rgba);
    const isColor = parts.length === 3 || parts.length === 4;
    const isByte = (part: unknown): part is number =>
      isNumber(part) && Number.isInteger(part) && part >= 0 && part <= 255;
    if (isColor && parts.every(isByte)) add(value, { color: hexColor(parts) });
  }
  return readLabels(labels);
}

/**
 * The axes of an array that no multiscales describe.
 * @param names that it has for them itself, as Zarr 3 (`dimension_names`) and xarray (`_ARRAY_DIMENSIONS`) have them. Without names of
 * a volume's axes the last ones are z, y and x.
 */
export function plainAxes(count: number, names: unknown, path: string): Multiscales['axes'] {
  const named = list(names).flatMap((name) => dimensionOf(name) ?? []);
  const areKnown = named.length === count && list(names).length === count && new Set(named).size === count;
  if (areKnown && named.includes('x') && named.includes('y')) {
    return named.map((dimension) => ({ dimension, unit: null }));
  }
  if (count < 2 || count > 3) {
    throw unsupported(path, `an array of ${String(count)} axes that no multiscales name; 2 or 3 can be read`);
  }
  return (['z', 'y', 'x'] as const).slice(3 - count).map((dimension) => ({ dimension, unit: null }));
}
