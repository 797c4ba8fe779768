import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { colormapTable, type ColormapName, type Picture } from '../shading';
import { Volume } from '../volume';
import { exportAnimation, exportMontage, exportSlice, exportStack, type ExportOptions } from './index';
import { drawText } from './lettering';
import { readBack, type ReadBack } from './testing/read-back';
import { readPng } from './testing/read-png';

jest.setTimeout(60_000); // Python starts, and loads what reads the files.

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-marks-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => join(folder, name);

const LPS = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const GRAY = 40;
const AXIAL = { plane: 'axial', window: [0, 255] } as const;

/** One grey everywhere. */
function plain(value: number, options: object = {}, shape: readonly [number, number, number] = [128, 96, 3]): Volume {
  const volume = Volume.alloc(shape, 'uint8', { spacing: [0.5, 0.5, 2], direction: LPS, ...options });
  volume.data.fill(value);
  return volume;
}

async function exported(volume: Volume, options: ExportOptions): Promise<Picture> {
  const { width, height, data } = await readPng(
    await exportSlice(volume, at('m.png'), { ...options, overwrite: true }),
  );
  return { width, height, data };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The box around the pixels of a part of a picture that are not of one grey; null if there are none. */
function drawnIn({ width, data }: Picture, gray: number, part: Box): Box | null {
  const [xs, ys]: [number[], number[]] = [[], []];
  for (let y = part.top; y < part.bottom; y++) {
    for (let x = part.left; x < part.right; x++) {
      if (data[4 * (y * width + x)] === gray) continue;
      xs.push(x);
      ys.push(y);
    }
  }
  if (xs.length === 0) return null;
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs) + 1, bottom: Math.max(...ys) + 1 };
}

/** Where the white pixels of a text are, from the first one on, as a line for each row. */
function shapeOf({ width, data }: Picture, { left, top, right, bottom }: Box): string {
  const rows = Array.from({ length: bottom - top }, (_, y) =>
    Array.from({ length: right - left }, (__, x) =>
      (data[4 * ((top + y) * width + left + x)] as number) > 128 ? '#' : ' ',
    ).join(''),
  );
  const inked = rows.filter((row) => row.trim() !== '');
  const first = Math.min(...inked.map((row) => row.search('#')));
  return inked.map((row) => row.slice(first).trimEnd()).join('\n');
}

/** What `shapeOf` makes of a text over the grey of these tests. */
async function shapeOfText(text: string): Promise<string> {
  const { width, height, data } = await drawText(text, 9);
  const over = Uint8Array.from(data, (part, i) => GRAY + ((part - GRAY) * (data[4 * (i >> 2) + 3] as number)) / 255);
  return shapeOf({ width, height, data: over }, { left: 0, top: 0, right: width, bottom: height });
}

