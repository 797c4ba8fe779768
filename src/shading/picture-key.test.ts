import { expect, test } from '@jest/globals';
import type { ViewState } from '../protocol';
import { pictureKey } from './picture-key';
import { SETTINGS, volumeInfo } from './testing/settings-fixture';

const state: ViewState = { ...SETTINGS, volume: volumeInfo(), overlayVolumes: [], defaulted: [], listens: [] };
const key = (changes: Partial<ViewState> = {}): string => pictureKey({ ...state, ...changes });

test('a state that has travelled as JSON, in another order, has the same key', () => {
  expect(key()).toMatch(/^[0-9a-f]{8}$/);
  const travelled = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(state).reverse()))) as ViewState;
  expect(pictureKey(travelled)).toBe(key());
  expect(pictureKey({ ...state, _model_name: 'SliceModel' } as ViewState)).toBe(key());
});

test('what is to be seen changes the key', () => {
  const changes: Partial<ViewState>[] = [
    { index: 3 },
    { plane: 'xz' },
    { window: [0, 256] },
    { colormap: 'viridis' },
    { invert: true },
    { interpolation: 'linear' },
    { rotation: 1 },
    { flip: [true, false] },
    { zoom: 2 },
    { center: [0.5, 0.25, 0.5] },
    { frame: 1 },
    { slab: 5 },
    { layout: 'planes' },
    { layout: 'volume' },
    { convention: 'neurological' },
    { volume: { ...state.volume, revision: 2 } },
    { overlays: [{ colormap: 'labels', window: [0, 1], visible: true, opacity: 0.5 }] },
  ];
  const keys = new Set([key(), ...changes.map(key)]);
  expect(keys.size).toBe(changes.length + 1);
});

test('what is not to be seen in a layout does not', () => {
  expect(key({ playing: true, rate: 30, playback: 'bounce', defaulted: ['colormap'], listens: ['probe'] })).toBe(key());
  expect(key({ position: [1, 1, state.index], crosshair: false })).toBe(key());
  expect(key({ layout: 'planes', crosshair: false })).not.toBe(key({ layout: 'planes' }));
  expect(key({ layout: 'planes', position: [1, 1, state.index] })).not.toBe(key({ layout: 'planes' }));
  const camera = { position: [1, 1, 1], target: [0, 0, 0] } as const;
  expect(key({ layout: 'planes', camera })).toBe(key({ layout: 'planes' }));
  expect(key({ layout: 'volume', camera })).not.toBe(key({ layout: 'volume' }));
});
