import { colormapTable, isCategorical, type ColormapName } from '../../shading';

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
  const stops = isCategorical(name)
    ? Array.from({ length: LABELS }, (_, at) => {
        const ends = [at, at + 1].map((end) => `${String((100 * end) / LABELS)}%`);
        return `${color(at + 1)} ${ends.join(' ')}`; // The first label is 1: 0 is nothing.
      })
    : Array.from({ length: STOPS + 1 }, (_, at) => color(Math.round((255 * at) / STOPS)));
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
