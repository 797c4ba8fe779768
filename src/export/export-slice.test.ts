import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { messageOf, type ErrorCode } from '../protocol';
import { colormapTable, renderSlice } from '../shading';
import { Volume } from '../volume';
import { phantom, phantomValue } from '../volume/testing/phantom';
import { drawSlice, drawSnapshot } from './draw-slice';
import { exportSlice } from './export-slice';
import { defaultSettings, type LookOptions } from './look';
import { readPng } from './testing/read-png';

jest.setTimeout(30_000); // The first picture loads sharp.

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-export-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The grey values of an exported slice, row by row. */
async function grays(volume: Volume, options: LookOptions): Promise<number[][]> {
  const path = await exportSlice(volume, join(folder, 'slice.png'), { ...options, overwrite: true });
  const { width, height, data } = await readPng(path);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => {
      const [r, g, b, a] = data.subarray(4 * (y * width + x));
      expect([g, b, a]).toEqual([r, r, 255]);
      return r as number;
    }),
  );
}

const grid = (width: number, height: number, value: (x: number, y: number) => number): number[][] =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (__, x) => value(x, y)));
const WHOLE = [0, 255] as const;

describe('the picture holds the numbers of the volume', () => {
  const volume = phantom([5, 4, 3]);

  test('plane xy, first axis right, second axis down', async () => {
    const expected = grid(5, 4, (x, y) => phantomValue(x, y, 2));
    expect(await grays(volume, { plane: 'xy', index: 2, window: WHOLE })).toEqual(expected);
  });

  test('plane xz', async () => {
    const expected = grid(5, 3, (x, z) => phantomValue(x, 3, z));
    expect(await grays(volume, { plane: 'xz', index: 3, window: WHOLE })).toEqual(expected);
  });

  test('plane yz', async () => {
    const expected = grid(4, 3, (y, z) => phantomValue(4, y, z));
    expect(await grays(volume, { plane: 'yz', index: 4, window: WHOLE })).toEqual(expected);
  });

  test('the middle slice of the plane, if no index is given', async () => {
    expect(await grays(volume, { window: WHOLE })).toEqual(grid(5, 4, (x, y) => phantomValue(x, y, 1)));
    expect(await grays(volume, { plane: 'yz', window: WHOLE })).toEqual(grid(4, 3, (y, z) => phantomValue(2, y, z)));
  });

  test('turned clockwise by quarters', async () => {
    const look = { plane: 'xy', index: 0, window: WHOLE } as const;
    const once = grid(4, 5, (x, y) => phantomValue(y, 3 - x, 0));
    expect(await grays(volume, { ...look, rotation: 1 })).toEqual(once);
    expect(await grays(volume, { ...look, rotation: 2 })).toEqual(grid(5, 4, (x, y) => phantomValue(4 - x, 3 - y, 0)));
    expect(await grays(volume, { ...look, rotation: 3 })).toEqual(grid(4, 5, (x, y) => phantomValue(4 - y, x, 0)));
  });

  test('drawn to scale where voxels are not cubes', async () => {
    const flat = phantom([5, 4, 3], 'uint8', { spacing: [0.5, 0.5, 1.5] });
    const expected = grid(5, 9, (x, y) => phantomValue(x, 1, Math.floor(y / 3)));
    expect(await grays(flat, { plane: 'xz', index: 1, window: WHOLE })).toEqual(expected);
  });

  test('through the window, clamped at its ends', async () => {
    const signed = Volume.from(Int16Array.of(-2000, -1000, -300, 0, 399, 400, 3000), [7, 1, 1]);
    const expected = [-2000, -1000, -300, 0, 399, 400, 3000].map((value) =>
      Math.round((255 * (Math.min(400, Math.max(-1000, value)) + 1000)) / 1400),
    );
    expect(await grays(signed, { window: [-1000, 400] })).toEqual([expected]);
    expect(expected.slice(0, 2)).toEqual([0, 0]);
  });

  test('through the window of the file, if none is given', async () => {
    const named = Volume.from(Uint16Array.of(100, 150, 200, 999), [4, 1, 1], { window: [100, 200] });
    expect(await grays(named, {})).toEqual([[0, 128, 255, 255]]);
  });

  test('16 bits through a window of a few values', async () => {
    const fine = Volume.from(Uint16Array.of(40_000, 40_001, 40_002, 40_003), [4, 1, 1]);
    expect(await grays(fine, { window: [40_000, 40_003] })).toEqual([[0, 85, 170, 255]]);
  });

  test('through a colour map', async () => {
    const path = await exportSlice(volume, join(folder, 'viridis.png'), {
      index: 1,
      window: WHOLE,
      colormap: 'viridis',
    });
    const { data } = await readPng(path);
    const table = colormapTable('viridis');
    const expected = grid(5, 4, (x, y) => phantomValue(x, y, 1)).flat();
    expect(Array.from(data)).toEqual(expected.flatMap((value) => Array.from(table.subarray(4 * value, 4 * value + 4))));
  });

  test('anatomical planes name the nearest plane, and lie as a radiologist expects', async () => {
    // Axes towards anterior, superior and left: xy is sagittal, xz axial, yz coronal.
    const direction = [0, 0, 1, -1, 0, 0, 0, 1, 0];
    const head = phantom([5, 4, 3], 'uint8', { direction });
    // Anterior on the left, superior up.
    const sagittal = grid(5, 4, (x, y) => phantomValue(4 - x, 3 - y, 1));
    expect(await grays(head, { plane: 'sagittal', index: 1, window: WHOLE })).toEqual(sagittal);
    // Patient left on the right, anterior up: the slice of xz is transposed.
    const axial = grid(3, 5, (x, y) => phantomValue(4 - y, 2, x));
    expect(await grays(head, { plane: 'axial', index: 2, window: WHOLE })).toEqual(axial);
    const coronal = grid(3, 4, (x, y) => phantomValue(3, 3 - y, x));
    expect(await grays(head, { plane: 'coronal', index: 3, window: WHOLE })).toEqual(coronal);
  });
});

