/** Channels, times and levels of microscopes. Python writes the files, and tifffile says what is in them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openVolume } from '../index';
import { cheapRefusal } from '../testing/cost';
import { filesFolder } from '../testing/files-folder';
import { madeByPython } from '../testing/python';

const { folder, printed } = madeByPython(join(__dirname, '../testing/write-microscope.py'));
const said = JSON.parse(printed) as {
  readonly [name in 'stack' | 'times' | 'packed' | 'bytes']: {
    readonly axes: string;
    readonly values: readonly number[] | null;
    readonly voxel: readonly number[];
    readonly names: readonly string[] | null;
    readonly colors: readonly (readonly number[])[] | null;
    readonly stamps: readonly number[] | null;
  };
} & { readonly 'sub-little.ome': readonly number[][]; readonly 'sub-big.ome': readonly number[][] };

const { put } = filesFolder();
const opened = async (name: string, level?: number) => await openVolume(join(folder, name), { level });
const refusal = async (name: string, level?: number): Promise<unknown> =>
  await opened(name, level).catch((error: unknown) => error);
const info = (name: string, color: string | null, window: readonly number[] | null = null) => ({
  ...{ name, color, window },
  visible: true,
});
/** Value of each pixel, as the script writes them: frame by frame, channel by channel. */
const valuesOf = (channels: number, frames: number, slices = 2): number[] =>
  Array.from({ length: frames * channels * slices * 12 }, (_, at) => {
    const [pixel, plane] = [at % 12, Math.floor(at / 12)];
    const [z, c, t] = [plane % slices, Math.floor(plane / slices) % channels, Math.floor(plane / slices / channels)];
    return (pixel % 4) + 10 * Math.floor(pixel / 4) + 100 * z + 1000 * c + 5000 * t;
  });

describe('ImageJ', () => {
  test.each(['imagej-little.tif', 'imagej-big.tif'])('%s: colours, ranges and the interval', async (name) => {
    const volume = await opened(name);
    expect(Array.from(volume.data)).toEqual(valuesOf(3, 2));
    // The second table is none that goes from black to one colour.
    expect(volume.channelInfo).toEqual([
      info('', '#0080ff', [0, 99]),
      info('', null, [100, 1100]),
      info('', '#ffffff', [5.5, 6.5]),
    ]);
    expect([volume.frameTimes, volume.frameLabels]).toEqual([[0, 0.25], null]);
  });

  test('labels of planes are those of frames where each is one, and the range of one channel is the window', async () => {
    const volume = await opened('imagej-labels.tif');
    expect(volume).toMatchObject({ frameTimes: [0, 90, 180], frameLabels: ['first', 'zweites µ', 'third'] });
    expect(volume.window).toEqual([3, 77]);
  });

  test('labels of planes are those of channels where each is one; a stack in gray has no colours', async () => {
    const { channelInfo } = await opened('imagej-channels.tif');
    expect(channelInfo).toEqual([info('DAPI', null), info('GFP', null)]);
  });
});

describe('OME-XML', () => {
  test('names and colours of channels, and an interval in its unit', async () => {
    const volume = await opened('channels.ome.tif');
    expect(Array.from(volume.data)).toEqual(valuesOf(3, 2));
    expect(volume.channelInfo).toEqual([
      info('DAPI', '#0000ff'),
      info('GFP & more', '#00ff00'),
      info('620.0 nm', '#ff0000'),
    ]);
    expect(volume.frameTimes).toEqual([0, 0.25]);
  });

  test('the time of each frame is that of its first plane, before an interval', async () => {
    const { frameTimes, channelInfo } = await opened('planes.ome.tif');
    expect([frameTimes, channelInfo]).toEqual([[30, 150, 435], [info('', '#ffffff')]]);
  });
});

describe('levels', () => {
  test.each(['sub-little.ome', 'sub-big.ome'] as const)(
    '%s: the finest one is opened, or the one that is asked for',
    async (name) => {
      const levels = said[name];
      expect(levels.map(({ length }) => length)).toEqual([768, 192, 48]);
      const places = [
        { shape: [24, 16, 2], spacing: [0.5, 0.25, 2], origin: [0, 0, 0] },
        { shape: [12, 8, 2], spacing: [1, 0.5, 2], origin: [0.25, 0.125, 0] },
        { shape: [6, 4, 2], spacing: [2, 1, 2], origin: [0.75, 0.375, 0] },
      ];
      for (const [level, values] of levels.entries()) {
        const volume = await opened(`${name}.tif`, level === 0 ? undefined : level);
        expect(volume).toMatchObject({ ...places[level], unit: 'µm' });
        expect(Array.from(volume.data)).toEqual(values);
      }
    },
  );

  test('pages that are copies of others are levels, and never slices', async () => {
    const [fine, middle, coarse] = said['sub-little.ome'];
    const [first, second] = [await opened('copies.tif'), await opened('copies.tif', 2)];
    expect([first.shape, Array.from(first.data)]).toEqual([[24, 16, 2], fine]);
    expect([second.shape, Array.from(second.data)]).toEqual([[6, 4, 2], coarse]);
    expect(second).toMatchObject({ spacing: [4, 4, 1], origin: [1.5, 1.5, 0], unit: 'px' });
    expect(Array.from((await opened('copies.tif', 1)).data)).toEqual(middle);
  });

  test('a level that is not there is refused', async () => {
    const message = expect.stringContaining('it has no level 3; its levels are 0 to 2') as unknown;
    expect(await refusal('copies.tif', 3)).toMatchObject({ code: 'unsupported-format', message });
  });
});

