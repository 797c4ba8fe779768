/** docs/fields.md says of each field of a header what readers make of it. Here each field is set to another valid value. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { AFNI, METAIMAGE, MRTRIX, NPY, NRRD } from './testing/fields/text';
import { DICOM } from './testing/fields/dicom';
import { HDF5, IMARIS, MINC } from './testing/fields/hdf5';
import { OME_ZARR, ZARR } from './testing/fields/zarr';
import { IMAGEJ, OME_XML, TIFF } from './testing/fields/tiff';
import { ANALYZE, MGH, MRC, NIFTI_1, NIFTI_2 } from './testing/fields/fixed';
import { differences, edited, type FieldCase, type Files, type TableCases } from './testing/fields/cases';
import { filesFolder } from './testing/files-folder';
import { describeAll, type Described } from './testing/read-all';

type Verdict = 'heeded' | 'left alone' | 'refused';
interface Row {
  readonly field: string;
  readonly verdict: Verdict;
  /** Where it is in a header of fixed fields, both included. */
  readonly bytes: readonly [first: number, last: number] | null;
}

const ROW = /^\| (?:(\d+)(?:–(\d+))? \| )?`([^`]+)` \| (heeded|left alone|refused) \|/;

/** The tables of docs/fields.md, by their headings. */
const TABLES: ReadonlyMap<string, readonly Row[]> = new Map(
  readFileSync(join(__dirname, '../../docs/fields.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.split('\n');
      const rows = lines
        .filter((line) => line.startsWith('|') && !/^\| (---|bytes|field)/.test(line))
        .map((line): Row => {
          const [, first, last = first, field = '', verdict] = ROW.exec(line) ?? [];
          if (verdict === undefined) throw new Error(`docs/fields.md has a row that is none: ${line}`);
          const bytes = first === undefined ? null : ([Number(first), Number(last)] as const);
          return { field, verdict: verdict as Verdict, bytes };
        });
      return [title, rows];
    }),
);

const ALL: readonly TableCases[] = [
  ...[NIFTI_1, NIFTI_2, ANALYZE, MRC, MGH],
  ...[NRRD, METAIMAGE, MRTRIX, AFNI, NPY],
  ...[TIFF, IMAGEJ, OME_XML],
  ...[DICOM, HDF5, IMARIS, MINC, OME_ZARR, ZARR],
];

/** Of each field that is left alone all bits, the lowest ones, and nothing but zeros. */
const OVERWRITE: readonly ((byte: number) => number)[] = [(byte) => byte ^ 0xff, (byte) => byte ^ 1, () => 0];

/** A case for each field of a header that is left alone. */
function overwritten({ title, header }: TableCases): FieldCase[] {
  const rows = TABLES.get(title) ?? [];
  return rows.flatMap(({ field, verdict, bytes }) => {
    if (verdict !== 'left alone' || bytes === null) return [];
    return (header?.bases ?? []).flatMap((base) =>
      OVERWRITE.map((write) => {
        const changed = edited(base, (_, all) => {
          for (let at = bytes[0]; at <= bytes[1]; at++) all[at] = write(all[at] as number);
        });
        return { field, base, changed, then: {} };
      }),
    );
  });
}

const tables = ALL.map((table) => ({ ...table, cases: [...table.cases, ...overwritten(table)] }));
const { path: folder } = filesFolder();
const read: Map<Files, Described> = new Map();

/** Each set of files lies in a folder of its own. */
beforeAll(() => {
  const requests = new Map<Files, Parameters<typeof describeAll>[0][number]>();
  for (const { cases, request } of tables) {
    for (const files of cases.flatMap(({ base, changed }) => [base, changed])) {
      if (requests.has(files)) continue;
      const own = join(folder, String(requests.size));
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(own, name)), { recursive: true });
        writeFileSync(join(own, name), content);
      }
      const [first = ''] = Object.keys(files);
      requests.set(files, { ...request, paths: [join(own, first).replace(/(\.zarr|\/folder)\/.*/, '$1')] });
    }
  }
  const all = [...requests.keys()];
  for (const [at, said] of describeAll([...requests.values()]).entries()) read.set(all[at] as Files, said);
});

/** What became of a change: what the volume has instead, or the sentence. */
function outcomeOf({ base, changed }: FieldCase): Readonly<Record<string, unknown>> | string {
  const [before, after] = [read.get(base), read.get(changed)] as [Described, Described];
  if (before.message !== undefined) return `its base can’t be read: ${before.message}`;
  return after.message ?? differences(before, after);
}

/** Files that contradict themselves once a field is changed show that it is heeded. */
function verdictOf(cases: readonly FieldCase[]): Verdict {
  const codes = cases.map(({ changed }) => read.get(changed)?.code);
  const isHeeded = cases.some(
    (each, at) => codes[at] === 'file-corrupt' || (codes[at] === undefined && Object.keys(outcomeOf(each)).length > 0),
  );
  return isHeeded ? 'heeded' : codes.some((code) => code !== undefined) ? 'refused' : 'left alone';
}

describe.each(tables)('$title', ({ title, cases, header }) => {
  const rows = TABLES.get(title) ?? [];

  test('each field of the table has cases, and no other field has', () => {
    const named = new Set(cases.map(({ field }) => field));
    expect([...named].filter((field) => !rows.some((row) => row.field === field))).toEqual([]);
    expect(rows.filter(({ field }) => !named.has(field)).map(({ field }) => field)).toEqual([]);
  });

  if (header !== undefined) {
    test('each byte of the header belongs to one field', () => {
      const bytes = rows.flatMap(({ bytes: place }) => {
        const [first, last] = place ?? [0, -1];
        return Array.from({ length: last - first + 1 }, (_, i) => first + i);
      });
      expect(bytes).toEqual(Array.from({ length: header.bytes }, (_, i) => i));
    });
  }

  test('another value changes what the table says it does, and nothing else', () => {
    const expected = ({ then }: FieldCase): unknown =>
      typeof then === 'string' ? expect.stringContaining(then) : then;
    expect(cases.map((each) => [each.field, outcomeOf(each)])).toEqual(
      cases.map((each) => [each.field, expected(each)]),
    );
    const verdicts = rows.map(({ field }) => [field, verdictOf(cases.filter((each) => each.field === field))]);
    expect(verdicts).toEqual(rows.map(({ field, verdict }) => [field, verdict]));
  });
});
