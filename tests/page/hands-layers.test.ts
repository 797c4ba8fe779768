import { expect, test } from '@jest/globals';
import type { VoxelEvent } from '../../src/notebook';
import { Volume } from '../../src/volume';
import { expectExported } from '../browser/exported';
import { usePage } from '../browser/page-stand';
import { placeIn, rectOf } from '../browser/places';
import { volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
const SHAPE = [30, 24, 6] as const;
/** Four frames; no two of them, and no two slices of one, are alike. */
const beating = Volume.alloc([...SHAPE], 'int16', { frames: 4, window: [-500, 2500] });
for (let at = 0; at < beating.data.length; at++) beating.data[at] = ((at * 7919) % 2900) - 450;
/** Stripes of 0, 1, 2 along x. */
const mask = volumeOf('uint8', SHAPE, (x) => Math.floor(x / 5) % 3, { name: 'mask' });
const heat = volumeOf('float32', SHAPE, (x, y, z) => x * y + z / 4, { name: 'heat' });

const OVERLAYS = [
  { volume: mask, labels: { 1: 'cortex' }, opacity: 0.5 },
  { volume: heat, colormap: 'viridis', window: [0, 600], opacity: 0.25 },
] as const;

test('hands change frames and overlays, and the view hears of it, of the pointer and of clicks', async () => {
  const { view, viewer, page } = await stand.show(
    beating,
    { index: 3, frame: 1, overlays: OVERLAYS },
    { viewport: { width: 850, height: 900 } }, // The panel is beside the picture.
  );
  let probed: VoxelEvent | null = null;
  const clicks: VoxelEvent[] = [];
  view.on('probe', (event) => (probed = event));
  view.on('click', (event) => clicks.push(event));
  const reads = async (read: () => unknown, expected: unknown): Promise<void> => {
    await eventually(() => {
      expect(read()).toEqual(expected);
    });
  };
  const { mouse } = page;
  const [first, second] = OVERLAYS;
  await expectExported(viewer, beating, { index: 3, frame: 1, overlays: [first, second] });

  const frames = viewer.root.locator('.slicescope-frame-slider');
  const rail = await rectOf(frames);
  const y = rail.y + rail.height / 2;
  await mouse.move(rail.x + rail.width / 3, y);
  await mouse.down();
  for (const [share, frame] of [
    [0.98, 3],
    [0.02, 0],
    [0.66, 2],
  ] as const) {
    await mouse.move(rail.x + share * rail.width, y, { steps: 6 });
    await expectExported(viewer, beating, { index: 3, frame, overlays: [first, second] });
    await reads(() => view.frame, frame);
  }
  await mouse.up();
  for (const [control, key, frame] of [
    [frames, 'ArrowRight', 3],
    [frames, 'Home', 0],
    [viewer.canvas, '.', 1],
    [viewer.canvas, ',', 0],
    [viewer.canvas, ',', 0],
    [viewer.canvas, '.', 1],
  ] as const) {
    await control.press(key);
    await expectExported(viewer, beating, { index: 3, frame, overlays: [first, second] });
    await reads(() => [view.frame, view.index], [frame, 3]);
  }

  await viewer.canvas.press('s');
  const panel = viewer.root.locator('.slicescope-panel');
  const opacity = panel.getByLabel('Opacity of mask');
  await opacity.scrollIntoViewIfNeeded();
  const line = await rectOf(opacity);
  await mouse.move(line.x + line.width / 2, line.y + line.height / 2);
  await mouse.down();
  await mouse.move(line.x + 0.8 * line.width, line.y + line.height / 2, { steps: 8 });
  await mouse.up();
  const share = Number(await opacity.inputValue()) / 100;
  expect(Math.abs(share - 0.8)).toBeLessThan(0.1);
  await expectExported(viewer, beating, { index: 3, frame: 1, overlays: [{ ...first, opacity: share }, second] });
  await reads(() => view.overlays[0]?.opacity, share);
  await opacity.press('ArrowLeft');
  const less = { ...first, opacity: Math.round(100 * share - 1) / 100 };
  await expectExported(viewer, beating, { index: 3, frame: 1, overlays: [less, second] });
  await reads(() => view.overlays[0]?.opacity, less.opacity);

  await panel.getByLabel('Show mask').uncheck();
  await expectExported(viewer, beating, { index: 3, frame: 1, overlays: [second] });
  await reads(() => view.overlays.map(({ visible }) => visible), [false, true]);

  await panel.getByRole('radio', { name: 'heat' }).check();
  await panel.locator('.slicescope-summary').click();
  await panel.getByRole('radio', { name: 'magma', exact: true }).check();
  await expectExported(viewer, beating, { index: 3, frame: 1, overlays: [{ ...second, colormap: 'magma' }] });
  await reads(() => [view.colormap, view.overlays[1]?.colormap], ['gray', 'magma']);

  await panel.getByLabel('Show mask').check();
  const placeOf = placeIn(await rectOf(viewer.canvas), { width: SHAPE[0], height: SHAPE[1] });
  const event = (type: string, x: number, row: number): object => {
    const [own, label, number] = [
      beating.valueAt(x, row, 3, { frame: 1 }),
      mask.valueAt(x, row, 3),
      heat.valueAt(x, row, 3),
    ];
    const voxel = { type, plane: 'xy', position: [x, row, 3], frame: 1 };
    return { ...voxel, value: own, values: [own, label, number], label: label === 1 ? 'cortex' : null };
  };
  await mouse.move(...placeOf(7.5, 12.5));
  await reads(() => probed, event('probe', 7, 12));
  await mouse.move(...placeOf(3.5, 20.5));
  await reads(() => probed, event('probe', 3, 20));
  await mouse.click(...placeOf(21.5, 14.5));
  await mouse.click(...placeOf(12.5, 15.5));
  await reads(() => clicks, [event('click', 21, 14), event('click', 12, 15)]);
});
