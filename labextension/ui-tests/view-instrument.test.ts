import { expect, test } from '@jest/globals';
import { PLANE_AXES, type Camera, type Plane, type Triple } from '../../src/protocol';
import { BOX, expectSeen } from '../../tests/browser/box';
import { expectExported } from '../../tests/browser/exported';
import { expectPicture } from '../../tests/browser/pictures';
import { rectOf, type Point } from '../../tests/browser/places';
import { ViewerPage } from '../../tests/browser/viewer-page';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';
import { useJupyter } from './stand';

// Planes, box, probe and panel are tested without JupyterLab (tests/page); here is that they are there under a cell.

const stand = useJupyter();
const ramp = volumeOf('int16', [30, 20, 8], (x, y, z) => 100 * z + 3 * x + y - 300, { window: [-300, 600] });

test('the three planes, the box, the probe and the panel are under a cell, and whole in a narrow output', async () => {
  stage(stand.server, 'box', BOX);
  stage(stand.server, 'ramp', ramp);
  const notebook = await stand.open([
    `const view = show(load('box'), { layout: 'planes' }); view.set({ position: [10, 20, 6] });`,
  ]);
  const { mouse } = notebook.page;
  await notebook.page.setViewportSize({ width: 1000, height: 1100 });
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  const paneOf = (plane: Plane): ViewerPage =>
    new ViewerPage(viewer.root.locator(`.slicescope-pane[data-plane="${plane}"]`));
  const expectPlanes = async (position: Triple): Promise<void> => {
    for (const plane of ['xy', 'xz', 'yz'] as const) {
      await expectExported(paneOf(plane), BOX, { plane, index: position[PLANE_AXES[plane][2]] });
    }
  };
  const pointOf = async ({ canvas }: ViewerPage, column: number, row: number, [, ...size]: Triple): Promise<Point> => {
    const { x, y, width, height } = await rectOf(canvas);
    return [x + ((column + 0.5) / size[0]) * width, y + ((row + 0.5) / size[1]) * height];
  };
  await expectPlanes([10, 20, 6]);
  await mouse.click(...(await pointOf(paneOf('xz'), 33, 15, [0, 41, 21])));
  await expectPlanes([33, 20, 15]);

  const camera: Camera = { position: [1, -1.2, -1.5], target: [0, 0, 0] };
  expect(await notebook.run(`view.set({ layout: 'volume', camera: ${JSON.stringify(camera)} })`)).toBe('');
  await expectSeen(viewer, camera, [33, 20, 15]);

  expect(await notebook.run(`view.show(load('ramp'), { layout: 'slice', plane: 'xy', index: 3 })`)).toBe('');
  await expectPicture(viewer, ramp, { index: 3 });
  const probe = viewer.root.locator('.slicescope-probe');
  await mouse.move(...(await pointOf(viewer, 7, 12, [0, 30, 20])));
  await eventually(async () => {
    expect(await probe.textContent()).toBe('[7, 12, 3]   7.00, 12.00, 3.00 px   33');
  });
  await viewer.canvas.press('s');
  const panel = viewer.root.locator('.slicescope-panel');
  await eventually(async () => {
    expect(await panel.locator('.slicescope-bars').getAttribute('d')).toMatch(/V[\d.]+H/);
  });
  const low = panel.getByRole('spinbutton', { name: 'Low end of the window' });
  await low.fill('-100');
  await low.press('Enter');
  await expectPicture(viewer, ramp, { index: 3, window: [-100, 600] });

  // Beside the file browser a narrow window leaves little.
  await notebook.page.setViewportSize({ width: 640, height: 1100 });
  await eventually(async () => {
    expect((await rectOf(viewer.canvas)).width).toBeLessThan(420);
  });
  await expectPicture(viewer, ramp, { index: 3, window: [-100, 600] });
  const before = await rectOf(viewer.canvas);
  await viewer.canvas.hover();
  await eventually(async () => {
    const ends = await viewer.root.locator('.slicescope-probe-end').all();
    expect(await ends[0]?.textContent()).toMatch(/^\[\d+, \d+, 3\]$/);
    const room = await rectOf(probe);
    for (const end of ends) {
      const { x, width } = await rectOf(end);
      expect(x).toBeGreaterThanOrEqual(room.x);
      expect(x + width).toBeLessThanOrEqual(room.x + room.width + 0.5);
    }
  });
  expect((await rectOf(viewer.canvas)).height).toBe(before.height);
});
