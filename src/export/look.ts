import {
  SlicescopeError,
  quote,
  type ChannelSettings,
  type Convention,
  type Interpolation,
  type Plane,
  type Projection,
  type Triple,
  type ViewSettings,
  type Window,
} from '../protocol';
import {
  changeSettings,
  channelColormapAt,
  checkColormap,
  initialSettings,
  resolveWindow,
  type ColormapName,
  type WindowName,
} from '../shading';
import { Volume, type OverlayLayer } from '../volume';
import { checkOverlays, type OverlayOptions } from './overlays';

/** A plane by its axes, or by the anatomical plane that it is nearest to. */
export type PlaneName = Plane | 'axial' | 'coronal' | 'sagittal';

/** How a slice is to look. */
export interface LookOptions {
  /** `xy`, `xz` or `yz`, or `axial`, `coronal` or `sagittal` for the plane nearest to it. Default `xy`. */
  readonly plane?: PlaneName;
  /** Which slice: from 0 to the number of slices along the plane's normal − 1. Default: the middle one. */
  readonly index?: number;
  /**
   * [low, high] in the volume's values, or a name: of a CT preset in Hounsfield units such as `bone` or `lung`
   * (docs/guide.md lists them), `auto` for the 0.5 and 99.5 percentiles, `range` for the least and the
   * greatest value. Default: what the file says, else `auto`.
   */
  readonly window?: WindowChoice;
  /** Default: the colour of the volume's only channel if it is known, `labels` for a volume that has labels, else `gray`. */
  readonly colormap?: ColormapName;
  /** The colour map back to front. Default: what the file says, else false. */
  readonly invert?: boolean;
  /** How values between voxels are had. Default `nearest`. */
  readonly interpolation?: Interpolation;
  /** Quarter turns clockwise. Default 0. */
  readonly rotation?: 0 | 1 | 2 | 3;
  /** Whether the picture is mirrored, after its rotation. Default [false, false]. */
  readonly flip?: readonly [horizontal: boolean, vertical: boolean];
  /** On which side the patient's right is: `radiological`, left, or `neurological`. Default `radiological`. */
  readonly convention?: Convention;
  /** Magnification; 1 shows the whole slice. Default 1. */
  readonly zoom?: number;
  /** The point of the volume at the middle of what is shown, as shares of its edges. Default [0.5, 0.5, 0.5]. */
  readonly center?: Triple;
  /** The voxel [x, y, z] whose slice is shown; another way to say `index`. */
  readonly position?: Triple;
  /** Of a volume with several: which one. Default 0. */
  readonly frame?: number;
  /** How many slices are seen through at once. Default 1. */
  readonly slab?: number;
  /** What a slab shows of the values behind each other. Default `max`. */
  readonly projection?: Projection;
  /**
   * Of a volume with several channels: how each is drawn, as far as it is not to be as usual. Default: in the volume's
   * `channelInfo` colours, else red, green, blue, cyan, magenta, yellow, gray; each through `window`, or without one through
   * its own, else its 0.5 and 99.5 percentiles.
   */
  readonly channels?: readonly ChannelLook[];
  /** Volumes that are drawn over this one, the first one lowest. */
  readonly overlays?: readonly OverlayOptions[];
}

/** A window by its ends or by its name. */
export type WindowChoice = Window | WindowName;

/** How a channel is to be drawn, as far as it is said. */
export interface ChannelLook extends Partial<Omit<ChannelOptions, 'window'>> {
  readonly window?: WindowChoice;
}

/** How a channel is drawn. */
export interface ChannelOptions extends ChannelSettings {
  readonly colormap: ColormapName;
}

/** @throws SlicescopeError `invalid-argument` if it is no volume. */
export function checkVolume(value: unknown, caller: string): Volume {
  if (value instanceof Volume) return value;
  const message = `${caller}: ${quote(value)} is no volume; make one with Volume.from, Volume.alloc or Volume.open`;
  throw new SlicescopeError('invalid-argument', message, { argument: 'volume' });
}

/** Stands where a given window will: to compute the default one takes a look at the whole volume. */
const ANY_WINDOW: Window = [0, 1];

