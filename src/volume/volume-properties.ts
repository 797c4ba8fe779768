import {
  PLANES,
  PLANE_AXES,
  type ChannelInfo,
  storedPadding,
  type DType,
  type Labels,
  type Padding,
  type Plane,
  type PlaneInfo,
  type Rescale,
  type Shape,
  type Triple,
  type VolumeInfo,
  type Window,
} from '../protocol';
import { formatShape, unknownPlane, type AxisNames } from './checks';
import type { Description } from './description';
import { orientationOf, planeAcross } from './orientation';
import { slicesOf } from './slicing';

const ANATOMY_OF: Readonly<Record<string, 0 | 1 | 2>> = { sagittal: 0, coronal: 1, axial: 2 };

/** What a volume says of itself, besides its values, and what follows from that alone. */
export abstract class VolumeProperties implements Description {
  readonly shape: Shape;
  /** Of `data`. */
  readonly dtype: DType;
  /** Values a voxel: 1, or 3 (RGB) or 4 (RGBA) of `uint8`. */
  readonly components: 1 | 3 | 4;
  /** Volumes that are drawn together, of one time and shape. */
  readonly channels: number;
  /** Volumes in time. */
  readonly frames: number;
  /** Of distances, such as `mm`; `px` where nobody gave a spacing. */
  readonly unit: string;
  /** Distance between voxels along x, y and z, in `unit`. */
  readonly spacing: Triple;
  /** Position of the middle of voxel (0, 0, 0), LPS, in `unit`. */
  readonly origin: Triple;
  /** Row-major 3 × 3, LPS, whose column i is where axis i points; null for a plain image. */
  readonly direction: readonly number[] | null;
  /** Names of x, y and z, which are shown where there is no direction; null if nobody gave them. */
  readonly axes: AxisNames | null;
  /** Empty if nobody gave one. */
  readonly name: string;
  /** The window that was given, such as a file's own; null if none was. */
  readonly window: Window | null;
  /** Whether views start inverted, because low values are meant to be bright. */
  readonly invert: boolean;
  /** Real values, from low to high, that stand for nothing and are left out of statistics; null if there are none. */
  readonly padding: Padding | null;
  /**
   * The real value of a voxel is slope · stored value + intercept; null where the stored one is it. Everything but `data`
   * is of real values: `valueAt`, `slice`, `range`, percentiles and windows.
   */
  readonly rescale: Rescale | null;
  /** What the values of a label map stand for, by value, such as a file says it; null for any other volume. */
  readonly labels: Labels | null;
  /** What is known of each channel, such as its name and colour; null if nothing is. */
  readonly channelInfo: readonly ChannelInfo[] | null;
  /** Seconds at which each frame was taken; null if nobody knows them. */
  readonly frameTimes: readonly number[] | null;
  /** What each frame is besides its time, such as its b-value; null if nobody says it. */
  readonly frameLabels: readonly string[] | null;
  /** Sentences that a person must know to read the volume right, such as that a slice is missing; most volumes have none. */
  readonly notes: readonly string[];
  /** The slices along z that hold no measured values, ascending; most volumes have none. */
  readonly emptySlices: readonly number[];

  protected constructor(plain: Description, dtype: DType) {
    this.shape = plain.shape;
    this.dtype = dtype;
    this.components = plain.components;
    this.channels = plain.channels;
    this.frames = plain.frames;
    this.unit = plain.unit;
    this.spacing = plain.spacing;
    this.origin = plain.origin;
    this.direction = plain.direction;
    this.axes = plain.axes;
    this.name = plain.name;
    this.window = plain.window;
    this.invert = plain.invert;
    this.padding = plain.padding;
    this.rescale = plain.rescale;
    this.labels = plain.labels;
    this.channelInfo = plain.channelInfo;
    this.frameTimes = plain.frameTimes;
    this.frameLabels = plain.frameLabels;
    this.notes = plain.notes;
    this.emptySlices = plain.emptySlices;
  }

