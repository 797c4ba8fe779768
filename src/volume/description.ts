import {
  ARRAY_OF,
  SlicescopeError,
  quote,
  type DType,
  type Shape,
  type Triple,
  type VoxelArray,
  type Window,
} from '../protocol';
import {
  checkComponents,
  checkDirection,
  checkOrigin,
  checkShape,
  checkSpacing,
  checkWindow,
  formatShape,
} from './checks';

/** What a volume may say of itself, besides its values. Positions are in LPS, the patient space of DICOM and ITK. */
export interface VolumeOptions {
  /** Distance between voxels along x, y and z, in millimetres, each over 0. Without it: 1. */
  readonly spacing?: Triple | undefined;
  /** Position of the middle of voxel (0, 0, 0), LPS, in millimetres. Without it: 0. */
  readonly origin?: Triple | undefined;
  /**
   * Where the axes point: a 3 × 3 matrix row by row, as ITK gives it. Column i, that is the elements i,
   * 3 + i and 6 + i, is the unit vector in LPS along which index i grows. Without it, or with null, the
   * volume is a plain image: first axis to the right, second axis down.
   */
  readonly direction?: readonly number[] | null | undefined;
  readonly name?: string | undefined;
  /** Values a voxel: 1, or 3 (RGB) or 4 (RGBA) for `uint8`; they lie next to each other. Without it: 1. */
  readonly components?: 1 | 3 | 4 | undefined;
  /** The window to start with, such as a file's own. Without it: the 0.5 and 99.5 percentiles. */
  readonly window?: Window | null | undefined;
}

/** A volume as plain data for a message to another thread; the voxels stay where they are. */
export interface VolumeRecord {
  readonly data: VoxelArray;
  readonly shape: Shape;
  readonly components: 1 | 3 | 4;
  readonly spacing: Triple;
  readonly origin: Triple;
  readonly direction: readonly number[] | null;
  readonly name: string;
  readonly window: Window | null;
}

/** A volume before it has voxels. */
export type Description = Omit<VolumeRecord, 'data'>;

/** The options of a volume, checked and with what was left out filled in. */
export function describe(shape: unknown, dtype: DType, options: VolumeOptions, caller: string): Description {
  const components = checkComponents(options.components ?? 1, dtype, caller);
  const { name = '' } = options;
  if (typeof name !== 'string') {
    throw new SlicescopeError('invalid-argument', `${caller}: name is ${quote(name)}, expected a string`, {
      argument: 'name',
    });
  }
  return {
    shape: checkShape(shape, components, caller),
    components,
    spacing: checkSpacing(options.spacing ?? [1, 1, 1], caller),
    origin: checkOrigin(options.origin ?? [0, 0, 0], caller),
    direction: options.direction == null ? null : checkDirection(options.direction, caller),
    name,
    window: options.window == null ? null : checkWindow(options.window, caller),
  };
}

/** Number of values: w × h × d × components. */
export function elementsOf({ shape: [width, height, depth], components }: Description): number {
  return width * height * depth * components;
}

/** Zeroed shared memory for the values. */
export function allocate(plain: Description, dtype: DType, caller: string): VoxelArray {
  const bytes = elementsOf(plain) * ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  try {
    return new ARRAY_OF[dtype](new SharedArrayBuffer(bytes));
  } catch (cause) {
    throw new SlicescopeError(
      'invalid-shape',
      `${caller}: shape ${formatShape(plain.shape)} of ${dtype} needs ${String(bytes)} bytes, which could not be had`,
      { shape: plain.shape },
      { cause },
    );
  }
}
