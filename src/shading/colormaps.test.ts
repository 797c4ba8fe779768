import { describe, expect, test } from '@jest/globals';
import { refusal } from '../protocol/testing/thrown';
import { COLORMAPS, checkColormap, colormapTable, type ColormapName } from './colormaps';

const colorOf = (name: ColormapName, index: number): number[] =>
  Array.from(colormapTable(name).subarray(4 * index, 4 * index + 4));

test('gray is the identity', () => {
  for (let value = 0; value < 256; value++) expect(colorOf('gray', value)).toEqual([value, value, value, 255]);
});

describe('the ends and the middle are the colours that the map is known by', () => {
  test.each<[ColormapName, number[], number[], number[]]>([
    ['viridis', [68, 1, 84, 255], [33, 145, 140, 255], [253, 231, 37, 255]],
    ['magma', [0, 0, 4, 255], [183, 55, 121, 255], [252, 253, 191, 255]],
    ['inferno', [0, 0, 4, 255], [188, 55, 84, 255], [252, 255, 164, 255]],
    ['plasma', [13, 8, 135, 255], [204, 71, 120, 255], [240, 249, 33, 255]],
    ['cividis', [0, 34, 78, 255], [125, 124, 120, 255], [254, 232, 56, 255]],
    ['turbo', [48, 18, 59, 255], [164, 252, 60, 255], [122, 4, 3, 255]],
    ['hot', [11, 0, 0, 255], [255, 92, 0, 255], [255, 255, 255, 255]],
    ['bone', [0, 0, 0, 255], [112, 123, 144, 255], [255, 255, 255, 255]],
  ])('%s', (name, first, middle, last) => {
    expect([colorOf(name, 0), colorOf(name, 128), colorOf(name, 255)]).toEqual([first, middle, last]);
  });
});

test('every map has 256 opaque colours, and its table is made once', () => {
  expect(COLORMAPS).toEqual(['gray', 'viridis', 'magma', 'inferno', 'plasma', 'cividis', 'turbo', 'bone', 'hot']);
  for (const name of COLORMAPS) {
    const table = colormapTable(name);
    expect(table).toHaveLength(1024);
    for (let alpha = 3; alpha < 1024; alpha += 4) expect(table[alpha]).toBe(255);
    expect(colormapTable(name)).toBe(table);
  }
});

test('gray, viridis, magma, inferno, plasma, cividis, bone and hot get lighter all the way', () => {
  const luminance = ([r, g, b]: number[]): number => 0.2126 * Number(r) + 0.7152 * Number(g) + 0.0722 * Number(b);
  for (const name of COLORMAPS.filter((other) => other !== 'turbo')) {
    for (let index = 1; index < 256; index++) {
      const step = luminance(colorOf(name, index)) - luminance(colorOf(name, index - 1));
      expect(step).toBeGreaterThan(-0.7); // Of 255: what rounding to bytes can take back.
    }
  }
});

describe('a name is checked', () => {
  test.each(COLORMAPS)('%s is one', (name) => {
    expect(checkColormap(name, 'show')).toBe(name);
  });

  test.each<[unknown, string]>([
    ['jet', '"jet"'],
    ['Gray', '"Gray"'],
    ['', '""'],
    ['toString', '"toString"'],
    [null, 'null'],
    [3, '3'],
    [Object.create(null), 'an object'],
    [{ toString: 1 }, 'an object'],
  ])('%p is none', (name, shown) => {
    const { message, details } = refusal(() => checkColormap(name, 'show'), 'unknown-colormap');
    const choice = 'gray, viridis, magma, inferno, plasma, cividis, turbo, bone, hot';
    expect(message).toBe(`show: there is no colour map ${shown}; choose one of ${choice}`);
    expect(typeof details.colormap).toBe('string');
  });
});
