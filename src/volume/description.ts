import {
  ARRAY_OF,
  SlicescopeError,
  checkNames,
  quote,
  type ChannelInfo,
  type DType,
  type Labels,
  type Padding,
  type Rescale,
  type Shape,
  type Triple,
  type VoxelArray,
  type Window,
} from '../protocol';
import type { ChunksRecord, PartPlace } from './chunked';
import {
  MAX_ELEMENTS,
  checkAxes,
  checkChannelInfo,
  checkComponents,
  checkCount,
  checkDirection,
  checkFrameLabels,
  checkFrameTimes,
  checkEmptySlices,
  checkInvert,
  checkNotes,
  checkOrigin,
  checkPadding,
  checkRescale,
  checkShape,
  checkSpacing,
  checkUnit,
  checkWindow,
  formatShape,
  type AxisNames,
} from './checks';
import { checkLabels, type GivenLabels } from './labels';

/** What a volume may say of itself, besides its values. Positions are in LPS, the patient space of DICOM and ITK. */
export interface VolumeOptions {
  /** Distance between voxels along x, y and z, in `unit`, each over 0. Without it: 1. */
  readonly spacing?: Triple | undefined;
  /** Position of the middle of voxel (0, 0, 0), LPS, in `unit`. Without it: 0. */
  readonly origin?: Triple | undefined;
  /**
   * Where the axes point: a 3 × 3 matrix row by row, as ITK gives it. Column i, that is the elements i,
   * 3 + i and 6 + i, is the unit vector in LPS along which index i grows. Without it, or with null, the
   * volume is a plain image: first axis to the right, second axis down.
   */
  readonly direction?: readonly number[] | null | undefined;
  /** Names of x, y and z, which a view has at the edges of its pictures where there is no direction. Without it, or with null: these. */
  readonly axes?: AxisNames | null | undefined;
  readonly name?: string | undefined;
  /** Values a voxel: 1, or 3 (RGB) or 4 (RGBA) for `uint8` and `uint16`, of which pictures have the upper 8 bits; they lie next to each other. Without it: 1. */
  readonly components?: 1 | 3 | 4 | undefined;
  /** Volumes of one shape that are drawn together, such as the dyes of a microscope; each lies whole. Without it: 1. */
  readonly channels?: number | undefined;
  /** Volumes of one shape that follow each other in time; the channels of each lie together. Without it: 1. */
  readonly frames?: number | undefined;
  /** Of distances, from 1 to 16 characters. Without it: `mm` if a spacing is given, else `px`. */
  readonly unit?: string | undefined;
  /** The window to start with, such as a file's own. Without it: the 0.5 and 99.5 percentiles. */
  readonly window?: Window | null | undefined;
  /** Whether views start with the setting `invert`: low values are bright, as on an X-ray film. Without it: false. */
  readonly invert?: boolean | undefined;
  /**
   * Real values from low to high that stand for nothing, such as those around the round field of view of a CT. They are left out
   * of ranges, percentiles, histograms and the automatic window. Without it, or with null: none. Not for RGB and RGBA.
   */
  readonly padding?: Padding | null | undefined;
  /**
   * What the values in `data` stand for: slope · value + intercept, such as the Hounsfield units of a CT. All that is
   * said of values elsewhere, such as windows, is said of these. Without it, or with null, they are the real ones. Not
   * for RGB and RGBA.
   */
  readonly rescale?: Rescale | null | undefined;
  /**
   * Of a label map: a name, a colour or both for each value, such as `{ 1: 'liver', 2: { name: 'spleen', color: '#ff8000' } }`.
   * An overlay of it has them unless it is given others. Up to 65,000 labels, with names of up to 256 characters.
   */
  readonly labels?: GivenLabels | null | undefined;
  /** What each channel shows and how it is drawn at first: as many as there are channels. Without it, or with null: nothing is known. */
  readonly channelInfo?: readonly Partial<ChannelInfo>[] | null | undefined;
  /** Seconds at which each frame was taken, as many as there are frames. Without it, or with null: nobody knows them. */
  readonly frameTimes?: readonly number[] | null | undefined;
  /** What each frame is besides its time, such as `b = 1000 s/mm²`. Without it, or with null: nothing is known. */
  readonly frameLabels?: readonly string[] | null | undefined;
  /**
   * Sentences that a person must know to read the volume right, such as that a slice is missing: up to 16 of up to 500 characters.
   * Views and exports show them.
   */
  readonly notes?: readonly string[] | undefined;
  /** The slices along z that hold no measured values, ascending. Views and exports say so of each. */
  readonly emptySlices?: readonly number[] | undefined;
}

