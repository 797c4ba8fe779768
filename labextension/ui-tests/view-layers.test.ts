import { expect, test } from '@jest/globals';
import type { Plane } from '../../src/protocol';
import type { OverlayOptions } from '../../src/export';
import { Volume, type VolumeOptions } from '../../src/volume';
import { expectExported } from '../../tests/browser/exported';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();

const base = volumeOf('int16', [30, 24, 10], (x, y, z) => 8 * x + 3 * y + 20 * z - 200, { window: [-200, 300] });
/** A third of the distance, edge on edge, and turned: x runs along the base's y. */
const turned = { spacing: [1 / 3, 1, 1], direction: [0, 1, 0, 1, 0, 0, 0, 0, 1], origin: [5, 3 - 1 / 3, 0] } as const;
const labels = volumeOf('uint8', [36, 15, 10], (x, y, z) => (x + y + z) % 4, turned);
const map = volumeOf('float32', [30, 24, 10], (x, y, z) => (x === 7 ? NaN : x * y + z), { origin: [4.25, 2, 0] });

test('overlays are drawn as they are exported, changed, replaced and refreshed alone', async () => {
  for (const [name, volume] of Object.entries({ base, labels, map })) stage(stand.server, name, volume);
  const notebook = await stand.open([
    `const mask = load('labels');
    const view = show(load('base'), { index: 4, overlays: [
      { volume: mask, labels: { 1: 'one' }, opacity: 0.5 },
      { volume: load('map'), colormap: 'viridis', window: [0, 400], opacity: 0.25 },
    ] });`,
  ]);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  const first = { volume: labels, labels: true, opacity: 0.5 };
  const second = { volume: map, colormap: 'viridis', window: [0, 400], opacity: 0.25 } as const;
  await expectExported(viewer, base, { index: 4, overlays: [first, second] });
  for (const plane of ['xz', 'yz'] as const satisfies readonly Plane[]) {
    await notebook.run(`view.set({ plane: '${plane}', index: 7 })`);
    await expectExported(viewer, base, { plane, index: 7, overlays: [first, second] });
  }
  await notebook.run(
    `view.set({ plane: 'xy', index: 4 }); view.setOverlay(1, { visible: false }); view.setOverlay(0, { opacity: 1 })`,
  );
  await expectExported(viewer, base, { index: 4, overlays: [{ ...first, opacity: 1 }] });
  await notebook.run('mask.data.fill(3); view.refresh()');
  const full = Volume.from(new Uint8Array(36 * 15 * 10).fill(3), [36, 15, 10], turned);
  await expectExported(viewer, base, { index: 4, overlays: [{ ...first, volume: full, opacity: 1 }] });
  await notebook.run(`view.setOverlay(0, { volume: load('labels') })`);
  await expectExported(viewer, base, { index: 4, overlays: [{ ...first, opacity: 1 }] });
  await notebook.run('view.overlays = []');
  await expectExported(viewer, base, { index: 4 });
  const far = await notebook.run(
    `view.overlays = [{ volume: Volume.alloc([2, 2, 2], 'uint8', { origin: [99, 0, 0] }) }]`,
  );
  expect(far).toContain('view.overlays: overlays[0] lies beside the volume: it is at x 98.5 to 100.5');
  // For a moment after an error tslab drops what it is asked to run.
  await eventually(async () => {
    expect(await notebook.run('view.index = 5; console.log(view.index)')).toBe('5\n');
  });
  await expectExported(viewer, base, { index: 5 });
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
  for (const [name, volume] of Object.entries({ beating, moving, still })) stage(stand.server, name, volume);
  const notebook = await stand.open([
    `const view = show(load('beating'), { frame: 1, overlays: [
      { volume: load('moving'), colormap: 'viridis', window: [0, 4095] }, { volume: load('still'), labels: true },
    ] });`,
  ]);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  const overlays: OverlayOptions[] = [
    { volume: moving, colormap: 'viridis', window: [0, 4095] },
    { volume: still, labels: true },
  ];
  await expectExported(viewer, beating, { frame: 1, overlays });
  for (const frame of [2, 0]) {
    await notebook.run(`view.frame = ${String(frame)}`);
    await expectExported(viewer, beating, { frame, overlays });
  }
  await viewer.canvas.focus();
  await viewer.canvas.press('.');
  await expectExported(viewer, beating, { frame: 1, overlays });
  const refused = await notebook.run(`view.setOverlay(0, { volume: Volume.alloc([2, 2, 2], 'uint8', { frames: 2 }) })`);
  expect(refused).toContain('overlays[0].volume has 2 frames, expected 1 or as many as the volume, 3;');
  await expectExported(viewer, beating, { frame: 1, overlays });
});

test('channels, frames and slabs are drawn as they are exported', async () => {
  const [width, height, depth, channels, frames] = [20, 16, 6, 2, 4] as const;
  const options = { channels, frames };
  const series = Volume.alloc([width, height, depth], 'uint16', options);
  for (let at = 0; at < series.data.length; at++) series.data[at] = (at * 7919) % 4096;
  stage(stand.server, 'series', series);
  const notebook = await stand.open([`const view = show(load('series'), { frame: 1 });`]);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await expectExported(viewer, series, { frame: 1 });
  await notebook.run('view.frame = 3');
  await expectExported(viewer, series, { frame: 3 });
  await notebook.run(
    `view.setChannel(0, { visible: false }); view.setChannel(1, { colormap: 'magma', window: [0, 4095] })`,
  );
  const shown = [{ visible: false }, { colormap: 'magma', window: [0, 4095] }] as const;
  await expectExported(viewer, series, { frame: 3, channels: shown });
  for (const projection of ['max', 'min', 'mean'] as const) {
    await notebook.run(`view.set({ slab: 4, projection: '${projection}' })`);
    await expectExported(viewer, series, { frame: 3, channels: shown, slab: 4, projection });
  }
  await notebook.run(`view.volume.data.fill(77); view.refresh()`);
  series.data.fill(77);
  await expectExported(viewer, series, { frame: 3, channels: shown, slab: 4, projection: 'mean' });
});
