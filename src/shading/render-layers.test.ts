import { describe, expect, test } from '@jest/globals';
import type { VoxelArray } from '../protocol';
import { colormapTable, labelIndex } from './colormaps';
import type { LayerLook } from './layers';
import { paletteOf } from './palette';
import { isSeenThrough, renderLayers, type DrawnLayer, type Picture } from './render';
import type { SliceGrid } from './orientation';
import { AS_STORED, ORIENTATIONS } from './testing/settings-fixture';

const LOOK: LayerLook = {
  layer: 0,
  window: [0, 255],
  rescale: null,
  colormap: 'gray',
  palette: null,
  invert: false,
  interpolation: 'linear',
  opacity: 1,
  blend: 'over',
};

function layer(data: VoxelArray, width: number, look: Partial<LayerLook> = {}, components = 1): DrawnLayer {
  const slice = { data, width, height: data.length / components / width, components };
  return { slice, look: { ...LOOK, ...look } };
}

const grid = (width: number, height: number, spacing: SliceGrid['spacing'] = [1, 1]): SliceGrid => ({
  width,
  height,
  spacing,
});

/** The pixels of a picture's row. */
function rowOf({ width, data }: Picture, y = 0): number[][] {
  return Array.from({ length: width }, (_, x) =>
    Array.from(data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)),
  );
}
const reds = (picture: Picture, y = 0): number[] => rowOf(picture, y).map(([red]) => red as number);
const gray = (value: number, alpha = 255): number[] => [value, value, value, alpha];
const CLEAR = [0, 0, 0, 0];

