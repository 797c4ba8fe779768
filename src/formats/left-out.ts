import type { DType, Triple } from '../protocol';
import type { VolumeOptions } from '../volume';
import { unsupported } from './format';
import { lengthIn } from './lengths';
import type { Plain } from './writer';

/**
 * Options of a volume that need no note here. The name is left out on purpose. `checkCounts` is for
 * components, channels and frames, `inUnitOf` for the unit. Without a place for a rescale, real values
 * are written, with a note.
 */
type Elsewhere = 'name' | 'components' | 'channels' | 'frames' | 'unit' | 'rescale';
type Said = Exclude<keyof VolumeOptions, Elsewhere>;

/** What a volume may say of itself, whether it does, and in which words. */
const SAID: Readonly<Record<Said, readonly [isSaid: (plain: Plain) => boolean, words: string]>> = {
  spacing: [({ spacing, unit }) => unit !== 'px' || spacing.some((each) => each !== 1), 'distances of voxels'],
  origin: [({ origin }) => origin.some((each) => each !== 0), 'an origin'],
  direction: [({ direction }) => direction !== null, 'a direction'],
  axes: [({ axes, direction }) => axes !== null && direction === null, 'names of axes'],
  window: [({ window }) => window !== null, 'a window'],
  invert: [({ invert }) => invert, 'an inverted scale of grays'],
  padding: [({ padding }) => padding !== null, 'values that are no image (padding)'],
  labels: [({ labels }) => Object.keys(labels ?? {}).length > 0, 'names and colours of labels'],
  channelInfo: [({ channelInfo }) => channelInfo !== null, 'names and colours of channels'],
  frameTimes: [({ frameTimes }) => frameTimes !== null, 'times of frames'],
  frameLabels: [({ frameLabels }) => frameLabels !== null, 'labels of frames'],
  notes: [({ notes }) => notes.length > 0, 'notes'],
  emptySlices: [({ emptySlices }) => emptySlices.length > 0, 'marks of empty slices'],
};
const ALL = Object.keys(SAID) as readonly Said[];

/**
 * A sentence for each thing that a volume says and a format has no place for.
 * @param held what it has a place for: everything else is left out, also what volumes will say one day.
 */
export function leftOut(plain: Plain, title: string, held: readonly Said[]): string[] {
  const missing = ALL.filter((each) => !held.includes(each));
  const words = missing.map((each) => SAID[each]).filter(([isSaid]) => isSaid(plain));
  return words.map(([, what]) => `${title} has no place for ${what}, which the volume has.`);
}

/**
 * What there may be several of in a file.
 * @throws SlicescopeError `unsupported-format`.
 */
export function checkCounts(
  plain: Plain,
  path: string,
  title: string,
  several: { readonly frames: boolean; readonly colors: readonly DType[] },
): void {
  const { channels, frames, components, dtype } = plain;
  if (channels > 1) {
    const advice = 'save them one by one, volume.at({ channel: 0 }).save(…), or write .zarr or .ome.tif';
    throw unsupported(path, `${title} holds no channels, and the volume has ${String(channels)}; ${advice}`);
  }
  if (frames > 1 && !several.frames) {
    const advice = 'save them one by one, volume.at({ frame: 0 }).save(…)';
    throw unsupported(path, `${title} holds no frames, and the volume has ${String(frames)}; ${advice}`);
  }
  if (components === 1 || several.colors.includes(dtype)) return;
  const bits = dtype === 'uint16' && several.colors.length > 0 ? ' of 16 bits' : '';
  throw unsupported(path, `${title} holds no colours${bits}; write .ome.tif or .nrrd`);
}

/** Lengths of a volume in a unit that a format has. */
export interface InUnit {
  readonly spacing: Triple;
  readonly origin: Triple;
  /** Null where the file has none. */
  readonly unit: string | null;
  readonly notes: readonly string[];
}

/**
 * A volume's lengths as a file has them: in their own unit if the format has it, else in `otherwise`.
 * If their unit is not one of length, they are numbers without a unit.
 */
export function inUnitOf(plain: Plain, title: string, units: readonly string[], otherwise: string): InUnit {
  const { spacing, origin, direction, unit } = plain;
  if (units.includes(unit)) return { spacing, origin, unit, notes: [] };
  const factor = lengthIn(unit, otherwise);
  if (factor === null) {
    // A file without a unit, a direction and other distances than 1 says nothing of distances, as the volume does.
    const isPlain = unit === 'px' && spacing.every((each) => each === 1) && direction === null;
    const notes = isPlain ? [] : [`${title} has no place for the unit ${unit}: distances are written without it.`];
    return { spacing, origin, unit: null, notes };
  }
  const scaled = ([x, y, z]: Triple): Triple => [x * factor, y * factor, z * factor];
  const note = `${title} has no place for the unit ${unit}: distances are in ${otherwise}.`;
  return { spacing: scaled(spacing), origin: scaled(origin), unit: otherwise, notes: [note] };
}

/** A sentence for colours of channels that no reader of OME's formats takes for colours. */
export function colorsLeftOut({ channelInfo }: Plain): string[] {
  const isBlack = channelInfo?.some(({ color }) => color === '#000000') === true;
  return isBlack ? ['Volume.open takes black channels for channels without a colour.'] : [];
}

/** A sentence for times of frames that a format can't say by a start and a step. */
export function timesLeftOut(plain: Plain, title: string): string[] {
  if (plain.frameTimes === null || timesOf(plain) !== null) return [];
  const what = plain.frames === 1 ? 'the time of one frame' : 'times of frames that are not evenly spaced';
  return [`${title} has no place for ${what}.`];
}

/**
 * When the first frame was taken, and the time from each to the next, in seconds. Null if that is not
 * even.
 */
export function timesOf({ frameTimes }: Plain): { readonly start: number; readonly step: number } | null {
  const [start = 0, next] = frameTimes ?? [];
  if (frameTimes === null || next === undefined) return null;
  const step = (frameTimes.at(-1) as number) / (frameTimes.length - 1) - start / (frameTimes.length - 1);
  const end = frameTimes.at(-1) as number;
  const most = 1e-6 * Math.abs(end - start) + 2 ** -50 * Math.max(Math.abs(start), Math.abs(end));
  const isEven = frameTimes.every((time, at) => Math.abs(time - (start + at * step)) <= most);
  return isEven && step > 0 ? { start, step } : null;
}
