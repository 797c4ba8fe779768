import type { Triple } from '../protocol';
import { corrupt } from './format';

/** How the pages of a file make a volume. */
export interface StackLayout {
  readonly depth: number;
  readonly channels: number;
  readonly frames: number;
  readonly spacing: Triple | undefined;
  readonly unit: string | undefined;
  /** Of which slice of the volume's memory a page is, counted over z, then channels, then frames. */
  readonly placeOf: (page: number) => number;
}

type Axis = 'Z' | 'C' | 'T';

interface Sizes {
  readonly Z: number;
  readonly C: number;
  readonly T: number;
}

/** Which slice in memory a page is where the axes of the pages follow each other in this order, the fastest first. */
function places({ Z, C, T }: Sizes, order: readonly Axis[]): (page: number) => number {
  const sizes = { Z, C, T };
  return (page) => {
    const at = { Z: 0, C: 0, T: 0 };
    let rest = page;
    for (const axis of order) {
      at[axis] = rest % sizes[axis];
      rest = Math.floor(rest / sizes[axis]);
    }
    return (at.T * C + at.C) * Z + at.Z;
  };
}

function layout(
  sizes: Sizes,
  order: readonly Axis[],
  spacing: Triple | undefined,
  unit: string | undefined,
): StackLayout {
  return { depth: sizes.Z, channels: sizes.C, frames: sizes.T, spacing, unit, placeOf: places(sizes, order) };
}

function unitOf(name: string | undefined): string | undefined {
  if (name === undefined || name === '') return undefined;
  const short = { micron: 'µm', um: 'µm', '\\u00B5m': 'µm', μm: 'µm', inch: 'in', pixel: 'px' }[name];
  return (short ?? name).slice(0, 16);
}

function checkCount(sizes: Sizes, pages: number, path: string): void {
  const said = sizes.Z * sizes.C * sizes.T;
  if (said === pages) return;
  throw corrupt(
    path,
    `it has ${String(pages)} pages, but says ${String(said)} (${String(sizes.Z)} slices, ${String(sizes.C)} channels, ${String(sizes.T)} frames)`,
  );
}

/** https://imagej.net/ij/docs/guide/146-28.html: lines of name=value; channels are the fastest, frames the slowest. */
function imageJ(
  text: string,
  [across, down]: readonly [number | null, number | null],
  pages: number,
  path: string,
): StackLayout {
  const fields = new Map([...text.matchAll(/^(\w+)=(.*?)\r?$/gm)].map(([, name, value]) => [name, value]));
  const count = (name: string): number => Math.max(1, Math.trunc(Number(fields.get(name) ?? 1)) || 1);
  const [C, T] = [count('channels'), count('frames')];
  const Z = fields.has('slices') ? count('slices') : C * T > 1 ? 1 : pages;
  const sizes = { Z, C, T };
  checkCount(sizes, pages, path);
  const depth = Number(fields.get('spacing') ?? 1);
  const unit = unitOf(fields.get('unit'));
  const spacing: Triple = [1 / (across ?? 1), 1 / (down ?? 1), Number.isFinite(depth) && depth > 0 ? depth : 1];
  return layout(sizes, ['C', 'Z', 'T'], unit === undefined && across === null ? undefined : spacing, unit);
}

/** https://docs.openmicroscopy.org/ome-model/latest/ome-tiff/: the attributes of the first Pixels. */
function ome(text: string, pages: number, path: string): StackLayout {
  const pixels = /<(?:\w+:)?Pixels\b([^>]*)>/.exec(text)?.[1] ?? '';
  const attributes = new Map([...pixels.matchAll(/(\w+)\s*=\s*"([^"]*)"/g)].map(([, name, value]) => [name, value]));
  const size = (name: string): number => Math.max(1, Math.trunc(Number(attributes.get(name) ?? 1)) || 1);
  const colors = Number(/SamplesPerPixel\s*=\s*"(\d+)"/.exec(text)?.[1] ?? 1);
  const sizes = { Z: size('SizeZ'), C: Math.max(1, size('SizeC') / colors), T: size('SizeT') };
  checkCount(sizes, pages, path);
  const order = (attributes.get('DimensionOrder') ?? 'XYZCT').slice(2).split('') as Axis[];
  const isOrder = [...order].sort().join('') === 'CTZ';
  const lengths = ['X', 'Y', 'Z'].map((axis) => Number(attributes.get(`PhysicalSize${axis}`) ?? NaN));
  const hasLengths = lengths.slice(0, 2).every((each) => Number.isFinite(each) && each > 0);
  const [x = 1, y = 1, z = NaN] = lengths;
  const unit = unitOf((attributes.get('PhysicalSizeXUnit') ?? '').replace('&#181;', 'µ')) ?? 'µm';
  const spacing: Triple | undefined = hasLengths ? [x, y, Number.isFinite(z) && z > 0 ? z : 1] : undefined;
  return layout(sizes, isOrder ? order : ['Z', 'C', 'T'], spacing, hasLengths ? unit : undefined);
}

/**
 * How pages make a volume, by the description of the first one: ImageJ's, OME's, or each page a slice.
 * @param resolution pixels a unit, across and down, which only ImageJ means.
 * @throws SlicescopeError `file-corrupt` where it speaks of other pages than there are.
 */
export function layoutOf(
  description: string,
  resolution: readonly [number | null, number | null],
  pages: number,
  path: string,
): StackLayout {
  if (description.startsWith('ImageJ=')) return imageJ(description, resolution, pages, path);
  if (/<(?:\w+:)?OME\b/.test(description)) return ome(description, pages, path);
  return layout({ Z: pages, C: 1, T: 1 }, ['Z', 'C', 'T'], undefined, undefined);
}