describe('linear', () => {
  test('is between the middles of voxels, and theirs alone beyond the outer ones', () => {
    const drawn = renderLayers(grid(2, 1, [4, 1]), [layer(Uint8Array.of(40, 200), 2)], AS_STORED);
    // Middles at 1/8, 3/8, ... of the voxels: 40 + 160 · (0, 0, 1/8, 3/8, 5/8, 7/8, 1, 1).
    expect(reds(drawn)).toEqual([40, 40, 60, 100, 140, 180, 200, 200]);
  });

  test('along rows too, and of four neighbours', () => {
    const data = Float32Array.of(0, 100, 200, 60);
    const drawn = renderLayers(grid(2, 2, [1, 1]), [layer(data, 2), layer(data, 2)], AS_STORED);
    expect([reds(drawn, 0), reds(drawn, 1)]).toEqual([
      [0, 100],
      [200, 60],
    ]);
    // An overlay of 1 × 1 below it in the same rectangle: its pixels show the middle of the four.
    const middle = renderLayers(grid(1, 1), [layer(Uint8Array.of(0), 1), layer(data, 2)], AS_STORED);
    expect(reds(middle)).toEqual([90]);
  });

  test('is done on values, before the window and the colour map', () => {
    // Half-way between far below and a little above the window lies below it, whatever their colours.
    const data = Int16Array.of(-1000, 60);
    const look = { window: [0, 60], colormap: 'viridis' } as const;
    const drawn = renderLayers(grid(2, 1, [2, 1]), [layer(data, 2, look)], AS_STORED);
    expect(rowOf(drawn)).toEqual([
      [68, 1, 84, 255],
      [68, 1, 84, 255],
      [68, 1, 84, 255],
      [253, 231, 37, 255],
    ]);
  });

  test('takes the colour between two of the map’s', () => {
    const table = colormapTable('turbo');
    const between = (at: number, share: number): number[] =>
      [0, 1, 2, 3].map((channel) => {
        const [one, other] = [table[4 * at + channel] as number, table[4 * at + 4 + channel] as number];
        return Math.round(one + share * (other - one));
      });
    const data = Float64Array.of(10, 10.25, 10.75, 254.5, 255, -7);
    const drawn = renderLayers(grid(6, 1), [layer(data, 6, { colormap: 'turbo' })], AS_STORED);
    expect(rowOf(drawn)).toEqual([
      between(10, 0),
      between(10, 0.25),
      between(10, 0.75),
      between(254, 0.5),
      between(254, 1),
      between(0, 0),
    ]);
  });

  test('of values that no colour is between is the exact colour', () => {
    const data = Uint8Array.from({ length: 256 }, (_, at) => at);
    for (const colormap of ['gray', 'viridis', 'coolwarm']) {
      const [one, other] = (['nearest', 'linear'] as const).map((interpolation) =>
        renderLayers(grid(256, 1), [layer(data, 256, { colormap, interpolation })], AS_STORED),
      );
      expect(one).toEqual(other);
    }
  });

  test('is transparent where a NaN counts, and only there', () => {
    const drawn = renderLayers(grid(3, 1, [2, 1]), [layer(Float32Array.of(50, 50, NaN), 3)], AS_STORED);
    expect(rowOf(drawn)).toEqual([gray(50), gray(50), gray(50), CLEAR, CLEAR, CLEAR]);
    const alike = renderLayers(grid(3, 1), [layer(Float32Array.of(NaN, 50, NaN), 3)], AS_STORED);
    expect(rowOf(alike)).toEqual([CLEAR, gray(50), CLEAR]);
  });

  test('of an infinity is an end of the map as soon as it counts', () => {
    const drawn = renderLayers(grid(3, 1, [2, 1]), [layer(Float64Array.of(Infinity, 50, -Infinity), 3)], AS_STORED);
    expect(reds(drawn)).toEqual([255, 255, 255, 0, 0, 0]);
  });

  test('of colours is premultiplied: what is transparent lends no colour', () => {
    const data = Uint8Array.of(250, 0, 10, 255, 0, 255, 0, 0);
    const drawn = renderLayers(grid(2, 1, [2, 1]), [layer(data, 2, {}, 4)], AS_STORED);
    expect(rowOf(drawn)).toEqual([[250, 0, 10, 255], [250, 0, 10, 191], [250, 0, 10, 64], CLEAR]);
    const opaque = renderLayers(grid(2, 1, [2, 1]), [layer(Uint8Array.of(0, 40, 80, 200, 40, 0), 2, {}, 3)], AS_STORED);
    expect(rowOf(opaque)[1]).toEqual([50, 40, 60, 255]);
  });

  test('turned, it is the same picture turned', () => {
    const data = Uint8Array.from({ length: 12 }, (_, at) => (at * 89) % 256);
    const at = (picture: Picture, x: number, y: number): number => reds(picture, y)[x] as number;
    const upright = renderLayers(grid(4, 3, [3, 2]), [layer(data, 4)], AS_STORED);
    expect([upright.width, upright.height]).toEqual([6, 3]);
    for (const orientation of ORIENTATIONS) {
      const turned = renderLayers(grid(4, 3, [3, 2]), [layer(data, 4)], orientation);
      for (let y = 0; y < turned.height; y++) {
        for (let x = 0; x < turned.width; x++) {
          const [across, down] = [
            orientation.flipX ? turned.width - 1 - x : x,
            orientation.flipY ? turned.height - 1 - y : y,
          ];
          const [column, row] = orientation.transpose ? [down, across] : [across, down];
          expect(Math.abs(at(turned, x, y) - at(upright, column, row))).toBeLessThanOrEqual(1);
        }
      }
    }
  });
});

describe('inverted', () => {
  test.each(['nearest', 'linear'] as const)('the colours are those of the mirrored value, %s', (interpolation) => {
    const data = Float32Array.of(0, 10, 100.25, 255);
    const mirrored = data.map((value) => 255 - value);
    for (const colormap of ['gray', 'magma', 'RdBu']) {
      const drawn = renderLayers(grid(4, 1), [layer(data, 4, { colormap, interpolation, invert: true })], AS_STORED);
      expect(drawn).toEqual(renderLayers(grid(4, 1), [layer(mirrored, 4, { colormap, interpolation })], AS_STORED));
    }
  });

  test('colours stay, and so does NaN', () => {
    const rgb = layer(Uint8Array.of(1, 2, 3), 1, { invert: true, interpolation: 'nearest' }, 3);
    expect(rowOf(renderLayers(grid(1, 1), [rgb], AS_STORED))).toEqual([[1, 2, 3, 255]]);
    const none = layer(Float32Array.of(NaN), 1, { invert: true, interpolation: 'nearest' });
    expect(rowOf(renderLayers(grid(1, 1), [none], AS_STORED))).toEqual([CLEAR]);
  });
});

