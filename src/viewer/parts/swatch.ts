import type { Labels } from '../../protocol';
import { colormapTable, isCategorical, labelIndex, paletteOf, type ColormapName } from '../../shading';

/** Colours along a swatch; a gradient of more can't be told from it. */
const STOPS = 24;
/** Colours of a map for labels, side by side. */
const LABELS = 12;

const made = new Map<string, string>();

/** A colour map as a CSS background, from its first colour at the left to its last, or the other way round. */
export function swatchOf(name: string, invert: boolean): string {
  const key = `${name} ${String(invert)}`;
  let background = made.get(key);
  if (background === undefined) {
    background = gradient(name as ColormapName, invert);
    made.set(key, background);
  }
  return background;
}

function gradient(name: ColormapName, invert: boolean): string {
  const table = colormapTable(name);
  const color = (index: number): string => {
    const at = 4 * (invert ? 255 - index : index);
    return `rgb(${[table[at], table[at + 1], table[at + 2]].join(' ')})`;
  };
  // The first label is 1: 0 is nothing.
  if (isCategorical(name)) return sideBySide(Array.from({ length: LABELS }, (_, at) => color(at + 1)));
  const stops = Array.from({ length: STOPS + 1 }, (_, at) => color(Math.round((255 * at) / STOPS)));
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

function sideBySide(colors: readonly string[]): string {
  const share = 100 / colors.length;
  const stops = colors.map((color, at) => `${color} ${String(at * share)}% ${String((at + 1) * share)}%`);
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

const madeOfLabels = new WeakMap<Labels, string>();

/** The colours of a layer: in a colour map for labels those that its first labels are drawn in, if some have their own. */
export function swatchOfLayer(
  { colormap, info: { labels } }: { readonly colormap: string; readonly info: { readonly labels?: Labels | null } },
  invert: boolean,
): string {
  const palette = isCategorical(colormap) ? paletteOf(labels) : null;
  if (palette === null || labels == null) return swatchOf(colormap, invert);
  let background = madeOfLabels.get(labels);
  if (background === undefined) {
    const first = Object.keys(labels).filter((label) => labelIndex(Number(label)) !== 0);
    const colors = first.slice(0, LABELS).map((label) => {
      const at = 4 * palette.indexOf(Number(label));
      const [red, green, blue, alpha] = palette.table.subarray(at, at + 4) as unknown as Color;
      return `rgb(${String(red)} ${String(green)} ${String(blue)} / ${String(alpha / 255)})`;
    });
    background = sideBySide(colors);
    madeOfLabels.set(labels, background);
  }
  return background;
}

type Color = readonly [red: number, green: number, blue: number, alpha: number];
