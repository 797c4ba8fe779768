/** The parts of a label map that can be opened one by one: segments, or structures that are drawn as contours. */
import { SlicescopeError } from '../../protocol';

/** Parts that a sentence names. */
const MOST_NAMED = 20;

export interface LabelParts {
  readonly path: string;
  /** What sentences call one of them. */
  readonly word: 'segment' | 'structure';
  /** By number. */
  readonly names: ReadonlyMap<number, string>;
  /** The option `series` without the part. */
  readonly series: string | undefined;
  /** How many slices it is drawn on. */
  readonly slicesOf: (number: number) => number;
}

/**
 * The part that was asked for, by its number or its name; null for all of them.
 * @throws SlicescopeError `unknown-series`.
 */
export function partAsked(parts: LabelParts, asked: string | null): number | null {
  if (asked === null) return null;
  const { names, word } = parts;
  if (/^\d+$/.test(asked) && names.has(Number(asked))) return Number(asked);
  const named = [...names].filter(([, name]) => name === asked);
  const [[number] = []] = named;
  if (number !== undefined && named.length === 1) return number;
  throw toChoose(parts, `${named.length === 0 ? `no ${word}` : `several ${word}s`} ${JSON.stringify(asked)}`);
}

/** The error of a file whose parts have to be opened one by one. */
export function toChoose({ path, word, names, series, slicesOf }: LabelParts, what: string): SlicescopeError {
  const listed = [...names].map(([number, description]) => ({
    uid: `${series === undefined ? '' : `${series}/`}${String(number)}`,
    description,
    slices: slicesOf(number),
  }));
  const shown = listed.slice(0, MOST_NAMED).map(({ uid, description }) => `${uid} (${description})`);
  const list = `${shown.join(', ')}${listed.length > MOST_NAMED ? ', …' : ''}`;
  const sentence = `${path}: ${what}; open one ${word} with the option series: ${list}`;
  return new SlicescopeError('unknown-series', sentence, { path, series: listed });
}

/** The error of two parts that have a voxel in common. */
export function overlapOf(parts: LabelParts, numbers: readonly number[], voxel: readonly number[]): SlicescopeError {
  const both = numbers.map((each) => `${String(each)} (${parts.names.get(each) ?? ''})`).join(' and ');
  const where = `overlap at voxel ${voxel.join(', ')}, and a label map has one value there`;
  return toChoose(parts, `its ${parts.word}s ${both} ${where}`);
}