/** A volume as plain data for a message to another thread; the voxels stay where they are. */
export interface VolumeRecord {
  /** The voxels; of a volume in chunks those of its sample. */
  readonly data: VoxelArray;
  /** Where the voxels are that are not in memory. */
  readonly chunks?: ChunksRecord | undefined;
  /** Of a volume in chunks that is one frame and channel of a larger one: which. */
  readonly part?: PartPlace | undefined;
  readonly shape: Shape;
  readonly components: 1 | 3 | 4;
  readonly channels: number;
  readonly frames: number;
  readonly unit: string;
  readonly spacing: Triple;
  readonly origin: Triple;
  readonly direction: readonly number[] | null;
  readonly axes: AxisNames | null;
  readonly name: string;
  readonly window: Window | null;
  readonly invert: boolean;
  readonly padding: Padding | null;
  readonly rescale: Rescale | null;
  readonly labels: Labels | null;
  readonly channelInfo: readonly ChannelInfo[] | null;
  readonly frameTimes: readonly number[] | null;
  readonly frameLabels: readonly string[] | null;
  readonly notes: readonly string[];
  readonly emptySlices: readonly number[];
}

/** A volume before it has voxels. */
export type Description = Omit<VolumeRecord, 'data' | 'chunks' | 'part'>;

const OPTIONS: Readonly<Record<keyof VolumeOptions, true>> = {
  spacing: true,
  origin: true,
  direction: true,
  axes: true,
  name: true,
  components: true,
  channels: true,
  frames: true,
  unit: true,
  window: true,
  invert: true,
  padding: true,
  rescale: true,
  labels: true,
  channelInfo: true,
  frameTimes: true,
  frameLabels: true,
  notes: true,
  emptySlices: true,
};
export const VOLUME_OPTIONS: readonly string[] = Object.keys(OPTIONS);

/**
 * The options of a volume, checked and with what was left out filled in.
 * @param most values that it may have: as many as an array can, where they are to be in one.
 */
