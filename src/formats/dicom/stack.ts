import type { Triple } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { tiltNote } from '../skew';
import { toChoose, withoutDoubles, type Group } from './doubles';
import { EVEN_MM, evenDistance, gridOf, type Grid, type Source } from './gaps';
import { cross, type DicomImage, type Plane } from './image';

/** What a slice of the volume is made of: a plane, or two and how much of the second one counts, or nothing. */
export type Mix = { readonly low: Plane; readonly high: Plane; readonly share: number } | null;

/** Planes in the order in which a volume has them, and how they lie in the patient. */
export interface Stack {
  readonly planes: readonly Plane[];
  /** All slices of the first frame, then those of the second. */
  readonly mixes: readonly Mix[];
  readonly slices: number;
  readonly frames: number;
  readonly spacing: Triple | undefined;
  /** Of the spacing, where it is not millimetres. */
  readonly unit?: string;
  readonly origin: Triple | undefined;
  readonly direction: readonly number[] | null;
  /** What a person must know of it. */
  readonly notes: readonly string[];
  /** The slices that nothing was measured of. */
  readonly emptySlices: readonly number[];
}

/** Positions nearer than this, in mm, are the same. */
const SAME_MM = 0.0005;
/** Distances of pixels that differ by less are the same, written with fewer digits. */
const SAME_SHARE = 0.001;
/**
 * How far slices may be shifted against each other before a tilt is worth a note: as shares of the
 * stack's length and of a pixel.
 */
const UPRIGHT_SHARE = 0.002;
const UPRIGHT_PIXELS = 0.1;
/** Slices that a note names; of more it says how many. */
const MOST_NAMED = 20;

const dot = (a: readonly number[], b: readonly number[]): number =>
  (a[0] as number) * (b[0] as number) + (a[1] as number) * (b[1] as number) + (a[2] as number) * (b[2] as number);

/**
 * Sort the planes of one series along their normal (PS3.3 C.7.6.2.1.1). If each position occurs
 * equally often, the planes are a series in time, in the order of their instance numbers.
 * @param strict refuse a series unless it is evenly spaced, upright, and has each slice once.
 * @throws SlicescopeError `file-corrupt`, `unsupported-format` for planes that make no box.
 */
export async function stackOf(images: readonly [DicomImage, ...DicomImage[]], strict: boolean): Promise<Stack> {
  checkAlike(images);
  if (strict) checkUnique(images);
  const planes = images.flatMap((image) => image.planes);
  const [first] = planes as [Plane];
  const missing = planes.find(({ position, orientation }) => position === null || orientation === null);
  if (planes.length > 1 && missing !== undefined) {
    const some = planes.some(({ position }) => position !== null);
    if (some)
      throw corrupt(missing.image.path, 'it has no position (ImagePositionPatient), as others of its series have');
    return withoutPositions(images, planes);
  }
  const { orientation, position } = first;
  if (orientation === null || position === null) return withoutPositions(images, planes);
  const axes = axesOf(first);
  const groups = await eachOnce(positionsOf(planes, axes.normal), strict);
  const [top] = groups as [Group];
  const frames = top.planes.length;
  const rounding = 10 ** -digitsOf(groups);
  const grid = gridIn(groups, rounding, strict);
  const { along, degrees } = lineOf(groups, axes.normal, rounding, strict);
  const dropped = planes.length - groups.length * frames;
  const sources = first.image.isLabelMap ? grid.sources.map(nearest) : grid.sources;
  const emptySlices = sources.flatMap((source, z) => (source === null ? [z] : []));
  const mixes = Array.from({ length: frames }, (_, frame) =>
    sources.map((source): Mix => {
      if (source === null) return null;
      const [low, high] = [source.low, source.high].map((at) => groups[at]?.planes[frame]) as [Plane, Plane];
      return { low, high, share: source.share };
    }),
  ).flat();
  return {
    planes: Array.from({ length: frames }, (_, frame) => groups.map((group) => group.planes[frame] as Plane)).flat(),
    mixes,
    slices: sources.length,
    frames,
    ...spacingOf(first, grid.distance * Math.hypot(...along)),
    ...placeOf(top, axes, along, grid.start - top.at),
    notes: [
      ...new Set(images.flatMap((image) => image.notes)),
      ...notesOf({ grid, emptySlices, dropped, degrees, isNearest: first.image.isLabelMap }),
    ],
    emptySlices,
  };
}

/** Where rows and columns point, and what is at right angles to both. */
interface PlaneAxes {
  readonly row: readonly number[];
  readonly column: readonly number[];
  readonly normal: Triple;
}

