import { describe, expect, test } from '@jest/globals';
import { Volume } from '../volume';
import { phantom } from '../volume/testing/phantom';
import { checkVolume, defaultSettings, settle } from './look';
import { refusal } from '../protocol/testing/thrown';

describe('of which nothing was asked, a view shows', () => {
  test('the middle slice of xy in gray, as a whole, through the window of the volume', () => {
    expect(defaultSettings(phantom([4, 5, 7], 'uint8', { window: [3, 9] }))).toEqual({
      layout: 'slice',
      plane: 'xy',
      index: 3,
      position: [2, 2, 3],
      frame: 0,
      window: [3, 9],
      colormap: 'gray',
      invert: false,
      interpolation: 'nearest',
      rotation: 0,
      flip: [false, false],
      zoom: 1,
      center: [0.5, 0.5, 0.5],
      crosshair: true,
      convention: 'radiological',
      slab: 1,
      projection: 'max',
      playing: false,
      rate: 10,
      playback: 'loop',
      camera: { position: [1.2, -1.75, 1.05], target: [0, 0, 0] },
      channels: [],
      overlays: [],
    });
  });

  test('the only slice of a volume that has one', () => {
    expect(defaultSettings(phantom([4, 5, 1])).index).toBe(0);
  });
});

test('channels are drawn at first as the volume says, and in turn where it does not', () => {
  const channelInfo = [{ color: '#ff8000', window: [2, 5] as const }, { visible: false }, { color: '#0000ff' }];
  const volume = Volume.from(Uint8Array.of(0, 9, 0, 99, 0, 7), [2, 1, 1], { channels: 3, channelInfo });
  expect(defaultSettings(volume).channels).toEqual([
    { colormap: '#ff8000', window: [2, 5], visible: true },
    { colormap: 'green', window: [0, 99], visible: false },
    { colormap: 'blue', window: [0, 7], visible: true },
  ]);
  expect(defaultSettings(volume.at({ channel: 0 }))).toMatchObject({ colormap: '#ff8000', window: [2, 5] });
  expect(defaultSettings(volume.at({ channel: 1 }))).toMatchObject({ colormap: 'gray', window: [0, 99] });
});

test('an anatomical plane becomes the plane that it is nearest to, and starts at its middle', () => {
  const volume = phantom([4, 5, 7], 'uint8', { direction: [0, 0, 1, -1, 0, 0, 0, 1, 0] });
  const base = defaultSettings(volume);
  expect(settle(volume, base, { plane: 'axial' }, 'show')).toMatchObject({ plane: 'xz', index: 2 });
  expect(settle(volume, base, { plane: 'coronal', index: 3 }, 'show')).toMatchObject({ plane: 'yz', index: 3 });
  expect(settle(volume, base, { plane: undefined, zoom: 2 }, 'show')).toEqual({ ...base, zoom: 2 });
});

test('a volume is a Volume, and nothing that looks like one', () => {
  const volume = Volume.alloc([1, 1, 1], 'uint8');
  expect(checkVolume(volume, 'show')).toBe(volume);
  for (const [value, shown] of [
    [undefined, 'undefined'],
    [{ shape: volume.shape, data: volume.data }, 'an object'],
    ['brain.nii', '"brain.nii"'],
  ] as const) {
    expect(refusal(() => checkVolume(value, 'show'), 'invalid-argument')).toEqual({
      message: `show: ${shown} is no volume; make one with Volume.from, Volume.alloc or Volume.open`,
      details: { argument: 'volume' },
    });
  }
});
