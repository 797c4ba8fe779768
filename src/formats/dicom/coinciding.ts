import type { Shape, Triple } from '../../protocol';
import { voxelsToVoxels } from '../../volume';

/** Where the voxels of a volume lie. */
export interface Grid {
  readonly shape: Shape;
  readonly spacing: Triple;
  readonly origin: Triple;
  readonly direction: readonly number[] | null;
}

/**
 * Which voxels of a grid a map has: a box.
 * Voxel (x, y, z) of the grid is value start + x · steps[0] + y · steps[1] + z · steps[2] of the map.
 */
export interface Coinciding {
  readonly from: Triple;
  readonly size: Triple;
  readonly start: number;
  readonly steps: Triple;
}

/** What voxels that are the same may be apart, in voxels: headers round. */
const TOLERANCE = 0.05;
const AXES = [0, 1, 2] as const;

/**
 * The voxels of a grid that are those of a map; null if they are not the same. The map may be a part of the grid, and may run
 * along its axes in another order or backwards.
 */
export function coinciding(grid: Grid, map: Grid): Coinciding | null {
  const { m, t } = voxelsToVoxels(map, grid);
  const turn = m.map((each) => Math.round(each) + 0);
  const shift = t.map((each) => Math.round(each) + 0);
  const isTurn = AXES.every((axis) => {
    const [row, column] = [turn.slice(3 * axis, 3 * axis + 3), AXES.map((each) => turn[3 * each + axis])];
    return [row, column].every((line) => line.reduce<number>((sum, each = 0) => sum + Math.abs(each), 0) === 1);
  });
  const last = map.shape.map((size) => size - 1);
  const isNear = Array.from({ length: 8 }, (_, corner) => {
    const at = last.map((each, axis) => ((corner >> axis) & 1 ? each : 0));
    return AXES.every((row) => {
      const off = AXES.reduce<number>(
        (sum, axis) => sum + ((m[3 * row + axis] as number) - (turn[3 * row + axis] as number)) * (at[axis] as number),
        0,
      );
      return Math.abs(off + t[row] - (shift[row] as number)) <= TOLERANCE;
    });
  }).every(Boolean);
  if (!isTurn || !isNear) return null;
  const strides = [1, map.shape[0], map.shape[0] * map.shape[1]];
  const along = AXES.map((axis) => {
    const of = AXES.findIndex((each) => turn[3 * axis + each] !== 0);
    const sign = turn[3 * axis + of] as number;
    const [size, from] = [map.shape[of] as number, shift[axis] as number];
    return { size, from: sign > 0 ? from : from - size + 1, step: sign * (strides[of] as number), zero: from };
  });
  if (along.some(({ from, size }, axis) => from < 0 || from + size > (grid.shape[axis] as number))) return null;
  const triple = (of: 'from' | 'size' | 'step'): Triple => along.map((each) => each[of]) as unknown as Triple;
  const start = along.reduce((sum, { step, zero }) => sum - step * zero, 0);
  return { from: triple('from'), size: triple('size'), start, steps: triple('step') };
}
