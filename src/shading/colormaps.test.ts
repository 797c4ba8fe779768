import { describe, expect, test } from '@jest/globals';
import { refusal } from '../protocol/testing/thrown';
import {
  COLORMAPS,
  COLORMAP_GROUPS,
  checkColormap,
  colormapTable,
  isCategorical,
  labelIndex,
  type ColormapName,
} from './colormaps';

const colorOf = (name: ColormapName, index: number): number[] =>
  Array.from(colormapTable(name).subarray(4 * index, 4 * index + 4));

test('gray is the identity', () => {
  const grays = Array.from({ length: 256 }, (_, value) => [value, value, value, 255]);
  expect(Array.from(colormapTable('gray'))).toEqual(grays.flat());
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

describe('a diverging map has a colour at each end and none in the middle', () => {
  test.each<[ColormapName, number[], number[], number[]]>([
    ['coolwarm', [59, 76, 192, 255], [221, 220, 220, 255], [180, 4, 38, 255]],
    ['RdBu', [103, 0, 31, 255], [246, 247, 247, 255], [5, 48, 97, 255]],
    ['PuOr', [127, 59, 8, 255], [246, 246, 247, 255], [45, 0, 75, 255]],
    ['berlin', [158, 176, 255, 255], [25, 12, 9, 255], [255, 173, 173, 255]],
  ])('%s', (name, first, middle, last) => {
    expect([colorOf(name, 0), colorOf(name, 128), colorOf(name, 255)]).toEqual([first, middle, last]);
    expect(COLORMAP_GROUPS.diverging).toContain(name);
  });
});

test('a channel’s map goes from black to its colour, in equal steps', () => {
  const colors = { red: [1, 0, 0], green: [0, 1, 0], blue: [0, 0, 1] };
  const mixed = { cyan: [0, 1, 1], magenta: [1, 0, 1], yellow: [1, 1, 0] };
  expect(COLORMAP_GROUPS.channels).toEqual([...Object.keys(colors), ...Object.keys(mixed)]);
  for (const [name, color] of Object.entries({ ...colors, ...mixed })) {
    const want = Array.from({ length: 256 }, (_, index) => [...color.map((share) => share * index), 255]);
    expect(Array.from(colormapTable(name as ColormapName))).toEqual(want.flat());
  }
});

test('every map has 256 opaque colours, and its table is made once', () => {
  for (const name of COLORMAPS) {
    const table = colormapTable(name);
    expect(table).toHaveLength(1024);
    const alphas = Array.from(table).filter((_, at) => at % 4 === 3);
    expect(alphas.slice(isCategorical(name) ? 1 : 0).every((alpha) => alpha === 255)).toBe(true);
    expect(colormapTable(name)).toBe(table);
  }
});

test('each map is in one group, and they are in the order of the groups', () => {
  expect(Object.keys(COLORMAP_GROUPS)).toEqual(['perceptual', 'other', 'diverging', 'channels', 'labels']);
  expect(Object.values(COLORMAP_GROUPS).flat()).toEqual(COLORMAPS);
});

test('inverted, a map is back to front; there is no other way to take it for another one', () => {
  for (const name of COLORMAPS.filter((other) => !isCategorical(other))) {
    const [table, inverted] = [colormapTable(name), colormapTable(name, true)];
    const turned = Array.from({ length: 256 }, (_, index) =>
      Array.from(table.subarray(4 * (255 - index)).subarray(0, 4)),
    );
    expect(Array.from(inverted)).toEqual(turned.flat());
    expect(colormapTable(name, true)).toBe(inverted);
  }
  expect(() => colormapTable('gray inverted')).toThrow('there is no colour map "gray inverted"');
});

test('gray, viridis, magma, inferno, plasma, cividis, bone and hot get lighter all the way', () => {
  const luminance = ([r, g, b]: number[]): number => 0.2126 * Number(r) + 0.7152 * Number(g) + 0.0722 * Number(b);
  for (const name of [...COLORMAP_GROUPS.perceptual, 'bone', 'hot'] as const) {
    const lights = Array.from({ length: 256 }, (_, index) => luminance(colorOf(name, index)));
    const steps = lights.slice(1).map((light, at) => light - (lights[at] as number));
    expect(Math.min(...steps)).toBeGreaterThan(-0.7); // Of 255: what rounding to bytes can take back.
  }
});

describe('labels', () => {
  /** A colour in CIELAB, in which distances are about what people see; 2.3 is a just noticeable one. */
  function lab(index: number): [number, number, number] {
    const [r, g, b] = colorOf('labels', index).map((byte) => {
      const c = byte / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number, number];
    const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
    const [x, y, z] = [
      f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047),
      f(0.2126 * r + 0.7152 * g + 0.0722 * b),
      f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883),
    ];
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  }
  const colors = Array.from({ length: 255 }, (_, at) => lab(at + 1));
  const distance = (one: number, other: number): number =>
    Math.hypot(...(colors[one] as number[]).map((part, at) => part - ((colors[other] as number[])[at] as number)));

  test('that follow each other are told apart easily, all others when they are side by side', () => {
    const alike: string[] = [];
    for (let one = 0; one < 255; one++) {
      for (let other = 0; other < one; other++) {
        const least = Math.max(one < 20 ? 20 : 7, other === one - 1 ? 15 : 0);
        if (!(distance(one, other) > least)) alike.push(`${String(one)} and ${String(other)}`);
      }
    }
    expect(alike).toEqual([]);
  });

  test('are seen on black, and are no grays', () => {
    for (const [lightness, a, b] of colors) {
      expect(lightness).toBeGreaterThan(40);
      expect(Math.hypot(a, b)).toBeGreaterThan(10);
    }
  });

  test('0 is transparent, also inverted', () => {
    expect(colorOf('labels', 0)).toEqual([0, 0, 0, 0]);
    expect(colormapTable('labels', true)).toBe(colormapTable('labels'));
  });

  test('take the 255 colours in turn, whatever their value; only 0 and what is no number has none', () => {
    const values = [0, -0, 0.4, NaN, Infinity, -Infinity, 1, 2, 255, 256, 511, 510, 65_535, 2 ** 32 - 1];
    expect(values.map(labelIndex)).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 255, 1, 1, 255, 255, 255]);
    expect([-1, -2, -254, -255, -256, 6.5, 7.49].map(labelIndex)).toEqual([254, 253, 1, 255, 254, 7, 7]);
    const wrong = Array.from({ length: 1200 }, (_, at) => at - 600).filter((label) => {
      const index = labelIndex(label);
      const isFollowed = [0, 255].includes(index) || label === -1 || labelIndex(label + 1) === index + 1;
      return (index === 0) !== (label === 0) || !isFollowed;
    });
    expect(wrong).toEqual([]);
  });
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
    const choice =
      'gray, viridis, magma, inferno, plasma, cividis, turbo, bone, hot, ' +
      'coolwarm, RdBu, PuOr, berlin, red, green, blue, cyan, magenta, yellow, labels, or a colour such as #00ff80';
    expect(message).toBe(`show: there is no colour map ${shown}; choose one of ${choice}`);
    expect(typeof details.colormap).toBe('string');
  });
});

test('a colour is the map from black to it, by the name of the map if it has one', () => {
  expect([0, 51, 255].map((index) => colorOf('#ff8005', index))).toEqual([
    [0, 0, 0, 255],
    [51, 26, 1, 255],
    [255, 128, 5, 255],
  ]);
  const known = ['#FFFFFF', '#ff0000', '#00FFff', '#FF8005'].map((color) => checkColormap(color, 'show'));
  expect(known).toEqual(['gray', 'red', 'cyan', '#ff8005']);
  for (const name of ['#fff', '#gg0000', 'ff8005', '#ff80050']) {
    expect(refusal(() => checkColormap(name, 'show'), 'unknown-colormap').details).toEqual({ colormap: name });
  }
});
