import { ARRAY_OF, realValue, type VoxelArray } from '../protocol';
import { asWords, type Words } from './layout';
import type { Volume } from './volume';

/** Points in a volume, in its voxels along x, y and z; voxel (0, 0, 0) reaches from −0.5 to 0.5. */
export type Points = readonly [x: Float64Array, y: Float64Array, z: Float64Array];

/** Parts of a voxel: a point so near to the middle of a voxel, or to a border, is on it. */
const TOLERANCE = 1e-6;

/** The real value of the voxel that each point lies in; 0 outside. */
export function sampleNearest(
  { data, rescale, shape: [width, height, depth] }: Volume,
  points: Points,
  target: VoxelArray,
): void {
  const [xs, ys, zs] = points;
  const [words, pixels] = rescale === null ? [asWords(data), asWords(target)] : [data, target];
  const middle = 0.5 + TOLERANCE;
  for (let i = 0; i < pixels.length; i++) {
    const x = Math.floor((xs[i] as number) + middle);
    const y = Math.floor((ys[i] as number) + middle);
    const z = Math.floor((zs[i] as number) + middle);
    const isInside = x >= 0 && y >= 0 && z >= 0 && x < width && y < height && z < depth;
    pixels[i] = isInside ? realValue(words[(z * height + y) * width + x] as number, rescale) : 0;
  }
}

/**
 * Stored values interpolated between the eight voxels around each point, which are those at the border where there is none; NaN
 * outside of all voxels, and where a voxel that counts is NaN.
 */
export function sampleLinear({ data, dtype, shape }: Volume, points: Points, target: VoxelArray): void {
  const count = target.length;
  // The first of the voxels around each point in the volume's memory; it stays below 0 where the point is outside.
  const places = new Float64Array(count);
  const steps = [1, shape[0], shape[0] * shape[1]] as const;
  const axes = [0, 1, 2] as const;
  const all = axes.map((axis) => {
    const share = new Float64Array(count);
    locate(points[axis], shape[axis], steps[axis], places, share);
    return { step: steps[axis], share };
  });
  const mixed = all.filter(({ share }) => share.some((each) => each > 0));
  // Voxels are gathered as they are and become numbers all at once, so that few kinds of array meet in a loop.
  const words = asWords(data);
  const gathered = new ARRAY_OF[dtype](count);
  const gatheredWords = asWords(gathered);
  let corners: readonly Float64Array[] = Array.from({ length: 1 << mixed.length }, (_, corner) => {
    const sides = mixed.filter((__, bit) => (corner >> bit) & 1);
    gather(words, placesBeside(places, sides), gatheredWords);
    return Float64Array.from(gathered);
  });
  for (const { share } of mixed) {
    const [low, high] = [corners.filter((_, at) => at % 2 === 0), corners.filter((_, at) => at % 2 === 1)];
    corners = low.map((values, at) => mix(values, high[at] as Float64Array, share));
  }
  const [values] = corners as [Float64Array];
  for (let i = 0; i < count; i++) target[i] = (places[i] as number) < 0 ? NaN : (values[i] as number);
}

/** Along one axis: the voxel before each point, and how much the one after it counts, from 0 to 1. */
function locate(points: Float64Array, size: number, step: number, places: Float64Array, share: Float64Array): void {
  const border = 0.5 + TOLERANCE;
  for (let i = 0; i < points.length; i++) {
    const point = points[i] as number;
    if (!(point >= -border && point <= size - 1 + border)) {
      places[i] = -Infinity;
      continue;
    }
    const within = Math.min(size - 1, Math.max(0, point));
    const voxel = Math.floor(within + TOLERANCE);
    const rest = within - voxel;
    places[i] = (places[i] as number) + voxel * step;
    if (rest > TOLERANCE) share[i] = rest;
  }
}

interface Side {
  readonly step: number;
  readonly share: Float64Array;
}

/** The places one step further along each of `sides`, where the voxel there counts. */
function placesBeside(places: Float64Array, sides: readonly Side[]): Float64Array {
  if (sides.length === 0) return places;
  const beside = places.slice();
  for (const { step, share } of sides) {
    for (let i = 0; i < beside.length; i++) {
      if ((share[i] as number) > 0) beside[i] = (beside[i] as number) + step;
    }
  }
  return beside;
}

function gather(source: Words, places: Float64Array, target: Words): void {
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number;
    target[i] = place < 0 ? 0 : (source[place] as number);
  }
}

/** `low` becomes what is between it and `high`; it stays where `high` does not count, also beside an infinite value. */
function mix(low: Float64Array, high: Float64Array, share: Float64Array): Float64Array {
  for (let i = 0; i < low.length; i++) {
    const part = share[i] as number;
    if (part > 0) low[i] = (low[i] as number) * (1 - part) + (high[i] as number) * part;
  }
  return low;
}