/** @throws SlicescopeError `file-corrupt`. */
export function axesOf({ orientation, image }: Plane): PlaneAxes {
  const [row, column] = [orientation?.slice(0, 3) ?? [], orientation?.slice(3) ?? []];
  if (
    Math.abs(dot(row, row) - 1) > 0.01 ||
    Math.abs(dot(column, column) - 1) > 0.01 ||
    Math.abs(dot(row, column)) > 0.01
  ) {
    throw corrupt(
      image.path,
      `its rows and columns point along ${orientation?.join(', ') ?? ''}, which are not at right angles`,
    );
  }
  return { row, column, normal: cross(row, column) };
}

/**
 * How a box of slices lies in the patient.
 * @param along where slices go for each mm along the normal.
 * @param beforeFirst from the first planes to the first slice of the box, in mm along the normal.
 */
export function placeOf(
  { planes }: Group,
  { row, column }: PlaneAxes,
  along: Triple,
  beforeFirst = 0,
): Pick<Stack, 'origin' | 'direction'> {
  const [first] = planes as [Plane];
  const length = Math.hypot(...along);
  return {
    origin: (first.position as Triple).map(
      (each, axis) => each + beforeFirst * (along[axis] as number),
    ) as unknown as Triple,
    direction: [0, 1, 2].flatMap((axis) =>
      [row, column, along.map((each) => each / length)].map((each) => (each[axis] as number) + 0),
    ),
  };
}

/** Frames or files that say nothing of where they are: one after the other, in depth or, of a film, in time. */
function withoutPositions(images: readonly [DicomImage, ...DicomImage[]], planes: readonly Plane[]): Stack {
  const [image] = images;
  const [first] = planes as [Plane];
  const sorted = [...images].sort((a, b) => a.instanceNumber - b.instanceNumber);
  const numbers = new Set(images.map(({ instanceNumber }) => instanceNumber));
  if (numbers.size < images.length) {
    throw corrupt(
      image.path,
      'its series has no positions (ImagePositionPatient), and instance numbers that occur twice',
    );
  }
  const isCine = images.length === 1 && image.isCine;
  const inOrder = sorted.flatMap((each) => each.planes);
  return {
    planes: inOrder,
    mixes: inOrder.map((plane) => ({ low: plane, high: plane, share: 0 })),
    slices: isCine ? 1 : planes.length,
    frames: isCine ? planes.length : 1,
    ...spacingOf(first, image.sliceSpacing ?? 1),
    origin: first.position ?? undefined,
    direction: null,
    notes: [],
    emptySlices: [],
  };
}

export function spacingOf({ pixelSpacing, aspectRatio }: Plane, distance: number): Pick<Stack, 'spacing' | 'unit'> {
  if (pixelSpacing === null && aspectRatio !== 1) return { spacing: [1, aspectRatio, 1], unit: 'px' };
  // A row is as far from the next as the first number says: that is y.
  return { spacing: pixelSpacing === null ? undefined : [pixelSpacing[1], pixelSpacing[0], distance] };
}

function checkAlike([first, ...others]: readonly [DicomImage, ...DicomImage[]]): void {
  const kindOf = ({ layout: { width, height, samples, bitsAllocated, signed }, palette }: DicomImage): string =>
    `${String(width)} × ${String(height)} pixels of ${String(samples)} ${signed ? 'signed' : 'unsigned'} values of ${String(bitsAllocated)} bits${palette === null ? '' : ` that stand for colours of ${palette.dtype}`}`;
  const other = others.find((image) => kindOf(image) !== kindOf(first));
  if (other !== undefined) {
    throw unsupported(
      other.path,
      `${kindOf(other)}, but others of its series have ${kindOf(first)}; open those that belong together`,
    );
  }
}

/** @throws SlicescopeError `file-corrupt` where an image is there twice. */
function checkUnique(images: readonly DicomImage[]): void {
  const seen = new Set<string>();
  for (const { instanceUid, path } of images) {
    if (instanceUid !== '' && seen.has(instanceUid)) {
      throw corrupt(path, `the image ${instanceUid} is there twice; remove one of its files`);
    }
    seen.add(instanceUid);
  }
}

