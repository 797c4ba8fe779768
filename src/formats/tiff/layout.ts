import { realValue, type ChannelInfo, type Rescale, type Triple, type Window } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { inOneUnit } from '../lengths';
import { upTo } from '../text-end';
import { evenTimes, secondsIn } from '../times';
import { colorOf, type ImageJMetadata } from './imagej-metadata';

/** A page of a file, and its place among the volume's slices, counted over z, then channels, then frames. */
export interface Plane {
  readonly place: number;
  /** In the file, from 0. */
  readonly page: number;
  /** A file beside this one; null for this one. */
  readonly file: string | null;
}

/** How the pages of a file, or of several, make a volume. Slices that no page is for are zeros. */
export interface StackLayout {
  readonly depth: number;
  readonly channels: number;
  readonly frames: number;
  readonly planes: readonly Plane[];
  readonly spacing?: Triple;
  readonly origin?: Triple;
  readonly unit?: string;
  readonly rescale?: Rescale;
  readonly window?: Window;
  readonly channelInfo?: readonly Partial<ChannelInfo>[];
  readonly frameTimes?: readonly number[];
  readonly frameLabels?: readonly string[];
}

export type Axis = 'Z' | 'C' | 'T';
export type Sizes = Readonly<Record<Axis, number>>;

/** What is known of a file besides its description. */
export interface Pages {
  readonly path: string;
  /** Its pages: directories, or planes that lie behind one another in one directory. */
  readonly count: number;
  /** Pixels a unit, across and down, which only ImageJ means. */
  readonly resolution: readonly [number | null, number | null];
  /** What ImageJ says in a tag of its own. */
  readonly metadata: ImageJMetadata | null;
}

/** Which slice in memory a page is where the axes of the pages follow each other in this order, the fastest first. */
export function placeOf({ Z, C, T }: Sizes, order: readonly Axis[], page: number): number {
  const sizes = { Z, C, T };
  const at = { Z: 0, C: 0, T: 0 };
  let rest = page;
  for (const axis of order) {
    at[axis] = rest % sizes[axis];
    rest = Math.floor(rest / sizes[axis]);
  }
  return (at.T * C + at.C) * Z + at.Z;
}

/** All pages of this file, one after the other. */
export function inOrder(sizes: Sizes, order: readonly Axis[], { count, path }: Pages): StackLayout {
  const said = sizes.Z * sizes.C * sizes.T;
  if (said !== count) {
    const what = `${String(sizes.Z)} slices, ${String(sizes.C)} channels, ${String(sizes.T)} frames`;
    throw corrupt(path, `it has ${String(count)} pages, but says ${String(said)} (${what})`);
  }
  const planes = Array.from({ length: count }, (_, page) => ({ place: placeOf(sizes, order, page), page, file: null }));
  return { depth: sizes.Z, channels: sizes.C, frames: sizes.T, planes };
}

/** What ImageJ says of a file, by name. */
function fieldsOf(description: string): ReadonlyMap<string, string> {
  return new Map(
    [...description.matchAll(/^(\w+)=(.*?)\r?$/gm)].map(([, name, value]) => [name as string, value ?? '']),
  );
}

export function isImageJ(description: string): boolean {
  return description.startsWith('ImageJ=');
}

/**
 * How many planes lie behind one another in the only directory of a file: as ImageJ writes more than 4 GB, and tifffile
 * what it calls truncated. 1 where the description speaks of no more.
 * @param elements values of a plane.
 */
export function planesSaid(description: string, elements: number): number {
  if (isImageJ(description)) return Math.max(1, Math.trunc(Number(fieldsOf(description).get('images') ?? 1)) || 1);
  const shaped = shapedOf(description);
  if (shaped?.truncated !== true) return 1;
  const count = shaped.shape.reduce((product, size) => product * size, 1) / elements;
  return Number.isInteger(count) && count > 1 ? count : 1;
}

interface Shaped {
  readonly shape: readonly number[];
  readonly axes: string;
  readonly truncated: boolean;
}

/** tifffile's own description: JSON with the shape of the array that was written. */
function shapedOf(description: string): Shaped | null {
  if (!description.startsWith('{')) return null;
  try {
    const { shape, axes, truncated } = JSON.parse(description) as Record<string, unknown>;
    if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && Number(size) > 0)) return null;
    return { shape: shape.map(Number), axes: typeof axes === 'string' ? axes : '', truncated: truncated === true };
  } catch {
    return null;
  }
}

/** Channels and frames where tifffile names them; without names each page is a slice. */
function shaped({ shape, axes }: Shaped, pages: Pages): StackLayout | null {
  const isNamed = axes.length === shape.length && /^[TZC]*YXS?$/.test(axes) && new Set(axes).size === axes.length;
  if (!isNamed) return null;
  const sizes = { Z: 1, C: 1, T: 1 };
  const order: Axis[] = [];
  for (const [at, axis] of Array.from(axes).entries()) {
    if (axis !== 'Z' && axis !== 'C' && axis !== 'T') continue;
    sizes[axis] = shape[at] as number;
    order.unshift(axis);
  }
  for (const axis of ['Z', 'C', 'T'] as const) if (!order.includes(axis)) order.push(axis);
  return sizes.Z * sizes.C * sizes.T === pages.count ? inOrder(sizes, order, pages) : null;
}

/** ImageJ's functions of a calibration (`cf`): a straight line, and none. */
const STRAIGHT_LINE = 0;
const NO_FUNCTION = 20;

