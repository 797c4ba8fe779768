import { describe, expect, test } from '@jest/globals';
import { ARRAY_OF, DTYPES, type DType, type VoxelArray } from '../protocol';
import { colormapTable, type ColormapName } from './colormaps';
import { renderSlice, type Picture, type Shading, type SliceData } from './render';
import { AS_STORED, ORIENTATIONS } from './testing/settings-fixture';

type Pixel = readonly number[];
type Image = readonly (readonly Pixel[])[];

const CLEAR = [0, 0, 0, 0];

/** The colour of a voxel by the definition, one voxel at a time. */
function pixelOf({ data, components, width }: SliceData, x: number, y: number, shading: Shading): Pixel {
  const start = (y * width + x) * components;
  const values = Array.from(data.subarray(start, start + components));
  if (components === 3) return [...values, 255];
  if (components === 4) return values;
  const [value] = values as [number];
  if (Number.isNaN(value)) return CLEAR;
  const [low, high] = shading.window;
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  const color = Math.round(255 * t);
  return Array.from(colormapTable(shading.colormap).subarray(4 * color, 4 * color + 4));
}

const transposed = (image: Image): Image => (image[0] ?? []).map((_, x) => image.map((row) => row[x] as Pixel));
const mirrored = (image: Image): Image => image.map((row) => [...row].reverse());

/** The picture, made the slow way: colours, then spacing by repetition, then orientation, then quarter turns. */
function reference(slice: SliceData, shading: Shading): Image {
  const [columns, rows] = slice.spacing;
  const pixel = Math.min(columns, rows);
  const repeat = { x: columns / pixel, y: rows / pixel }; // Whole numbers in these tests.
  let image: Image = Array.from({ length: slice.height * repeat.y }, (_, y) =>
    Array.from({ length: slice.width * repeat.x }, (__, x) =>
      pixelOf(slice, Math.floor(x / repeat.x), Math.floor(y / repeat.y), shading),
    ),
  );
  const { transpose, flipX, flipY } = shading.orientation;
  if (transpose) image = transposed(image);
  if (flipX) image = mirrored(image);
  if (flipY) image = [...image].reverse();
  for (let turn = 0; turn < shading.rotation; turn++) image = mirrored(transposed(image));
  return image;
}

/** A picture as rows of pixels. */
function imageOf({ width, height, data }: Picture): Image {
  expect(data).toHaveLength(4 * width * height);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => Array.from(data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4))),
  );
}

function slice(data: VoxelArray, width: number, more: Partial<SliceData> = {}): SliceData {
  const components = more.components ?? 1;
  return { data, width, height: data.length / components / width, spacing: [1, 1], components, ...more };
}

function shading(window: readonly [number, number], more: Partial<Shading> = {}): Shading {
  return { window, colormap: 'gray', orientation: AS_STORED, rotation: 0, ...more };
}

/** Values over the whole range of a dtype, the ends among them. */
const VALUES: { readonly [D in DType]: readonly [values: readonly number[], window: readonly [number, number]] } = {
  uint8: [
    [0, 1, 60, 127, 200, 255],
    [10, 210],
  ],
  int8: [
    [-128, -1, 0, 1, 64, 127],
    [-100, 100],
  ],
  uint16: [
    [0, 300, 20_000, 40_000, 65_534, 65_535],
    [250, 60_000],
  ],
  int16: [
    [-32_768, -1000, 0, 40, 400, 32_767],
    [-1000, 400],
  ],
  uint32: [
    [0, 1, 65_536, 2_147_483_648, 4_294_967_294, 4_294_967_295],
    [0, 4_294_967_295],
  ],
  int32: [
    [-2_147_483_648, -70_000, 0, 70_000, 1e9, 2_147_483_647],
    [-1e9, 2e9],
  ],
  float32: [
    [NaN, -Infinity, -0.25, 0.5, 0.75, Infinity],
    [-0.5, 1],
  ],
  float64: [
    [NaN, -Infinity, 1e-9, 2e-9, 3.3e-9, Infinity],
    [0, 4e-9],
  ],
};

describe.each(DTYPES)('a slice of %s', (dtype) => {
  const [values, window] = VALUES[dtype];
  const data = new ARRAY_OF[dtype](values.length);
  data.set(values);

  test.each<[string, SliceData]>([
    ['3 × 2', slice(data, 3)],
    ['2 × 3, columns twice as far apart', slice(data, 2, { spacing: [2, 1] })],
    ['6 × 1, rows three times as far apart', slice(data, 6, { spacing: [0.5, 1.5] })],
    ['1 × 6', slice(data, 1)],
  ])('%s, is drawn as the definition says in all orientations and rotations', (_, input) => {
    for (const orientation of ORIENTATIONS) {
      for (const rotation of [0, 1, 2, 3]) {
        for (const colormap of ['gray', 'viridis'] satisfies ColormapName[]) {
          const look = shading(window, { orientation, rotation, colormap });
          expect(imageOf(renderSlice(input, look))).toEqual(reference(input, look));
        }
      }
    }
  });
});