export function positionsOf(planes: readonly Plane[], normal: Triple): readonly Group[] {
  const orientation = (planes[0] as Plane).orientation as readonly number[];
  const placed = planes.map((plane) => {
    const turned = plane.orientation?.some((value, i) => Math.abs(value - (orientation[i] as number)) > 0.001);
    if (turned === true) {
      throw unsupported(plane.image.path, 'turned against others of its series; open those that are parallel');
    }
    const [other, first] = [plane.pixelSpacing, (planes[0] as Plane).pixelSpacing];
    if (other?.some((each, i) => Math.abs(each / (first?.[i] ?? NaN) - 1) > SAME_SHARE) === true) {
      throw unsupported(
        plane.image.path,
        `its pixels are ${other.join(' × ')} mm apart (PixelSpacing), and those of others of its series ${first?.join(' × ') ?? 'of no known size'}`,
      );
    }
    return { plane, at: dot(plane.position as Triple, normal) };
  });
  placed.sort(
    (a, b) =>
      a.at - b.at || a.plane.image.instanceNumber - b.plane.image.instanceNumber || a.plane.frame - b.plane.frame,
  );
  const groups: { at: number; planes: Plane[] }[] = [];
  for (const { plane, at } of placed) {
    const last = groups.at(-1);
    if (last !== undefined && at - last.at < SAME_MM) last.planes.push(plane);
    else groups.push({ at, planes: [plane] });
  }
  return groups;
}

/**
 * The planes at each position without those that are there twice, and in the order of time.
 * @throws SlicescopeError `unsupported-format` where different ones are at one position, and nothing tells them apart.
 */
async function eachOnce(all: readonly Group[], strict: boolean): Promise<readonly Group[]> {
  const groups = strict ? all : await withoutDoubles(all, timeIn(all) !== null);
  const frames = groups.reduce((most, { planes }) => Math.max(most, planes.length), 0);
  const uneven = groups.find(({ planes }) => planes.length !== frames);
  if (uneven !== undefined) {
    const most = (groups.find(({ planes }) => planes.length === frames) as Group).planes;
    if (frames === 2 && !strict) throw toChoose(most, 'with different values are at its position, and one at others');
    throw unsupported(
      (uneven.planes[0] as Plane).image.path,
      `${String(uneven.planes.length)} slices are at its position, and ${String(frames)} at another; of a series in time each position has as many`,
    );
  }
  return frames === 1 ? groups : inTime(groups);
}

/** Where two lists of numbers differ first. */
function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((each, i) => each !== other[i]);
  return at < 0 ? 0 : (one[at] as number) - (other[at] as number);
}

type KeyOf = (plane: Plane) => readonly number[] | null | undefined;

/** Whether a key tells the planes at each position apart. */
function isEach(groups: readonly Group[], keyOf: KeyOf): boolean {
  return groups.every(({ planes }) => {
    const keys = planes.map(keyOf);
    return keys.every((key) => key != null) && new Set(keys.map(String)).size === planes.length;
  });
}

/** The time, echo, or other number of theirs that tells the planes at each position apart; null if none does. */
function timeIn(groups: readonly Group[]): KeyOf | null {
  const [first] = (groups[0] as Group).planes as [Plane];
  const found = first.times.findIndex((_, at) => isEach(groups, (plane) => plane.times[at]));
  return found < 0 ? null : (plane) => plane.times[found];
}

/**
 * Sort the planes at each position by their time, or by instance numbers.
 * @throws SlicescopeError `unsupported-format` if nothing tells them apart, because any order would be invented.
 */
function inTime(groups: readonly Group[]): readonly Group[] {
  const byTime = timeIn(groups);
  const keyOf = (plane: Plane): readonly number[] => byTime?.(plane) ?? [plane.image.instanceNumber, plane.frame];
  if (!isEach(groups, keyOf)) {
    const [{ planes }] = groups as [Group];
    throw toChoose(planes, 'are at its position, and neither times nor instance numbers tell them apart');
  }
  return groups.map(({ at, planes }) => ({
    at,
    planes: [...planes].sort((one, other) => compare(keyOf(one), keyOf(other))),
  }));
}

/** Digits behind the point that positions are written with. */
export function digitsOf(groups: readonly Group[]): number {
  const positions = groups.flatMap(({ planes }) => (planes[0] as Plane).position ?? []);
  const digits = positions.map((each) => /\.(\d+)$/.exec(String(each))?.[1]?.length ?? 0);
  return digits.reduce((most, each) => Math.max(most, each), 0);
}

/**
 * Where the slices of the volume are along the normal.
 * @throws SlicescopeError `unsupported-format` for slices that are not evenly spaced and whose gaps can't be explained.
 */
