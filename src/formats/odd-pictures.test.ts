import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { madeByPython } from './testing/python';
import { readAll, type ReadAnswer } from './testing/read-all';

jest.setTimeout(60_000);
const tiffs = madeByPython(join(__dirname, 'testing/write-odd-tiffs.py'));
const pngs = madeByPython(join(__dirname, 'testing/write-odd-pictures.py'));
/** What tifffile reads, of the files that it can read. */
const byTifffile = JSON.parse(tiffs.printed) as Readonly<Record<string, readonly number[]>>;

const PIXELS = 15;
/** What the scripts have written as sample s of pixel p, of values from 0 to `most`. */
const valueOf = (p: number, s: number, most: number): number => (7 * p + 3 * s + 1) % (most + 1);

/** A value for each component of each pixel. */
function each(components: number, value: (p: number, c: number) => number): number[] {
  return Array.from({ length: PIXELS * components }, (_, i) => value(Math.floor(i / components), i % components));
}

function picture(dtype: string, components: number, value: (p: number, c: number) => number): ReadAnswer {
  return { dtype, components, shape: [5, 3, 1], data: each(components, value), isShared: true };
}

const BITS = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15];
const ENDS = ['', '-big'];
const paletteOf = (index: number, c: number): number => (37 * index + 11 * c + 5) % 256;

/** By name, what each file is to be read as. */
const EXPECTED: Readonly<Record<string, ReadAnswer>> = Object.fromEntries([
  ...BITS.flatMap((bits) =>
    ENDS.map((end) => {
      const most = 2 ** bits - 1;
      const value = (p: number): number => (valueOf(p, 0, most) * (1 + Math.floor(most / 110))) % (most + 1);
      return [`bits-${String(bits)}${end}.tif`, picture(bits < 8 ? 'uint8' : 'uint16', 1, value)] as const;
    }),
  ),
  ['signed-12.tif', picture('int16', 1, (p) => valueOf(p, 0, 11) - 6)],
  ['fax.tif', picture('uint8', 1, (p) => valueOf(p, 0, 1))],
  ['turned.tif', picture('uint16', 1, (p) => valueOf(p, 0, 4095))],
  ['turned-8.tif', picture('uint8', 1, (p) => valueOf(p, 0, 255))],
  ...[1, 2, 4, 8].flatMap((bits) =>
    ENDS.flatMap((end) => {
      const color = (p: number, c: number): number => paletteOf(valueOf(p, 0, 2 ** bits - 1), c);
      return [
        [`palette-${String(bits)}${end}.tif`, picture('uint8', 3, color)] as const,
        [`palette-256-${String(bits)}${end}.tif`, picture('uint8', 3, color)] as const,
        [`palette-16-${String(bits)}${end}.tif`, picture('uint16', 3, (p, c) => 251 * color(p, c))] as const,
      ];
    }),
  ),
  ['ramp.tif', picture('uint8', 1, (p) => valueOf(p, 0, 255))],
  ['imagej.tif', picture('uint8', 1, (p) => valueOf(p, 0, 255))],
  ['alpha-8.tif', picture('uint8', 4, (p, c) => valueOf(p, c < 3 ? 0 : 1, 255))],
  ['alpha-inverted.tif', picture('uint8', 4, (p, c) => (c < 3 ? 255 - valueOf(p, 0, 255) : valueOf(p, 1, 255)))],
  ...ENDS.flatMap((end) => [
    [`alpha-16${end}.tif`, picture('uint16', 4, (p, c) => 259 * valueOf(p, c < 3 ? 0 : 1, 252))] as const,
    [`rgb-16${end}.tif`, picture('uint16', 3, (p, c) => 259 * valueOf(p, c, 252))] as const,
  ]),
  ['contig.tif', picture('uint16', 3, (p, c) => 259 * valueOf(p, c, 252))],
  ['separate.tif', picture('uint16', 3, (p, c) => 259 * valueOf(p, c, 252))],
  ...[1, 2, 4].map((bits) => {
    const value = (p: number): number => valueOf(p, 0, 2 ** bits - 1);
    return [`gray-${String(bits)}.png`, picture('uint8', 1, value)] as const;
  }),
  ['palette-4.png', picture('uint8', 3, (p, c) => (37 * valueOf(p, 0, 15) + 11 * c) % 256)],
  [
    'palette-alpha.png',
    picture('uint8', 4, (p, c) => (c < 3 ? (37 * valueOf(p, 0, 15) + 11 * c) % 256 : 10 * valueOf(p, 0, 15))),
  ],
  ['gray-alpha-8.png', picture('uint8', 4, (p, c) => valueOf(p, c < 3 ? 0 : 1, 255))],
  ['gray-alpha-16.png', picture('uint16', 4, (p, c) => 259 * valueOf(p, c < 3 ? 0 : 1, 252))],
  ['gray-key.png', picture('uint8', 4, (p, c) => (c < 3 ? valueOf(p, 0, 255) : valueOf(p, 0, 255) === 8 ? 0 : 255))],
  ['rgb-16.png', picture('uint16', 3, (p, c) => 259 * valueOf(p, c, 252))],
  ['rgba-16.png', picture('uint16', 4, (p, c) => 259 * valueOf(p, c, 252))],
]);

const pathOf = (name: string): string => join((name.endsWith('.png') ? pngs : tiffs).folder, name);
const answers: Map<string, ReadAnswer> = new Map();
beforeAll(() => {
  const names = [...Object.keys(EXPECTED), 'short.tif', 'truncated-half.tif', 'truncated-wide.tif'];
  const found = readAll(names.map((name) => ({ paths: [pathOf(name)] })));
  for (const [at, answer] of found.entries()) answers.set(names[at] as string, answer);
});

describe('pictures have their values, or their colours', () => {
  test.each(Object.keys(EXPECTED))('%s', (name) => {
    expect(answers.get(name)).toEqual(EXPECTED[name]);
  });

  test('those that tifffile reads are values that it has too', () => {
    const alike = Object.keys(EXPECTED).filter((name) => answers.get(name)?.data?.length === byTifffile[name]?.length);
    expect(alike.length).toBeGreaterThan(8);
    const values = (name: string): readonly number[] | undefined => {
      const isApart = name === 'separate.tif'; // tifffile leaves the planes one after the other.
      const data = answers.get(name)?.data ?? [];
      return isApart ? data.map((_, i) => data[3 * (i % PIXELS) + Math.floor(i / PIXELS)] as number) : data;
    };
    expect(alike.map((name) => [name, values(name)])).toEqual(alike.map((name) => [name, byTifffile[name]]));
  });

  test.each([
    ['truncated-half.tif', 'float32'],
    ['truncated-wide.tif', 'int32'],
  ])('planes that lie behind one another in one directory, %s', (name, dtype) => {
    const data = Array.from({ length: 24 }, (_, i) => i);
    expect(answers.get(name)).toEqual({ dtype, components: 1, shape: [4, 3, 2], data, isShared: true });
  });

  test('a palette that lacks colours is refused', () => {
    const message = `${pathOf('short.tif')}: its palette (ColorMap) has 100 numbers, expected 768`;
    expect(answers.get('short.tif')).toEqual({ code: 'file-corrupt', message });
  });
});
