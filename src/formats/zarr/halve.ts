import { ARRAY_OF, type DType, type Shape, type Triple, type VoxelArray } from '../../protocol';

/** The largest picture that a coarsest level has: about a screen. */
const SCREEN_VOXELS = 512;
/** The most bytes of a coarsest level, all channels of a frame: it is read whole before anything is shown. */
const COARSEST_BYTES = 2 ** 24;

/** A level of detail. */
export interface PyramidLevel {
  readonly shape: Shape;
  /** Voxels of the finest level that one voxel stands for, along x, y and z. */
  readonly factors: Triple;
}

/**
 * A level, and those that are halved from it until one fits a screen. An axis waits while its voxels
 * are at least twice as long as the shortest, so that voxels become cubes.
 * @param voxelBytes of all channels.
 */
export function pyramid(first: PyramidLevel, spacing: Triple, voxelBytes: number): readonly PyramidLevel[] {
  const levels = [first];
  for (let last = first; !fits(last, voxelBytes); levels.push(last)) {
    const { shape, factors } = last;
    const lengths = factors.map((factor, axis) => (shape[axis] === 1 ? Infinity : factor * (spacing[axis] as number)));
    const steps = lengths.map((length) => (length < 2 * Math.min(...lengths) ? 2 : 1));
    last = {
      shape: shape.map((size, axis) => Math.ceil(size / (steps[axis] as number))) as unknown as Shape,
      factors: factors.map((factor, axis) => factor * (steps[axis] as number)) as unknown as Triple,
    };
  }
  return levels;
}

function fits({ shape }: PyramidLevel, voxelBytes: number): boolean {
  const voxels = shape.reduce((product, size) => product * size, 1);
  return voxels === 1 || (Math.max(...shape) <= SCREEN_VOXELS && voxels * voxelBytes <= COARSEST_BYTES);
}

/** Values of a box, x fastest. */
export interface Box {
  readonly data: VoxelArray;
  readonly size: Shape;
}

/** By how much each axis of a box becomes shorter. */
export type Steps = readonly [x: number, y: number, z: number];

function halvedSize({ size }: Box, steps: Steps): Shape {
  return size.map((each, axis) => Math.ceil(each / (steps[axis] as number))) as unknown as Shape;
}

/** Means of neighbours, of whole numbers rounded. At the end of an axis of odd length they have fewer voxels. */
export function means(box: Box, dtype: DType, steps: Steps): Box {
  const { data, size } = box;
  const [width, height, depth] = size;
  const half = halvedSize(box, steps);
  const values = new ARRAY_OF[dtype](half[0] * half[1] * half[2]);
  const isWhole = !dtype.startsWith('float');
  const last = (at: number, axis: 0 | 1 | 2): number => Math.min(at + steps[axis], size[axis]) - 1;
  let to = 0;
  for (let z = 0; z < depth; z += steps[2]) {
    for (let y = 0; y < height; y += steps[1]) {
      // Two rows of two slices, which are the same one where there is no other.
      const [near, far] = [z * height, last(z, 2) * height] as const;
      const [upper, lower] = [y * width, last(y, 1) * width] as const;
      const rows = [near * width + upper, near * width + lower, far * width + upper, far * width + lower] as const;
      const [a, b, c, d] = rows;
      for (let x = 0; x < width; x += steps[0]) {
        const next = last(x, 0);
        const sum =
          (data[a + x] as number) +
          (data[a + next] as number) +
          (data[b + x] as number) +
          (data[b + next] as number) +
          (data[c + x] as number) +
          (data[c + next] as number) +
          (data[d + x] as number) +
          (data[d + next] as number);
        values[to++] = isWhole ? Math.round(sum / 8) : sum / 8;
      }
    }
  }
  return { data: values, size: half };
}

/** One of the neighbours: the first or the second one, or the last that there is. */
export function neighbours(box: Box, dtype: DType, steps: Steps, which: 0 | 1): Box {
  const { data, size } = box;
  const [width, height, depth] = size;
  const half = halvedSize(box, steps);
  const values = new ARRAY_OF[dtype](half[0] * half[1] * half[2]);
  const chosen = (at: number, axis: 0 | 1 | 2): number => Math.min(at + which * (steps[axis] - 1), size[axis] - 1);
  let to = 0;
  for (let z = 0; z < depth; z += steps[2]) {
    for (let y = 0; y < height; y += steps[1]) {
      const row = (chosen(z, 2) * height + chosen(y, 1)) * width;
      for (let x = 0; x < width; x += steps[0]) values[to++] = data[row + chosen(x, 0)] as number;
    }
  }
  return { data: values, size: half };
}