/** https://imagej.net/ij/docs/guide/146-28.html: lines of name=value; channels are the fastest, frames the slowest. */
function imageJ(description: string, pages: Pages): StackLayout {
  const { path, count, resolution } = pages;
  const fields = fieldsOf(description);
  const sizeOf = (name: string): number => Math.max(1, Math.trunc(Number(fields.get(name) ?? 1)) || 1);
  const numberOf = (name: string): number => Number(fields.get(name) ?? NaN);
  const [C, T] = [sizeOf('channels'), sizeOf('frames')];
  const Z = fields.has('slices') ? sizeOf('slices') : C * T > 1 ? 1 : count;
  const layout = inOrder({ Z, C, T }, ['C', 'Z', 'T'], pages);

  const [across, down] = resolution;
  // A stack that was reversed has a distance below 0.
  const between = Math.abs(numberOf('spacing'));
  const names = ['unit', 'yunit', 'zunit'].map((name) => {
    const unit = fields.get(name);
    return unit === undefined || unit === '' ? null : unit;
  });
  const lengths: Triple = [1 / (across ?? 1), 1 / (down ?? 1), Number.isFinite(between) && between > 0 ? between : 1];
  const spaced = inOneUnit(lengths, names, 'px');
  if (spaced === null) {
    throw unsupported(path, `its unit is ${names.join(', ')} along x, y and z, for which there is no one measure`);
  }
  const spacing = spaced.lengths;
  const origins = ['xorigin', 'yorigin', 'zorigin'].map(numberOf);
  const hasOrigin = origins.some((each) => Number.isFinite(each) && each !== 0);
  const origin = origins.map((each, axis) => (Number.isFinite(each) ? -each * (spacing[axis] as number) : 0));
  const rescale = calibrationOf(numberOf, path);
  return {
    ...layout,
    spacing,
    unit: spaced.unit,
    ...(hasOrigin ? { origin: origin as unknown as Triple } : {}),
    ...(rescale === undefined ? {} : { rescale }),
    ...shownAs(fields, pages, C, rescale),
    ...framesOf(fields, pages, { Z, C, T }),
  };
}

/** A label of ImageJ's may have a second line, of what was read from the file. */
function firstLine(label: string): string {
  return upTo(label, '\n').trim();
}

/** Names, colours and display ranges of channels, which are of stored values. */
function shownAs(
  fields: ReadonlyMap<string, string>,
  { metadata, count }: Pages,
  channels: number,
  rescale: Rescale | undefined,
): Pick<StackLayout, 'channelInfo'> {
  const { labels = [], ranges = [], tables = [] } = metadata ?? {};
  const said = [Number(fields.get('min') ?? NaN), Number(fields.get('max') ?? NaN)] as const;
  const isGray = fields.get('mode') === 'grayscale';
  const all = Array.from({ length: channels }, (_, channel) => {
    const range = ranges[channel] ?? (channels === 1 ? said : [NaN, NaN]);
    const [one, other] = [realValue(range[0], rescale ?? null), realValue(range[1], rescale ?? null)];
    const window: Window = one < other ? [one, other] : [other, one];
    const isRange = Number.isFinite(one) && Number.isFinite(other) && one !== other;
    const table = tables[channel];
    return {
      // Where there are more planes than channels a label is that of a plane.
      name: count === channels && channels > 1 ? firstLine(labels[channel] ?? '') : '',
      color: table === undefined || isGray ? null : colorOf(table),
      window: isRange ? window : null,
    };
  });
  const isSaid = all.some(({ name, color, window }) => name !== '' || color !== null || window !== null);
  return isSaid ? { channelInfo: all } : {};
}

/** When frames were taken (`finterval`, in `tunit`), and their labels where each has one plane. */
function framesOf(
  fields: ReadonlyMap<string, string>,
  { metadata }: Pages,
  { Z, C, T }: Sizes,
): Pick<StackLayout, 'frameTimes' | 'frameLabels'> {
  const unit = secondsIn(fields.get('tunit') ?? 's');
  const frameTimes = unit === null ? null : evenTimes(T, Number(fields.get('finterval') ?? NaN) * unit);
  const labels = Array.from({ length: T }, (_, frame) => firstLine(metadata?.labels[frame] ?? ''));
  const isLabelled = T > 1 && Z * C === 1 && labels.some((label) => label !== '');
  return { ...(frameTimes === null ? {} : { frameTimes }), ...(isLabelled ? { frameLabels: labels } : {}) };
}

/** What values stand for: signed ones are stored with 32 768 added, and densities as gray levels. */
function calibrationOf(numberOf: (name: string) => number, path: string): Rescale | undefined {
  const kind = numberOf('cf');
  if (Number.isNaN(kind) || kind === NO_FUNCTION) return undefined;
  if (kind !== STRAIGHT_LINE) {
    throw unsupported(
      path,
      `its values have the calibration function ${String(kind)} (cf), and only straight lines can be read`,
    );
  }
  const [intercept, slope] = [numberOf('c0'), numberOf('c1')];
  if (!Number.isFinite(intercept) || !Number.isFinite(slope) || slope === 0) {
    throw corrupt(path, `its calibration is ${String(slope)} times the value plus ${String(intercept)} (c1, c0)`);
  }
  return slope === 1 && intercept === 0 ? undefined : { slope, intercept };
}

/** How the pages make a volume where no OME-XML says it: as ImageJ or tifffile say, or each page a slice. */
export function layoutOf(description: string, pages: Pages): StackLayout {
  if (isImageJ(description)) return imageJ(description, pages);
  const said = shapedOf(description);
  const named = said === null ? null : shaped(said, pages);
  return named ?? inOrder({ Z: pages.count, C: 1, T: 1 }, ['Z', 'C', 'T'], pages);
}
