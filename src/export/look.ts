import type { Plane, ViewSettings, Window } from '../protocol';
import { changeSettings, type ColormapName } from '../shading';
import type { Volume } from '../volume';

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
  /** Quarter turns clockwise. Default 0. */
  readonly rotation?: 0 | 1 | 2 | 3;
}

/** The settings of a view of which nothing was asked. */
export function defaultSettings(volume: Volume): ViewSettings {
  const index = Math.floor(volume.info(0).planes.xy.count / 2);
  const { defaultWindow: window } = volume;
  return { plane: 'xy', index, window, colormap: 'gray', rotation: 0, zoom: 1, center: [0.5, 0.5] };
}

/**
 * `base` with what `options` ask for, which a person wrote and may be anything.
 * @throws SlicescopeError `unknown-plane`, `index-out-of-range`, `invalid-window`, `unknown-colormap`,
 * `invalid-argument`.
 */
export function settle(volume: Volume, base: ViewSettings, options: object, caller: string): ViewSettings {
  const { plane, ...rest } = options as LookOptions;
  const patch = plane === undefined ? rest : { ...rest, plane: volume.resolvePlane(plane) };
  return changeSettings(base, patch, volume.info(0), caller);
}
