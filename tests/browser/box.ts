import { expect } from '@jest/globals';
import { PLANE_AXES, type Camera, type Plane, type Triple } from '../../src/protocol';
import { colorAt } from './pictures';
import type { Point, Size } from './places';
import type { ViewerPage } from './viewer-page';
import { volumeOf } from './volumes';
import { eventually } from './waiting';

/** What is in the box, and what an eye sees of its slices, computed here once more. */
export const SHAPE = [41, 31, 21] as const;
/** 41 × 31 × 42 of the smallest. */
export const SPACING = [1, 1, 2] as const;
const LONGEST = 42;
/** Colours that say which voxel a pixel shows. */
export const BOX = volumeOf('uint8', SHAPE, (x, y, z) => [6 * x, 8 * y, 12 * z], { components: 3, spacing: SPACING });
export const POSITION = [20, 15, 5] as const;
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
/** The lengths of the box' edges, in units of the longest. */
export const EDGES = SHAPE.map((voxels, axis) => (voxels * SPACING[axis]!) / LONGEST) as unknown as Triple;
const { floor, tan } = Math;

/** The directions of an eye, and how much it sees of a canvas' height at distance 1, from the middle on. */
export interface Eye {
  readonly position: Triple;
  readonly forward: Triple;
  readonly right: Triple;
  readonly above: Triple;
  /** Of the canvas, its width by its height. */
  readonly aspect: number;
}
const HALF = tan(FIELD_OF_VIEW / 2);

export function eyeOf({ position, target }: Camera, { width, height }: Size): Eye {
  const forward = unit(add(target, position, -1));
  const right = unit(cross(forward, UP));
  return { position, forward, right, above: cross(right, forward), aspect: width / height };
}

const PLANES = Object.keys(PLANE_AXES) as Plane[];
const NOTHING = -1;
/** A voxel in which slices cross is seen on either, and a pixel where they meet may be of both: the plane is a part of it. */
const numberOf = (plane: number, [i, j, k]: Triple): number => ((plane * 64 + i) * 64 + j) * 64 + k;
const voxelOf = (seen: number): Triple => [floor(seen / 4096) % 64, floor(seen / 64) % 64, seen % 64];

/** What an eye sees at a point of the canvas, given in shares of it: the `numberOf` a voxel, or nothing. */
function seenAt(eye: Eye, across: number, down: number, slices: Triple): number {
  const { position, forward, right, above, aspect } = eye;
  const ray = add(add(forward, right, (2 * across - 1) * HALF * aspect), above, (1 - 2 * down) * HALF);
  let nearest = Infinity;
  let seen = NOTHING;
  for (let plane = 0; plane < PLANES.length; plane++) {
    const normal = PLANE_AXES[PLANES[plane]!][2];
    const there = ((slices[normal] + 0.5) / SHAPE[normal] - 0.5) * EDGES[normal];
    const distance = (there - position[normal]) / ray[normal];
    if (!(distance > 0) || distance >= nearest) continue;
    const along = (axis: 0 | 1 | 2): number => {
      if (axis === normal) return slices[normal];
      return floor(((position[axis] + distance * ray[axis]) / EDGES[axis] + 0.5) * SHAPE[axis]);
    };
    const voxel = [along(0), along(1), along(2)] as const;
    if (voxel.some((index, axis) => index < 0 || index >= SHAPE[axis]!)) continue;
    [nearest, seen] = [distance, numberOf(plane, voxel)];
  }
  return seen;
}

/** The middle of a pixel and four points around it: where a slice is seen from its edge, a pixel mixes voxels. */
const AROUND = [
  [0.5, 0.5],
  [-2.5, -2.5],
  [3.5, -2.5],
  [-2.5, 3.5],
  [3.5, 3.5],
] as const;

/** How the canvas differs from what a camera sees, and how many points were compared, of those away from all borders. */
async function compare(
  viewer: ViewerPage,
  camera: Camera,
  slices: Triple,
): Promise<{ wrong: string[]; compared: number }> {
  const pixels = await viewer.pixels();
  const { width, height } = pixels;
  const eye = eyeOf(camera, pixels);
  const wrong: string[] = [];
  let compared = 0;
  for (let y = 3; y < height; y += 5) {
    for (let x = 3; x < width; x += 5) {
      const [seen, ...others] = AROUND.map(([dx, dy]) => seenAt(eye, (x + dx) / width, (y + dy) / height, slices));
      if (seen === undefined || others.some((other) => other !== seen)) continue;
      const got = colorAt(pixels, x, y).join(' ');
      if (got === '140 140 140 255') continue; // An edge of the box.
      compared++;
      const [i, j, k] = voxelOf(seen);
      const want = seen === NOTHING ? '0 0 0 0' : [6 * i, 8 * j, 12 * k, 255].join(' ');
      if (got !== want) wrong.push(`(${[x, y].join(', ')}) is ${got}, expected ${want}`);
    }
  }
  return { wrong: wrong.slice(0, 5), compared };
}

/** Wait until the canvas shows these slices of `BOX` as a camera sees them. */
export async function expectSeen(viewer: ViewerPage, camera: Camera, slices: Triple): Promise<void> {
  await eventually(async () => {
    const { wrong, compared } = await compare(viewer, camera, slices);
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(1000);
  });
}

/** Where an eye sees a point of the box, in shares of the canvas. */
export function placeSeen({ position, forward, right, above, aspect }: Eye, point: Triple): Point {
  const way = add(point, position, -1);
  const along = (axis: Triple): number => way[0] * axis[0] + way[1] * axis[1] + way[2] * axis[2];
  const half = HALF * along(forward);
  return [(1 + along(right) / (half * aspect)) / 2, (1 - along(above) / half) / 2];
}