describe('labels', () => {
  const table = colormapTable('labels');
  const color = (index: number): number[] => Array.from(table.subarray(4 * index, 4 * index + 4));
  const labels = (data: VoxelArray, look: Partial<LayerLook> = {}): DrawnLayer =>
    layer(data, data.length, { colormap: 'labels', window: [0, 1], ...look });

  test.each(['nearest', 'linear'] as const)(
    'have a colour each, whatever the window and invert, %s',
    (interpolation) => {
      const drawn = renderLayers(
        grid(5, 1),
        [labels(Uint16Array.of(0, 1, 2, 256, 300), { interpolation, invert: true })],
        AS_STORED,
      );
      expect(rowOf(drawn)).toEqual([CLEAR, color(1), color(2), color(1), color(45)]);
    },
  );

  test('have their own colours where they have some, whatever their values; 0 has none', () => {
    const own = {
      0: { color: '#ffffff' },
      2: { color: '#102030' },
      257: { color: '#ff8000' },
      4000000000: { color: '#ff000080' },
      '-1': { color: '#00ff00' },
    };
    const look = { palette: paletteOf(own), interpolation: 'nearest' } as const;
    const alone = (data: VoxelArray, rescale: LayerLook['rescale'] = null): number[][] =>
      rowOf(renderLayers(grid(data.length, 1), [labels(data, { ...look, rescale })], AS_STORED));
    const right = [CLEAR, color(1), [16, 32, 48, 255], color(1), [255, 128, 0, 255]];
    expect(alone(Uint16Array.of(0, 1, 2, 256, 257))).toEqual(right);
    expect(alone(Uint32Array.of(4e9, 4e9 + 1))).toEqual([[255, 0, 0, 128], color(labelIndex(4e9 + 1))]);
    expect(alone(Float64Array.of(-1, 2.4, NaN, Infinity))).toEqual([[0, 255, 0, 255], right[2], CLEAR, CLEAR]);
    expect(alone(Uint8Array.of(0, 3), { slope: -1, intercept: 2 })).toEqual([right[2], [0, 255, 0, 255]]);
    // Half of a label that is half transparent: a quarter of it, over gray.
    const below = layer(Uint32Array.of(100, 100), 2, { interpolation: 'nearest' });
    const over = labels(Uint32Array.of(4e9, 2), { ...look, opacity: 0.5 });
    expect(rowOf(renderLayers(grid(2, 1), [below, over], AS_STORED))).toEqual([
      [139, 75, 75, 255],
      [58, 66, 74, 255],
    ]);
    expect(paletteOf({ 1: { name: 'liver' }, 0: { color: '#ffffff' } })).toBeNull();
    expect(paletteOf(own)).toBe(paletteOf(own));
  });

  test('are never mixed', () => {
    const drawn = renderLayers(grid(2, 1, [2, 1]), [labels(Uint8Array.of(1, 3))], AS_STORED);
    expect(rowOf(drawn)).toEqual([color(1), color(1), color(3), color(3)]);
  });

  test('let what is below be seen where there is none', () => {
    const base = layer(Uint8Array.of(100, 100), 2);
    const drawn = renderLayers(grid(2, 1), [base, labels(Int8Array.of(0, -2), { opacity: 0.5 })], AS_STORED);
    const mixed = color(253)
      .slice(0, 3)
      .map((part) => Math.floor(part * 0.5 + 50 + 0.5));
    expect(rowOf(drawn)).toEqual([gray(100), [...mixed, 255]]);
  });
});