describe('the file', () => {
  const volume = phantom([6, 5, 4], 'float32', { spacing: [1, 2, 3] });

  test('read back is what renderSlice draws', async () => {
    for (const plane of ['xy', 'xz', 'yz'] as const) {
      for (const rotation of [0, 1, 2, 3] as const) {
        const look = { plane, index: 3, window: [20, 200], colormap: 'magma', rotation } as const;
        const path = await exportSlice(volume, join(folder, 'slice.png'), { ...look, overwrite: true });
        const { spacing, orientation } = volume.info(0).planes[plane];
        const drawn = renderSlice({ ...volume.slice(plane, 3), spacing }, { ...look, orientation });
        expect(await readPng(path)).toEqual({ ...drawn, channels: 3 });
      }
    }
  });

  test('is inverted, interpolated and mirrored as asked', async () => {
    const look = { plane: 'xz', index: 2, window: [20, 200], colormap: 'magma' } as const;
    const { spacing, orientation } = volume.info(0).planes.xz;
    const slice = { ...volume.slice('xz', 2), spacing };
    for (const changed of [{ invert: true }, { interpolation: 'linear' }] as const) {
      const drawn = renderSlice(slice, { ...look, ...changed, orientation, rotation: 0 });
      const path = await exportSlice(volume, join(folder, 'slice.png'), { ...look, ...changed, overwrite: true });
      expect(await readPng(path)).toEqual({ ...drawn, channels: 3 });
    }
    const upsideDown = renderSlice(slice, { ...look, orientation: { ...orientation, flipY: true }, rotation: 1 });
    const flipped = await exportSlice(volume, join(folder, 'slice.png'), {
      ...look,
      rotation: 1,
      flip: [true, false],
      overwrite: true,
    });
    expect(await readPng(flipped)).toEqual({ ...upsideDown, channels: 3 });
  });

  test('is transparent where a value is NaN, and RGB where none is', async () => {
    const holed = Volume.from(Float32Array.of(NaN, 0, 1), [3, 1, 1]);
    const path = await exportSlice(holed, join(folder, 'holed.png'), { window: [0, 1] });
    const { channels, data } = await readPng(path);
    expect(channels).toBe(4);
    expect(Array.from(data)).toEqual([0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255]);
  });

  test('of a colour volume has its colours', async () => {
    const colors = Uint8Array.of(255, 0, 9, 1, 2, 3);
    const path = await exportSlice(Volume.from(colors, [2, 1, 1], { components: 3 }), join(folder, 'rgb.png'));
    const { channels, data } = await readPng(path);
    expect(channels).toBe(3);
    expect(Array.from(data)).toEqual([255, 0, 9, 255, 1, 2, 3, 255]);
  });

  test('has the absolute path that is returned, and takes the place of an older one if asked for', async () => {
    const path = join(folder, 'slice.PNG');
    writeFileSync(path, 'older');
    expect(await exportSlice(volume, relative(process.cwd(), path), { overwrite: true })).toBe(path);
    expect((await readPng(path)).width).toBe(6);
    expect(readdirSync(folder)).toEqual(['slice.PNG']);
  });

  test('is whole, also where many are written at once under one name', async () => {
    const path = join(folder, 'slice.png');
    await Promise.all(
      [0, 1, 2, 3].map((index) => exportSlice(volume, path, { index, window: [0, 250], overwrite: true })),
    );
    const found = await readPng(path);
    const draw = (index: number) => drawSlice(volume, { ...defaultSettings(volume), index, window: [0, 250] });
    const all = await Promise.all([0, 1, 2, 3].map(draw));
    expect(all.map(({ data }) => Buffer.compare(data, found.data))).toContain(0);
    expect(readdirSync(folder)).toEqual(['slice.png']);
  });
});

