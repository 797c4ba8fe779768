import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ARRAY_OF,
  PLANES,
  levelVoxel,
  type DType,
  type Labels,
  type Level,
  type Plane,
  type Triple,
} from '../protocol';
import { overlap } from './affine';
import { OverlayGrid, Volume, type VolumeOptions } from './index';
import { phantom } from './testing/phantom';

/** A rotation by the angles around x, y and z, row by row. */
function rotation([a, b, c]: Triple): number[] {
  const times = (m: number[], n: number[]): number[] =>
    m.map((_, at) => [0, 1, 2].reduce((sum, k) => sum + m[3 * Math.floor(at / 3) + k]! * n[3 * k + (at % 3)]!, 0));
  const [ca, sa, cb, sb, cc, sc] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), Math.cos(c), Math.sin(c)];
  const [x, y, z] = [
    [1, 0, 0, 0, ca, -sa, 0, sa, ca],
    [cb, 0, sb, 0, 1, 0, -sb, 0, cb],
    [cc, -sc, 0, sc, cc, 0, 0, 0, 1],
  ];
  return times(times(x, y), z);
}

/** The point of the overlay, in its voxels, at a place of the base, in the base's: by positions, with no matrix inverted. */
function pointIn(overlay: Volume, base: Volume, place: readonly number[]): number[] {
  const of = ({ direction }: Volume): readonly number[] => direction ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const position = [0, 1, 2].map((row) =>
    [0, 1, 2].reduce((sum, i) => sum + of(base)[3 * row + i]! * base.spacing[i]! * place[i]!, base.origin[row]!),
  );
  // A rotation's inverse is its transpose.
  return [0, 1, 2].map(
    (axis) =>
      [0, 1, 2].reduce((sum, row) => sum + of(overlay)[3 * row + axis]! * (position[row]! - overlay.origin[row]!), 0) /
      overlay.spacing[axis]!,
  );
}

/** What an overlay is to show at a point, by the definition. */
function valueAt(overlay: Volume, point: readonly number[], isLabels: boolean): number {
  const isOutside = point.some((at, axis) => at < -0.5 || at > overlay.shape[axis]! - 0.5);
  if (isOutside) return isLabels ? 0 : NaN;
  const clamped = point.map((at, axis) => Math.min(overlay.shape[axis]! - 1, Math.max(0, at)));
  if (isLabels)
    return overlay.valueAt(...(clamped.map((at) => Math.floor(at + 0.5)) as [number, number, number])) as number;
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    let weight = 1;
    const voxel = clamped.map((at, axis) => {
      const [first, share] = [Math.floor(at), at - Math.floor(at)];
      const isNext = (corner >> axis) % 2 === 1;
      weight *= isNext ? share : 1 - share;
      return isNext ? first + 1 : first;
    });
    if (weight > 0) sum += weight * (overlay.valueAt(...(voxel as [number, number, number])) as number);
  }
  return sum;
}

function tileOf(grid: OverlayGrid, overlay: Volume, plane: Plane, index: number, level: Level = [0, 0]): number[] {
  const { width, height } = grid.info(1).planes[plane];
  const tile = { x: 0, y: 0, width: Math.ceil(width / 2 ** level[0]), height: Math.ceil(height / 2 ** level[1]) };
  const target = new ARRAY_OF[grid.kind.dtype](tile.width * tile.height);
  grid.copyTile(overlay, plane, index, level, tile, target);
  return Array.from(target);
}

const size = fc.integer({ min: 1, max: 7 });
const sizes = fc.tuple(size, size, size);
const distance = fc.double({ min: 0.3, max: 4, noNaN: true });
const distances = fc.tuple(distance, distance, distance);
const offset = fc.double({ min: -3, max: 3, noNaN: true });
const offsets = fc.tuple(offset, offset, offset);