describe('several layers', () => {
  test('one over another covers it by its opacity, rounded at each step', () => {
    const layers = [
      layer(Uint8Array.of(100), 1),
      layer(Uint8Array.of(255), 1, { opacity: 0.1, colormap: 'red' }),
      layer(Uint8Array.of(255), 1, { opacity: 0.25, colormap: 'blue' }),
    ];
    // 115.5 → 116, 90, 90; then 87, 67.5 → 68, 131.25 → 131.
    expect(rowOf(renderLayers(grid(1, 1), layers, AS_STORED))).toEqual([[87, 68, 131, 255]]);
  });

  test('added up, channels are mixed, and end at 255', () => {
    const add = { blend: 'add' } as const;
    const layers = [
      layer(Uint8Array.of(100, 200, 255), 3, { ...add, colormap: 'red' }),
      layer(Uint8Array.of(30, 0, 255), 3, { ...add, colormap: 'green' }),
      layer(Uint8Array.of(9, 100, 255), 3, { ...add, colormap: 'magenta' }),
    ];
    expect(rowOf(renderLayers(grid(3, 1), layers, AS_STORED))).toEqual([
      [109, 30, 9, 255],
      [255, 0, 100, 255],
      [255, 255, 255, 255],
    ]);
  });

  test('a NaN adds nothing, and where all have one the picture is transparent', () => {
    const add = { blend: 'add', interpolation: 'nearest' } as const;
    const layers = [
      layer(Float32Array.of(NaN, NaN), 2, { ...add, colormap: 'red' }),
      layer(Float32Array.of(70, NaN), 2, { ...add, colormap: 'green' }),
    ];
    expect(rowOf(renderLayers(grid(2, 1), layers, AS_STORED))).toEqual([[0, 70, 0, 255], CLEAR]);
  });

  test('each has its own grid, over the rectangle of the lowest one, which decides the picture’s size', () => {
    const finer = layer(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7), 8, { colormap: 'labels' });
    const drawn = renderLayers(grid(4, 1), [layer(Uint8Array.of(9, 9, 9, 9), 4), finer], AS_STORED);
    // The pixels' middles lie on the borders of two of the finer ones, which belong to the higher.
    const table = colormapTable('labels');
    expect(rowOf(drawn)).toEqual([1, 3, 5, 7].map((index) => Array.from(table.subarray(4 * index, 4 * index + 4))));
    const flipped = renderLayers(grid(4, 1), [layer(Uint8Array.of(9, 9, 9, 9), 4), finer], {
      ...AS_STORED,
      flipX: true,
    });
    expect(rowOf(flipped)).toEqual(rowOf(drawn).reverse());
  });

  test('one that is partly transparent stays so when nothing is below', () => {
    const layers = [
      layer(Uint8Array.of(200, 100, 40, 128), 1, { interpolation: 'nearest' }, 4),
      layer(Uint8Array.of(0), 1, { colormap: 'labels' }),
    ];
    expect(rowOf(renderLayers(grid(1, 1), layers, AS_STORED))).toEqual([[199, 100, 40, 128]]); // 100.39 → 100.
    expect(rowOf(renderLayers(grid(1, 1), [layer(Uint8Array.of(60), 1, { opacity: 0.5 })], AS_STORED))).toEqual([
      gray(60, 128),
    ]);
  });

  test('none is a transparent picture of the grid’s size', () => {
    expect(renderLayers(grid(3, 2), [], AS_STORED)).toEqual({ width: 3, height: 2, data: new Uint8Array(24) });
  });
});

test('slices are seen through at a point where none of them shows anything', () => {
  const opaque = {
    layer: 0,
    rescale: null,
    palette: null,
    invert: false,
    interpolation: 'nearest',
    opacity: 1,
    blend: 'over',
  } as const;
  const values = { width: 2, height: 2, components: 1, data: Float32Array.of(NaN, NaN, 3, NaN) };
  const base: DrawnLayer = { slice: values, look: { ...opaque, window: [0, 1], colormap: 'gray' } };
  const labels = { width: 4, height: 1, components: 1, data: Uint8Array.of(0, 1, 0, 0) };
  const over: DrawnLayer = { slice: labels, look: { ...opaque, window: [0, 1], colormap: 'labels', opacity: 0.5 } };
  const at = (layers: readonly DrawnLayer[]): boolean[] =>
    [
      [0.1, 0.1],
      [0.4, 0.4],
      [0.9, 0.1],
      [0.1, 0.9],
    ].map(([across, down]) => isSeenThrough(layers, [across!, down!]));
  expect(at([base])).toEqual([true, true, true, false]);
  expect(at([base, over])).toEqual([true, false, true, false]);
  expect(at([])).toEqual([true, true, true, true]);
  const clear = { width: 1, height: 1, components: 4, data: Uint8Array.of(9, 9, 9, 0) };
  expect(isSeenThrough([{ ...base, slice: clear }], [0.5, 0.5])).toBe(true);
  expect(isSeenThrough([{ ...base, slice: { ...clear, data: Uint8Array.of(9, 9, 9, 1) } }], [0.5, 0.5])).toBe(false);
});
