import { expect, test } from '@jest/globals';
import type { Camera, WishList } from '../../src/protocol';
import { BOX, EDGES, POSITION, SHAPE, SPACING, expectSeen, eyeOf, placeSeen } from '../browser/box';
import { usePage, type Shown } from '../browser/page-stand';
import { rectOf, type Point } from '../browser/places';
import type { ViewerPage } from '../browser/viewer-page';
import { volumeOf } from '../browser/volumes';
import { eventually } from '../browser/waiting';

const stand = usePage();
/** That exactly these axes have their letter before the middle of the face to which they lead. */
async function expectLetters(viewer: ViewerPage, camera: Camera, axes: readonly number[]): Promise<void> {
  await eventually(async () => {
    const canvas = await rectOf(viewer.canvas);
    const eye = eyeOf(camera, canvas);
    const shown = await viewer.root.locator('.slicescope-box > .slicescope-edge:visible').evaluateAll((nodes) =>
      nodes.map((node) => {
        const { left, top, width, height } = node.getBoundingClientRect();
        return { letter: node.textContent, x: left + width / 2, y: top + height / 2 };
      }),
    );
    const expected = axes.map((axis) => {
      const face: [number, number, number] = [0, 0, 0];
      face[axis] = EDGES[axis]! / 2 + 0.06;
      const [x, y] = placeSeen(eye, face);
      return {
        letter: 'xyz'.charAt(axis),
        x: expect.closeTo(canvas.x + x * canvas.width, 0),
        y: expect.closeTo(canvas.y + y * canvas.height, 0),
      };
    });
    expect(shown).toEqual(expected);
  });
}

const ASKEW: Camera = { position: [1, -1.2, -1.5], target: [0, 0, 0] };

async function openBox(camera: Camera): Promise<Shown> {
  const shown = await stand.show(
    BOX,
    { layout: 'volume', camera },
    {
      prepare: () => {
        const post = Worker.prototype.postMessage; // Has a socket say it.
        const sent: string[] = [];
        Object.assign(window, { sent });
        Worker.prototype.postMessage = function (message: unknown[]) {
          const data = message[2];
          if (typeof data === 'string' && data.includes('"wishes"')) sent.push(data);
          post.call(this, message);
        };
      },
    },
  );
  shown.view.set({ position: POSITION });
  await expectSeen(shown.viewer, camera, POSITION);
  return shown;
}

/** What the page has asked for: the ids of its wishes, of which a tile has another one each time it is asked for, and their slices. */
async function asked({ page }: Shown): Promise<{ readonly ids: number; readonly slices: number }> {
  const sent = await page.evaluate(() => (window as unknown as { sent: string[] }).sent);
  const tiles = sent.flatMap((text) => {
    const { data } = JSON.parse(text) as { data: { content: WishList } };
    return data.content.tiles;
  });
  return {
    ids: new Set(tiles.map(({ requestId }) => requestId)).size,
    slices: new Set(tiles.map(({ plane, index }) => `${plane} ${String(index)}`)).size,
  };
}

/** The camera of the view after a hand has moved it from `before` and rests. */
async function cameraAfter({ view, viewer }: Shown, before: Camera): Promise<Camera> {
  await eventually(() => {
    expect(view.camera).not.toEqual(before);
  });
  // What the page says next comes after all that it has said of the camera.
  const { crosshair } = view;
  await viewer.canvas.press('c');
  await eventually(() => {
    expect(view.crosshair).toBe(!crosshair);
  });
  return view.camera;
}

test('straight on a face each voxel is where it belongs, to scale', async () => {
  const { view, viewer } = await openBox({ position: [0, 0, -2.5], target: [0, 0, 0] });
  const side: Camera = { position: [-2.5, 0, 0], target: [0, 0, 0] };
  view.camera = side;
  await expectSeen(viewer, side, POSITION);
  view.set({ position: [33, 15, 10] });
  await expectSeen(viewer, side, [33, 15, 10]);
});

