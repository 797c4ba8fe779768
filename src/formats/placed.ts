import type { Triple } from '../protocol';
import type { VolumeOptions } from '../volume';
import { corrupt } from './format';
import { skewNotes } from './skew';

/** Where voxels lie, in LPS, and what a person must know of it. */
export type Placed = Required<Pick<VolumeOptions, 'spacing' | 'origin' | 'direction' | 'notes'>>;

/** From indices to positions: one step along each of three axes, and where the first voxel is. */
export interface Steps {
  readonly columns: readonly (readonly number[])[];
  readonly origin: readonly number[];
}

const AXES = [0, 1, 2] as const;

/** A position or a step in RAS, in LPS. */
export function lpsOf(ras: readonly number[]): Triple {
  const [right = 0, anterior = 0, superior = 0] = ras;
  return [-right + 0, -anterior + 0, superior + 0]; // Adding 0 makes −0 an ordinary 0.
}

/** The steps of the first three rows of a matrix that leads from indices to RAS. */
export function stepsOfRas(rows: readonly (readonly number[])[]): Steps {
  const column = (axis: number): Triple => lpsOf(AXES.map((row) => rows[row]?.[axis] ?? 0));
  return { columns: AXES.map(column), origin: column(3) };
}

/** A picture of one slice may leave out where its third axis points: at a right angle to the others. */
function mended(columns: Steps['columns'], sizes: readonly number[]): Steps['columns'] {
  const flat = columns.findIndex((column, axis) => (sizes[axis] ?? 1) === 1 && column.every((each) => each === 0));
  if (flat < 0) return columns;
  const [one = [], other = []] = [1, 2].map((step) => columns[(flat + step) % 3] ?? []);
  const across = AXES.map((row) => {
    const [next, last] = [(row + 1) % 3, (row + 2) % 3];
    return (one[next] ?? 0) * (other[last] ?? 0) - (one[last] ?? 0) * (other[next] ?? 0);
  });
  const length = Math.hypot(...across);
  const unit = across.map((each) => each / length);
  return length > 0 ? columns.map((column, axis) => (axis === flat ? unit : column)) : columns;
}

/**
 * Spacing, origin and direction of steps that lead from indices to LPS. Axes that are not at right
 * angles stay so, with a note.
 * @param said distances of voxels, if the header has them too; otherwise they are the lengths of the
 *   steps.
 * @throws SlicescopeError `file-corrupt` if the steps lead nowhere, or lie in one plane.
 */
export function placed(steps: Steps, sizes: readonly number[], path: string, said?: readonly number[]): Placed {
  const { origin } = steps;
  if (![...steps.columns.flat(), ...origin].every(Number.isFinite)) {
    const rows = AXES.flatMap((row) => [...steps.columns.map((column) => column[row]), origin[row]]);
    throw corrupt(path, `its header says a matrix of ${rows.join(' ')}`);
  }
  const columns = mended(steps.columns, sizes);
  const lengths = columns.map((column) => Math.hypot(...column));
  const distances = (said ?? lengths).map((each, axis) => (each === 0 && (sizes[axis] ?? 1) === 1 ? 1 : each));
  if (![...distances, ...lengths].every((each) => Number.isFinite(each) && each > 0)) {
    throw corrupt(path, `its header says that voxels are ${distances.join(' × ')} apart`);
  }
  const unitOf = (axis: number): readonly number[] =>
    (columns[axis] ?? []).map((each) => each / (lengths[axis] as number) + 0);
  const units = [unitOf(0), unitOf(1), unitOf(2)] as const;
  return {
    spacing: distances as unknown as Triple,
    origin: origin.map((each) => each + 0) as unknown as Triple,
    direction: AXES.flatMap((row) => units.map((unit) => unit[row] as number)),
    notes: skewNotes(units, path),
  };
}
