import { expect, test } from '@jest/globals';
import { Volume } from '../../src/volume';
import { expectExported } from '../../tests/browser/exported';
import type { NotebookPage } from './notebook';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const SHAPE = [30, 24, 6] as const;
/** Four frames; no two of them, and no two slices of one, are alike. */
const beating = Volume.alloc([...SHAPE], 'int16', { frames: 4, window: [-500, 2500] });
beating.data.forEach((_, at) => {
  beating.data[at] = ((at * 7919) % 2900) - 450;
});
/** Stripes of 0, 1, 2 along x. */
const mask = volumeOf('uint8', SHAPE, (x) => Math.floor(x / 5) % 3);
const heat = volumeOf('float32', SHAPE, (x, y, z) => x * y + z / 4);

const OVERLAYS = [
  { volume: mask, labels: { 1: 'cortex' }, opacity: 0.5 },
  { volume: heat, colormap: 'viridis', window: [0, 600], opacity: 0.25 },
] as const;

async function reads(notebook: NotebookPage, expression: string, expected: unknown): Promise<void> {
  await eventually(async () => {
    expect(JSON.parse(await notebook.run(`console.log(JSON.stringify(${expression}))`))).toEqual(expected);
  });
}

test('hands change frames and overlays, and the kernel hears of it, of the pointer and of clicks', async () => {
  for (const [name, volume] of Object.entries({ beating, mask, heat })) stage(stand.server, name, volume);
  const notebook = await stand.open([
    `const view = show(load('beating'), { index: 3, frame: 1, overlays: [
      { volume: load('mask'), labels: { 1: 'cortex' }, opacity: 0.5 },
      { volume: load('heat'), colormap: 'viridis', window: [0, 600], opacity: 0.25 },
    ] });
    let probed: unknown = null;
    const clicks: unknown[] = [];
    view.on('probe', (event) => { probed = event; });
    view.on('click', (event) => { clicks.push(event); });`,
  ]);
  await notebook.page.setViewportSize({ width: 900, height: 1400 });
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  const { mouse } = notebook.page;
  const [first, second] = OVERLAYS;
  await expectExported(viewer, beating, { index: 3, frame: 1, overlays: [first, second] });

  const frames = viewer.root.locator('.slicescope-frame-slider');
  await frames.scrollIntoViewIfNeeded();
  const rail = await frames.boundingBox();
  if (rail === null) throw new Error('The slider of the frames is not on the page.');
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
    await reads(notebook, 'view.frame', frame);
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
    await reads(notebook, '[view.frame, view.index]', [frame, 3]);
  }

  await viewer.canvas.press('s');
  const panel = viewer.root.locator('.slicescope-panel');
  const opacity = panel.getByLabel('Opacity of mask');
  await opacity.scrollIntoViewIfNeeded();
  const line = await opacity.boundingBox();
  if (line === null) throw new Error('The slider of the opacity is not on the page.');
  await mouse.move(line.x + line.width / 2, line.y + line.height / 2);
  await mouse.down();
  await mouse.move(line.x + 0.8 * line.width, line.y + line.height / 2, { steps: 8 });
  await mouse.up();
  const share = Number(await opacity.inputValue()) / 100;
  expect(Math.abs(share - 0.8)).toBeLessThan(0.1);
  await expectExported(viewer, beating, { index: 3, frame: 1, overlays: [{ ...first, opacity: share }, second] });
  await reads(notebook, 'view.overlays[0].opacity', share);
  await opacity.press('ArrowLeft');
  const less = { ...first, opacity: Math.round(100 * share - 1) / 100 };
  await expectExported(viewer, beating, { index: 3, frame: 1, overlays: [less, second] });
  await reads(notebook, 'view.overlays[0].opacity', less.opacity);

  await panel.getByLabel('Show mask').uncheck();
  await expectExported(viewer, beating, { index: 3, frame: 1, overlays: [second] });
  await reads(notebook, 'view.overlays.map(({ visible }) => visible)', [false, true]);

  await panel.getByRole('radio', { name: 'heat' }).check();
  await panel.locator('.slicescope-summary').click();
  await panel.getByRole('radio', { name: 'magma', exact: true }).check();
  await expectExported(viewer, beating, { index: 3, frame: 1, overlays: [{ ...second, colormap: 'magma' }] });
  await reads(notebook, '[view.colormap, view.overlays[1].colormap]', ['gray', 'magma']);

  await panel.getByLabel('Show mask').check();
  await viewer.canvas.scrollIntoViewIfNeeded();
  const picture = await viewer.canvas.boundingBox();
  if (picture === null) throw new Error('The canvas is not on the page.');
  const scale = Math.min(picture.width / 30, picture.height / 24);
  const [left, top] = [picture.x + (picture.width - 30 * scale) / 2, picture.y + (picture.height - 24 * scale) / 2];
  const point = (x: number, row: number): [number, number] => [left + (x + 0.5) * scale, top + (row + 0.5) * scale];
  const event = (type: string, x: number, row: number): object => {
    const [own, label, number] = [
      beating.valueAt(x, row, 3, { frame: 1 }),
      mask.valueAt(x, row, 3),
      heat.valueAt(x, row, 3),
    ];
    const voxel = { type, plane: 'xy', position: [x, row, 3], frame: 1 };
    return { ...voxel, value: own, values: [own, label, number], label: label === 1 ? 'cortex' : null };
  };
  await mouse.move(...point(7, 12));
  await reads(notebook, 'probed', event('probe', 7, 12));
  await mouse.move(...point(3, 20));
  await reads(notebook, 'probed', event('probe', 3, 20));
  await mouse.click(...point(21, 14));
  await mouse.click(...point(12, 15));
  await reads(notebook, 'clicks', [event('click', 21, 14), event('click', 12, 15)]);
});
