/** What a test of docs/fields.md knows of one field: files in which it says something else, and what readers make of that. */
import { isDeepStrictEqual } from 'node:util';
import type { ReadRequest } from '../../format';
import type { Described } from '../read-all';

/** Files by their names, the first of which is opened. A name may have folders in it. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

/** What the volume has instead, or a part of the sentence that refuses the file. `{}` says that nothing changes. */
export type Outcome = Readonly<Record<string, unknown>> | string;

export interface FieldCase {
  /** As docs/fields.md calls it. */
  readonly field: string;
  /** The file as it would be without the change; the same object for all cases that share it. */
  readonly base: Files;
  readonly changed: Files;
  readonly then: Outcome;
}

/** The cases of one table. */
export interface TableCases {
  /** The heading in docs/fields.md. */
  readonly title: string;
  readonly cases: readonly FieldCase[];
  readonly request?: Partial<ReadRequest>;
  /** Of a header of so many bytes: files whose header is written over, wherever the table says that it is left alone. */
  readonly header?: { readonly bytes: number; readonly bases: readonly Files[] };
}

/** Fields by their names, each with what it is set to and what then becomes of the volume. */
export type Said = Readonly<Record<string, readonly (readonly [changed: Files, then: Outcome, base?: Files])[]>>;

export function casesOf(base: Files, said: Said): FieldCase[] {
  return Object.entries(said).flatMap(([field, all]) =>
    all.map(([changed, then, own = base]) => ({ field, base: own, changed, then })),
  );
}

/** The first file. */
export function bytesOf(files: Files): Uint8Array {
  const [bytes] = Object.values(files);
  return typeof bytes === 'object' ? bytes : Buffer.from(bytes ?? '');
}

/** The files with their first one written over. */
export function edited(files: Files, change: (view: DataView, bytes: Uint8Array) => void): Files {
  const bytes = Uint8Array.from(bytesOf(files));
  change(new DataView(bytes.buffer), bytes);
  return { ...files, [Object.keys(files)[0] ?? '']: bytes };
}

/** What one volume has instead of another; the name is that of the file. */
export function differences(base: Described, other: Described): Readonly<Record<string, unknown>> {
  const [before, after] = [new Map<string, unknown>(Object.entries(base)), Object.entries(other)];
  return Object.fromEntries(
    after.filter(([name, value]) => name !== 'name' && !isDeepStrictEqual(value, before.get(name))),
  );
}
