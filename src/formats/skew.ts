/**
 * Axes that are not at right angles, such as those of a CT with a tilted gantry. A volume's direction
 * keeps them.
 */
import { corrupt } from './format';

/** Axes whose cosines are smaller than this count as being at right angles. */
const UPRIGHT_COSINE = 0.001;
/** Axes that span less than this share of a cube lie in one plane. */
const FLAT = 0.001;

type Axis = readonly number[];

const ROWS = [0, 1, 2] as const;
const at = (axis: Axis, row: number): number => axis[row] ?? 0;
const dot = (one: Axis, other: Axis): number =>
  ROWS.reduce<number>((sum, row) => sum + at(one, row) * at(other, row), 0);
const degreesOf = (cosine: number): number => (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;

/** What is said of slices that are tilted against the normal of their rows and columns. */
export function tiltNote(degrees: number): string {
  const what = `The slices are tilted by ${degrees.toFixed(1)} degrees, as by a tilted gantry`;
  const kept = 'The values and the direction of z are those of the file';
  return `${what}: each is shifted against the one before. ${kept}; planes across the slices are drawn as if they were at right angles.`;
}

/**
 * What a person must know of where x, y and z point.
 * @param axes of length 1.
 * @throws SlicescopeError `file-corrupt` if they lie in one plane.
 */
export function skewNotes(axes: readonly [x: Axis, y: Axis, z: Axis], path: string): readonly string[] {
  const [x, y, z] = axes;
  const normal = ROWS.map((row) => {
    const [next, last] = [(row + 1) % 3, (row + 2) % 3];
    return at(x, next) * at(y, last) - at(x, last) * at(y, next);
  });
  const volume = Math.abs(dot(normal, z));
  if (!(volume >= FLAT)) {
    const said = axes.map((axis) => axis.join(', ')).join('), (');
    throw corrupt(path, `its header says that x, y and z point along (${said}), which lie in one plane`);
  }
  const pairs = [
    { names: 'x and y', cosine: dot(x, y) },
    { names: 'x and z', cosine: dot(x, z) },
    { names: 'y and z', cosine: dot(y, z) },
  ].filter(({ cosine }) => Math.abs(cosine) > UPRIGHT_COSINE);
  if (pairs.length === 0) return [];
  if (pairs[0]?.names !== 'x and y') return [tiltNote(degreesOf(volume / Math.hypot(...normal)))];
  const angles = pairs.map(({ names, cosine }) => `${names} at ${degreesOf(cosine).toFixed(1)} degrees`).join(', ');
  const kept = 'The values and the directions are those of the file';
  return [`The axes are not at right angles: ${angles}. ${kept}; pictures are drawn as if they were at right angles.`];
}
