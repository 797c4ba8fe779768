import type { Triple } from '../protocol';

/** Units of length: as they are shown, in metres, and the names that files have for them. */
const UNITS: readonly (readonly [unit: string, metres: number, names: readonly string[]])[] = [
  ['pm', 1e-12, ['picometer']],
  ['Å', 1e-10, ['angstrom']],
  ['nm', 1e-9, ['nanometer']],
  // The Greek letter, what ImageJ writes for it, and a micro sign that was not written in UTF-8.
  ['µm', 1e-6, ['micrometer', 'um', 'micron', 'microns', 'μm', '\\u00B5m', '\uFFFDm']],
  ['mm', 1e-3, ['millimeter']],
  ['cm', 1e-2, ['centimeter']],
  ['dm', 0.1, ['decimeter']],
  ['m', 1, ['meter']],
  ['km', 1e3, ['kilometer']],
  ['in', 0.0254, ['inch']],
];

const METRES = new Map(
  UNITS.flatMap(([unit, metres, names]) => [unit, ...names].map((name) => [name, { unit, metres }] as const)),
);

/** Lengths along x, y and z in one unit, and its name as it is shown. */
export interface Lengths {
  readonly lengths: Triple;
  readonly unit: string;
}

/** How a unit that a file names is shown: at most 16 characters. */
export function shownUnit(name: string): string {
  return METRES.get(name)?.unit ?? (name === 'pixel' ? 'px' : name.slice(0, 16));
}

/** The word that OME-Zarr has for a unit, such as micrometer. The unit itself if it has none. */
export function unitWord(shown: string): string {
  return UNITS.find(([unit]) => unit === shown)?.[2][0] ?? shown;
}

/**
 * Lengths along x, y and z, each in a unit of its own, in that of x.
 * @param names of the units, as files write them; null for an axis without one, which has that of x.
 * @param otherwise the unit of x, if it has none.
 * @returns null if two units have no common measure.
 */
export function inOneUnit(lengths: Triple, names: readonly (string | null)[], otherwise: string): Lengths | null {
  const across = names[0] ?? otherwise;
  const inUnit = lengths.map((length, axis) => {
    const along = names[axis] ?? across;
    if (shownUnit(along) === shownUnit(across)) return length;
    const [from, to] = [METRES.get(along), METRES.get(across)];
    return from === undefined || to === undefined ? NaN : length * Number((from.metres / to.metres).toPrecision(12));
  });
  return inUnit.some(Number.isNaN) ? null : { lengths: inUnit as unknown as Triple, unit: shownUnit(across) };
}

/** A unit's name in ASCII, such as `um`, where it has one; itself where it is ASCII, else null. */
export function asciiUnit(unit: string): string | null {
  const names = [unit, ...(UNITS.find(([shown]) => shown === unit)?.[2] ?? [])];
  return names.find((name) => /^[\x21-\x7e]+$/.test(name) && !name.includes('\\')) ?? null;
}

/** How many of one unit of length another one is; null where either is none. */
export function lengthIn(unit: string, other: string): number | null {
  return inOneUnit([1, 1, 1], [other, unit], other)?.lengths[1] ?? null;
}