describe('letters', () => {
  /** The letter at each edge: left, right, top, bottom; and what is drawn elsewhere. */
  async function lettersOf(picture: Picture): Promise<[letters: string, elsewhere: Box | null]> {
    const { width, height } = picture;
    const [third, reach] = [{ x: Math.floor(width / 3), y: Math.floor(height / 3) }, 20];
    const edges: Box[] = [
      { left: 0, top: third.y, right: reach, bottom: height - third.y },
      { left: width - reach, top: third.y, right: width, bottom: height - third.y },
      { left: third.x, top: 0, right: width - third.x, bottom: reach },
      { left: third.x, top: height - reach, right: width - third.x, bottom: height },
    ];
    const known = await Promise.all(
      Array.from('RLAPSIxy').map(async (letter) => [await shapeOfText(letter), letter] as const),
    );
    const rest = { ...picture, data: picture.data.slice() };
    const found = edges.map((edge) => {
      const box = drawnIn(picture, GRAY, edge);
      if (box === null) return '-';
      // In the middle of its edge, as far from it as the others.
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      expect(Math.min(Math.abs(x - width / 2), Math.abs(y - height / 2))).toBeLessThanOrEqual(1);
      const gap = Math.min(box.left, box.top, width - box.right, height - box.bottom);
      expect([gap >= 3, gap <= 6]).toEqual([true, true]);
      for (let row = box.top; row < box.bottom; row++) {
        rest.data.fill(GRAY, 4 * (row * width + box.left), 4 * (row * width + box.right));
      }
      return new Map(known).get(shapeOf(picture, box)) ?? '?';
    });
    return [found.join(''), drawnIn(rest, GRAY, { left: 0, top: 0, right: width, bottom: height })];
  }

  test.each<[string, ExportOptions, string]>([
    ['a slice', AXIAL, 'RLAP'],
    ['one turned by a quarter', { ...AXIAL, rotation: 1 }, 'PARL'],
    ['one turned by half', { ...AXIAL, rotation: 2 }, 'LRPA'],
    ['one mirrored', { ...AXIAL, flip: [true, false] }, 'LRAP'],
    ['one turned, then mirrored', { ...AXIAL, rotation: 1, flip: [false, true] }, 'PALR'],
    ['the other convention', { ...AXIAL, convention: 'neurological' }, 'LRAP'],
    ['another plane', { ...AXIAL, plane: 'coronal', scale: 10 }, 'RLSI'],
    ['a part', { ...AXIAL, zoom: 1.25, center: [0.4, 0.6, 0.5] }, 'RLAP'],
  ])('of %s are at its edges, and nothing is drawn elsewhere', async (_, options, expected) => {
    // Of one size at scale 1 and 10: the text is of 9 pixels.
    const volume = options.scale === undefined ? plain(GRAY) : plain(GRAY, {}, [16, 16, 3]);
    const picture = await exported(volume, { ...options, letters: true });
    expect(await lettersOf(picture)).toEqual([expected, null]);
  });

  test('of a volume without a direction are its axes, where they lead', async () => {
    const picture = await exported(plain(GRAY, { direction: undefined }), { ...AXIAL, plane: 'xy', letters: true });
    expect(await lettersOf(picture)).toEqual(['-x-y', null]);
  });

  test('are none that nobody asked for', async () => {
    expect(await lettersOf(await exported(plain(GRAY), AXIAL))).toEqual(['----', null]);
  });

  test.each([0, 128, 255])('are white in a dark rim over %d', async (gray) => {
    const { width, height, data } = await exported(plain(gray), { ...AXIAL, letters: true });
    const row = Array.from({ length: 14 * 20 }, (_, i) => {
      const y = height / 2 - 10 + Math.floor(i / 14);
      return data[4 * (y * width + (i % 14))] as number;
    });
    expect(Math.max(...row)).toBeGreaterThan(200);
    expect(Math.min(...row)).toBeLessThan(100);
  });
});

describe('the scale bar', () => {
  /** The longest run of white in a row, over a grey picture, and how far its end is from the right edge. */
  function whiteRun({ width, height, data }: Picture): { length: number; fromRight: number } {
    let best = { length: 0, fromRight: 0 };
    for (let y = 0; y < height; y++) {
      let length = 0;
      for (let x = 0; x < width; x++) {
        length = data[4 * (y * width + x)] === 255 ? length + 1 : 0;
        if (length > best.length) best = { length, fromRight: width - x - 1 };
      }
    }
    return best;
  }

  test.each<[string, ExportOptions, object, number]>([
    // 128 × 0.5 mm in 128 pixels: at most 32, so 10 mm, which are 20.
    ['at scale 1', {}, {}, 20],
    ['at scale 3, the same length', { scale: 3 }, {}, 60],
    // A part of 107 pixels: at most 26.
    ['of a part', { zoom: 1.2 }, {}, 20],
    // 512 pixels of 0.125 mm: at most 128 pixels, of which 10 mm are 80.
    ['by the size of a pixel', { millimetresPerPixel: 0.125 }, {}, 80],
    // Rows of 1.5 mm become columns: 96 × 1.5 mm in 288 pixels, at most 72 of 0.5 mm: 20 mm.
    ['along the axis that is shown across', { rotation: 1 }, { spacing: [0.5, 1.5, 2] }, 40],
    // 0.7 µm: at most 22.4 µm, so 20, which are 28.6 pixels.
    ['to the next pixel, in a small unit', {}, { spacing: [0.7, 0.7, 1], unit: 'µm' }, 29],
  ])('is as long as its length %s', async (_, options, volume, pixels) => {
    const look = { ...AXIAL, ...options };
    const picture = await exported(plain(90, volume), { ...look, scaleBar: true });
    const run = whiteRun(picture);
    expect(run.length).toBe(pixels);
    expect(run.fromRight).toBeLessThanOrEqual(0.05 * picture.width + 2);
    const without = await exported(plain(90, volume), look);
    expect(whiteRun(without).length).toBe(0);
    // Nothing but its corner is another one.
    const { width, height } = picture;
    const box = drawnIn(picture, 90, { left: 0, top: 0, right: width, bottom: height }) as Box;
    expect(box.left).toBeGreaterThan(0.6 * width);
    expect(box.top).toBeGreaterThan(0.7 * height);
  });

  test('says its length', async () => {
    const picture = await exported(plain(GRAY), { ...AXIAL, scaleBar: true });
    const { width, height } = picture;
    const box = drawnIn(picture, GRAY, { left: 0, top: 0, right: width, bottom: height }) as Box;
    // The bar is 5 pixels high with its rim, and a pixel lies between.
    expect(shapeOf(picture, { ...box, bottom: box.bottom - 6 })).toBe(await shapeOfText('1 cm'));
  });
});

