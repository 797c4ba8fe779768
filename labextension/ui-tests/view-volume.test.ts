import { expect, test } from '@jest/globals';
import { PLANE_AXES, type Camera, type Plane, type Triple, type ViewSettings } from '../../src/protocol';
import type { NotebookPage } from './notebook';
import type { ViewerPage } from '../../tests/browser/viewer-page';
import { colorAt } from '../../tests/browser/pictures';
import { useJupyter } from './stand';
import { stage, volumeOf } from '../../tests/browser/volumes';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();
const SHAPE = [41, 31, 21] as const;
/** 41 × 31 × 42 of the smallest. */
const SPACING = [1, 1, 2] as const;
const LONGEST = 42;
/** Colours that say which voxel a pixel shows. */
const map = volumeOf('uint8', SHAPE, (x, y, z) => [6 * x, 8 * y, 12 * z], { components: 3, spacing: SPACING });
const POSITION = [20, 15, 5] as const;
const FIELD_OF_VIEW = (45 * Math.PI) / 180;
/** Without a direction y runs down. */
const UP = [0, -1, 0] as const;

const add = (a: Triple, b: Triple, by = 1): Triple => [a[0] + by * b[0], a[1] + by * b[1], a[2] + by * b[2]];
const cross = (a: Triple, b: Triple): Triple => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (a: Triple): Triple => {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
};
const EDGES = SHAPE.map((voxels, axis) => (voxels * (SPACING[axis] as number)) / LONGEST);

interface Seen {
  /** A voxel in which slices cross is seen on either; a pixel where they meet may be of both. */
  readonly plane: Plane;
  readonly voxel: Triple;
}

/** The voxel that a camera sees at a point of a square canvas, given in shares of it; null where it sees none. */
function voxelSeen({ position, target }: Camera, at: readonly [number, number], slices: Triple): Seen | null {
  const forward = unit(add(target, position, -1));
  const right = unit(cross(forward, UP));
  const above = cross(right, forward);
  const half = Math.tan(FIELD_OF_VIEW / 2);
  const ray = add(add(forward, right, (2 * at[0] - 1) * half), above, (1 - 2 * at[1]) * half);
  let nearest = Infinity;
  let seen: Seen | null = null;
  for (const plane of Object.keys(PLANE_AXES) as Plane[]) {
    const normal = PLANE_AXES[plane][2];
    const there = ((slices[normal] + 0.5) / SHAPE[normal] - 0.5) * EDGES[normal]!;
    const distance = (there - position[normal]) / ray[normal];
    if (!(distance > 0) || distance >= nearest) continue;
    const point = add(position, ray, distance);
    const voxel = point.map((along, axis) => Math.floor((along / EDGES[axis]! + 0.5) * SHAPE[axis]!));
    voxel[normal] = slices[normal];
    if (voxel.some((index, axis) => index < 0 || index >= SHAPE[axis]!)) continue;
    [nearest, seen] = [distance, { plane, voxel: voxel as unknown as Triple }];
  }
  return seen;
}

/** How the canvas differs from what a camera sees, and how many points were compared, of those away from all borders. */
async function compare(
  viewer: ViewerPage,
  camera: Camera,
  slices: Triple,
): Promise<{ wrong: string[]; compared: number }> {
  const pixels = await viewer.pixels();
  const wrong: string[] = [];
  let compared = 0;
  for (let y = 3; y < pixels.height; y += 5) {
    for (let x = 3; x < pixels.width; x += 5) {
      const seen = [
        [0.5, 0.5],
        // Where a slice is seen from its edge, a pixel mixes voxels.
        [-2.5, -2.5],
        [3.5, -2.5],
        [-2.5, 3.5],
        [3.5, 3.5],
      ].map(([dx, dy]) => {
        const at = [(x + dx!) / pixels.width, (y + dy!) / pixels.height] as const;
        const point = voxelSeen(camera, at, slices);
        return point === null ? 'nothing' : [point.plane, ...point.voxel].join(' ');
      });
      if (seen.some((each) => each !== seen[0])) continue;
      const got = colorAt(pixels, x, y);
      if (got[0] === 140 && got[1] === 140 && got[2] === 140) continue; // An edge of the box.
      compared++;
      const [i, j, k] = seen[0] === 'nothing' ? [] : seen[0]!.split(' ').slice(1).map(Number);
      const want = i === undefined ? '0 0 0 0' : `${String(6 * i)} ${String(8 * j!)} ${String(12 * k!)} 255`;
      if (got.join(' ') !== want)
        wrong.push(`(${String(x)}, ${String(y)}) is ${got.join(' ')}, expected ${want}: ${seen[0]!}`);
    }
  }
  return { wrong: wrong.slice(0, 5), compared };
}