describe('refused, with a sentence and without a trace, is', () => {
  const volume = phantom([4, 3, 2]);
  const inFolder = (name: string): string => join(folder, name);

  async function refused(path: unknown, options: unknown, code: ErrorCode, sentence: string, why = ''): Promise<void> {
    const before = readdirSync(folder);
    const error: unknown = await exportSlice(volume, path as string, options as LookOptions).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'SlicescopeError', code });
    expect(messageOf(error).slice(0, 13 + sentence.length)).toBe(`exportSlice: ${sentence}`);
    expect(messageOf(error)).toContain(why);
    expect(readdirSync(folder)).toEqual(before);
  }

  test.each<[string, unknown, ErrorCode, string]>([
    ['an index past the end', { index: 2 }, 'index-out-of-range', 'index is 2, expected a whole number from 0 to 1'],
    ['a negative index', { index: -1 }, 'index-out-of-range', 'index is -1, expected a whole number from 0 to 1'],
    ['half an index', { index: 0.5 }, 'index-out-of-range', 'index is 0.5, expected a whole number from 0 to 1'],
    [
      'an index of another plane',
      { plane: 'xz', index: 3 },
      'index-out-of-range',
      'index is 3, expected a whole number from 0 to 2',
    ],
    ['a window without width', { window: [5, 5] }, 'invalid-window', 'the window [5, 5] has no width'],
    ['a window with NaN', { window: [NaN, 5] }, 'invalid-window', 'the window [NaN, 5] has an end that is not finite'],
    [
      'a reversed window',
      { window: [9, 5] },
      'invalid-window',
      'the window [9, 5] is reversed; give it as [low, high]',
    ],
    ['a colour map', { colormap: 'jet' }, 'unknown-colormap', 'there is no colour map "jet"; choose one of gray,'],
    ['a rotation in degrees', { rotation: 90 }, 'invalid-argument', 'rotation is 90, expected 0, 1, 2 or 3'],
    ['a plane that is no name', { plane: 2 }, 'unknown-plane', 'there is no plane 2; choose one of xy, xz, yz'],
    [
      'an option that there is not',
      { slice: 3 },
      'invalid-argument',
      'there is no option "slice", expected one of layout,',
    ],
    ['no options', null, 'invalid-argument', 'the options are null, expected an object such as { index: 3 }'],
    ['an index for options', 7, 'invalid-argument', 'the options are 7, expected an object such as { index: 3 }'],
  ])('%s', async (_, options, code, sentence) => {
    await refused(inFolder('slice.png'), options, code, sentence);
  });

  test('an unknown plane', async () => {
    const exporting = exportSlice(volume, inFolder('slice.png'), { plane: 'oblique' as 'xy' });
    await expect(exporting).rejects.toMatchObject({
      code: 'unknown-plane',
      message: 'plane is "oblique", expected xy, xz, yz, axial, coronal or sagittal',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('what is no volume', async () => {
    const exporting = exportSlice({ data: [] } as unknown as Volume, inFolder('slice.png'));
    await expect(exporting).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'exportSlice: an object is no volume; make one with Volume.from, Volume.alloc or Volume.open',
    });
  });

  test.each(['slice.gif', 'slice', 'slice.png.txt', '.png'])(
    'a path whose end is none of a picture: %s',
    async (name) => {
      const path = inFolder(name);
      const sentence = `${path} does not end in one of .png .jpg .jpeg .webp .avif .tif .tiff .npy`;
      await refused(path, {}, 'unsupported-format', sentence);
    },
  );

  test.each([undefined, null, '', 3])('no path: %p', async (path) => {
    await refused(path, {}, 'invalid-argument', 'expected the path of a file to write');
  });

  test('a path in a folder that does not exist', async () => {
    const path = inFolder('nowhere/slice.png');
    await refused(path, {}, 'write-failed', `${path} can't be written (`, 'ENOENT: no such file');
  });

  test('a path below a file', async () => {
    writeFileSync(inFolder('file'), 'text');
    const path = inFolder('file/slice.png');
    await refused(path, {}, 'write-failed', `${path} can't be written (`, 'ENOTDIR: not a directory');
    expect(readFileSync(inFolder('file'), 'utf8')).toBe('text');
  });

  test('a path that is a folder', async () => {
    mkdirSync(inFolder('folder.png'));
    const path = inFolder('folder.png');
    await refused(path, {}, 'file-exists', `${path} is there already`);
    await refused(path, { overwrite: true }, 'write-failed', `${path} can't be written (`);
  });

  test('a name that is too long', async () => {
    const path = inFolder(`${'x'.repeat(300)}.png`);
    await refused(path, {}, 'write-failed', `${path} can't be written (`, 'ENAMETOOLONG');
  });
});

test('a snapshot is the slice at scale 1, and of a slice that is too large for that its coarser level', async () => {
  const small = phantom([5, 4, 3]);
  expect(await drawSnapshot(small, defaultSettings(small))).toEqual(await drawSlice(small, defaultSettings(small)));
  const volume = Volume.alloc([4100, 3000, 1], 'uint8');
  volume.data.forEach((_, at) => (volume.data[at] = ((at % 4100) >> 4) + (Math.floor(at / 4100) >> 4)));
  const { width, height, data } = await drawSnapshot(volume, { ...defaultSettings(volume), window: WHOLE });
  expect([width, height]).toEqual([2050, 1500]); // Four voxels a column, two a row, drawn to scale.
  for (const [x, y] of [
    [0, 0],
    [1400, 900],
    [2049, 1499],
  ] as const) {
    expect(data[4 * (y * width + x)]).toBe(volume.valueAt(Math.min(4099, 4 * (x >> 1) + 2), 2 * y + 1, 0));
  }
});
