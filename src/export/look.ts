import {
  SlicescopeError,
  quote,
  type Convention,
  type Interpolation,
  type Plane,
  type Projection,
  type Triple,
  type ViewSettings,
  type Window,
} from '../protocol';
import { changeSettings, initialSettings, type ColormapName } from '../shading';
import { Volume } from '../volume';

/** A plane by its axes, or by the anatomical plane that it is nearest to. */
export type PlaneName = Plane | 'axial' | 'coronal' | 'sagittal';

/** How a slice is to look. */
export interface LookOptions {
  /** `xy`, `xz` or `yz`, or `axial`, `coronal` or `sagittal` for the plane nearest to it. Default `xy`. */
  readonly plane?: PlaneName;
  /** Which slice: from 0 to the number of slices along the plane's normal − 1. Default: the middle one. */
  readonly index?: number;
  /** [low, high] in the volume's values. Default: what the file says, else the 0.5 and 99.5 percentiles. */
  readonly window?: Window;
  /** Default `gray`. */
  readonly colormap?: ColormapName;
  /** The colour map back to front. Default false. */
  readonly invert?: boolean;
  /** How values between voxels are had. Default `nearest`. */
  readonly interpolation?: Interpolation;
  /** Quarter turns clockwise. Default 0. */
  readonly rotation?: 0 | 1 | 2 | 3;
  /** Whether the picture is mirrored, after its rotation. Default [false, false]. */
  readonly flip?: readonly [horizontal: boolean, vertical: boolean];
  /** On which side the patient's right is: `radiological`, left, or `neurological`. Default `radiological`. */
  readonly convention?: Convention;
  /** The voxel [x, y, z] whose slice is shown; another way to say `index`. */
  readonly position?: Triple;
  /** Of a volume with several: which one. Default 0. */
  readonly frame?: number;
  /** How many slices are seen through at once. Default 1. */
  readonly slab?: number;
  /** What a slab shows of the values behind each other. Default `max`. */
  readonly projection?: Projection;
}

/** @throws SlicescopeError `invalid-argument` if it is no volume. */
export function checkVolume(value: unknown, caller: string): Volume {
  if (value instanceof Volume) return value;
  const message = `${caller}: ${quote(value)} is no volume; make one with Volume.from, Volume.alloc or Volume.open`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'volume' });
}

/** Stands where a given window will: to compute the default one takes a look at the whole volume. */
const ANY_WINDOW: Window = [0, 1];

/** The settings of a view of which nothing was asked; its window is the default one unless `options` give another. */
export function defaultSettings(volume: Volume, options: LookOptions = {}): ViewSettings {
  const window = (options as LookOptions | null)?.window === undefined ? volume.defaultWindow : ANY_WINDOW;
  return initialSettings(volume.info(0), window);
}

/**
 * `base` with what `options` ask for, which a person wrote and may be anything.
 * @throws SlicescopeError `unknown-plane`, `index-out-of-range`, `invalid-window`, `unknown-colormap`,
 * `invalid-argument`.
 */
export function settle(volume: Volume, base: ViewSettings, options: object, caller: string): ViewSettings {
  if (typeof options !== 'object' || (options as unknown) === null || Array.isArray(options)) {
    const message = `${caller}: the options are ${quote(options)}, expected an object such as { index: 3 }`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'options' });
  }
  const { plane } = options as LookOptions;
  const patch = typeof plane === 'string' ? { ...options, plane: volume.resolvePlane(plane) } : { ...options };
  return changeSettings(base, patch, volume.info(0), caller);
}