describe('Zeiss LSM', () => {
  test.each([
    ['stack', 3, 1],
    ['times', 2, 3],
    ['packed', 2, 1],
  ] as const)(
    '%s: values, distances, names, colours and times are those that tifffile reads',
    async (name, channels, frames) => {
      const volume = await opened(`${name}.lsm`);
      const { axes, values, voxel, names, colors, stamps } = said[name];
      expect(volume).toMatchObject({ shape: [4, 3, 2], channels, frames, dtype: 'uint16', unit: 'µm', name });
      expect([voxel, volume.spacing]).toEqual([
        [0.5e-6, 0.25e-6, 2e-6],
        [0.5, 0.25, 2],
      ]);
      expect(Array.from(volume.data)).toEqual(valuesOf(channels, frames));
      // tifffile has the channels of a slice together.
      expect(axes).toMatch(/ZCYX$/);
      for (const [at, value] of (values ?? []).entries()) {
        const [pixel, c, z] = [at % 12, Math.floor(at / 12) % channels, Math.floor(at / 12 / channels) % 2];
        const part = { channel: c, frame: Math.floor(at / 24 / channels) };
        expect(volume.valueAt(pixel % 4, Math.floor(pixel / 4), z, part)).toBe(value);
      }
      const hex = (bytes: readonly number[]): string => Buffer.from(bytes.slice(0, 3)).toString('hex');
      expect(volume.channelInfo).toEqual(names?.map((each, at) => info(each, `#${hex(colors?.[at] ?? [])}`)));
      const [start = 0] = stamps ?? [];
      expect(volume.frameTimes).toEqual(frames === 1 ? null : stamps?.map((stamp) => stamp - start));
    },
  );

  test('without stamps the interval says when frames were taken; without colours nothing does', async () => {
    const volume = await opened('bytes.lsm');
    expect(volume).toMatchObject({ dtype: 'uint8', channelInfo: null, frameTimes: [0, 0.75] });
    expect(Array.from(volume.data)).toEqual(valuesOf(1, 2).map((value) => value % 256));
    expect(said.bytes.values).toEqual(Array.from(volume.data));
  });

  test.each([
    ['positions.lsm', 'it has 3 positions and 0 tiles (DimensionP, DimensionM)'],
    ['lines.lsm', 'its scan is of the type 2 (ScanType)'],
  ])('%s is refused', async (name, sentence) => {
    const message = expect.stringContaining(sentence) as unknown;
    expect(await refusal(name)).toMatchObject({ code: 'unsupported-format', message });
  });
});

describe('a broken file is refused with a sentence, at little cost', () => {
  /** Where the entry of a tag is in the first directory of a little-endian file. */
  const entryOf = (view: DataView, tag: number): number => {
    const directory = view.getUint32(4, true);
    const entries = Array.from({ length: view.getUint16(directory, true) }, (_, at) => directory + 2 + 12 * at);
    return entries.find((entry) => view.getUint16(entry, true) === tag) ?? NaN;
  };

  test.each<[string, string, (view: DataView, tag: (number: number) => number) => void, number | undefined, string]>([
    [
      'Zeiss’ tag is of another kind',
      'stack.lsm',
      (view, tag) => {
        view.setUint32(view.getUint32(tag(34_412) + 8, true), 7, true);
      },
      undefined,
      'does not begin as it should',
    ],
    [
      'Zeiss’ tag is said to have 4 GB',
      'stack.lsm',
      (view, tag) => {
        view.setUint32(tag(34_412) + 4, 0xffff_fff0, true);
      },
      undefined,
      'truncated, what it says lies past its end',
    ],
    [
      '2³¹ − 1 slices',
      'stack.lsm',
      (view, tag) => {
        view.setInt32(view.getUint32(tag(34_412) + 8, true) + 16, 2 ** 31 - 1, true);
      },
      undefined,
      'it has 6 pages, but says',
    ],
    [
      '2³¹ − 1 frames',
      'times.lsm',
      (view, tag) => {
        view.setInt32(view.getUint32(tag(34_412) + 8, true) + 24, 2 ** 31 - 1, true);
      },
      undefined,
      'it has 12 pages, but says',
    ],
    [
      'more channels than samples',
      'stack.lsm',
      (view, tag) => {
        view.setInt32(view.getUint32(tag(34_412) + 8, true) + 20, 4000, true);
      },
      undefined,
      'planes, more than its',
    ],
    [
      'a coarser level that lies past the end',
      'sub-little.ome.tif',
      (view, tag) => {
        view.setUint32(view.getUint32(tag(330) + 8, true), 0xffff_0000, true);
      },
      1,
      'a coarser level (SubIFDs) lies past its end',
    ],
    [
      'ImageJ’s tag is said to have 4 GB',
      'imagej-little.tif',
      (view, tag) => {
        view.setUint32(tag(50_839) + 4, 0xffff_fff0, true);
      },
      undefined,
      'truncated, what it says lies past its end',
    ],
  ])('%s', async (_, name, change, level, sentence) => {
    const bytes = Uint8Array.from(readFileSync(join(folder, name)));
    const view = new DataView(bytes.buffer);
    change(view, (tag) => entryOf(view, tag));
    const { message } = await cheapRefusal(() => openVolume(put(name, bytes), { level }));
    expect(message).toContain(sentence);
  });
});