async function expectSeen(viewer: ViewerPage, camera: Camera, slices: Triple): Promise<void> {
  await eventually(async () => {
    const { wrong, compared } = await compare(viewer, camera, slices);
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(1000);
  });
}

/** Where a camera sees a point of the box, in shares of a square canvas. */
function placeSeen({ position, target }: Camera, point: Triple): [x: number, y: number] {
  const forward = unit(add(target, position, -1));
  const right = unit(cross(forward, UP));
  const above = cross(right, forward);
  const way = add(point, position, -1);
  const along = (axis: Triple): number => way[0] * axis[0] + way[1] * axis[1] + way[2] * axis[2];
  const half = Math.tan(FIELD_OF_VIEW / 2) * along(forward);
  return [(1 + along(right) / half) / 2, (1 - along(above) / half) / 2];
}

/** That exactly these axes have their letter before the middle of the face to which they lead. */
async function expectLetters(viewer: ViewerPage, camera: Camera, axes: readonly number[]): Promise<void> {
  await eventually(async () => {
    const canvas = await viewer.canvas.boundingBox();
    if (canvas === null) throw new Error('no canvas');
    const shown = await viewer.root.locator('.slicescope-box > .slicescope-edge:visible').evaluateAll((nodes) =>
      nodes.map((node) => {
        const { left, top, width, height } = node.getBoundingClientRect();
        return { letter: node.textContent, x: left + width / 2, y: top + height / 2 };
      }),
    );
    const expected = axes.map((axis) => {
      const face = [0, 0, 0] as [number, number, number];
      face[axis] = EDGES[axis]! / 2 + 0.06;
      const [x, y] = placeSeen(camera, face);
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

async function openBox(camera: Camera): Promise<[NotebookPage, ViewerPage]> {
  stage(stand.server, 'box', map);
  const notebook = await stand.open(
    [
      `const view = show(load('box'), { layout: 'volume', camera: ${JSON.stringify(camera)} });
    view.set({ position: ${JSON.stringify(POSITION)} });
    let told: unknown = null;
    view.on('change', (event) => { told = event; });`,
    ],
    () => {
      const post = Worker.prototype.postMessage; // Has a socket say it.
      const sent: string[] = [];
      Object.assign(window, { sent });
      Worker.prototype.postMessage = function (message: unknown[]) {
        const data = message[2];
        if (typeof data === 'string' && data.includes('"wishes"')) sent.push(data);
        post.call(this, message);
      };
    },
  );
  await notebook.runCell(1);
  return [notebook, notebook.viewer()];
}

async function wishes(notebook: NotebookPage): Promise<number> {
  return await notebook.page.evaluate(() => (window as unknown as { sent: string[] }).sent.length);
}

/** Wait until nothing is wished for any more. */
async function quiet(notebook: NotebookPage): Promise<number> {
  return await eventually(async () => {
    const before = await wishes(notebook);
    await notebook.page.waitForTimeout(1_500);
    expect(await wishes(notebook)).toBe(before);
    return before;
  });
}

/** The camera that the notebook was told of last, once the hand has moved it from `before` and rests. */
async function cameraAfter(notebook: NotebookPage, before: Camera): Promise<Camera> {
  const told = async (): Promise<Camera | undefined> => {
    const settings = JSON.parse(await notebook.run('console.log(JSON.stringify(told))')) as ViewSettings | null;
    return settings?.camera;
  };
  return await eventually(async () => {
    const camera = await told();
    expect(camera).not.toEqual(before);
    await notebook.page.waitForTimeout(300);
    expect(await told()).toEqual(camera);
    return camera!;
  });
}

test('straight on a face each voxel is where it belongs, to scale', async () => {
  const front: Camera = { position: [0, 0, -2.5], target: [0, 0, 0] };
  const [notebook, viewer] = await openBox(front);
  await expectSeen(viewer, front, POSITION);
  const side: Camera = { position: [-2.5, 0, 0], target: [0, 0, 0] };
  await notebook.run(`view.camera = ${JSON.stringify(side)}`);
  await expectSeen(viewer, side, POSITION);
  await notebook.run('view.set({ position: [33, 15, 10] })');
  await expectSeen(viewer, side, [33, 15, 10]);
});

test('the slices hide each other and the letters as they lie, and a slice that moves is where it has moved to', async () => {
  const [notebook, viewer] = await openBox(ASKEW);
  await expectSeen(viewer, ASKEW, POSITION);
  await expectLetters(viewer, ASKEW, [0, 2]);
  await notebook.run("view.set({ plane: 'yz', index: 8 })");
  await expectSeen(viewer, ASKEW, [8, 15, 5]);
  await viewer.shows(8, 'yz');
  const behind: Camera = { position: [-1.3, 0.9, 1.6], target: [0.1, 0, -0.1] };
  await notebook.run(`view.camera = ${JSON.stringify(behind)}`);
  await expectSeen(viewer, behind, [8, 15, 5]);
  await expectLetters(viewer, behind, [0, 1, 2]);
});

test('a letter behind a slice is seen where the slice shows nothing', async () => {
  const [notebook, viewer] = await openBox(ASKEW);
  await expectLetters(viewer, ASKEW, [0, 2]);
  stage(
    stand.server,
    'few',
    volumeOf('uint8', SHAPE, () => 0, { spacing: SPACING }),
  );
  expect(await notebook.run("view.show(load('few'), { colormap: 'labels' })")).toBe('');
  await expectLetters(viewer, ASKEW, [0, 1, 2]);
  await notebook.run("view.colormap = 'gray'");
  await expectLetters(viewer, ASKEW, [0, 2]);
});

test('drag goes around, the wheel comes nearer, the right button moves; the state follows, and no slice is asked for', async () => {
  const [notebook, viewer] = await openBox(ASKEW);
  await expectSeen(viewer, ASKEW, POSITION);
  const before = await quiet(notebook);
  const box = await viewer.canvas.boundingBox();
  if (box === null) throw new Error('no canvas');
  const at = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];
  const { mouse } = notebook.page;
  await mouse.move(...at(0.4, 0.5));
  await mouse.down();
  await mouse.move(...at(0.6, 0.4), { steps: 8 });
  await mouse.up();
  const around = await cameraAfter(notebook, ASKEW);
  expect(Math.hypot(...around.position)).toBeCloseTo(Math.hypot(...ASKEW.position), 6);
  expect(around.target).toEqual([0, 0, 0]);
  await expectSeen(viewer, around, POSITION);

  await mouse.wheel(0, -240);
  const near = await cameraAfter(notebook, around);
  expect(Math.hypot(...near.position)).toBeLessThan(Math.hypot(...around.position));
  await expectSeen(viewer, near, POSITION);

  await mouse.move(...at(0.5, 0.5));
  await mouse.down({ button: 'right' });
  await mouse.move(...at(0.65, 0.55), { steps: 5 });
  await mouse.up({ button: 'right' });
  const moved = await cameraAfter(notebook, near);
  expect(moved.target).not.toEqual([0, 0, 0]);
  await expectSeen(viewer, moved, POSITION);
  expect(await wishes(notebook)).toBe(before);
});

test('keys come nearer, go back and start over; with Shift the arrows go around', async () => {
  const [notebook, viewer] = await openBox(ASKEW);
  await expectSeen(viewer, ASKEW, POSITION);
  await viewer.canvas.focus();
  const { keyboard } = notebook.page;
  await keyboard.press('+');
  const near = await cameraAfter(notebook, ASKEW);
  expect(Math.hypot(...near.position)).toBeCloseTo(Math.hypot(...ASKEW.position) / 1.25, 6);
  await expectSeen(viewer, near, POSITION);
  await keyboard.press('-');
  await expectSeen(viewer, ASKEW, POSITION);
  await keyboard.press('Shift+ArrowRight');
  await keyboard.press('Shift+ArrowUp');
  const around = await cameraAfter(notebook, ASKEW);
  expect(around.position[1]).toBeLessThan(ASKEW.position[1]); // Up is against y.
  await expectSeen(viewer, around, POSITION);
  await keyboard.press('0');
  await expectSeen(viewer, { position: [1.2, -1.75, 1.05], target: [0, 0, 0] }, POSITION);
  await keyboard.press('ArrowRight'); // A slice on.
  await expectSeen(viewer, { position: [1.2, -1.75, 1.05], target: [0, 0, 0] }, [20, 15, 6]);
});
