import { expect, test } from '@jest/globals';
import type { CDPSession } from 'playwright-core';
import type { ViewSettings } from '../../src/protocol';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { colorAt, expectPicture } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
/** Colours that say which voxel a pixel shows: red is 4 x, green is 4 y, blue is z. */
const map = volumeOf('uint8', [64, 64, 9], (x, y, z) => [4 * x, 4 * y, z], { components: 3 });

type Point = readonly [x: number, y: number];

/** Fingers on the screen. */
class Fingers {
  readonly #session: CDPSession;

  constructor(session: CDPSession) {
    this.#session = session;
  }

  /** Put fingers down where the ways begin, move them to where they end, and lift them. */
  async move(...ways: readonly (readonly [from: Point, to: Point])[]): Promise<void> {
    const steps = 12;
    await this.#send(
      'touchStart',
      ways.map(([from]) => from),
    );
    for (let step = 1; step <= steps; step++) {
      const along = (from: number, to: number): number => from + ((to - from) * step) / steps;
      await this.#send(
        'touchMove',
        ways.map(([from, to]) => [along(from[0], to[0]), along(from[1], to[1])] as const),
      );
    }
    await this.#send('touchEnd', []);
  }

  async #send(type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly Point[]): Promise<void> {
    const touchPoints = points.map(([x, y], id) => ({ x, y, id }));
    await this.#session.send('Input.dispatchTouchEvent', { type, touchPoints });
  }
}

async function placeOf(viewer: ViewerPage): Promise<(across: number, down: number) => Point> {
  const box = await viewer.canvas.boundingBox();
  if (box === null) throw new Error('The canvas is not on the page.');
  return (across, down) => [box.x + across * box.width, box.y + down * box.height];
}

async function voxelAt(viewer: ViewerPage, across: number, down: number): Promise<readonly [number, number]> {
  const pixels = await viewer.pixels();
  const color = colorAt(pixels, Math.floor(across * pixels.width), Math.floor(down * pixels.height));
  return [(color[0] as number) / 4, (color[1] as number) / 4];
}

/** Wait until the notebook has settings that `holds` is true for, and the canvas is of these, by value. */
async function settled(
  notebook: NotebookPage,
  viewer: ViewerPage,
  holds: (settings: Pick<ViewSettings, 'index' | 'zoom' | 'center'>) => boolean,
): Promise<void> {
  await eventually(async () => {
    const code = 'console.log(JSON.stringify({ index: view.index, zoom: view.zoom, center: view.center }))';
    const settings = JSON.parse(await notebook.run(code)) as Pick<ViewSettings, 'index' | 'zoom' | 'center'>;
    if (!holds(settings)) throw new Error(`The view is at ${JSON.stringify(settings)}.`);
    await expectPicture(viewer, map, settings, 500);
  });
}

test('one finger scrolls the notebook, and after a tap moves slices; two move and zoom the picture', async () => {
  stage(stand.server, 'map', map);
  const filler = Array.from({ length: 40 }, (_, line) => `// line ${String(line)}`).join('\n');
  const notebook = await stand.open([`const view = show(load('map'), { index: 4 });`, filler, filler]);
  await notebook.page.setViewportSize({ width: 800, height: 900 });
  const session = await notebook.page.context().newCDPSession(notebook.page);
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 5 });
  const fingers = new Fingers(session);
  await notebook.runCell(1);
  const viewer = notebook.viewer();
  await expectPicture(viewer, map, { index: 4 });
  await notebook.page.evaluate(() => {
    (document.activeElement as HTMLElement).blur();
  });
  await viewer.canvas.scrollIntoViewIfNeeded();

  let at = await placeOf(viewer);
  const before = at(0, 0)[1];
  await fingers.move([at(0.5, 0.7), [at(0.5, 0.7)[0], at(0.5, 0.7)[1] - 100]]);
  await eventually(async () => {
    at = await placeOf(viewer);
    expect(at(0, 0)[1]).toBeLessThan(before - 50);
  });
  await expectPicture(viewer, map, { index: 4 });

  // The first finger only gives the focus.
  await viewer.canvas.scrollIntoViewIfNeeded();
  at = await placeOf(viewer);
  await fingers.move([at(0.5, 0.5), at(0.5, 0.5)]);
  await eventually(async () => {
    expect(await viewer.canvas.evaluate((canvas) => canvas === document.activeElement)).toBe(true);
  });
  at = await placeOf(viewer);
  const [x, y] = at(0.5, 0.5);
  await fingers.move([
    [x, y],
    [x, y - 74], // 24 pixels a slice.
  ]);
  await settled(notebook, viewer, ({ index, zoom }) => index === 7 && zoom === 1);
  await fingers.move([
    [x, y],
    [x, y + 50],
  ]);
  await settled(notebook, viewer, ({ index }) => index === 5);
  expect((await placeOf(viewer))(0, 0)).toEqual(at(0, 0));

  // Two fingers, 0.2 of the picture apart, go to 0.5: what is between them stays.
  const middle = [24.5 / 64, 40.5 / 64] as const;
  const apart = (by: number): readonly [Point, Point] => [
    at(middle[0] - by / 2, middle[1]),
    at(middle[0] + by / 2, middle[1]),
  ];
  const [near, far] = [apart(0.2), apart(0.5)];
  await fingers.move([near[0], far[0]], [near[1], far[1]]);
  await settled(notebook, viewer, ({ zoom }) => Math.abs(zoom - 2.5) < 0.02);
  expect(await voxelAt(viewer, ...middle)).toEqual([24, 40]);
  await fingers.move([far[0], near[0]], [far[1], near[1]]);
  await settled(notebook, viewer, ({ index, zoom }) => Math.abs(zoom - 1) < 0.01 && index === 5);
  expect(await voxelAt(viewer, ...middle)).toEqual([24, 40]);

  // Two fingers that keep their distance move the picture by as much.
  const by = [0.15, -0.1] as const;
  const moved = (share: number): readonly [Point, Point] => [
    at(0.4 + share * by[0], 0.5 + share * by[1]),
    at(0.6 + share * by[0], 0.5 + share * by[1]),
  ];
  const [start, end] = [moved(0), moved(1)];
  await fingers.move([start[0], end[0]], [start[1], end[1]]);
  await settled(
    notebook,
    viewer,
    ({ center, zoom }) =>
      Math.abs(center[0] - 0.35) < 0.01 && Math.abs(center[1] - 0.6) < 0.01 && Math.abs(zoom - 1) < 0.02,
  );
});
