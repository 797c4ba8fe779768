import { SlicescopeError, quote } from './errors';

/** How the fields of what arrives are checked: each returns a value of its type, or throws a `protocol-error`. */
export type Fields = Readonly<Record<string, unknown>>;

export const UINT32 = 0xffff_ffff;

export function refuse(what: string): SlicescopeError<'protocol-error'> {
  return new SlicescopeError('protocol-error', `message: ${what}`, {});
}

export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(`${what} is no object`);
  return value as Fields;
}

export function stringIn(fields: Fields, name: string, pattern: RegExp): string {
  const value = fields[name];
  if (typeof value !== 'string' || !pattern.test(value)) throw refuse(`${name} is ${quote(value)}`);
  return value;
}

export function wholeIn(fields: Fields, name: string, max: number): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
    throw refuse(`${name} is ${quote(value)}, expected a whole number from 0 to ${String(max)}`);
  }
  return value;
}

export function nameIn<Name extends string>(fields: Fields, name: string, names: readonly Name[]): Name {
  const known = names.find((each) => each === fields[name]);
  if (known === undefined) throw refuse(`${name} is ${quote(fields[name])}`);
  return known;
}

export function listIn(
  fields: Fields,
  name: string,
  length: readonly [least: number, most: number],
): readonly unknown[] {
  const value = fields[name];
  const isList = Array.isArray(value) && value.length >= length[0] && value.length <= length[1];
  if (!isList) throw refuse(`${name} is ${quote(value)}, expected a list of ${length.join(' to ')}`);
  return value;
}

export function pairIn(fields: Fields, name: string, max: number): readonly [number, number] {
  const [first, second] = listIn(fields, name, [2, 2]);
  return [wholeIn({ [name]: first }, name, max), wholeIn({ [name]: second }, name, max)];
}
