import { SlicescopeError, checkNames, type LabelInfo, type Labels } from '../protocol';
import { invalid } from './checks';

/** Labels by value, as they may be given: a text is a name. */
export type GivenLabels = Readonly<Record<number, string | LabelInfo>>;

/** How many labels a volume has at most. Pages get all of them in one message. */
export const MOST_LABELS = 65_000;
/** Characters of a label's name at most. */
export const MOST_NAME_CHARACTERS = 256;
/** Characters of all names at most. */
export const MOST_CHARACTERS = 2_097_152;

const COLOR = /^#[0-9a-f]{6}([0-9a-f]{2})?$/;
const EXAMPLE = "{ 1: 'liver', 2: { name: 'spleen', color: '#ff8000' } }";

function tooMuch(caller: string, argument: string, what: string, most: number): SlicescopeError {
  const message = `${caller}: ${argument} has ${what}, expected at most ${String(most)}`;
  return new SlicescopeError('invalid-argument', message, { argument });
}

function checkLabel(value: unknown, argument: string, caller: string): LabelInfo {
  const given: unknown = typeof value === 'string' ? { name: value } : value;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid(caller, argument, value, "a name, or an object such as { name: 'spleen', color: '#ff8000' }");
  }
  checkNames(given, ['name', 'color'], `${caller}: ${argument}`);
  const { name, color } = given as Readonly<Record<string, unknown>>;
  if (name != null && typeof name !== 'string') throw invalid(caller, `${argument}.name`, name, 'a text');
  if ((name?.length ?? 0) > MOST_NAME_CHARACTERS) {
    throw tooMuch(caller, `${argument}.name`, `${String(name?.length)} characters`, MOST_NAME_CHARACTERS);
  }
  const lower = typeof color === 'string' ? color.toLowerCase() : color;
  if (lower != null && (typeof lower !== 'string' || !COLOR.test(lower))) {
    throw invalid(caller, `${argument}.color`, color, "a colour such as '#ff8000', or '#ff800080' to be seen through");
  }
  return {
    ...(name == null || name === '' ? {} : { name }),
    ...(lower == null ? {} : { color: lower.length === 9 && lower.endsWith('ff') ? lower.slice(0, 7) : lower }),
  };
}

/**
 * Labels with a name and a colour each, as far as they are given.
 * @throws SlicescopeError `invalid-argument`.
 */
export function checkLabels(value: unknown, caller: string, argument = 'labels'): Labels {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(caller, argument, value, `names and colours by value, such as ${EXAMPLE}`);
  }
  const given = Object.entries(value);
  if (given.length > MOST_LABELS) throw tooMuch(caller, argument, `${String(given.length)} labels`, MOST_LABELS);
  const labels = given.map(([label, each]) => [label, checkLabel(each, `${argument}[${label}]`, caller)] as const);
  const characters = labels.reduce((sum, [, { name = '' }]) => sum + name.length, 0);
  if (characters > MOST_CHARACTERS) {
    throw tooMuch(caller, argument, `names of ${String(characters)} characters`, MOST_CHARACTERS);
  }
  return Object.fromEntries(labels.filter(([, label]) => Object.keys(label).length > 0));
}