test('the slices hide each other and the letters as they lie, and a slice that moves is where it has moved to', async () => {
  const { view, viewer } = await openBox(ASKEW);
  await expectLetters(viewer, ASKEW, [0, 2]);
  view.set({ plane: 'yz', index: 8 });
  await expectSeen(viewer, ASKEW, [8, 15, 5]);
  await viewer.shows(8, 'yz');
  const behind: Camera = { position: [-1.3, 0.9, 1.6], target: [0.1, 0, -0.1] };
  view.camera = behind;
  await expectSeen(viewer, behind, [8, 15, 5]);
  await expectLetters(viewer, behind, [0, 1, 2]);
});

test('a letter behind a slice is seen where the slice shows nothing', async () => {
  const { view, viewer } = await openBox(ASKEW);
  await expectLetters(viewer, ASKEW, [0, 2]);
  const empty = volumeOf('uint8', SHAPE, () => 0, { spacing: SPACING });
  view.show(empty, { colormap: 'labels' });
  await expectLetters(viewer, ASKEW, [0, 1, 2]);
  view.colormap = 'gray';
  await expectLetters(viewer, ASKEW, [0, 2]);
});

test('drag goes around, the wheel comes nearer, the right button moves; the state follows, and no slice is asked for', async () => {
  const shown = await openBox(ASKEW);
  const { viewer, page } = shown;
  // A page at rest fetches all slices of so small a volume; what is asked for again has another id.
  const before = await eventually(async () => {
    const sofar = await asked(shown);
    expect(sofar.slices).toBe(SHAPE[0] + SHAPE[1] + SHAPE[2]);
    return sofar;
  });
  const box = await rectOf(viewer.canvas);
  const at = (x: number, y: number): Point => [box.x + x * box.width, box.y + y * box.height];
  const { mouse } = page;
  await mouse.move(...at(0.4, 0.5));
  await mouse.down();
  await mouse.move(...at(0.6, 0.4), { steps: 8 });
  await mouse.up();
  const around = await cameraAfter(shown, ASKEW);
  expect(Math.hypot(...around.position)).toBeCloseTo(Math.hypot(...ASKEW.position), 6);
  expect(around.target).toEqual([0, 0, 0]);
  await expectSeen(viewer, around, POSITION);

  await mouse.wheel(0, -240);
  const near = await cameraAfter(shown, around);
  expect(Math.hypot(...near.position)).toBeLessThan(Math.hypot(...around.position));
  await expectSeen(viewer, near, POSITION);

  await mouse.move(...at(0.5, 0.5));
  await mouse.down({ button: 'right' });
  await mouse.move(...at(0.65, 0.55), { steps: 5 });
  await mouse.up({ button: 'right' });
  const moved = await cameraAfter(shown, near);
  expect(moved.target).not.toEqual([0, 0, 0]);
  await expectSeen(viewer, moved, POSITION);
  expect(await asked(shown)).toEqual(before);
});

test('keys come nearer, go back and start over; with Shift the arrows go around', async () => {
  const shown = await openBox(ASKEW);
  const { viewer, page } = shown;
  const { keyboard } = page;
  await viewer.canvas.focus();
  await keyboard.press('+');
  const near = await cameraAfter(shown, ASKEW);
  expect(Math.hypot(...near.position)).toBeCloseTo(Math.hypot(...ASKEW.position) / 1.25, 6);
  await expectSeen(viewer, near, POSITION);
  await keyboard.press('-');
  await expectSeen(viewer, ASKEW, POSITION);
  await keyboard.press('Shift+ArrowRight');
  await keyboard.press('Shift+ArrowUp');
  const around = await cameraAfter(shown, near);
  expect(around.position[1]).toBeLessThan(ASKEW.position[1]); // Up is against y.
  await expectSeen(viewer, around, POSITION);
  const start: Camera = { position: [1.2, -1.75, 1.05], target: [0, 0, 0] };
  await keyboard.press('0');
  await expectSeen(viewer, start, POSITION);
  await keyboard.press('ArrowRight'); // A slice on.
  await expectSeen(viewer, start, [20, 15, 6]);
});
