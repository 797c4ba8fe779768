import { basename, join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ReadRequest } from './format';
import { openVolume } from './index';
import { madeByPython } from './testing/python';
import { readAll, type ReadAnswer } from './testing/read-all';

jest.setTimeout(60_000);
const { folder } = madeByPython(join(__dirname, 'testing/write-odd-types.py'));

type Options = Pick<ReadRequest, 'raw' | 'series' | 'level'>;
type Named = readonly [file: string, options?: Options];

const raw = (dtype: 'int64' | 'uint64' | 'float16', littleEndian: boolean, offset = 0): Options => ({
  raw: { shape: [4, 3, 2], dtype, offset, littleEndian },
});

/** Of 24 values the first and the last, the others are 1 to 22; and what they become of 64 bits. */
const CASES = [
  ['small', -(2 ** 31), 2 ** 31 - 1, 'int32'],
  ['large', 0, 2 ** 32 - 1, 'uint32'],
  ['both', -1, 2 ** 31, 'float64'],
  ['wide', -(2 ** 53), 2 ** 53, 'float64'],
  ['unsigned', 0, 2 ** 32, 'float64'],
] as const;

/** The least and the greatest of values that no dtype holds. */
const REFUSED = [
  ['beyond', '-5', '9007199254740993'],
  ['below', '-9007199254740993', '22'],
  ['most', '1', '18446744073709551615'],
] as const;

const valuesOf = (first: number, last: number): number[] => [
  first,
  ...Array.from({ length: 22 }, (_, i) => i + 1),
  last,
];

/** All files of one case that are read into memory, with what has to be said to read them. */
function filesOf(name: string): readonly Named[] {
  const isUnsigned = name === 'unsigned' || name === 'most';
  return [
    [`${name}.npy`],
    [`${name}-big.npy`],
    ['odd.npz', { series: name }],
    ['odd.h5', { series: name }],
    ['odd.h5', { series: `${name}-big` }],
    ['odd.h5', { series: `${name}-packed` }],
    [`${name}.nrrd`],
    [`${name}-big.nrrd`],
    [`${name}.mha`],
    [`${name}.nii.gz`],
    [`${name}-big.nii`],
    [`${name}.tif`],
    [`${name}-big.tif`],
    [`${name}.bin.gz`, raw(isUnsigned ? 'uint64' : 'int64', false, 4)],
  ];
}

/** Stores of one case, a level of which is read into memory. */
const storesOf = (name: string): readonly Named[] =>
  [`${name}.zarr`, `${name}-big.zarr`, `${name}-3.zarr`].map((store) => [store, { level: 0 }]);

const HALF_FILES: readonly Named[] = [
  ...['half.npy', 'half-big.npy', 'half.tif', 'half-big.tif', 'half.mrc'].map((file): Named => [file]),
  ...['half', 'half-big'].map((series): Named => ['odd.h5', { series }]),
  ...['half.zarr', 'half-big.zarr', 'half-3.zarr'].map((store): Named => [store, { level: 0 }]),
  ['half.bin', raw('float16', true)],
  ['half-big.bin', raw('float16', false)],
];
const BOOL_FILES: readonly Named[] = [
  ['bool.npy'],
  ['odd.h5', { series: 'bool' }],
  ['bool-2.zarr', { level: 0 }],
  ['bool-3.zarr', { level: 0 }],
];
const BLANK_FILES = [2, 3].flatMap((version) =>
  ['half', 'wide', 'truth', 'lost'].map((name): Named => [`blank-${String(version)}.zarr/${name}`, { level: 0 }]),
);

const answers: Map<string, ReadAnswer> = new Map();
beforeAll(() => {
  const names = [...CASES, ...REFUSED].map(([name]) => name);
  const files = [
    ...names.flatMap(filesOf),
    ...CASES.flatMap(([name]) => storesOf(name)),
    ...HALF_FILES,
    ...BOOL_FILES,
    ...BLANK_FILES,
  ];
  const found = readAll(files.map(([file, options]) => ({ paths: [join(folder, file)], ...options })));
  for (const [at, answer] of found.entries()) answers.set(JSON.stringify(files[at]), answer);
});

/** What came of reading files, beside what should have. */
function expectAll(files: readonly Named[], expected: (file: string) => ReadAnswer): void {
  const found = files.map((file) => [file, answers.get(JSON.stringify(file))]);
  expect(found).toEqual(files.map((file) => [file, expected(file[0])]));
}

const IN_MEMORY = { components: 1, shape: [4, 3, 2], isShared: true };

describe('64-bit integers keep their values', () => {
  test.each(CASES)('%s, in the smallest dtype that holds them, in each format', (name, first, last, dtype) => {
    expectAll([...filesOf(name), ...storesOf(name)], () => ({ ...IN_MEMORY, dtype, data: valuesOf(first, last) }));
  });

  test.each(REFUSED)('%s what a float holds is refused, with the least and the greatest', (name, least, greatest) => {
    const range = `its 64-bit integers go from ${least} to ${greatest}, and those beyond ±2⁵³ (9007199254740992)`;
    expectAll(filesOf(name), (file) => ({
      code: 'unsupported-format',
      message: `${join(folder, file)}: ${range} are held by no dtype; save them as smaller ones`,
    }));
  });

  test('they are floats of 64 bits where they are left in their chunks', async () => {
    for (const [name, first, last] of [CASES[0], CASES[3]]) {
      const volume = await openVolume(join(folder, `${name}-big.zarr`));
      expect([volume.dtype, volume.chunked]).toEqual(['float64', true]);
      const slices = [await volume.readSlice('xy', 0), await volume.readSlice('xy', 1)];
      expect(slices.flatMap(({ data }) => Array.from(data))).toEqual(valuesOf(first, last));
    }
  });

  test('a chunk of others is an error, which names it', async () => {
    const path = join(folder, 'most.zarr');
    await expect(openVolume(path)).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining(
        `${path}: in the chunk 1, 0, 1 its 64-bit integers go from 14 to 18446744073709551615`,
      ) as unknown,
    });
  });
});

test('16-bit floats are those of 32 bits with the same values, in each format', () => {
  const halves = [0, -0, 1, -2, 65504, 2 ** -24, 2 ** -14, 0.333251953125, Infinity, -Infinity, NaN, 0.0999755859375];
  expectAll(HALF_FILES, () => ({ ...IN_MEMORY, dtype: 'float32', data: [...halves, ...halves] }));
});

test('what is true is 1, in each format', () => {
  const truths = [0, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1];
  expectAll(BOOL_FILES, () => ({ ...IN_MEMORY, dtype: 'uint8', data: [...truths, ...truths] }));
});

test('chunks that were never written have the fill value, if a dtype holds it', () => {
  const blank: Readonly<Record<string, ReadAnswer>> = {
    half: { ...IN_MEMORY, dtype: 'float32', data: Array.from({ length: 24 }, () => 1.5) },
    wide: { ...IN_MEMORY, dtype: 'float64', data: Array.from({ length: 24 }, () => -(2 ** 40)) },
    truth: { ...IN_MEMORY, dtype: 'uint8', data: Array.from({ length: 24 }, () => 1) },
  };
  expectAll(BLANK_FILES, (file) => {
    const held = blank[basename(file)];
    const what = 'its fill value (fill_value) is beyond ±2⁵³, which no dtype holds; set another one';
    return held ?? { code: 'unsupported-format', message: `${join(folder, file)}: ${what}` };
  });
});
