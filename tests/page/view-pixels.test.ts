import { expect, test } from '@jest/globals';
import type { DType } from '../../src/protocol';
import { pointInVolume, renderSlice } from '../../src/shading';
import type { Volume, VolumeOptions } from '../../src/volume';
import { fitCanvas, usePage } from '../browser/page-stand';
import { colorAt, differences, expectPicture, grayWord, wordsOf, type Expected } from '../browser/pictures';
import { noise, volumeOf } from '../browser/volumes';

const stand = usePage();
const PLANES = ['xy', 'xz', 'yz'] as const;
/** Several pixels for each voxel; smaller canvases are compared sooner. */
const SMALL = { viewport: { width: 400, height: 460 } };

/** Show each volume on one page, and compare the first picture of it with the volume's own numbers. */
async function expectLooks(cases: readonly (readonly [name: string, volume: Volume, look: Expected])[]): Promise<void> {
  const [[, first, firstLook]] = cases as [(typeof cases)[number]];
  const { view, viewer } = await stand.show(first, firstLook, SMALL);
  const wrong: Record<string, string[]> = {};
  for (const [at, [name, volume, look]] of cases.entries()) {
    if (at > 0) {
      await viewer.showsNew(() => {
        view.show(volume, look);
      });
    }
    await viewer.shows(look.index, look.plane);
    const found = differences(await viewer.pixels(), volume, look);
    if (found.length > 0) wrong[`${String(at)} ${name} ${JSON.stringify(look)}`] = found;
  }
  expect(wrong).toEqual({});
}

/** A look of each plane at three different slices; rotation and colour map vary. */
function ofAllPlanes(name: string, volume: Volume, turn: number): (readonly [string, Volume, Expected])[] {
  return PLANES.map((plane, at) => {
    const { count } = volume.info(0).planes[plane];
    const index = [0, Math.floor(count / 2), count - 1][(turn + at) % 3] as number;
    const rotation = ((turn + at) % 4) as 0 | 1 | 2 | 3;
    return [name, volume, { plane, index, rotation, colormap: (turn + at) % 2 === 0 ? 'gray' : 'viridis' }] as const;
  });
}

const RANGES: Record<DType, readonly [number, number]> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 4_294_967_295],
  int32: [-2_147_483_648, 2_147_483_647],
  float32: [-1e-3, 2e-3],
  float64: [-1e6, 3e6],
};

/** @param seed its own for each, because their default windows make the same picture of all ranges */
function noisy(
  seed: number,
  dtype: DType,
  [low, high]: readonly [number, number],
  options: VolumeOptions = {},
): Volume {
  const next = noise(seed);
  const round = dtype.startsWith('float') ? (value: number) => value : Math.round;
  return volumeOf(dtype, [31, 23, 17], () => round(low + next() * (high - low)), options);
}

test('every dtype is drawn as its own numbers through window and colour map, in every plane', async () => {
  const dtypes = Object.keys(RANGES) as DType[];
  await expectLooks(dtypes.flatMap((dtype, at) => ofAllPlanes(dtype, noisy(at, dtype, RANGES[dtype]), at)));
});

test('large offsets, fractional windows, NaN, infinities and colours are drawn exactly', async () => {
  const next = noise(7);
  const holes = [NaN, Infinity, -Infinity, -0, 0.25, 0.5, 0.75, 1];
  await expectLooks([
    ...ofAllPlanes('int32-top', noisy(1, 'int32', [2_147_482_647, 2_147_483_647]), 0),
    ...ofAllPlanes('int32-bottom', noisy(2, 'int32', [-2_147_483_648, -2_147_482_648]), 1),
    ...ofAllPlanes('uint32-top', noisy(3, 'uint32', [4_294_966_295, 4_294_967_295]), 2),
    ...ofAllPlanes('int16-fraction', noisy(4, 'int16', [-40, 40], { window: [-30.25, 17.5] }), 3),
    ...ofAllPlanes('uint8-wide', noisy(5, 'uint8', [0, 255], { window: [-1000, 1000] }), 4),
    ...ofAllPlanes('float32-offset', noisy(6, 'float32', [100_000, 100_001]), 5),
    ...ofAllPlanes('float64-offset', noisy(7, 'float64', [1e9, 1e9 + 1]), 6),
    ...ofAllPlanes(
      'nan',
      volumeOf('float32', [19, 11, 7], () => holes[Math.floor(next() * 8)] as number),
      7,
    ),
    ...ofAllPlanes(
      'rgb',
      volumeOf('uint8', [13, 9, 21], (x, y, z) => [19 * x, 28 * y, 12 * z], { components: 3 }),
      8,
    ),
    ...ofAllPlanes(
      'rgba',
      volumeOf('uint8', [13, 9, 21], (x, y, z) => [19 * x, 28 * y, 255 - 12 * z, 12 * z], { components: 4 }),
      9,
    ),
  ]);
});

test('odd sizes, single slices and anisotropic spacing are drawn to scale', async () => {
  const next = noise(3);
  const gray = (): number => Math.floor(next() * 256);
  await expectLooks([
    ...ofAllPlanes('single-x', volumeOf('uint8', [1, 23, 17], gray), 0),
    ...ofAllPlanes('single-y', volumeOf('uint8', [31, 1, 17], gray), 1),
    ...ofAllPlanes('single-z', volumeOf('uint8', [31, 23, 1], gray), 2),
    ...ofAllPlanes(
      'single-voxel',
      volumeOf('uint8', [1, 1, 1], () => 77, { window: [0, 255] }),
      3,
    ),
    ...ofAllPlanes(
      'prime',
      volumeOf('uint16', [211, 7, 101], () => Math.floor(next() * 4096)),
      4,
    ),
    ...ofAllPlanes('anisotropic', volumeOf('uint8', [37, 29, 11], gray, { spacing: [0.7, 1.3, 3.1] }), 5),
    ...ofAllPlanes('flat', volumeOf('uint8', [64, 64, 9], gray, { spacing: [0.5, 0.5, 20] }), 6),
  ]);
});

