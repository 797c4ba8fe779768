/** Which contours of a structure are drawn on which slice, and what a person must know of those that are not. */
import { voxelsToVoxels, type Volume } from '../../volume';
import { unsupported } from '../format';
import type { ContourPoints } from './contours';

/** In slices: what points may be off the plane of their contour, and how far contours of one plane may be apart. */
const FLAT = 0.1;
const ONE_PLANE = 0.05;
/** What a note names at most: structures, and characters of each. */
const MOST_NAMED = 8;
const MOST_CHARACTERS = 24;

/** Contours in one plane: its place along z, in slices, and x and y of the points of each, in voxels. */
interface ContourPlane {
  readonly z: number;
  readonly contours: Float64Array[];
}

/** Structures by what a person must know of them. */
export class StructureRemarks {
  readonly #names = new Map<keyof typeof SENTENCES, Set<string>>();

  add(remark: keyof typeof SENTENCES, name: string): void {
    this.#names.set(remark, (this.#names.get(remark) ?? new Set()).add(name));
  }

  notes(): readonly string[] {
    return [...this.#names].map(([remark, names]) => {
      const shown = [...names].slice(0, MOST_NAMED).map((name) => name.slice(0, MOST_CHARACTERS));
      return `${SENTENCES[remark]}: ${shown.join(', ')}${names.size > MOST_NAMED ? ', ...' : ''}.`;
    });
  }
}

const SENTENCES = {
  open: 'Points and open contours can’t be filled. These structures have some, which are left out',
  elsewhere: 'These structures are left out, because they are in another frame of reference than the series',
  outside: 'These structures have contours outside of the slices of the series, which are left out',
  between: 'These structures have contours between two slices of the series, which are drawn on the nearer one',
  crowded: 'These structures have more contours than the series has slices. On each slice the nearest ones are drawn',
} as const;

/** Contours in the voxels of a volume. */
export class ContourSlicer {
  readonly #path: string;
  readonly #depth: number;
  readonly #remarks: StructureRemarks;
  readonly #m: readonly number[];
  readonly #t: readonly number[];

  constructor(path: string, volume: Volume, remarks: StructureRemarks) {
    const positions = { shape: [1, 1, 1], spacing: [1, 1, 1], origin: [0, 0, 0], direction: null } as const;
    const { m, t } = voxelsToVoxels(positions, volume);
    this.#path = path;
    this.#depth = volume.shape[2];
    this.#remarks = remarks;
    this.#m = m;
    this.#t = t;
  }

  /**
   * The contours on each slice, by its index. A contour between slices is on the nearest one, at most half a slice away,
   * unless another plane of contours is nearer to that one.
   * @param points of the closed contours of a structure.
   * @throws SlicescopeError `unsupported-format` for a contour that is not parallel to the slices.
   */
  slices(name: string, points: readonly ContourPoints[]): ReadonlyMap<number, readonly Float64Array[]> {
    const nearest = new Map<number, ContourPlane>();
    for (const plane of this.#planes(name, points)) {
      const slice = Math.round(plane.z) + 0;
      const other = nearest.get(slice);
      if (slice < 0 || slice >= this.#depth) this.#remarks.add('outside', name);
      else if (other === undefined) nearest.set(slice, plane);
      else {
        this.#remarks.add('crowded', name);
        if (Math.abs(plane.z - slice) < Math.abs(other.z - slice)) nearest.set(slice, plane);
      }
    }
    for (const [slice, { z }] of nearest) if (Math.abs(z - slice) > ONE_PLANE) this.#remarks.add('between', name);
    return new Map([...nearest].map(([slice, { contours }]) => [slice, contours]));
  }

  #planes(name: string, points: readonly ContourPoints[]): readonly ContourPlane[] {
    const flat = points.map((each, at) => this.#flat(name, each, at));
    flat.sort((one, other) => one.z - other.z);
    const planes: ContourPlane[] = [];
    for (const { z, contour } of flat) {
      const last = planes.at(-1);
      if (last !== undefined && z - last.z <= ONE_PLANE) last.contours.push(contour);
      else planes.push({ z, contours: [contour] });
    }
    return planes;
  }

  #flat(name: string, points: ContourPoints, at: number): { readonly z: number; readonly contour: Float64Array } {
    const [a, b, c, d, e, f, g, h, i] = this.#m as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const [right, down, along] = this.#t as [number, number, number];
    const contour = new Float64Array((points.length / 3) * 2);
    let [low, high] = [Infinity, -Infinity];
    for (let from = 0, to = 0; from < points.length; from += 3, to += 2) {
      const [x, y, z] = [points[from] as number, points[from + 1] as number, points[from + 2] as number];
      contour[to] = a * x + b * y + c * z + right;
      contour[to + 1] = d * x + e * y + f * z + down;
      const slice = g * x + h * y + i * z + along;
      low = Math.min(low, slice);
      high = Math.max(high, slice);
    }
    if (high - low > FLAT) {
      const what = `contour ${String(at)} of ${JSON.stringify(name)} spans ${(high - low).toFixed(2)} slices`;
      throw unsupported(
        this.#path,
        `${what} (ContourData), expected contours that are parallel to the slices of its series`,
      );
    }
    return { z: (low + high) / 2, contour };
  }
}
