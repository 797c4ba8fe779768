import { SlicescopeError, quote } from '../protocol';
import { COLORMAP_DATA, type ColormapName } from './colormap-data';

export type { ColormapName } from './colormap-data';

export const COLORMAPS: readonly ColormapName[] = Object.keys(COLORMAP_DATA) as ColormapName[];

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

const tables = new Map<ColormapName, Uint8Array>();

/** The colour map's 256 colours, RGBA, opaque: 1024 bytes. Shared: not to be written to. */
export function colormapTable(name: ColormapName): Uint8Array {
  let table = tables.get(name);
  if (table === undefined) {
    const hex = COLORMAP_DATA[name];
    table = new Uint8Array(1024).fill(255);
    for (let color = 0; color < 256; color++) {
      for (let channel = 0; channel < 3; channel++) {
        const at = 2 * (3 * color + channel);
        table[4 * color + channel] = parseInt(hex.slice(at, at + 2), 16);
      }
    }
    tables.set(name, table);
  }
  return table;
}
