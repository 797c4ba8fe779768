import { describe, expect, test } from '@jest/globals';
import { PLANES } from '../protocol';
import { refusal } from '../protocol/testing/thrown';
import { Volume, type VolumeOptions } from './index';

/** The value of voxel (x, y, z) of a channel of a frame: its place in the array, as the order is defined. */
const [WIDTH, HEIGHT, DEPTH, CHANNELS, FRAMES] = [5, 4, 3, 2, 6];
const valueOf = (x: number, y: number, z: number, channel: number, frame: number): number =>
  (((frame * CHANNELS + channel) * DEPTH + z) * HEIGHT + y) * WIDTH + x;
const COUNT = WIDTH * HEIGHT * DEPTH * CHANNELS * FRAMES;

function series(options: VolumeOptions = {}): Volume {
  const data = Uint16Array.from({ length: COUNT }, (_, at) => at);
  return Volume.from(data, [WIDTH, HEIGHT, DEPTH], { channels: CHANNELS, frames: FRAMES, ...options });
}

describe('of a volume with channels and frames', () => {
  const volume = series();

  test('a part is a 3D volume over the same memory, the same one each time', () => {
    const part = volume.at({ frame: 4, channel: 1 });
    expect(part).toMatchObject({ shape: [WIDTH, HEIGHT, DEPTH], channels: 1, frames: 1, dtype: 'uint16' });
    expect(part.data.buffer).toBe(volume.data.buffer);
    expect(volume.at({ frame: 4, channel: 1 })).toBe(part);
    expect(part.at({})).toBe(part);
    const own = series();
    own.at({ frame: 5, channel: 1 }).data.fill(9);
    expect(own.valueAt(4, 3, 2, { frame: 5, channel: 1 })).toBe(9);
    expect(own.valueAt(4, 3, 2, { frame: 5 })).toBe(valueOf(4, 3, 2, 0, 5));
  });

  test('values and slices are exact, and those of the first part unless another is named', () => {
    expect(volume.valueAt(4, 2, 1)).toBe(valueOf(4, 2, 1, 0, 0));
    for (const [frame, channel] of [
      [0, 0],
      [0, 1],
      [3, 0],
      [5, 1],
    ] as const) {
      expect(volume.valueAt(1, 2, 2, { frame, channel })).toBe(valueOf(1, 2, 2, channel, frame));
      for (const plane of PLANES) {
        const { data, width, height } = volume.slice(plane, 1, { frame, channel });
        const expected: number[] = [];
        for (let v = 0; v < height; v++) {
          for (let u = 0; u < width; u++) {
            const place = { xy: [u, v, 1], xz: [u, 1, v], yz: [1, u, v] }[plane] as [number, number, number];
            expected.push(valueOf(...place, channel, frame));
          }
        }
        expect(Array.from(data)).toEqual(expected);
      }
    }
    expect(volume.slice('xy', 2)).toEqual(volume.slice('xy', 2, { frame: 0, channel: 0 }));
  });

  test('the record and what clients learn have all of it, and one line says it', () => {
    const copy = Volume.fromRecord(volume.toRecord());
    expect(copy.toRecord()).toEqual(volume.toRecord());
    expect(copy.info(1)).toMatchObject({ channels: CHANNELS, frames: FRAMES, shape: [WIDTH, HEIGHT, DEPTH] });
    expect(String(volume)).toBe('Volume: 5 × 4 × 3 uint16, 2 channels, 6 frames, 1 × 1 × 1 px');
    expect(Volume.alloc([2, 2, 2], 'float32', { frames: 7, channels: 3 }).data).toHaveLength(8 * 21);
  });

  test('a part has the name, the colour and the window of its channel, and the time of its frame', () => {
    const own = series({
      window: [0, 500],
      channelInfo: [
        { name: 'DAPI', color: '#0000FF', window: [10, 20] },
        { name: 'GFP', visible: false },
      ],
      frameTimes: [0, 0.5, 1, 1.5, 2, 4],
      frameLabels: ['a', 'b', 'c', 'd', 'e', 'f'],
    });
    const dapi = { name: 'DAPI', color: '#0000ff', window: [10, 20], visible: true };
    const gfp = { name: 'GFP', color: null, window: null, visible: false };
    expect(own.channelInfo).toEqual([dapi, gfp]);
    expect([own.channelWindow(0), own.channelWindow(1)]).toEqual([
      [10, 20],
      [0, 500],
    ]);
    const part = own.at({ frame: 5, channel: 0 });
    expect([part.channelInfo, part.frameTimes, part.frameLabels]).toEqual([[dapi], [4], ['f']]);
    expect(part.defaultWindow).toEqual([10, 20]);
    expect(own.at({ channel: 1 }).defaultWindow).toEqual([0, 500]);
    const { channelNames, frameTimes, frameLabels } = Volume.fromRecord(own.toRecord()).info(1);
    expect([channelNames, frameTimes, frameLabels]).toEqual([['DAPI', 'GFP'], own.frameTimes, own.frameLabels]);
    expect(series({ channelInfo: [{ color: '#00ff00' }, {}] }).info(1).channelNames).toBeNull();
  });

  test('a part that is not there is refused', () => {
    expect(refusal(() => volume.at({ frame: 6 }), 'index-out-of-range').message).toBe(
      'volume: frame is 6, expected a whole number from 0 to 5',
    );
    expect(refusal(() => volume.slice('xy', 0, { channel: 2 }), 'index-out-of-range').message).toBe(
      'volume: channel is 2, expected a whole number from 0 to 1',
    );
    expect(refusal(() => volume.valueAt(0, 0, 0, { frame: -1 }), 'index-out-of-range').details).toEqual({
      index: -1,
      count: 6,
    });
  });

  test('the range is of all, a channel’s window of that channel, and both are new after a change', () => {
    const own = Volume.alloc([100, 1, 1], 'float32', { channels: 2, frames: 2 });
    own.data.forEach((_, at) => (own.data[at] = [0, 1000, 0, 2000][Math.floor(at / 100)] ?? NaN));
    own.data.forEach((value, at) => (own.data[at] = value + (at % 100)));
    own.changed();
    expect(own.range).toEqual([0, 2099]);
    const [low, high] = own.channelWindow(1);
    expect(low).toBeCloseTo(1000 + 0.005 * 99, 3);
    expect(high).toBeCloseTo(2000 + 0.995 * 99, 3);
    expect(own.channelWindow(0)[1]).toBeCloseTo(0.995 * 99, 3);
    own.data.fill(5, 0, 100).fill(5, 200, 300);
    own.changed();
    expect(own.channelWindow(0)).toEqual([5, 6]);
    expect(series({ window: [3, 4] }).channelWindow(1)).toEqual([3, 4]);
  });
});