test('directions flip and transpose, rotations turn, in every plane and colour map', async () => {
  const directions = {
    ras: [-1, 0, 0, 0, -1, 0, 0, 0, 1],
    sagittal: [0, 0, 1, 1, 0, 0, 0, -1, 0],
    oblique: orthonormal([0.1, -0.9, 0.2, 0.95, 0.1, 0, 0, 0.2, -0.97]),
  };
  const cases = Object.entries(directions).flatMap(([name, direction]) => {
    const next = noise(11);
    const volume = volumeOf('int16', [23, 14, 19], () => Math.floor(next() * 4000) - 1000, {
      spacing: [1, 1.5, 2],
      direction,
    });
    return PLANES.flatMap((plane) =>
      ([0, 1, 2, 3] as const).map((rotation) => {
        const colormap = rotation % 2 === 0 ? 'viridis' : 'gray';
        return [name, volume, { plane, index: 3 * rotation, rotation, colormap }] as const;
      }),
    );
  });
  await expectLooks(cases);
});

/** Gram and Schmidt on the columns. */
function orthonormal(matrix: readonly number[]): number[] {
  const columns = [0, 1, 2].map((axis) => [0, 3, 6].map((row) => matrix[row + axis] as number));
  columns.forEach((column, at) => {
    for (const other of columns.slice(0, at)) {
      const dot = column.reduce((sum, part, row) => sum + part * (other[row] as number), 0);
      other.forEach((part, row) => ((column[row] as number) -= dot * part));
    }
    const length = Math.hypot(...column);
    column.forEach((part, row) => (column[row] = part / length));
  });
  return [0, 1, 2].flatMap((row) => columns.map((column) => column[row] as number));
}

test('at scale 1 the canvas is the exported picture, borders of voxels included', async () => {
  const next = noise(5);
  const volume = volumeOf('uint16', [90, 100, 40], () => Math.floor(next() * 5000), {
    spacing: [2.56, 1, 1.7],
    direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1],
  });
  const { view, viewer } = await stand.show(volume, { index: 20, colormap: 'viridis' });
  await expectPicture(viewer, volume, { index: 20, colormap: 'viridis' });
  const info = volume.info(0).planes.xy;
  const shading = {
    window: volume.defaultWindow,
    colormap: 'viridis',
    orientation: info.orientation,
    rotation: 0,
  } as const;
  const picture = renderSlice({ ...volume.slice('xy', 20), spacing: info.spacing }, shading);
  expect(picture).toMatchObject({ width: 230, height: 100 });

  // The canvas is larger: put the picture into its middle, pixel on pixel.
  const { width, height } = await viewer.pixels();
  const zoom = 1 / Math.min(width / picture.width, height / picture.height);
  const left = Math.floor((width - picture.width) / 2);
  const top = Math.floor((height - picture.height) / 2);
  const middle = [(width / 2 - left) / picture.width, (height / 2 - top) / picture.height] as const;
  const center = pointInVolume(middle, [0.5, 0.5, 0.5], 'xy', info.orientation);
  view.set({ zoom, center });
  await expectPicture(viewer, volume, { index: 20, colormap: 'viridis', zoom, center });
  const canvas = await viewer.pixels();
  const got = wordsOf(canvas);
  const wrong: string[] = [];
  for (const [at, want] of wordsOf(picture).entries()) {
    const [x, y] = [at % picture.width, Math.floor(at / picture.width)];
    if (got[(top + y) * width + left + x] === want) continue;
    wrong.push(
      `(${String(x)}, ${String(y)}): ${colorAt(canvas, left + x, top + y).join()}, not ${colorAt(picture, x, y).join()}`,
    );
  }
  expect(wrong.slice(0, 5)).toEqual([]);
});

test('the formula, by hand: gray is round(255 (v − low) / (high − low)); viridis has its own ends and middle', async () => {
  const low = 100;
  const high = 1375;
  const volume = volumeOf('uint16', [64, 64, 3], (x, y, z) => 30 * x + y + 10 * z);
  const shown = await stand.show(volume, { index: 2, window: [low, high] });
  const { view, viewer } = shown;
  await fitCanvas(shown, 512, 512);
  await viewer.shows(2);
  const wrong: string[] = [];
  for (const [at, color] of wordsOf(await viewer.pixels()).entries()) {
    const [x, y] = [at % 512, Math.floor(at / 512)];
    const value = 30 * Math.floor(x / 8) + Math.floor(y / 8) + 20;
    const level = Math.round(255 * Math.max(0, Math.min(1, (value - low) / (high - low))));
    const red = color & 255;
    if (color === grayWord(red) && Math.abs(red - level) <= 1) continue;
    wrong.push(`(${String(x)}, ${String(y)}) is ${color.toString(16)}, expected ${String(level)}`);
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  view.set({ window: [20, 1930], colormap: 'viridis' });
  await expectPicture(viewer, volume, { index: 2, window: [20, 1930], colormap: 'viridis' });
  const viridis = await viewer.pixels();
  // Matplotlib's first colour, the one at round(255 × 0.5031), and the last.
  expect(colorAt(viridis, 4, 4)).toEqual([68, 1, 84, 255]);
  expect(colorAt(viridis, 8 * 32 + 4, 8 + 4)).toEqual([33, 145, 140, 255]);
  expect(colorAt(viridis, 8 * 63 + 4, 8 * 20 + 4)).toEqual([253, 231, 37, 255]);
});