function gridIn(groups: readonly Group[], rounding: number, strict: boolean): Grid {
  const [{ at: start, planes: top }] = groups as [Group];
  if (groups.length === 1) {
    const distance = (top[0] as Plane).image.sliceSpacing ?? 1;
    return { start, distance, sources: [{ low: 0, high: 0, share: 0 }], distances: null };
  }
  const at = groups.map((group) => group.at);
  const instanceNumbers = groups.map(({ planes }) => (planes[0] as Plane).image.instanceNumber);
  const row = { at, rounding, instanceNumbers };
  const grid = strict && evenDistance(row) === null ? null : gridOf(row);
  if (grid !== null) return grid;
  const gaps = at.slice(1).map((each, i) => each - (at[i] as number));
  const least = gaps.reduce((few, gap) => Math.min(few, gap), Infinity);
  const wide = gaps.findIndex((gap) => gap - least > Math.max(EVEN_MM, 0.01 * least));
  throw unsupported(
    ((groups[wide] as Group).planes[0] as Plane).image.path,
    `slices are not evenly spaced: the next one is ${(gaps[wide] as number).toFixed(3)} mm away, others ${least.toFixed(3)}; is one missing?`,
  );
}

/** Where slices go, in mm, for each mm along the normal; and by how many degrees that is off the normal. */
export function lineOf(
  groups: readonly Group[],
  normal: Triple,
  rounding: number,
  strict: boolean,
): { readonly along: Triple; readonly degrees: number } {
  const [first] = groups as [Group];
  const last = groups.at(-1) as Group;
  const [from, to] = [first, last].map(({ planes }) => (planes[0] as Plane).position) as [Triple, Triple];
  const length = last.at - first.at;
  const shear = normal.map((each, axis) =>
    length === 0 ? 0 : ((to[axis] as number) - (from[axis] as number)) / length - each,
  );
  const pixel = Math.min(...((first.planes[0] as Plane).pixelSpacing ?? [1]));
  const least = Math.max(EVEN_MM, rounding, UPRIGHT_PIXELS * pixel);
  for (const { at, planes } of groups) {
    for (const { position, image } of planes) {
      const off = (position as Triple).map(
        (each, axis) =>
          each - (from[axis] as number) - (at - first.at) * ((normal[axis] as number) + (shear[axis] as number)),
      );
      if (Math.hypot(...off) <= least) continue;
      throw unsupported(
        image.path,
        `it is shifted by ${Math.hypot(...off).toFixed(3)} mm against the line of the other slices (ImagePositionPatient); open those that are in line`,
      );
    }
  }
  if (Math.hypot(...shear) * length <= Math.max(least, UPRIGHT_SHARE * length)) return { along: normal, degrees: 0 };
  if (strict) {
    const { path } = (first.planes[0] as Plane).image;
    throw unsupported(path, 'its slices are sheared (gantry tilt); resample them onto axes that are at right angles');
  }
  const along = normal.map((each, axis) => each + (shear[axis] as number)) as unknown as Triple;
  return { along, degrees: (Math.atan(Math.hypot(...shear)) * 180) / Math.PI };
}

/** What was done that a person must know of. */
function notesOf(done: {
  readonly grid: Grid;
  readonly emptySlices: readonly number[];
  readonly dropped: number;
  readonly degrees: number;
  readonly isNearest: boolean;
}): readonly string[] {
  const { grid, emptySlices, dropped, degrees, isNearest } = done;
  const notes: string[] = [];
  if (degrees > 0) notes.push(tiltNote(degrees));
  if (emptySlices.length > 0) {
    const named = emptySlices.slice(0, MOST_NAMED).join(', ') + (emptySlices.length > MOST_NAMED ? ', ...' : '');
    const [subject, verb, rest] =
      emptySlices.length === 1
        ? [`Slice ${named}`, 'is', 'It is empty, and not interpolated.']
        : [`${String(emptySlices.length)} slices (${named})`, 'are', 'They are empty, and not interpolated.'];
    notes.push(`${subject} ${verb} missing from the series, counted from 0. ${rest}`);
  }
  if (grid.distances !== null) {
    const [finer, coarser] = grid.distances.map((each) => String(Number(each.toFixed(3))));
    const how = isNearest ? 'by the nearest slice' : 'linearly';
    notes.push(
      `The slices of the series are ${finer ?? ''} mm and ${coarser ?? ''} mm apart. They were resampled to ${finer ?? ''} mm along z, ${how}: not all values were measured.`,
    );
  }
  if (dropped > 0) {
    const what =
      dropped === 1 ? 'A slice was in the series twice' : `${String(dropped)} slices were in the series twice`;
    notes.push(`${what}, with equal values; one of each was kept.`);
  }
  return notes;
}

/** A source without a mix. */
function nearest(source: Source): Source {
  if (source === null) return null;
  const index = source.share < 0.5 ? source.low : source.high;
  return { low: index, high: index, share: 0 };
}