describe('the unit', () => {
  test('is mm where a spacing is given, px where none is, or what is said', () => {
    expect(Volume.alloc([1, 1, 1], 'uint8').unit).toBe('px');
    expect(Volume.alloc([1, 1, 1], 'uint8', { spacing: [1, 1, 1] }).unit).toBe('mm');
    const named = Volume.alloc([1, 1, 1], 'uint8', { spacing: [1, 1, 1], unit: 'µm' });
    expect(named.info(1).unit).toBe('µm');
    expect(Volume.fromRecord(named.toRecord()).unit).toBe('µm');
  });

  test.each([[''], [5], ['a unit of seventeen']])('is not %p', (unit) => {
    const { message } = refusal(() => Volume.alloc([1, 1, 1], 'uint8', { unit: unit as string }), 'invalid-argument');
    expect(message).toContain('Volume.alloc: unit is ');
  });
});

describe('refused are', () => {
  test.each<[string, VolumeOptions, string]>([
    ['no frames', { frames: 0 }, 'Volume.from: frames is 0, expected a whole number from 1 on'],
    ['half a channel', { channels: 1.5 }, 'Volume.from: channels is 1.5, expected a whole number from 1 on'],
    ['frames by name', { frames: '2' as unknown as number }, 'Volume.from: frames is "2", expected a whole number'],
    [
      'a name for one of two channels',
      { channels: 2, channelInfo: [{ name: 'DAPI' }] },
      'Volume.from: channelInfo is a list of 1, expected',
    ],
    [
      'a colour that is none',
      { channelInfo: [{ color: 'red' }] },
      'Volume.from: channelInfo[0].color is "red", expected a colour',
    ],
    [
      'what no channel has',
      { channelInfo: [{ dye: 'DAPI' }] as unknown as [] },
      'Volume.from: channelInfo[0]: there is no option',
    ],
    [
      'a time too few',
      { frames: 2, frameTimes: [0] },
      'Volume.from: frameTimes is a list of 1, expected seconds of each frame, 2 in',
    ],
    [
      'a time that is none',
      { frames: 2, frameTimes: [0, NaN] },
      'Volume.from: frameTimes[1] is NaN, expected a finite number',
    ],
    [
      'a label that is a number',
      { frameLabels: [1000] as unknown as [] },
      'Volume.from: frameLabels[0] is 1000, expected a string',
    ],
    ['channels of colours', { channels: 2, components: 3 }, 'Volume.from: 2 channels of 3 components; give either'],
  ])('%s', (_, options, sentence) => {
    const { message } = refusal(() => Volume.from(new Uint8Array(24), [2, 3, 4], options), 'invalid-argument');
    expect(message.slice(0, sentence.length)).toBe(sentence);
  });

  test('data that does not fill all of them', () => {
    const make = (options: VolumeOptions) => () => Volume.from(new Uint8Array(24), [2, 3, 4], options);
    expect(refusal(make({ channels: 2, frames: 5 }), 'shape-mismatch').message).toBe(
      'Volume.from: data has 24 elements, but shape 2 × 3 × 4 of 2 channels and 5 frames needs 240',
    );
    expect(refusal(make({ frames: 3 }), 'shape-mismatch').details).toEqual({ elements: 24, expected: 72 });
    expect(refusal(make({ frames: 2 ** 31 }), 'invalid-shape').message).toContain('a volume holds at most 4294967296');
  });
});

