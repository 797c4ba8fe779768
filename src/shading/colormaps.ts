import { SlicescopeError, quote } from '../protocol';
import { COLORMAP_DATA, type ColormapName } from './colormap-data';

export type { ColormapName } from './colormap-data';

export const COLORMAPS: readonly ColormapName[] = Object.keys(COLORMAP_DATA) as ColormapName[];

/** What a colour map is for. */
export type ColormapGroup = 'perceptual' | 'other' | 'diverging' | 'channels' | 'labels';

/**
 * The colour maps by what they are for, the groups and the maps in the order in which a chooser has them. `perceptual`:
 * equal steps look equal. `diverging`: for signed values, with a colour for each sign. `channels`: from black to one
 * colour, to be added up. `labels`: categorical, a colour for each whole number.
 */
export const COLORMAP_GROUPS: { readonly [G in ColormapGroup]: readonly ColormapName[] } = {
  perceptual: ['gray', 'viridis', 'magma', 'inferno', 'plasma', 'cividis'],
  other: ['turbo', 'bone', 'hot'],
  diverging: ['coolwarm', 'RdBu', 'PuOr', 'berlin'],
  channels: ['red', 'green', 'blue', 'cyan', 'magenta', 'yellow'],
  labels: ['labels'],
};

/** @throws SlicescopeError `unknown-colormap` if there is none of that name. */
export function checkColormap(name: unknown, caller: string): ColormapName {
  const known = COLORMAPS.find((colormap) => colormap === name);
  if (known === undefined) {
    const message = `${caller}: there is no colour map ${quote(name)}; choose one of ${COLORMAPS.join(', ')}`;
    throw new SlicescopeError('unknown-colormap', message, {
      colormap: typeof name === 'string' ? name : quote(name),
    });
  }
  return known;
}

/** Whether a colour map has a colour for each whole number, whatever the window; nothing is mixed or inverted then. */
export function isCategorical(colormap: string): boolean {
  return (COLORMAP_GROUPS.labels as readonly string[]).includes(colormap);
}

/**
 * Which of a categorical map's colours a label takes. 0 takes entry 0, which is transparent; the 255 others are taken
 * in turn, also downwards from 0. A value between labels takes the nearest; NaN and infinities none, which is entry 0.
 */
export function labelIndex(value: number): number {
  const label = Math.floor(value + 0.5);
  if (label === 0 || !Number.isFinite(label)) return 0;
  return label > 0 ? ((label - 1) % 255) + 1 : 255 - (-label % 255);
}

const tables = { asNamed: new Map<string, Uint8Array>(), inverted: new Map<string, Uint8Array>() };

/**
 * The colour map's 256 colours, RGBA, 1024 bytes, back to front if `invert`. All are opaque, but for the first of a
 * categorical map, which is transparent; that one is the same inverted. Shared: not to be written to.
 * @throws SlicescopeError `unknown-colormap`.
 */
export function colormapTable(colormap: string, invert = false): Uint8Array {
  const isInverted = invert && !isCategorical(colormap);
  const known = isInverted ? tables.inverted : tables.asNamed;
  let table = known.get(colormap);
  if (table === undefined) {
    table = makeTable(checkColormap(colormap, 'colormapTable'), isInverted);
    known.set(colormap, table);
  }
  return table;
}

function makeTable(name: ColormapName, isInverted: boolean): Uint8Array {
  const hex = COLORMAP_DATA[name];
  const table = new Uint8Array(1024).fill(255);
  for (let color = 0; color < 256; color++) {
    const to = 4 * (isInverted ? 255 - color : color);
    for (let channel = 0; channel < 3; channel++) {
      const at = 2 * (3 * color + channel);
      table[to + channel] = parseInt(hex.slice(at, at + 2), 16);
    }
  }
  if (isCategorical(name)) table.fill(0, 0, 4);
  return table;
}