describe('an overlay on a grid of its own', () => {
  test('shows at each pixel what it has at the place in the middle of it', () => {
    fc.assert(
      fc.property(
        fc.record({ shape: sizes, spacing: distances, origin: offsets, turn: offsets }),
        fc.record({ shape: sizes, spacing: distances, origin: offsets, turn: offsets }),
        fc.constantFrom<DType>('uint8', 'int16', 'int32', 'float32', 'float64'),
        fc.boolean(),
        fc.constantFrom(...PLANES),
        fc.tuple(fc.nat(), fc.nat(2), fc.nat(2)),
        (below, over, dtype, isLabels, plane, [at, columns, rows]) => {
          const base = Volume.alloc(below.shape, 'uint8', { ...below, direction: rotation(below.turn) });
          const overlay = phantom(over.shape, dtype, { ...over, direction: rotation(over.turn) });
          const grid = new OverlayGrid(base, { volume: overlay, labels: isLabels ? {} : null });
          const { count, width, height, spacing } = grid.info(1).planes[plane];
          const plain = base.info(1).planes[plane];
          const index = at % count;
          const values = tileOf(grid, overlay, plane, index, [columns, rows]);
          const levelWidth = Math.ceil(width / 2 ** columns);
          values.forEach((value, pixel) => {
            const column = levelVoxel(pixel % levelWidth, columns, width);
            const row = levelVoxel(Math.floor(pixel / levelWidth), rows, height);
            const u = ((column + 0.5) * spacing[0]) / plain.spacing[0] - 0.5;
            const v = ((row + 0.5) * spacing[1]) / plain.spacing[1] - 0.5;
            const place = { xy: [u, v, index], xz: [u, index, v], yz: [index, u, v] }[plane];
            const point = pointIn(overlay, base, place);
            // Too near to a border to know on which side computing puts it.
            if (point.some((each) => Math.abs(each - 0.5 - Math.round(each - 0.5)) < 1e-5)) return;
            const expected = valueAt(overlay, point, isLabels);
            if (isLabels) expect(value).toBe(expected);
            else if (Number.isNaN(expected)) expect(value).toBeNaN();
            else expect(Math.abs(value - expected)).toBeLessThan(1e-3);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is refined by whole factors, up to eight, and says so', () => {
    const base = Volume.alloc([4, 3, 2], 'uint8', { spacing: [1, 1, 3] });
    const overlay = Volume.alloc([100, 100, 100], 'int16', { spacing: [0.5, 0.1, 1.4], name: 'fine' });
    const { planes, ...info } = new OverlayGrid(base, { volume: overlay, labels: null }).info(7);
    const own = { revision: 7, name: 'fine', dtype: 'float32', rescale: null, components: 1 };
    expect(info).toEqual({ ...own, frames: 1, labels: null });
    const same = { orientation: { transpose: false, flipX: false, flipY: false }, edges: null };
    expect(planes).toEqual({
      xy: { count: 2, width: 8, height: 24, spacing: [0.5, 0.125], ...same },
      xz: { count: 3, width: 8, height: 4, spacing: [0.5, 1.5], ...same },
      yz: { count: 4, width: 24, height: 4, spacing: [0.125, 1.5], ...same },
    });
  });

  test('of half the distance, edge on edge, shows its voxels as they are', () => {
    const base = Volume.alloc([3, 2, 2], 'uint8', { spacing: [2, 2, 2], origin: [0.5, 0.5, 0.5] });
    const overlay = phantom([6, 4, 4], 'float64', { spacing: [1, 1, 1], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] });
    for (const labels of [null, {}]) {
      const grid = new OverlayGrid(base, { volume: overlay, labels });
      const between = (z: number): number[] => Array.from(overlay.slice('xy', z).data);
      const expected = labels === null ? between(2).map((value, at) => (value + between(3)[at]!) / 2) : between(3);
      expect(tileOf(grid, overlay, 'xy', 1)).toEqual(expected);
    }
  });

  test('with NaN and infinities shows them where they count, and only there', () => {
    const base = Volume.alloc([5, 1, 1], 'uint8');
    const overlay = Volume.from(Float32Array.of(1, NaN, 3, Infinity, 5), [5, 1, 1], { origin: [0, 0.25, 0] });
    const grid = new OverlayGrid(base, { volume: overlay, labels: null });
    expect(tileOf(grid, overlay, 'xy', 0)).toEqual([1, NaN, 3, Infinity, 5]);
    const moved = new OverlayGrid(Volume.alloc([4, 1, 1], 'uint8', { origin: [0.5, 0, 0] }), {
      volume: overlay,
      labels: null,
    });
    expect(tileOf(moved, overlay, 'xy', 0)).toEqual([NaN, NaN, Infinity, Infinity]);
  });
});

test('an overlay on the same grid is copied, in its own dtype', () => {
  const place: VolumeOptions = { spacing: [1, 2, 3], origin: [-7, 5, 0.1], direction: rotation([0.3, -2, 1]) };
  const base = Volume.alloc([5, 4, 3], 'int16', place);
  for (const [dtype, labels] of [
    ['uint16', null],
    ['float64', null],
    ['uint8', { 1: { name: 'one' } } as Labels],
  ] as const) {
    const overlay = phantom([5, 4, 3], dtype, place);
    const grid = new OverlayGrid(base, { volume: overlay, labels });
    expect(grid.info(3)).toMatchObject({ dtype, labels, planes: base.info(3).planes });
    for (const plane of PLANES) {
      expect(tileOf(grid, overlay, plane, 2)).toEqual(Array.from(overlay.slice(plane, 2).data));
    }
  }
});

describe('two volumes overlap', () => {
  const base = Volume.alloc([10, 10, 10], 'uint8');
  const at = (origin: Triple, direction: number[] | null = null, shape: Triple = [4, 4, 4]): boolean =>
    overlap(base, Volume.alloc(shape, 'uint8', { origin, direction }));

  test('where they have a place in common', () => {
    expect(at([0, 0, 0])).toBe(true);
    expect(at([-3, -3, -3])).toBe(true);
    expect(at([9.4, 5, 5])).toBe(true);
    expect(at([-50, -50, 4], null, [100, 100, 1])).toBe(true);
  });

  test('and not where they touch, or where only their boxes meet', () => {
    expect(at([10, 5, 5])).toBe(false);
    expect(at([5, -4, 5])).toBe(false);
    expect(at([500, 5, 5])).toBe(false);
    // Across the corner: its box contains that of the volume's corner.
    const diagonal = rotation([0, 0, Math.PI / 4]);
    expect(at([13, 7, 5], diagonal, [2, 9, 3])).toBe(false);
    expect(at([12.4, 7, 5], diagonal, [2, 9, 3])).toBe(true);
  });
});