/** The colour map of a channel whose colour is known. */
function channelColormap({ channelInfo }: Volume, channel: number): ColormapName | null {
  const color = channelInfo?.[channel]?.color ?? null;
  return color === null ? null : checkColormap(color, 'channelInfo');
}

/** How the channels of a volume are drawn of which nothing is said; none where there is one only. */
export function defaultChannels(volume: Volume, window?: WindowChoice, caller = 'show'): readonly ChannelOptions[] {
  if (volume.channels === 1) return [];
  return Array.from({ length: volume.channels }, (_, channel) => ({
    colormap: channelColormap(volume, channel) ?? channelColormapAt(channel),
    window:
      window === undefined ? volume.channelWindow(channel) : resolveWindow(window, volume.at({ channel }), caller),
    visible: volume.channelInfo?.[channel]?.visible ?? true,
  }));
}

/** The settings of a view of which nothing was asked; its window is the default one unless `options` give another, and it is inverted if the volume is. */
export function defaultSettings(volume: Volume, options: LookOptions = {}, caller = 'show'): ViewSettings {
  const { window: given } = (options as LookOptions | null) ?? {};
  const window = given === undefined ? volume.defaultWindow : ANY_WINDOW;
  const settings = initialSettings(volume.info(0), window, volume.invert);
  return { ...settings, colormap: defaultColormap(volume), channels: defaultChannels(volume, given, caller) };
}

/** That of the only channel's colour, or that of labels if the volume has some. */
export function defaultColormap(volume: Volume): ColormapName {
  const own = volume.channels === 1 ? channelColormap(volume, 0) : null;
  return own ?? (volume.labels === null ? 'gray' : 'labels');
}

/** How a slice is to look, settled: the settings, and the volumes over it. */
export interface Look {
  readonly settings: ViewSettings;
  readonly overlays: readonly OverlayLayer[];
}

/**
 * What `options` make of the look of a volume; they may be anything.
 * @throws SlicescopeError `unknown-plane`, `index-out-of-range`, `invalid-window`, `unknown-window`, `unknown-colormap`, `no-overlap`,
 * `invalid-argument`.
 */
export function lookAt(volume: Volume, options: LookOptions, caller: string): Look {
  const asked = checkOverlays(volume, (options as LookOptions | null)?.overlays, caller);
  const base = { ...defaultSettings(volume, options, caller), overlays: asked.settings };
  const known =
    (options as LookOptions | null)?.overlays === undefined ? options : { ...options, overlays: asked.settings };
  return { settings: settle(volume, base, known, caller), overlays: asked.layers };
}

/** What was said of each channel, with the rest as it was; anything else is left to be refused. */
function completed(given: unknown, before: readonly object[], volume: Volume, caller: string): unknown {
  if (!Array.isArray(given) || given.length !== before.length) return given;
  return given.map((each: unknown, channel) => {
    if (typeof each !== 'object' || each === null) return each;
    const { window } = each as ChannelLook;
    const named = typeof window === 'string' ? { window: resolveWindow(window, volume.at({ channel }), caller) } : {};
    return { ...before[channel], ...each, ...named };
  });
}

/**
 * `base` with what `options` ask for, which a person wrote and may be anything.
 * @throws SlicescopeError `unknown-plane`, `index-out-of-range`, `invalid-window`, `unknown-window`, `unknown-colormap`,
 * `invalid-argument`.
 */
export function settle(volume: Volume, base: ViewSettings, options: object, caller: string): ViewSettings {
  if (typeof options !== 'object' || (options as unknown) === null || Array.isArray(options)) {
    const message = `${caller}: the options are ${quote(options)}, expected an object such as { index: 3 }`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'options' });
  }
  const { plane, channels, window } = options as LookOptions;
  return changeSettings(
    base,
    {
      ...options,
      ...(typeof plane === 'string' ? { plane: volume.resolvePlane(plane) } : {}),
      ...(typeof window === 'string' ? { window: resolveWindow(window, volume, caller) } : {}),
      ...(channels === undefined ? {} : { channels: completed(channels, base.channels, volume, caller) }),
    },
    volume.info(0),
    caller,
  );
}