describe('colours are drawn as they are, whatever the window and the colour map', () => {
  const look = shading([100, 101], { colormap: 'viridis' });

  test('RGB, opaque', () => {
    const data = Uint8Array.of(1, 2, 3, 250, 251, 252);
    expect(imageOf(renderSlice(slice(data, 2, { components: 3 }), look))).toEqual([
      [
        [1, 2, 3, 255],
        [250, 251, 252, 255],
      ],
    ]);
  });

  test('RGBA, with their own opacity', () => {
    const data = Uint8Array.of(1, 2, 3, 0, 250, 251, 252, 77);
    expect(imageOf(renderSlice(slice(data, 1, { components: 4 }), look))).toEqual([
      [[1, 2, 3, 0]],
      [[250, 251, 252, 77]],
    ]);
  });

  test('colours of 16 bits are drawn with their upper 8', () => {
    const wide = Uint16Array.of(0x01ff, 0x8000, 0xffff, 0x00ff, 0x1234, 0xfe80);
    const drawn = Uint8Array.of(0x01, 0x80, 0xff, 0x00, 0x12, 0xfe);
    for (const interpolation of ['nearest', 'linear'] as const) {
      const [picture, same] = [wide, drawn].map((data) =>
        renderSlice(slice(data, 2, { components: 3 }), { ...look, interpolation }),
      );
      expect(picture).toEqual(same);
    }
  });

  test.each([3, 4])('%d components in all orientations and rotations, drawn to scale', (components) => {
    const data = Uint8Array.from({ length: 6 * components }, (_, i) => 11 * i);
    const input = slice(data, 3, { components, spacing: [1, 2] });
    for (const orientation of ORIENTATIONS) {
      for (const rotation of [0, 1, 2, 3]) {
        const turned = { ...look, orientation, rotation };
        expect(imageOf(renderSlice(input, turned))).toEqual(reference(input, turned));
      }
    }
  });
});

test('NaN is transparent, infinities are the ends of the colour map', () => {
  const data = Float32Array.of(NaN, -Infinity, Infinity);
  expect(imageOf(renderSlice(slice(data, 3), shading([0, 1], { colormap: 'viridis' })))).toEqual([
    [CLEAR, [68, 1, 84, 255], [253, 231, 37, 255]],
  ]);
});

describe('where the spacings have no whole ratio', () => {
  const data = Uint8Array.of(10, 20, 30, 40);

  test('each pixel shows the voxel that its middle lies in', () => {
    const { width, height, data: pixels } = renderSlice(slice(data, 1, { spacing: [1, 1.5] }), shading([0, 255]));
    expect([width, height]).toEqual([1, 6]);
    // The middles lie at 0.33, 1, 1.67, 2.33, 3 and 3.67 voxels.
    const shown = Array.from({ length: 6 }, (_, y) => pixels[4 * y]);
    expect(shown).toEqual([10, 20, 20, 30, 40, 40]);
  });

  test('flipped, it is the voxel of the same place; a middle on the border belongs to the higher index', () => {
    const look = shading([0, 255], { orientation: { ...AS_STORED, flipY: true } });
    const { data: pixels } = renderSlice(slice(data, 1, { spacing: [1, 1.5] }), look);
    expect(Array.from({ length: 6 }, (_, y) => pixels[4 * y])).toEqual([40, 40, 30, 20, 20, 10]);
  });

  test('each voxel is seen where there is a pixel for it', () => {
    for (const ratio of [1, 1.01, 1.3, 2.49, 3.7]) {
      const many = Uint8Array.from({ length: 50 }, (_, i) => i);
      const { data: pixels } = renderSlice(slice(many, 50, { spacing: [ratio, 1] }), shading([0, 255]));
      expect(new Set(pixels.filter((_, i) => i % 4 === 0)).size).toBe(50);
    }
  });
});

test('a slice of one voxel is a picture of one pixel', () => {
  expect(renderSlice(slice(Uint8Array.of(9), 1), shading([0, 255]))).toEqual({
    width: 1,
    height: 1,
    data: Uint8Array.of(9, 9, 9, 255),
  });
});