  /** Whether the voxels are left in their chunks, and are read when they are needed. */
  abstract get chunked(): boolean;

  /**
   * The plane of a name: `xy`, `xz`, `yz`, or `axial`, `coronal`, `sagittal` for the one nearest to it by the
   * volume's direction; without a direction, as if its axes were L, P and S.
   * @throws SlicescopeError `unknown-plane`.
   */
  resolvePlane(name: string): Plane {
    const plane = PLANES.find((known) => known === name);
    if (plane !== undefined) return plane;
    const anatomy = Object.hasOwn(ANATOMY_OF, name) ? ANATOMY_OF[name] : undefined;
    if (anatomy === undefined) throw unknownPlane(name);
    return planeAcross(anatomy, this.direction);
  }

  /** What a client learns of the volume. `revision` identifies the volume and its present content. */
  info(revision: number): VolumeInfo {
    const { name, shape, dtype, rescale, components, spacing, origin, direction, unit, frames, channels } = this;
    const planes = { xy: this.#planeInfo('xy'), xz: this.#planeInfo('xz'), yz: this.#planeInfo('yz') };
    const geometry = { spacing, origin, direction, unit };
    const { chunked, notes, emptySlices, channelInfo, frameTimes, frameLabels, labels } = this;
    const names = channelInfo?.map((channel) => channel.name) ?? [];
    const channelNames = names.some((each) => each !== '') ? names : null;
    const counts = { frames, channels, channelNames, frameTimes, frameLabels };
    const padding = storedPadding(this.padding, this);
    return {
      revision,
      name,
      shape,
      dtype,
      rescale,
      components,
      ...(padding === null ? {} : { padding }),
      planes,
      ...geometry,
      ...counts,
      ...(labels === null ? {} : { labels }),
      chunked,
      ...(notes.length === 0 ? {} : { notes }),
      ...(emptySlices.length === 0 ? {} : { emptySlices }),
    };
  }

  /** One line, such as `Volume "T1": 197 × 233 × 189 uint8, 1 × 1 × 1 mm`. */
  toString(): string {
    const { name, shape, dtype, components, spacing, unit } = this;
    const counts = (['channels', 'frames'] as const).filter((each) => this[each] !== 1);
    const several = counts.map((each) => `, ${String(this[each])} ${each}`).join('');
    const kind = components === 1 ? dtype : `${dtype} ${components === 3 ? 'RGB' : 'RGBA'}`;
    const distances = spacing.map((distance) => String(Number(distance.toPrecision(4)))).join(' × ');
    return `Volume${name === '' ? '' : ` ${JSON.stringify(name)}`}: ${formatShape(shape)} ${kind}${several}, ${distances} ${unit}`;
  }

  /** What was given when it was made, and what was filled in. */
  protected description(): Description {
    const { shape, components, channels, frames, unit, spacing, origin, direction, axes, name, window } = this;
    const { invert, padding, rescale, labels, channelInfo, frameTimes, frameLabels, notes, emptySlices } = this;
    return {
      shape,
      components,
      channels,
      frames,
      unit,
      spacing,
      origin,
      direction,
      axes,
      name,
      window,
      invert,
      padding,
      rescale,
      labels,
      channelInfo,
      frameTimes,
      frameLabels,
      notes,
      emptySlices,
    };
  }

  #planeInfo(plane: Plane): PlaneInfo {
    const [first, second] = PLANE_AXES[plane];
    const spacing = [this.spacing[first], this.spacing[second]] as const;
    const { orientation, edges } = orientationOf(plane, this.direction);
    const named = this.axes && { left: '', right: this.axes[first], top: '', bottom: this.axes[second] };
    return { ...slicesOf(this.shape, plane), spacing, orientation, edges: edges ?? named };
  }
}

// What the console and a notebook show of a volume: one line, not millions of voxels.
Object.defineProperty(VolumeProperties.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: VolumeProperties): string {
    return this.toString();
  },
});