describe('the colour bar', () => {
  /** The rows of a file below the picture. */
  function below(file: ReadBack, height: number): number[][][] {
    const [rows, width] = file.shape as [number, number];
    return Array.from({ length: rows - height }, (_, y) =>
      Array.from({ length: width }, (__, x) =>
        file.values.slice(3 * ((height + y) * width + x), 3 * ((height + y) * width + x + 1)),
      ),
    );
  }

  /** The colours between the lines at both ends of a bar, in the row in which it is widest. */
  function strips(rows: number[][][]): number[][][] {
    const isLine = ([r, g, b]: number[]): boolean => r === 128 && g === 128 && b === 128;
    const found: number[][][] = [];
    rows.forEach((row, y) => {
      const [first, last] = [row.findIndex(isLine), row.map(isLine).lastIndexOf(true)];
      const isTop = (rows[y - 1] ?? []).slice(first, last + 1).every(isLine) && rows[y - 1]?.some(isLine) === true;
      if (isTop && first >= 0 && !row.every(isLine)) found.push(row.slice(first + 1, last));
    });
    return found.filter((strip) => !strip.every(isLine));
  }

  /** What a bar of so many pixels is to show. */
  function colors(name: ColormapName, length: number, invert = false): number[][] {
    const table = colormapTable(name, invert);
    return Array.from({ length }, (_, x) => {
      const index = Math.floor((255 * (x + 0.5)) / length + 0.5);
      return Array.from(table.subarray(4 * index, 4 * index + 3));
    });
  }

  test.each<[ColormapName, boolean]>([
    ['viridis', false],
    ['turbo', true],
    ['hot', false],
  ])('has the colours of %s, inverted: %s, below a picture that stays as it is', async (colormap, invert) => {
    const look = { ...AXIAL, window: [-1000, 3000], colormap, invert, scale: 2 } as const;
    const volume = plain(200);
    await exportSlice(volume, at('bar.png'), { ...look, colorBar: true });
    await exportSlice(volume, at('none.png'), look);
    const [bar, none] = (await readBack(at('bar.png'), at('none.png'))) as [ReadBack, ReadBack];
    const height = none.shape[0] as number;
    expect(bar.shape[0]).toBeGreaterThan(height);
    expect(bar.values.slice(0, none.values.length)).toEqual(none.values);
    const [strip, ...others] = strips(below(bar, height)) as [number[][]];
    expect(others).toEqual([]);
    expect(strip.length).toBeGreaterThan(0.8 * (bar.shape[1] as number));
    expect(strip).toEqual(colors(colormap, strip.length, invert));
  });

  test('is one for each channel that is shown, and each overlay that has colours', async () => {
    const channels = Volume.alloc([128, 96, 1], 'uint8', { channels: 3 });
    const map = Volume.alloc([128, 96, 1], 'float32');
    map.data.fill(1);
    const labels = Volume.alloc([128, 96, 1], 'uint8');
    await exportSlice(channels, at('bars.png'), {
      channels: [{ colormap: 'red', window: [0, 9] }, { visible: false }, { colormap: 'blue', window: [0, 9] }],
      overlays: [
        { volume: map, colormap: 'viridis', window: [0, 1] },
        { volume: labels, labels: true },
      ],
      colorBar: true,
    });
    const [file] = (await readBack(at('bars.png'))) as [ReadBack];
    const found = strips(below(file, 96));
    const names: ColormapName[] = ['red', 'blue', 'viridis'];
    expect(found).toEqual(names.map((name, i) => colors(name, found[i]?.length ?? 0)));
  });

  test('is one below a sheet, as wide', async () => {
    const look = { ...AXIAL, colormap: 'viridis', letters: true, columns: 2 } as const;
    await exportMontage(plain(7), at('sheet.png'), { ...look, colorBar: true });
    await exportMontage(plain(7), at('without.png'), look);
    const [sheet, without] = [await readPng(at('sheet.png')), await readPng(at('without.png'))];
    expect(sheet.width).toBe(2 * 128 + 2);
    expect(without.height).toBe(2 * 96 + 2);
    expect(sheet.height).toBeGreaterThan(without.height);
    expect(sheet.data.subarray(0, without.data.length)).toEqual(without.data);
  });
});