describe('the magnitude', () => {
  test('is the length of each vector, whose components are the channels, in the same place', () => {
    const data = Int16Array.from([3, 0, -8, 1, 4, -5, 15, 1, 0, 12, 0, 1]);
    const place = { spacing: [1, 2, 3], origin: [4, 5, 6], direction: [0, 1, 0, 1, 0, 0, 0, 0, 1] } as const;
    const lengths = Volume.from(data, [2, 1, 1], { ...place, channels: 3, frames: 2, name: 'warp' }).magnitude();
    expect(lengths).toMatchObject({
      ...place,
      dtype: 'float32',
      shape: [2, 1, 1],
      channels: 1,
      frames: 2,
      name: 'warp',
    });
    const right = [
      [3, -8, 4],
      [0, 1, -5],
      [15, 0, 0],
      [1, 12, 1],
    ].map((vector) => Math.fround(Math.hypot(...vector)));
    expect(Array.from(lengths.data)).toEqual(right);
  });

  test('is of real values, and of float64 where float32 does not hold them', () => {
    const rescale = { slope: 0.5, intercept: 1 };
    const lengths = Volume.from(Int32Array.from([4, 6]), [1, 1, 1], { channels: 2, rescale }).magnitude();
    expect(lengths).toMatchObject({ dtype: 'float64', rescale: null });
    expect(lengths.valueAt(0, 0, 0)).toBe(5);
  });

  test('of one channel is the amount, and of colours there is none', () => {
    expect(Array.from(Volume.from(Int8Array.from([-128, 7]), [2, 1, 1]).magnitude().data)).toEqual([128, 7]);
    const colours = Volume.from(new Uint8Array(3), [1, 1, 1], { components: 3 });
    expect(refusal(() => colours.magnitude(), 'invalid-argument').message).toBe(
      'volume.magnitude: it has 3 components, which are colours; vectors are channels',
    );
  });
});
