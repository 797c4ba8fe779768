import { SlicescopeError, quote } from '../protocol';
import { COLORMAP_DATA, type NamedColormap } from './colormap-data';

/** A colour map by its name, or a colour, `#rrggbb`: the map from black to it. */
export type ColormapName = NamedColormap | `#${string}`;

export const COLORMAPS: readonly NamedColormap[] = Object.keys(COLORMAP_DATA) as NamedColormap[];

const COLOR = /^#[0-9a-f]{6}$/;

/** What a colour map is for. */
export type ColormapGroup = 'perceptual' | 'other' | 'diverging' | 'channels' | 'labels';

/**
 * The colour maps by what they are for, the groups and the maps in the order in which a chooser has them. `perceptual`:
 * equal steps look equal. `diverging`: for signed values, with a colour for each sign. `channels`: from black to one
 * colour, to be added up. `labels`: categorical, a colour for each whole number.
 */
export const COLORMAP_GROUPS: { readonly [G in ColormapGroup]: readonly NamedColormap[] } = {
  perceptual: ['gray', 'viridis', 'magma', 'inferno', 'plasma', 'cividis'],
  other: ['turbo', 'bone', 'hot'],
  diverging: ['coolwarm', 'RdBu', 'PuOr', 'berlin'],
  channels: ['red', 'green', 'blue', 'cyan', 'magenta', 'yellow'],
  labels: ['labels'],
};

/** @throws SlicescopeError `unknown-colormap` if there is none of that name. */
export function checkColormap(name: unknown, caller: string): ColormapName {
  const known = COLORMAPS.find((colormap) => colormap === name);
  if (known !== undefined) return known;
  const color = typeof name === 'string' ? name.toLowerCase() : '';
  if (!COLOR.test(color)) {
    const all = `${COLORMAPS.join(', ')}, or a colour such as #00ff80`;
    const message = `${caller}: there is no colour map ${quote(name)}; choose one of ${all}`;
    throw new SlicescopeError('unknown-colormap', message, {
      colormap: typeof name === 'string' ? name : quote(name),
    });
  }
  return colormapOf(color as `#${string}`);
}

/** The map from black to a colour: the one that has a name, if there is one. */
function colormapOf(color: `#${string}`): ColormapName {
  const isSame = (named: NamedColormap): boolean => COLORMAP_DATA[named].endsWith(color.slice(1));
  return (['gray', ...COLORMAP_GROUPS.channels] as const).find(isSame) ?? color;
}

/** The colour maps of channels that say no colour of their own, in turn. */
const CHANNEL_COLORMAPS: readonly NamedColormap[] = [...COLORMAP_GROUPS.channels, 'gray'];

/** The colour map with which a view starts a channel that says no colour of its own. */
export function channelColormapAt(channel: number): NamedColormap {
  return CHANNEL_COLORMAPS[channel % CHANNEL_COLORMAPS.length] ?? 'gray';
}

/** The colour at which a colour map ends, `#rrggbb`. */
export function brightestColor(name: NamedColormap): string {
  return `#${COLORMAP_DATA[name].slice(-6)}`;
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

/** 256 colours in equal steps from black, as the named maps are written. */
function rampTo(color: string): string {
  const parts = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  const hexOf = (value: number): string => value.toString(16).padStart(2, '0');
  const steps = Array.from({ length: 256 }, (_, step) => parts.map((part) => hexOf(Math.round((part * step) / 255))));
  return steps.flat().join('');
}

function makeTable(name: ColormapName, isInverted: boolean): Uint8Array {
  const hex = COLORMAPS.includes(name as NamedColormap) ? COLORMAP_DATA[name as NamedColormap] : rampTo(name);
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