test('pages, files of a stack and pictures that move have the marks of a slice', async () => {
  const volume = plain(60);
  const look = { ...AXIAL, letters: true, scaleBar: true, colorBar: true } as const;
  const one = await exported(volume, { ...look, index: 2 });
  const rgb = Array.from(one.data).filter((_, i) => i % 4 !== 3);
  await exportStack(volume, at('pages.tif'), { ...look, from: 2, to: 1 });
  const [, second] = await exportStack(volume, at('{index}.png'), { ...look, from: 1 });
  await exportAnimation(volume, at('cine.webp'), { ...look, from: 2, to: 1 });
  const [pages, file, cine] = (await readBack(at('pages.tif'), second as string, at('cine.webp'))) as [
    ReadBack,
    ReadBack,
    ReadBack,
  ];
  expect(pages.shape).toEqual([2, one.height, one.width, 4]);
  expect(pages.values.slice(0, one.data.length)).toEqual(Array.from(one.data));
  expect(file.values).toEqual(rgb);
  expect(cine.values.slice(0, rgb.length)).toEqual(rgb);
});

test.each<[string, () => Promise<unknown>, string]>([
  [
    'a picture without room for them',
    () => exportSlice(plain(0, {}, [20, 30, 1]), at('n.png'), { letters: true, scale: 2 }),
    'exportSlice: letters and bars need a picture of 80 × 40 pixels, and this one has 40 × 60; make it larger with scale: 4',
  ],
  [
    'a sheet of pictures without room',
    () => exportMontage(plain(0, {}, [30, 30, 4]), at('n.png'), { colorBar: true }),
    'exportMontage: letters and bars need a picture of 80 × 40 pixels, and this one has 30 × 30; make it larger with scale: 2.7',
  ],
  [
    'a file of values',
    () => exportStack(plain(0), at('n.tif'), { values: true, scaleBar: true }),
    'exportStack: scaleBar is true, but a file of values has nothing drawn over it; leave one of them out',
  ],
  [
    'a bar of colours that have no values',
    () => exportSlice(Volume.alloc([90, 90, 1], 'uint8', { components: 3 }), at('n.png'), { colorBar: true }),
    'exportSlice: colorBar is true, but the values shown are colours or labels, which have no window',
  ],
  [
    'anything but true and false',
    () => exportSlice(plain(0), at('n.png'), { letters: 'R' as unknown as boolean }),
    'exportSlice: letters is "R", expected true or false',
  ],
])('%s is refused', async (_, run, message) => {
  await expect(run()).rejects.toMatchObject({ code: 'invalid-argument', message });
  expect(readdirSync(folder)).toEqual([]);
});
