import { expect, test } from '@jest/globals';
import type { OverlayInfo, ViewState } from '../../protocol';
import { asStored, viewState, volumeInfo } from '../testing/states';
import { activeLayer, layersIn, shownKind, withLook, type Layer } from './windows';

const plain = viewState(1, 'xy', 2);
const channel = (colormap: string, visible = true) => ({ colormap, window: [0, 9] as const, visible });
const overlay = (labels: OverlayInfo['labels']): OverlayInfo => {
  const { revision, name, planes } = volumeInfo(7);
  const dtype = labels === null ? 'float32' : 'uint8';
  return { revision, name, planes, frames: 1, dtype, rescale: null, components: 1, labels };
};
const layered: ViewState = {
  ...plain,
  channels: [channel('red', false), channel('green')],
  overlays: [
    { ...channel('labels'), opacity: 0.5 },
    { ...channel('hot'), opacity: 0.25 },
  ],
  overlayVolumes: [overlay({ 1: { name: 'liver' } }), overlay(null)],
};

test('a view’s layers are its channels and then its overlays', () => {
  expect(layersIn(plain).map(({ layer, kind, window }) => [layer, kind, window])).toEqual([[0, 'volume', [0, 100]]]);
  expect(layersIn(layered).map(({ layer, kind, at, colormap }) => [layer, kind, at, colormap])).toEqual([
    [0, 'channel', 0, 'red'],
    [1, 'channel', 1, 'green'],
    [2, 'overlay', 0, 'labels'],
    [3, 'overlay', 1, 'hot'],
  ]);
});

test('a channel has the name that the volume knows, an overlay its own', () => {
  const named = { ...layered, volume: { ...layered.volume, channelNames: ['DAPI', ''] } };
  expect(layersIn(named).map(({ name }) => name)).toEqual(['DAPI', '', 'test', 'test']);
  expect(layersIn(layered).map(({ name }) => name)).toEqual(['', '', 'test', 'test']);
});

test('the window that is changed is the chosen layer’s, if it is shown and has one', () => {
  const active = [0, 1, 2, 3].map((chosen) => activeLayer(layered, chosen)?.layer);
  expect(active).toEqual([1, 1, 1, 3]); // 0 is switched off; 2 has labels.
  const colours = { ...plain, volume: { ...plain.volume, components: 3 } };
  expect(activeLayer(colours, 0)).toBeNull();
});

test('a layer’s look is changed where it is kept', () => {
  const [, green, , hot] = layersIn(layered) as [Layer, Layer, Layer, Layer];
  expect(withLook(layered, green, { window: [1, 2] })).toEqual({
    channels: [layered.channels[0], { ...channel('green'), window: [1, 2] }],
  });
  expect(withLook(layered, hot, { opacity: 1 }).overlays).toEqual([
    layered.overlays[0],
    { ...channel('hot'), opacity: 1 },
  ]);
  expect(withLook(plain, layersIn(plain)[0] as Layer, { window: [1, 2] })).toMatchObject({ window: [1, 2] });
});

test('the mean of a slab has fractions', () => {
  const base = layersIn(plain)[0] as Layer;
  expect(shownKind(plain, base)).toEqual(asStored('uint16'));
  expect(shownKind({ ...plain, slab: 3, projection: 'max' }, base)).toEqual(asStored('uint16'));
  expect(shownKind({ ...plain, slab: 3, projection: 'mean' }, base)).toEqual(asStored('float32'));
});

test('a layer’s values are what its stored ones stand for', () => {
  const rescale = { slope: 1, intercept: -1024 };
  const state = { ...plain, volume: { ...plain.volume, rescale } };
  expect(shownKind(state, layersIn(state)[0] as Layer)).toEqual({ dtype: 'uint16', rescale });
});
