import { expect, test } from '@jest/globals';
import type { Plane } from '../../src/protocol';
import type { OverlayOptions } from '../../src/export';
import { Volume, type VolumeOptions } from '../../src/volume';
import { expectExported } from '../browser/exported';
import { usePage } from '../browser/page-stand';
import { volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();

const base = volumeOf('int16', [30, 24, 10], (x, y, z) => 8 * x + 3 * y + 20 * z - 200, { window: [-200, 300] });
/** A third of the distance, edge on edge, and turned: x runs along the base's y. */
const turned = { spacing: [1 / 3, 1, 1], direction: [0, 1, 0, 1, 0, 0, 0, 0, 1], origin: [5, 3 - 1 / 3, 0] } as const;
const labels = volumeOf('uint8', [36, 15, 10], (x, y, z) => (x + y + z) % 4, turned);
const map = volumeOf('float32', [30, 24, 10], (x, y, z) => (x === 7 ? NaN : x * y + z), { origin: [4.25, 2, 0] });

test('overlays are drawn as they are exported, changed, replaced and refreshed alone', async () => {
  const [first, second] = [
    { volume: labels, labels: true, opacity: 0.5 },
    { volume: map, colormap: 'viridis', window: [0, 400], opacity: 0.25 },
  ] as const;
  const mask = Volume.from(labels.data.slice(), labels.shape, turned);
  const { view, viewer } = await stand.show(base, {
    index: 4,
    overlays: [{ ...first, volume: mask, labels: { 1: 'one' } }, second],
  });
  await expectExported(viewer, base, { index: 4, overlays: [first, second] });
  for (const plane of ['xz', 'yz'] as const satisfies readonly Plane[]) {
    view.set({ plane, index: 7 });
    await expectExported(viewer, base, { plane, index: 7, overlays: [first, second] });
  }
  view.set({ plane: 'xy', index: 4 });
  view.setOverlay(1, { visible: false });
  view.setOverlay(0, { opacity: 1 });
  await expectExported(viewer, base, { index: 4, overlays: [{ ...first, opacity: 1 }] });
  mask.data.fill(3);
  view.refresh();
  const full = Volume.from(new Uint8Array(36 * 15 * 10).fill(3), [36, 15, 10], turned);
  await expectExported(viewer, base, { index: 4, overlays: [{ ...first, volume: full, opacity: 1 }] });
  view.setOverlay(0, { volume: labels });
  await expectExported(viewer, base, { index: 4, overlays: [{ ...first, opacity: 1 }] });
  view.overlays = [];
  await expectExported(viewer, base, { index: 4 });
  const far = Volume.alloc([2, 2, 2], 'uint8', { origin: [99, 0, 0] });
  expect(() => {
    view.overlays = [{ volume: far }];
  }).toThrow('view.overlays: overlays[0] lies beside the volume: it is at x 98.5 to 100.5');
  view.index = 5;
  await expectExported(viewer, base, { index: 5 });
});

test('labels are drawn in their own colours, at any place, as they are exported', async () => {
  const own = {
    1: { name: 'one', color: '#ff8000' },
    300: { color: '#102030' },
    65_535: { color: '#00ff00' },
    2: { color: '#ff00ff80' },
  };
  const values = [0, 1, 2, 3, 300, 65_535];
  const organs = volumeOf('uint16', [24, 20, 10], (x, y) => values[(x >> 2) % 6]! * Number(y > 3), { labels: own });
  const { view, viewer } = await stand.show(organs, { index: 4 });
  await expectExported(viewer, organs, { index: 4 });
  const { data } = await viewer.pixels();
  const seen = new Set(Array.from({ length: data.length / 4 }, (_, at) => data.slice(4 * at, 4 * at + 3).join(' ')));
  expect([...seen]).toEqual(expect.arrayContaining(['255 128 0', '16 32 48', '0 255 0', '0 0 0']));
  const many = Object.fromEntries(
    Array.from({ length: 700 }, (_, at) => [at, { color: `#${(1000 * at).toString(16).padStart(6, '0')}` }]),
  );
  const atlas = volumeOf('uint32', [36, 15, 10], (x, y) => (3 * x + 37 * y) % 705, turned);
  const overlays: OverlayOptions[] = [{ volume: atlas, labels: many, opacity: 0.75 }];
  view.show(base);
  view.overlays = overlays;
  await expectExported(viewer, base, { index: 4, overlays });
  view.setOverlay(0, { labels: { 7: { color: '#ffffff' } } });
  await expectExported(viewer, base, {
    index: 4,
    overlays: [{ ...overlays[0]!, labels: { 7: { color: '#ffffff' } } }],
  });
});

test('an overlay of as many frames as the volume follows its frame, and one of a single frame stays', async () => {
  const [width, height, depth, frames] = [12, 8, 3, 3] as const;
  const inTime = (factor: number, options: VolumeOptions = {}): Volume => {
    const volume = Volume.alloc([width, height, depth], 'uint16', { frames, window: [0, 4095], ...options });
    volume.data.forEach((_, at) => (volume.data[at] = (at * factor) % 4096));
    return volume;
  };
  const beating = inTime(7919);
  const moving = inTime(5077, { origin: [0.5, 0, 0] });
  const still = volumeOf('uint8', [width, height, depth], (x) => Number(x > 8), {});
  const overlays: OverlayOptions[] = [
    { volume: moving, colormap: 'viridis', window: [0, 4095] },
    { volume: still, labels: true },
  ];
  const { view, viewer } = await stand.show(beating, { frame: 1, overlays });
  await expectExported(viewer, beating, { frame: 1, overlays });
  for (const frame of [2, 0]) {
    view.frame = frame;
    await expectExported(viewer, beating, { frame, overlays });
  }
  await viewer.canvas.press('.');
  await expectExported(viewer, beating, { frame: 1, overlays });
  await eventually(() => {
    expect(view.frame).toBe(1);
  });
  expect(() => {
    view.setOverlay(0, { volume: Volume.alloc([2, 2, 2], 'uint8', { frames: 2 }) });
  }).toThrow('overlays[0].volume has 2 frames, expected 1 or as many as the volume, 3;');
  await expectExported(viewer, beating, { frame: 1, overlays });
});

test('channels, frames and slabs are drawn as they are exported', async () => {
  const [width, height, depth, channels, frames] = [20, 16, 6, 2, 4] as const;
  const series = Volume.alloc([width, height, depth], 'uint16', { channels, frames });
  for (let at = 0; at < series.data.length; at++) series.data[at] = (at * 7919) % 4096;
  const { view, viewer } = await stand.show(series, { frame: 1 });
  await expectExported(viewer, series, { frame: 1 });
  view.frame = 3;
  await expectExported(viewer, series, { frame: 3 });
  view.setChannel(0, { visible: false });
  view.setChannel(1, { colormap: 'magma', window: [0, 4095] });
  const shown = [{ visible: false }, { colormap: 'magma', window: [0, 4095] }] as const;
  await expectExported(viewer, series, { frame: 3, channels: shown });
  for (const projection of ['max', 'min', 'mean'] as const) {
    view.set({ slab: 4, projection });
    await expectExported(viewer, series, { frame: 3, channels: shown, slab: 4, projection });
  }
  series.data.fill(77);
  view.refresh();
  await expectExported(viewer, series, { frame: 3, channels: shown, slab: 4, projection: 'mean' });
});
