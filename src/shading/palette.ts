import type { Labels } from '../protocol';
import { colormapTable, labelIndex } from './colormaps';

/** Colours in a row of a table: what a texture of any browser is at least as wide as. */
export const PALETTE_WIDTH = 256;

let lastId = 0;

/**
 * The colours of a label map whose file or cell gave some: those of the colour map `labels`, and after them the given ones. A value
 * without a colour of its own has that of the colour map, and 0 is never drawn.
 */
export class Palette {
  /** Another number for each, which stands for it where looks are compared. */
  readonly #id: number = ++lastId;
  /** Where in the table the own colour of a value is. */
  readonly #places: ReadonlyMap<number, number>;
  /** Where the colour of each value of 16 bits is, which most labels have. */
  readonly #low: Uint16Array = Uint16Array.from({ length: 65_536 }, (_, value) => labelIndex(value));
  readonly #table: Uint8Array;

  constructor(colors: readonly (readonly [value: number, color: string])[]) {
    const usual = colormapTable('labels');
    this.#table = new Uint8Array(4 * PALETTE_WIDTH * (1 + Math.ceil(colors.length / PALETTE_WIDTH)));
    this.#table.set(usual);
    this.#places = new Map(
      colors.map(([value, color], at) => {
        const place = PALETTE_WIDTH + at;
        this.#table.set(bytesOf(color), 4 * place);
        return [value, place];
      }),
    );
    for (const [value, place] of this.#places) if (value > 0 && value < 65_536) this.#low[value] = place;
  }

  /** RGBA, not premultiplied, in whole rows of `PALETTE_WIDTH`. Not to be written to. */
  get table(): Uint8Array {
    return this.#table;
  }

  /** Which of the table's colours a value takes, or the label that it is nearest to. */
  indexOf(value: number): number {
    const low = value & 0xffff;
    if (low === value) return this.#low[low] as number;
    return this.#places.get(Math.floor(value + 0.5)) ?? labelIndex(value);
  }

  /** What stands for it in a look that is written down: its colours may be many. */
  toJSON(): number {
    return this.#id;
  }
}

function bytesOf(color: string): number[] {
  return [1, 3, 5, 7].map((at) => parseInt(color.slice(at, at + 2) || 'ff', 16));
}

const known = new WeakMap<Labels, Palette | null>();

/** The colours that labels have of their own; null if none has one. The same for the same object. */
export function paletteOf(labels: Labels | null | undefined): Palette | null {
  if (labels == null) return null;
  let palette = known.get(labels);
  if (palette === undefined) {
    const colors = Object.entries(labels).flatMap(([label, { color }]) => {
      const value = Number(label);
      return color === undefined || !Number.isInteger(value) || value === 0 ? [] : [[value, color] as const];
    });
    palette = colors.length === 0 ? null : new Palette(colors);
    known.set(labels, palette);
  }
  return palette;
}
