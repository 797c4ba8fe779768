import { expect, test } from '@jest/globals';
import type { OverlayInfo, Plane, ViewState } from '../../protocol';
import { pictureSize, shownOrientation } from '../../shading';
import type { Surface } from '../host';
import { sliceOf, tileOf } from '../testing/slices';
import { viewState, volumeInfo } from '../testing/states';
import { positionOf, probeAt, probeOf } from './probe';

const value = (x: number, y: number): number => 100 + 10 * y + x;

/** A canvas on which each voxel takes 10 pixels, the picture 5 pixels from the top left. */
function surface(state: ViewState, plane: Plane): Surface {
  const orientation = shownOrientation(state.volume.planes[plane], state);
  const size = pictureSize(state.volume.planes[plane], orientation);
  const placed = { left: 5, top: 5, width: 10 * size.width, height: 10 * size.height };
  return { canvas: document.createElement('canvas'), plane, size, orientation, placed };
}

function probed(state: ViewState, plane: Plane, x: number, y: number, tile = tileOf(plane, value), index = 2) {
  return probeAt(state, sliceOf(plane, index, [tile]), surface(state, plane), [x, y]);
}

test('a point of the picture is a voxel, with its exact value', () => {
  const state = viewState(1, 'xy', 2);
  const probe = probed(state, 'xy', 5 + 25, 5 + 15);
  expect(probe?.voxel).toEqual([2, 1, 2]);
  expect(probe?.layers.map(({ values, isNear }) => [values, isNear])).toEqual([[[112], false]]);
});

test('the voxel is that of the picture as it lies, turned and flipped', () => {
  const state: ViewState = { ...viewState(1, 'xy', 2), rotation: 1, flip: [true, false] };
  // 4 × 3 voxels: turned clockwise the last row is at the left, flipped at the right.
  expect(probed(state, 'xy', 5 + 1, 5 + 1)?.voxel).toEqual([0, 0, 2]);
  expect(probed(state, 'xy', 5 + 29, 5 + 1)?.voxel).toEqual([0, 2, 2]);
  expect(probed(state, 'xy', 5 + 29, 5 + 39)?.voxel).toEqual([3, 2, 2]);
});

test('in another plane the slice is along its normal', () => {
  const state = viewState(1, 'xz', 1);
  expect(probed(state, 'xz', 5 + 35, 5 + 45, undefined, 1)?.voxel).toEqual([3, 1, 4]);
});

test('beside the picture, or before a slice is there, nothing is known', () => {
  const state = viewState(1, 'xy', 2);
  expect([probed(state, 'xy', 4, 20), probed(state, 'xy', 46, 20), probed(state, 'xy', 20, 36)]).toEqual([
    null,
    null,
    null,
  ]);
  expect(probeAt(state, null, surface(state, 'xy'), [20, 20])).toBeNull();
  expect(probeAt(viewState(2, 'xy', 2), sliceOf('xy', 2, []), surface(state, 'xy'), [20, 20])).toBeNull();
});

test('a coarser level is exact where it holds that voxel, and near elsewhere; a preview says nothing', () => {
  const state = viewState(1, 'xy', 2);
  const coarse = tileOf('xy', value, { level: [1, 1] });
  const at = (x: number, y: number, tile = coarse) => {
    const layer = probed(state, 'xy', 5 + 10 * x + 5, 5 + 10 * y + 5, tile)?.layers[0];
    return [layer?.values, layer?.isNear];
  };
  expect(at(1, 1)).toEqual([[111], false]);
  expect(at(0, 0)).toEqual([[111], true]);
  expect(at(1, 1, { ...coarse, window: [0, 1] })).toEqual([null, false]);
});

test('the position is that of the voxel’s middle, by origin, spacing and direction', () => {
  const plain = { ...volumeInfo(1), spacing: [0.5, 2, 3], origin: [10, 20, 30] } as const;
  expect(positionOf(plain, [4, 1, 2])).toEqual([12, 22, 36]);
  // The axes point to y, to −x and to z.
  const turned = { ...plain, direction: [0, -1, 0, 1, 0, 0, 0, 0, 1] };
  expect(positionOf(turned, [4, 1, 2])).toEqual([8, 22, 36]);
});

test('labels have names, colours three numbers, and an overlay finer than the volume its own pixels', () => {
  const { revision, name, planes } = volumeInfo(7);
  const info: OverlayInfo = {
    revision,
    name,
    planes,
    frames: 1,
    dtype: 'uint8',
    rescale: null,
    components: 1,
    labels: { 7: { name: 'liver' } },
  };
  const state: ViewState = {
    ...viewState(1, 'xy', 2),
    overlays: [{ colormap: 'labels', window: [0, 1], visible: true, opacity: 1 }],
    overlayVolumes: [info],
  };
  const rect = { x: 0, y: 0, width: 8, height: 6 };
  const data = Uint8Array.from({ length: 48 }, (_, at) => (at === 8 * 3 + 5 ? 7 : 0));
  const rgb = { ...tileOf('xy', value), components: 3, data: Uint8Array.from({ length: 36 }, (_, at) => at) };
  const slice = sliceOf('xy', 2, [rgb]);
  const fine = {
    layer: 1,
    revision: 7,
    rescale: null,
    width: 8,
    height: 6,
    tiles: [{ ...rgb, components: 1, rect, data }],
  };
  const both = { ...slice, layers: [...slice.layers, fine] };
  const probe = probeAt(state, both, surface(state, 'xy'), [5 + 27, 5 + 17]);
  expect(probe?.layers.map(({ values, label }) => [values, label])).toEqual([
    [[18, 19, 20], null],
    [[7], 'liver'],
  ]);
});

test('where nobody points, the voxel is where the planes meet', () => {
  const state: ViewState = { ...viewState(1, 'xy', 3), position: [1, 2, 3] };
  const probe = probeOf(state, sliceOf('xy', 3, [tileOf('xy', value)]));
  expect([probe?.voxel, probe?.layers[0]?.values]).toEqual([[1, 2, 3], [121]]);
  expect(probeOf(viewState(2, 'xy', 3), sliceOf('xy', 3, []))).toBeNull();
});

test('values are real ones, and so are the labels’ names', () => {
  const { revision, name, planes } = volumeInfo(7);
  const rescale = { slope: -0.5, intercept: 100 };
  const info: OverlayInfo = {
    revision,
    name,
    planes,
    frames: 1,
    dtype: 'uint16',
    rescale,
    components: 1,
    labels: { 44: { name: 'liver' } },
  };
  const state: ViewState = {
    ...viewState(1, 'xy', 2),
    overlays: [{ colormap: 'labels', window: [0, 1], visible: true, opacity: 1 }],
    overlayVolumes: [info],
  };
  const slice = sliceOf('xy', 2, [tileOf('xy', value)], [tileOf('xy', value)]);
  const layers = slice.layers.map((layer) => (layer.layer === 1 ? { ...layer, rescale } : layer));
  const probe = probeAt(state, { ...slice, layers }, surface(state, 'xy'), [5 + 25, 5 + 15]);
  expect(probe?.layers.map(({ values, label }) => [values, label])).toEqual([
    [[112], null],
    [[44], 'liver'],
  ]);
});
