import sharp from 'sharp';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { realValue, type DType } from '../protocol';
import type { Picture } from '../shading';
import { Volume } from '../volume';
import { exportAnimation, exportMontage, exportSlice, exportStack, drawSlice, lookAt } from './index';
import { readBack, type ReadBack } from './testing/read-back';
import { readPng } from './testing/read-png';

jest.setTimeout(60_000); // Python starts, and loads what reads the files.

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicescope-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => join(folder, name);

const DTYPES: readonly DType[] = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'];

/** Values that need all bits of their type. */
function volumeOf(dtype: DType): Volume {
  const volume = Volume.alloc([5, 4, 3], dtype, { spacing: [0.5, 0.5, 2], name: 'scan' });
  const isSigned = dtype.startsWith('int');
  const bits = Number(/\d+/.exec(dtype)?.[0]);
  for (let i = 0; i < volume.data.length; i++) {
    if (dtype.startsWith('float')) volume.data[i] = i / 7 - 3;
    else volume.data[i] = Math.floor((i / 60) * 2 ** bits) - (isSigned ? 2 ** (bits - 1) : 0) + 1;
  }
  return volume;
}

const valuesOf = (volume: Volume, index: number): number[] => Array.from(volume.slice('xy', index).data);

describe('values that are exported are the volume’s, read back by another library', () => {
  test('.tif and .npy of each dtype', async () => {
    const paths: string[] = [];
    for (const dtype of DTYPES) {
      const volume = volumeOf(dtype);
      paths.push(await exportSlice(volume, at(`${dtype}.tif`), { index: 1, values: true }));
      paths.push(await exportSlice(volume, at(`${dtype}.npy`), { index: 1 }));
    }
    const files = await readBack(...paths);
    DTYPES.forEach((dtype, i) => {
      for (const file of files.slice(2 * i, 2 * i + 2)) {
        expect(file).toMatchObject({ shape: [4, 5], dtype });
        expect(file.values).toEqual(valuesOf(volumeOf(dtype), 1));
      }
    });
  });

  test('.png of uint8 and uint16, in 8 and 16 bits', async () => {
    const paths = [
      await exportSlice(volumeOf('uint8'), at('8.png'), { index: 2, values: true }),
      await exportSlice(volumeOf('uint16'), at('16.png'), { index: 2, values: true }),
    ];
    const [eight, sixteen] = (await readBack(...paths)) as [ReadBack, ReadBack];
    expect(eight).toMatchObject({ shape: [4, 5], info: { mode: 'L' } });
    expect(eight.values).toEqual(valuesOf(volumeOf('uint8'), 2));
    expect(sixteen).toMatchObject({ shape: [4, 5], info: { mode: 'I;16' } });
    expect(sixteen.values).toEqual(valuesOf(volumeOf('uint16'), 2));
  });

  test('real values of stored ones: whole where they are, and of 64 bits elsewhere', async () => {
    const of = (dtype: DType, slope: number, intercept: number): Volume => {
      const { data, shape } = volumeOf(dtype);
      return Volume.from(data, shape, { rescale: { slope, intercept } });
    };
    const cases = [
      [of('int16', 1, -1024), 'int32'],
      [of('uint16', 1, -0x8000), 'int16'],
      [of('uint8', 0.1, -3), 'float64'],
      [of('float32', -2, 1), 'float64'],
    ] as const;
    const paths: string[] = [];
    for (const [i, [volume]] of cases.entries()) {
      paths.push(await exportSlice(volume, at(`${String(i)}.tif`), { index: 1, values: true }));
      paths.push(await exportSlice(volume, at(`${String(i)}.npy`), { index: 1 }));
    }
    const files = await readBack(...paths);
    cases.forEach(([{ data, rescale }, dtype], i) => {
      const real = Array.from(data.subarray(20, 40), (value) => realValue(value, rescale));
      for (const file of files.slice(2 * i, 2 * i + 2)) expect(file).toMatchObject({ dtype, values: real });
    });
  });

  test('a stack of real values, and what is seen of several slices', async () => {
    const { data, shape } = volumeOf('int16');
    const rescale = { slope: -0.5, intercept: 10 };
    const volume = Volume.from(data, shape, { rescale });
    const paths = [
      ...(await exportStack(volume, at('all.npy'))),
      await exportSlice(volume, at('max.npy'), { index: 1, slab: 3, projection: 'max' }),
    ];
    const [all, most] = (await readBack(...paths)) as [ReadBack, ReadBack];
    const real = Array.from(data, (value) => realValue(value, rescale));
    expect(all).toMatchObject({ shape: [3, 4, 5], dtype: 'float64', values: real });
    const seen = Array.from({ length: 20 }, (_, i) => Math.max(...[0, 20, 40].map((z) => real[z + i] as number)));
    expect(most).toMatchObject({ shape: [4, 5], values: seen });
  });

  test('a PNG has real values that fit into 16 bits, and none is written of others', async () => {
    const { data, shape } = volumeOf('uint8');
    const fits = Volume.from(data, shape, { rescale: { slope: 100, intercept: 7 } });
    const [file] = await readBack(await exportSlice(fits, at('fits.png'), { index: 1, values: true }));
    expect(file).toMatchObject({ info: { mode: 'I;16' }, values: valuesOf(fits, 1) });
    expect(file?.values[0]).toBe((data[20] as number) * 100 + 7);
    const negative = Volume.from(data, shape, { rescale: { slope: 1, intercept: -1024 } });
    await expect(exportSlice(negative, at('no.png'), { index: 1, values: true })).rejects.toMatchObject({
      code: 'unsupported-format',
      message: `exportSlice: ${at('no.png')}: png holds values of uint8 and uint16, not int16; write .tif or .npy`,
    });
    expect(existsSync(at('no.png'))).toBe(false);
  });

  test('a picture of stored values is that of the real ones', async () => {
    const { data, shape } = volumeOf('uint16');
    const rescale = { slope: 0.25, intercept: -1024 };
    const volume = Volume.from(data, shape, { rescale });
    const real = Volume.from(
      Float64Array.from(data, (value) => realValue(value, rescale)),
      shape,
    );
    for (const options of [{}, { window: 'bone' }, { slab: 3, projection: 'min' }] as const) {
      const drawn = [volume, real].map((each) => drawSlice(each, lookAt(each, options, 'test').settings));
      const [one, other] = await Promise.all(drawn);
      expect(one).toEqual(other);
    }
  });

  test('colours', async () => {
    const data = Uint8Array.from({ length: 5 * 4 * 3 * 3 }, (_, i) => i);
    const volume = Volume.from(data, [5, 4, 3], { components: 3 });
    const paths = await Promise.all(
      ['c.png', 'c.tif', 'c.npy'].map((name) => exportSlice(volume, at(name), { index: 1, values: true })),
    );
    for (const file of await readBack(...paths)) {
      expect(file.shape).toEqual([4, 5, 3]);
      expect(file.values).toEqual(valuesOf(volume, 1));
    }
  });

  test('colours of 16 bits, all of them', async () => {
    const data = Uint16Array.from({ length: 5 * 4 * 3 * 3 }, (_, i) => (i * 379) % 65_536);
    const volume = Volume.from(data, [5, 4, 3], { components: 3 });
    expect(volume.valueAt(4, 3, 2)).toEqual([379 * 177, 379 * 178, 379 * 179].map((value) => value % 65_536));
    expect(volume.defaultWindow).toEqual([0, 65_535]);
    const paths = await Promise.all(
      ['w.tif', 'w.npy'].map((name) => exportSlice(volume, at(name), { index: 1, values: true })),
    );
    for (const file of await readBack(...paths)) {
      expect(file.shape).toEqual([4, 5, 3]);
      expect(file.values).toEqual(valuesOf(volume, 1));
    }
    // Pillow, which the other files are read back with, has 8 bits of a PNG's colours.
    const png = await exportSlice(volume, at('w.png'), { index: 1, values: true });
    const pixels = await sharp(png).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    expect(Array.from(new Uint16Array(Uint8Array.from(pixels).buffer))).toEqual(Array.from(volume.slice('xy', 1).data));
  });

  test('a stack in one file, of pages or of an array', async () => {
    const volume = volumeOf('float32');
    const [tif] = await exportStack(volume, at('stack.tif'), { values: true });
    const [npy] = await exportStack(volume, at('stack.npy'), { from: 2, to: 0, step: 2 });
    const [pages, array] = (await readBack(tif as string, npy as string)) as [ReadBack, ReadBack];
    expect(pages).toMatchObject({ shape: [3, 4, 5], dtype: 'float32' });
    expect(pages.values).toEqual(Array.from(volume.data));
    expect(array).toMatchObject({ shape: [2, 4, 5], dtype: 'float32' });
    expect(array.values).toEqual([...valuesOf(volume, 2), ...valuesOf(volume, 0)]);
  });

  test('formats that can’t hold them refuse, and say which can', async () => {
    const refused = exportSlice(volumeOf('float32'), at('values.png'), { values: true });
    await expect(refused).rejects.toMatchObject({
      code: 'unsupported-format',
      message: `exportSlice: ${at('values.png')}: png holds values of uint8 and uint16, not float32; write .tif or .npy`,
    });
    await expect(exportSlice(volumeOf('uint8'), at('values.jpg'), { values: true })).rejects.toMatchObject({
      code: 'unsupported-format',
      message: `exportSlice: ${at('values.jpg')}: jpeg holds no values; write .tif or .npy`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('pictures', () => {
  const volume = volumeOf('uint16');
  const look = { plane: 'xz', index: 1, colormap: 'viridis' } as const;
  let drawn: Picture;
  let rgb: number[] = [];
  beforeAll(async () => {
    drawn = await drawSlice(volume, lookAt(volume, look, 'test').settings);
    rgb = Array.from(drawn.data).filter((_, i) => i % 4 !== 3);
  });

  test('.png, .webp and .tif have the pixels that a view draws; .jpg and .avif nearly', async () => {
    const names = ['p.png', 'p.webp', 'p.tif', 'p.jpg', 'p.avif'];
    for (const name of names)
      await exportSlice(volume, at(name), { ...look, quality: /jpg|avif/.test(name) ? 100 : undefined });
    const files = await readBack(...names.slice(0, 4).map(at));
    for (const [i, file] of files.entries()) {
      expect(file.shape.slice(0, 2)).toEqual([drawn.height, drawn.width]);
      const worst = Math.max(...file.values.map((value, k) => Math.abs(value - (rgb[k] as number))));
      expect(worst).toBeLessThanOrEqual(names[i] === 'p.jpg' ? 6 : 0);
    }
    expect(readFileSync(at('p.avif')).subarray(4, 12).toString()).toBe('ftypavif');
  });

  test('are as large as asked for, and say how large a pixel is and what they show', async () => {
    await exportSlice(volume, at('large.png'), { ...look, scale: 4 });
    await exportSlice(volume, at('metric.tif'), { ...look, millimetresPerPixel: 0.25 });
    const [large, metric] = (await readBack(at('large.png'), at('metric.tif'))) as [ReadBack, ReadBack];
    // 5 × 3 voxels of 0.5 × 2 mm, at scale 1 of 5 × 12 pixels.
    expect(large.shape.slice(0, 2)).toEqual([48, 20]);
    expect(metric.shape.slice(0, 2)).toEqual([24, 10]);
    for (let y = 0; y < 48; y++) {
      for (let x = 0; x < 20; x++) {
        const pixel = (Math.floor(y / 4) * 5 + Math.floor(x / 4)) * 3;
        expect(large.values.slice((y * 20 + x) * 3, (y * 20 + x) * 3 + 3)).toEqual(rgb.slice(pixel, pixel + 3));
      }
    }
    const [low, high] = volume.defaultWindow;
    expect(large.info).toMatchObject({
      description: `scan, plane xz, slice 1, window ${String(low)} to ${String(high)}, viridis`,
      dpi: [expect.closeTo(4 * 50.8, 1) as unknown, expect.closeTo(4 * 50.8, 1) as unknown],
    });
    const [numerator, denominator] = metric.info.XResolution as [number, number];
    expect(numerator / denominator).toBeCloseTo(40, 1); // A centimetre.
  });

  test('say what they show whatever the format, of channels and slabs too', async () => {
    const cells = Volume.alloc([4, 4, 5], 'uint8', {
      channels: 3,
      channelInfo: [{ name: 'DAPI' }, { name: 'GFP' }, {}],
      name: 'slice 7',
      spacing: [1, 1, 3],
    });
    const channels = [{ colormap: 'magenta', window: [0, 9] }, { visible: false }, { window: [1, 2] }] as const;
    const seen = { index: 2, slab: 3, projection: 'max', channels } as const;
    const range = { from: 1, to: 4, step: 3 };
    for (const name of ['p.png', 'p.jpg', 'p.webp', 'p.tif']) await exportSlice(cells, at(name), seen);
    await exportMontage(cells, at('sheet.png'), { channels, ...range });
    await exportAnimation(cells, at('cine.webp'), { channels, to: 4 });
    await exportStack(cells, at('stack.tif'), { values: true, from: 1, to: 1 });
    const files = ['p.png', 'p.jpg', 'p.webp', 'p.tif', 'sheet.png', 'cine.webp', 'stack.tif'];
    const said = (await readBack(...files.map(at))).map(({ info }) => info.description ?? info.ImageDescription);
    const look = 'channel 0 (DAPI) window 0 to 9 magenta, channel 2 window 1 to 2 blue';
    expect(said).toEqual([
      ...[1, 2, 3, 4].map(() => `slice 7, plane xy, slice 2, max of 3, ${look}`),
      `slice 7, plane xy, slices 1 to 4 step 3, ${look}`,
      `slice 7, plane xy, slices 0 to 4, ${look}`,
      'slice 7, plane xy, slice 1',
    ]);
  });

  test('say what a person must know of the volume, and of a slice without values', async () => {
    const notes = ['Slice 1 is missing.', 'Its slices are tilted.'];
    const gap = Volume.alloc([4, 4, 3], 'uint8', { name: 'gap', notes, emptySlices: [1] });
    for (const index of [0, 1]) await exportSlice(gap, at(`gap${String(index)}.png`), { index, values: true });
    await exportStack(gap, at('gap.tif'), { values: true });
    const files = ['gap0.png', 'gap1.png', 'gap.tif'];
    const said = (await readBack(...files.map(at))).map(({ info }) => info.description ?? info.ImageDescription);
    const noted = '\nNote: Slice 1 is missing.\nNote: Its slices are tilted.';
    expect(said).toEqual([
      `gap, plane xy, slice 0${noted}`,
      `gap, plane xy, slice 1 (empty: it holds no measured values)${noted}`,
      `gap, plane xy, slices 0 to 2${noted}`,
    ]);
  });

  test('.png of values says what they are, and how large a voxel is where it is a square', async () => {
    await exportSlice(volume, at('xy.png'), { index: 1, values: true });
    await exportSlice(volume, at('xz.png'), { ...look, values: true });
    const [square, flat] = (await readBack(at('xy.png'), at('xz.png'))) as [ReadBack, ReadBack];
    const [dpi, nothing] = [50.8, 72].map((each) => expect.closeTo(each, 1) as unknown);
    expect(square.info).toMatchObject({ description: 'scan, plane xy, slice 1', dpi: [dpi, dpi] });
    expect(flat.info).toMatchObject({ description: 'scan, plane xz, slice 1', dpi: [nothing, nothing] });
  });

  test('.tif of values says how large a voxel is, across and down', async () => {
    await exportSlice(volume, at('v.tif'), { ...look, values: true });
    const [{ info }] = (await readBack(at('v.tif'))) as [ReadBack];
    const perCentimetre = (each: unknown): number => (each as [number, number])[0] / (each as [number, number])[1];
    expect(info.ImageDescription).toBe('scan, plane xz, slice 1');
    expect([perCentimetre(info.XResolution), perCentimetre(info.YResolution)]).toEqual([20, 5]);
  });

  test('one for each slice, whose numbers have as many digits as the last', async () => {
    const many = Volume.alloc([2, 2, 12], 'uint8');
    const told: number[] = [];
    const paths = await exportStack(many, at('stack/s-{index}.png'), {
      from: 8,
      step: 2,
      to: 11,
      onProgress: (f) => told.push(f),
    });
    expect(paths).toEqual([at('stack/s-08.png'), at('stack/s-10.png')]);
    expect(readdirSync(at('stack')).sort()).toEqual(['s-08.png', 's-10.png']);
    expect(told).toEqual([0.5, 1]);
  });

  test('side by side, each with its index', async () => {
    const big = Volume.alloc([20, 10, 6], 'uint8');
    for (let z = 0; z < 6; z++) big.data.fill(40 * z + 10, 200 * z, 200 * (z + 1));
    await exportMontage(big, at('sheet.png'), { columns: 3, from: 1, to: 5, window: [0, 255] });
    const { width, height, data } = await readPng(at('sheet.png'));
    expect([width, height]).toEqual([64, 22]);
    const pixel = (x: number, y: number): number[] =>
      Array.from(data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4));
    // The lower right corner of each picture has its slice; the index is in the upper left.
    expect([1, 2, 3].map((_, i) => pixel(22 * i + 19, 9)[0])).toEqual([50, 90, 130]);
    expect(pixel(19, 21)).toEqual([170, 170, 170, 255]);
    expect(pixel(60, 20)).toEqual([0, 0, 0, 0]);
    // A 1 of 3 × 5 pixels: its middle column and its foot are white.
    const one = Array.from({ length: 5 }, (_, y) => [1, 2, 3].map((x) => pixel(x, 1 + y)[0]));
    expect(one).toEqual([
      [0, 255, 0],
      [255, 255, 0],
      [0, 255, 0],
      [0, 255, 0],
      [255, 255, 255],
    ]);
  });

  test('one after the other, there and back, so many a second', async () => {
    const steps = Volume.alloc([4, 4, 3], 'uint8');
    for (let z = 0; z < 3; z++) steps.data.fill(100 * z, 16 * z, 16 * (z + 1));
    for (const name of ['cine.webp', 'cine.gif']) {
      await exportAnimation(steps, at(name), { window: [0, 255], perSecond: 20, bounce: true });
    }
    for (const { shape, values, info } of await readBack(at('cine.webp'), at('cine.gif'))) {
      expect(shape).toEqual([4, 4, 4, 3]);
      expect([0, 1, 2, 3].map((frame) => values[48 * frame])).toEqual([0, 100, 200, 100]);
      expect(info).toMatchObject({ durations: [50, 50, 50, 50], loop: 0 });
    }
  });
});
