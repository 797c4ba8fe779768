import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import type { ErrorCode } from '../protocol';
import { refusal } from '../protocol/testing/thrown';
import { colormapTable } from '../shading';
import { Volume } from '../volume';
import { phantom } from '../volume/testing/phantom';
import { drawSlice, drawSnapshot, exportSlice, lookAt, type LookOptions, type OverlayOptions } from './index';
import { readPng } from './testing/read-png';

jest.setTimeout(30_000); // The first picture loads sharp.

const folder = mkdtempSync(join(tmpdir(), 'slicescope-overlays-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The RGBA of each pixel of a picture. */
function pixels({ data }: { readonly data: Uint8Array }): number[][] {
  return Array.from({ length: data.length / 4 }, (_, at) => Array.from(data.subarray(4 * at, 4 * at + 4)));
}

async function draw(volume: Volume, options: LookOptions): Promise<number[][]> {
  const { settings, overlays } = lookAt(volume, options, 'test');
  return pixels(await drawSlice(volume, settings, overlays));
}

const over = (below: number, above: number, opacity: number): number =>
  Math.round(above * opacity + below * (1 - opacity));
const base = Volume.from(Uint8Array.of(0, 100, 200, 250), [4, 1, 1]);
const labels = Volume.from(Uint8Array.of(0, 1, 2, 0), [4, 1, 1]);

describe('an overlay is drawn over the volume', () => {
  test('with the names that its volume has, unless it is given others', () => {
    const liver = { name: 'liver' };
    const named = Volume.from(labels.data, [4, 1, 1], { labels: { 1: 'liver' } });
    const of = (options: Omit<OverlayOptions, 'volume'>) =>
      lookAt(base, { overlays: [{ volume: named, ...options }] }, 'test');
    expect(of({}).overlays).toEqual([{ volume: named, labels: { 1: liver } }]);
    expect(of({}).settings.overlays[0]?.colormap).toBe('labels');
    expect(of({ labels: true }).overlays[0]?.labels).toEqual({ 1: liver });
    const given = { 2: 'spleen', 3: { name: 'x', color: '#ABCDEF' }, 4: { color: '#00000000' } };
    expect(of({ labels: given }).overlays[0]?.labels).toEqual({
      2: { name: 'spleen' },
      3: { name: 'x', color: '#abcdef' },
      4: { color: '#00000000' },
    });
    expect(of({ labels: false }).overlays[0]?.labels).toBeNull();
    const listed = ['liver'] as never;
    expect(
      refusal(() => Volume.from(labels.data, [4, 1, 1], { labels: listed }), 'invalid-argument').message,
    ).toContain("expected names and colours by value, such as { 1: 'liver', 2: {");
  });

  test('labels in their colours, and nothing where there is none', async () => {
    const table = colormapTable('labels');
    const drawn = await draw(base, {
      window: [0, 255],
      overlays: [{ volume: labels, colormap: 'labels', opacity: 0.25 }],
    });
    const expected = [0, 1, 2, 0].map((label, at) =>
      [0, 1, 2].map((part) => over(base.data[at]!, table[4 * label + part]!, label === 0 ? 0 : 0.25)),
    );
    expect(drawn).toEqual(expected.map((color) => [...color, 255]));
  });

  test('labels in colours of their own, and a volume that has labels in theirs', async () => {
    const own = { 1: { name: 'liver', color: '#ff8000' }, 700: { color: '#0000ff80' } };
    const organs = Volume.from(Uint16Array.of(0, 1, 2, 700), [4, 1, 1], { labels: own });
    const [, , second] = await draw(organs, { colormap: 'labels' });
    expect(second).toEqual([...colormapTable('labels').subarray(8, 12)]);
    const alone = [[0, 0, 0, 0], [255, 128, 0, 255], second, [0, 0, 255, 128]];
    expect(await draw(organs, {})).toEqual(alone);
    expect((await draw(organs, { colormap: 'gray', window: [0, 700] }))[3]).toEqual([255, 255, 255, 255]);
    const drawn = await draw(base, { window: [0, 255], overlays: [{ volume: organs, opacity: 0.5 }] });
    expect([drawn[0], drawn[1], drawn[3]]).toEqual([
      [0, 0, 0, 255],
      [over(100, 255, 0.5), over(100, 128, 0.5), over(100, 0, 0.5), 255],
      [over(250, 0, 64 / 255), over(250, 0, 64 / 255), over(250, 255, 64 / 255), 255],
    ]);
    const other = { volume: organs, labels: { 1: { color: '#00ff00' } }, opacity: 1 };
    expect((await draw(base, { overlays: [other] }))[1]).toEqual([0, 255, 0, 255]);
  });

  test('a map of numbers through its window, and nothing where it is not', async () => {
    const map = Volume.from(Float32Array.of(-5, 5), [2, 1, 1], { origin: [1, 0, 0] });
    const drawn = await draw(base, {
      window: [0, 255],
      overlays: [{ volume: map, colormap: 'gray', window: [-5, 5], opacity: 0.5 }],
    });
    expect(drawn.map(([gray]) => gray)).toEqual([0, over(100, 0, 0.5), over(200, 255, 0.5), 250]);
  });

  test('several in their order, but those that are switched off', async () => {
    const all = (value: number): Volume => Volume.from(new Uint8Array(4).fill(value), [4, 1, 1]);
    const look = { colormap: 'gray', window: [0, 255] } as const;
    const overlays: OverlayOptions[] = [
      { volume: all(200), ...look, opacity: 1 },
      { volume: all(100), ...look, opacity: 0.5 },
      { volume: all(0), ...look, opacity: 1, visible: false },
      { volume: all(0), ...look, opacity: 0 },
    ];
    expect((await draw(base, { window: [0, 255], overlays })).map(([gray]) => gray)).toEqual([150, 150, 150, 150]);
  });

  test('of a finer grid in its own pixels', async () => {
    const small = Volume.from(Uint8Array.of(0), [1, 1, 1], { spacing: [2, 2, 2] });
    const fine = Volume.from(Uint8Array.of(1, 0, 0, 1), [2, 2, 1], { spacing: [1, 1, 2], origin: [-0.5, -0.5, 0] });
    const { settings, overlays } = lookAt(small, { overlays: [{ volume: fine, labels: true, opacity: 1 }] }, 'test');
    expect(overlays).toEqual([{ volume: fine, labels: {} }]);
    // The picture has the size of the volume's; its one pixel shows what is at its middle.
    expect(await drawSlice(small, settings, overlays)).toMatchObject({ width: 1, height: 1 });
  });

  test('and in what is written to a file', async () => {
    const own = { 1: { name: 'one', color: '#12ab34' } };
    const options: LookOptions = { window: [0, 255], overlays: [{ volume: labels, labels: own, opacity: 1 }] };
    const { data } = await readPng(await exportSlice(base, join(folder, 'labels.png'), options));
    expect(pixels({ data })).toEqual(await draw(base, options));
    expect(pixels({ data })[1]).toEqual([0x12, 0xab, 0x34, 255]);
  });
});

test('an overview of a slice that is too large for one frame has the overlay in it', async () => {
  const large = Volume.alloc([4100, 3000, 1], 'uint8');
  const map = Volume.from(Uint8Array.of(0, 255), [2, 1, 1], { spacing: [2050, 3000, 1], origin: [1024.5, 1499.5, 0] });
  const { settings, overlays } = lookAt(
    large,
    { window: [0, 255], overlays: [{ volume: map, labels: true, colormap: 'gray', window: [0, 255], opacity: 1 }] },
    'test',
  );
  const { width, height, data } = await drawSnapshot(large, settings, overlays);
  expect([width, height]).toEqual([2050, 1500]);
  const at = (x: number, y: number): number => data[4 * (y * width + x)]!;
  expect([at(0, 0), at(1000, 1499), at(1050, 0), at(2049, 1499)]).toEqual([0, 0, 255, 255]);
});

describe('the channels of a volume are added up', () => {
  const cells = Volume.from(Uint8Array.of(255, 0, 51, 0, 255, 102), [3, 1, 1], { channels: 2 });

  test('in red, green and so on, each through its window', async () => {
    expect(await draw(cells, { window: [0, 255] })).toEqual([
      [255, 0, 0, 255],
      [0, 255, 0, 255],
      [51, 102, 0, 255],
    ]);
  });

  test('as each is asked for, and without those that are switched off', async () => {
    const drawn = await draw(cells, {
      channels: [{ colormap: 'gray', window: [0, 255] }, { visible: false }],
    });
    expect(drawn.map(([red, green, blue]) => [red, green, blue])).toEqual(
      [255, 0, 51].map((gray) => [gray, gray, gray]),
    );
  });

  test('are seen through their own percentiles unless something is said', () => {
    const { settings } = lookAt(cells, {}, 'test');
    expect(settings.channels.map(({ window }) => window)).toEqual([cells.channelWindow(0), cells.channelWindow(1)]);
    expect(settings.channels.map(({ colormap }) => colormap)).toEqual(['red', 'green']);
    const many = Volume.alloc([1, 1, 1], 'uint8', { channels: 8 });
    expect(lookAt(many, {}, 'test').settings.channels.map(({ colormap }) => colormap)).toEqual([
      'red',
      'green',
      'blue',
      'cyan',
      'magenta',
      'yellow',
      'gray',
      'red',
    ]);
  });

  test.each<[unknown, ErrorCode, string]>([
    [[{}], 'invalid-argument', 'test: channels is [an object], expected a list with the settings of 2'],
    [[{}, { window: [2, 1] }], 'invalid-window', 'test: the window [2, 1] is reversed; give it as [low, high]'],
    [[{ colormap: 'x' }, {}], 'unknown-colormap', 'test: there is no colour map "x"; choose one of gray,'],
    [[{}, 3], 'invalid-argument', 'test: channels[1] is 3, expected an object'],
  ])('refused: %p', (channels, code, sentence) => {
    const { message } = refusal(() => lookAt(cells, { channels } as LookOptions, 'test'), code);
    expect(message.slice(0, sentence.length)).toBe(sentence);
  });
});

test('a slab, a frame and its mean are what is drawn', async () => {
  const series = Volume.from(Uint8Array.of(10, 20, 30, 100, 200, 50), [1, 1, 3], { frames: 2 });
  const gray = async (options: LookOptions): Promise<number> =>
    (await draw(series, { window: [0, 255], ...options }))[0]![0]!;
  expect(await gray({ frame: 1, index: 2 })).toBe(50);
  expect(await gray({ frame: 1, index: 1, slab: 3 })).toBe(200);
  expect(await gray({ frame: 1, index: 1, slab: 3, projection: 'min' })).toBe(50);
  expect(await gray({ frame: 0, index: 1, slab: 2, projection: 'mean' })).toBe(25);
  const colors = Volume.from(Uint8Array.of(10, 200, 0, 21, 100, 255), [1, 1, 2], { components: 3 });
  expect(await draw(colors, { index: 0, slab: 2 })).toEqual([[21, 200, 255, 255]]);
  expect(await draw(colors, { index: 0, slab: 2, projection: 'mean' })).toEqual([[16, 150, 128, 255]]);
});

test('an overlay of as many frames as the volume is drawn in its own, one of a single frame in all', async () => {
  const series = Volume.from(Uint8Array.of(1, 2, 3, 4), [2, 1, 1], { frames: 2 });
  const options = { colormap: 'gray', window: [0, 255], opacity: 1 } as const;
  const moving = { ...options, volume: Volume.from(Uint8Array.of(10, 20, 30, 40), [2, 1, 1], { frames: 2 }) };
  // Half the distance, so that it is not copied but sampled.
  const fine = { spacing: [0.5, 1, 1], origin: [-0.25, 0, 0] } as const;
  const sampled = {
    ...options,
    volume: Volume.from(Uint8Array.of(10, 10, 20, 20, 30, 30, 40, 40), [4, 1, 1], { ...fine, frames: 2 }),
  };
  const still = { ...options, volume: Volume.from(Uint8Array.of(50, 60), [2, 1, 1]) };
  const grays = async (frame: number, overlay: OverlayOptions): Promise<unknown[]> =>
    (await draw(series, { frame, overlays: [overlay] })).map(([gray]) => gray);
  expect(await grays(0, moving)).toEqual([10, 20]);
  expect(await grays(1, moving)).toEqual([30, 40]);
  expect(await grays(0, sampled)).toEqual([10, 20]);
  expect(await grays(1, sampled)).toEqual([30, 40]);
  expect(await grays(1, still)).toEqual([50, 60]);
});

describe('what is left out of an overlay is', () => {
  const settingsOf = (options: Omit<OverlayOptions, 'volume'>, volume = labels) => {
    const { settings, overlays } = lookAt(base, { overlays: [{ volume, ...options }] }, 'test');
    return { ...settings.overlays[0], labels: overlays[0]?.labels };
  };
  const map = Volume.from(Float32Array.of(1, 2, 3, 4), [4, 1, 1], { window: [1, 3] });

  test('that of labels or of a map of numbers', () => {
    const half = { opacity: 0.5, visible: true };
    expect(settingsOf({ labels: true })).toEqual({ ...half, colormap: 'labels', window: [0, 2], labels: {} });
    expect(settingsOf({}, map)).toEqual({ ...half, colormap: 'hot', window: [1, 3], labels: null });
    expect(settingsOf({ labels: { 1: 'liver' } }).labels).toEqual({ 1: { name: 'liver' } });
  });

  test('whether it is of labels: integers in the colour map of labels are', () => {
    expect(settingsOf({ colormap: 'labels' }).labels).toEqual({});
    expect(settingsOf({ colormap: 'labels', labels: false }).labels).toBeNull();
    expect(settingsOf({ colormap: 'labels' }, map).labels).toBeNull();
    expect(settingsOf({}).labels).toBeNull();
  });
});

describe('refused, with a sentence, is', () => {
  const far = phantom([3, 3, 3], 'uint8', { origin: [100, 0, 0], spacing: [1, 1, 1] });
  const volume = labels;
  test.each<[string, unknown, ErrorCode, string]>([
    ['no list', { volume }, 'invalid-argument', 'test: overlays is an object, expected a list such as [{ volume:'],
    ['a volume alone', [volume], 'invalid-argument', 'test: overlays[0]: there is no option "shape", expected one of'],
    ['nothing', [{}], 'invalid-argument', 'test: overlays[0].volume is undefined, expected a volume; make one'],
    ['an unknown option', [{ volume, alpha: 1 }], 'invalid-argument', 'test: overlays[0]: there is no option "alpha",'],
    [
      'names that are numbers',
      [{ volume, labels: { 1: 2 } }],
      'invalid-argument',
      'test: overlays[0].labels[1] is 2, expected a name, or an object such as',
    ],
    [
      'a colour in words',
      [{ volume, labels: { 1: { color: 'red' } } }],
      'invalid-argument',
      'test: overlays[0].labels[1].color is "red", expected a colour such as',
    ],
    [
      'a name that is too long',
      [{ volume, labels: { 1: 'n'.repeat(257) } }],
      'invalid-argument',
      'test: overlays[0].labels[1].name has 257 characters, expected at most 256',
    ],
    [
      'an unknown field of a label',
      [{ volume, labels: { 1: { colour: '#ff0000' } } }],
      'invalid-argument',
      'test: overlays[0].labels[1]: there is no option "colour", expected one of name, color',
    ],
    [
      'too many labels',
      [{ volume, labels: Object.fromEntries(Array.from({ length: 65_001 }, (_, at) => [at, 'n'])) }],
      'invalid-argument',
      'test: overlays[0].labels has 65001 labels, expected at most 65000',
    ],
    [
      'names that are too long together',
      [{ volume, labels: Object.fromEntries(Array.from({ length: 9000 }, (_, at) => [at, 'n'.repeat(250)])) }],
      'invalid-argument',
      'test: overlays[0].labels has names of 2250000 characters, expected at most 2097152',
    ],
    ['names in a list', [{ volume, labels: ['a'] }], 'invalid-argument', 'test: overlays[0].labels is ["a"], expected'],
    [
      'an opacity',
      [{ volume, opacity: 2 }],
      'invalid-argument',
      'test: overlays[0].opacity is 2, expected a number fr',
    ],
    ['a window', [{ volume }, { volume, window: [2, 2] }], 'invalid-window', 'test: the window [2, 2] has no width'],
    ['a colour map', [{ volume, colormap: 'jet' }], 'unknown-colormap', 'test: there is no colour map "jet"; choose'],
    [
      'a volume in time',
      [{ volume: Volume.alloc([4, 1, 1], 'uint8', { frames: 2 }) }],
      'invalid-argument',
      'test: overlays[0].volume has 2 frames, expected 1 or as many as the volume, 1; volume.at({ frame }) is one of them',
    ],
    [
      'a volume of several channels',
      [{ volume: Volume.alloc([4, 1, 1], 'uint8', { channels: 2 }) }],
      'invalid-argument',
      'test: overlays[0].volume has several channels; give one, volume.at({ frame, channel })',
    ],
    [
      'colours',
      [{ volume: Volume.alloc([4, 1, 1], 'uint8', { components: 3 }) }],
      'invalid-argument',
      'test: overlays[0].volume has colours, expected one value a voxel',
    ],
    [
      'a volume that lies elsewhere',
      [{ volume }, { volume: far }],
      'no-overlap',
      'test: overlays[1] lies beside the volume: it is at x 99.5 to 102.5, y -0.5 to 2.5, z -0.5 to 2.5 (mm), the volume at x -0.5 to 3.5, y -0.5 to 0.5, z -0.5 to 0.5 (px); check spacing, origin and direction of both',
    ],
  ])('%s', (_, overlays, code, sentence) => {
    const { message } = refusal(() => lookAt(base, { overlays } as LookOptions, 'test'), code);
    expect(message.slice(0, sentence.length)).toBe(sentence);
  });
});
