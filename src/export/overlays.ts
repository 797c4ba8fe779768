import {
  SlicescopeError,
  areWhole,
  checkNames,
  quote,
  type Labels,
  type OverlaySettings,
  type Window,
} from '../protocol';
import { isCategorical, resolveWindow, type ColormapName, type WindowName } from '../shading';
import { boxOf, checkLabels, overlap, Volume, type GivenLabels, type OverlayLayer } from '../volume';

/** A volume that is to be drawn over another one, on its own grid, and how. */
export interface OverlayOptions {
  /** Of one channel and one value a voxel; of one frame, or of as many as the volume below, and then they are drawn together. */
  readonly volume: Volume;
  /** Default `labels` for a label map, else `hot`. */
  readonly colormap?: ColormapName;
  /** From 0 to 1. Default 0.5. */
  readonly opacity?: number;
  /** [low, high] in the overlay's values, or its name. Default: its own; the colour map `labels` needs none. */
  readonly window?: Window | WindowName;
  /** Default true. */
  readonly visible?: boolean;
  /**
   * Whether it is a label map, whose values are never mixed and whose 0 is nothing; or its labels, by value: names, colours or
   * both, such as `{ 1: 'liver', 2: { name: 'spleen', color: '#ff8000' } }`. Default: the labels that the volume has, else
   * whether it is of whole numbers and drawn in the colour map `labels`.
   */
  readonly labels?: boolean | GivenLabels;
}

/** An overlay as it is: all of its options, with what was left out filled in. */
export interface Overlay extends OverlaySettings {
  readonly volume: Volume;
  readonly colormap: ColormapName;
  /** What its values stand for, some or none; false for a map of numbers. */
  readonly labels: false | Labels;
}

/** Overlays that have been looked at, and what was asked of their look: `changeSettings` checks that. */
export interface AskedOverlays {
  readonly layers: readonly OverlayLayer[];
  readonly settings: readonly OverlaySettings[];
}

const NAMES = ['volume', 'colormap', 'opacity', 'window', 'visible', 'labels'];

function refuse(caller: string, argument: string, what: string): SlicescopeError {
  return new SlicescopeError('invalid-argument', `${caller}: ${argument} ${what}`, { argument });
}

function labelsOf({ labels, volume, colormap }: OverlayOptions, name: string, caller: string): Labels | null {
  if (labels === undefined) {
    if (volume.labels !== null) return volume.labels;
    return colormap !== undefined && isCategorical(colormap) && areWhole(volume) ? {} : null;
  }
  if (typeof labels === 'boolean') return labels ? (volume.labels ?? {}) : null;
  return checkLabels(labels, caller, `${name}.labels`);
}

function formatBox(volume: Volume): string {
  const [low, high] = boxOf(volume, null);
  const short = (value: number | undefined): string => String(Number((value ?? NaN).toPrecision(4)));
  return ['x', 'y', 'z'].map((axis, at) => `${axis} ${short(low[at])} to ${short(high[at])}`).join(', ');
}

/**
 * A volume that can be drawn over `base`.
 * @throws SlicescopeError `invalid-argument`, `no-overlap`.
 */
function checkOverlayVolume(base: Volume, value: unknown, name: string, caller: string): Volume {
  if (!(value instanceof Volume)) {
    throw refuse(caller, `${name}.volume`, `is ${quote(value)}, expected a volume; make one with Volume.from`);
  }
  if (value.chunked) {
    throw refuse(
      caller,
      `${name}.volume`,
      'is left in its chunks; open one of its levels, Volume.open(path, { level: 0 })',
    );
  }
  if (value.channels !== 1) {
    throw refuse(caller, `${name}.volume`, 'has several channels; give one, volume.at({ frame, channel })');
  }
  if (value.components !== 1) throw refuse(caller, `${name}.volume`, 'has colours, expected one value a voxel');
  checkFit(base, value, name, caller);
  return value;
}

/**
 * @throws SlicescopeError `invalid-argument` where frames of the overlay have none of the volume to be drawn over,
 * `no-overlap` where no place is in both volumes.
 */
export function checkFit(base: Volume, overlay: Volume, name: string, caller: string): void {
  if (overlay.frames !== 1 && overlay.frames !== base.frames) {
    const what = `has ${String(overlay.frames)} frames, expected 1 or as many as the volume, ${String(base.frames)}; volume.at({ frame }) is one of them`;
    throw refuse(caller, `${name}.volume`, what);
  }
  if (overlap(base, overlay)) return;
  const message = `${caller}: ${name} lies beside the volume: it is at ${formatBox(overlay)} (${overlay.unit}), the volume at ${formatBox(base)} (${base.unit}); check spacing, origin and direction of both`;
  throw new SlicescopeError('no-overlap', message, { overlay: name });
}

/**
 * One overlay, which may be anything.
 * @param before what it was, where only some of it is to change.
 * @throws SlicescopeError `invalid-argument`, `no-overlap`.
 */
export function checkOverlay(
  base: Volume,
  value: unknown,
  name: string,
  caller: string,
  before: Partial<OverlayOptions> = {},
): { readonly layer: OverlayLayer; readonly settings: OverlaySettings } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse(caller, name, `is ${quote(value)}, expected an object such as { volume: labels }`);
  }
  checkNames(value, NAMES, `${caller}: ${name}`);
  const asked = Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
  const merged = { ...before, ...asked } as OverlayOptions;
  const volume = checkOverlayVolume(base, merged.volume, name, caller);
  const labels = labelsOf(merged, name, caller);
  const colormap = merged.colormap ?? (labels === null ? 'hot' : 'labels');
  const { opacity = 0.5, visible = true } = merged;
  const usual = (): Window => (labels === null ? volume.defaultWindow : windowOfLabels(volume));
  const window =
    typeof merged.window === 'string' ? resolveWindow(merged.window, volume, caller) : (merged.window ?? usual());
  return { layer: { volume, labels }, settings: { colormap, window, visible, opacity } };
}

/** From nothing to the greatest label, for a colour map that is not made for labels. */
function windowOfLabels(volume: Volume): Window {
  const [, most] = volume.range;
  return [0, most >= 1 ? most : 1];
}

/**
 * Overlays, which may be anything.
 * @throws SlicescopeError `invalid-argument`, `no-overlap`.
 */
export function checkOverlays(base: Volume, value: unknown, caller: string): AskedOverlays {
  if (value === undefined) return { layers: [], settings: [] };
  if (!Array.isArray(value)) {
    throw refuse(caller, 'overlays', `is ${quote(value)}, expected a list such as [{ volume: labels }]`);
  }
  const checked = value.map((each: unknown, at) => checkOverlay(base, each, `overlays[${String(at)}]`, caller));
  return { layers: checked.map(({ layer }) => layer), settings: checked.map(({ settings }) => settings) };
}