export function describe(
  shape: unknown,
  dtype: DType,
  options: VolumeOptions,
  caller: string,
  most: number = MAX_ELEMENTS,
): Description {
  // Another volume, or its record, may be given too: what it has besides is no mistake.
  if (!('shape' in options)) checkNames(options, VOLUME_OPTIONS, caller);
  const components = checkComponents(options.components ?? 1, dtype, caller);
  const channels = checkCount(options.channels ?? 1, 'channels', caller);
  const frames = checkCount(options.frames ?? 1, 'frames', caller);
  if (components !== 1 && channels !== 1) {
    const message = `${caller}: ${String(channels)} channels of ${String(components)} components; give either`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'channels' });
  }
  const { name = '' } = options;
  if (typeof name !== 'string') {
    throw new SlicescopeError('invalid-argument', `${caller}: name is ${quote(name)}, expected a string`, {
      argument: 'name',
    });
  }
  const size = checkShape(shape, components * channels * frames, caller, most);
  const channelInfo = options.channelInfo == null ? null : checkChannelInfo(options.channelInfo, channels, caller);
  const only = channels === 1 ? (channelInfo?.[0]?.window ?? null) : null;
  return {
    shape: size,
    components,
    channels,
    frames,
    unit: checkUnit(options.unit ?? (options.spacing === undefined ? 'px' : 'mm'), caller),
    spacing: checkSpacing(options.spacing ?? [1, 1, 1], caller),
    origin: checkOrigin(options.origin ?? [0, 0, 0], caller),
    direction: options.direction == null ? null : checkDirection(options.direction, caller),
    axes: options.axes == null ? null : checkAxes(options.axes, caller),
    name,
    window: options.window == null ? only : checkWindow(options.window, caller),
    invert: checkInvert(options.invert ?? false, caller),
    padding: options.padding == null ? null : checkPadding(options.padding, components, caller),
    rescale: options.rescale == null ? null : checkRescale(options.rescale, components, caller),
    labels: options.labels == null ? null : checkLabels(options.labels, caller),
    channelInfo,
    frameTimes: options.frameTimes == null ? null : checkFrameTimes(options.frameTimes, frames, caller),
    frameLabels: options.frameLabels == null ? null : checkFrameLabels(options.frameLabels, frames, caller),
    notes: checkNotes(options.notes ?? [], caller),
    emptySlices: checkEmptySlices(emptySlicesOf(options, size[2]), size[2], caller),
  };
}

/** Of another volume, whose description was given, those that this one has. */
function emptySlicesOf(options: VolumeOptions, depth: number): readonly number[] {
  const { emptySlices = [] } = options;
  return 'shape' in options ? emptySlices.filter((z) => z < depth) : emptySlices;
}

/** What one frame and channel of a volume says of itself. */
export function describePart<T extends Description>(whole: T, frame: number, channel: number): T {
  const { window, channelInfo, frameTimes, frameLabels } = whole;
  return {
    ...whole,
    channels: 1,
    frames: 1,
    window: channelInfo?.[channel]?.window ?? window,
    channelInfo: channelInfo?.slice(channel, channel + 1) ?? null,
    frameTimes: frameTimes?.slice(frame, frame + 1) ?? null,
    frameLabels: frameLabels?.slice(frame, frame + 1) ?? null,
  };
}

/** Number of values: w × h × d × components × channels × frames. */
export function elementsOf(plain: Description): number {
  const [width, height, depth] = plain.shape;
  return width * height * depth * plain.components * plain.channels * plain.frames;
}

/** ` of 2 channels and 10 frames`; nothing where there is one of each. */
export function formatCounts({ components, channels, frames }: Description): string {
  const counts = Object.entries({ components, channels, frames }).filter(([, count]) => count !== 1);
  const named = counts.map(([name, count]) => `${String(count)} ${name}`);
  return named.length === 0 ? '' : ` of ${named.join(' and ')}`;
}

let mostBytes = (): number => Infinity;

/** Have no volume take more memory than `most` says, which is asked each time. Without it a volume gets what the system gives. */
export function limitMemory(most: () => number): void {
  mostBytes = most;
}

/** Zeroed shared memory for the values. */
export function allocate(plain: Description, dtype: DType, caller: string): VoxelArray {
  const { shape } = plain;
  const bytes = elementsOf(plain) * ARRAY_OF[dtype].BYTES_PER_ELEMENT;
  const refuse = (why: string, cause?: unknown): SlicescopeError => {
    const what = `shape ${formatShape(shape)}${formatCounts(plain)} of ${dtype} needs ${String(bytes)} bytes`;
    return new SlicescopeError('invalid-shape', `${caller}: ${what}, ${why}`, { shape, bytes }, { cause });
  };
  const most = mostBytes();
  if (bytes > most) throw refuse(`and ${String(most)} bytes of memory are free`);
  try {
    return new ARRAY_OF[dtype](new SharedArrayBuffer(bytes));
  } catch (cause) {
    throw refuse('which could not be had', cause);
  }
}
