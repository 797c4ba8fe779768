import type { Triple } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { cross, type DicomImage, type Plane } from './image';

/** Planes in the order in which a volume has them, and how they lie in the patient. */
export interface Stack {
  /** All slices of the first frame, then those of the second. */
  readonly planes: readonly Plane[];
  readonly slices: number;
  readonly frames: number;
  readonly spacing: Triple | undefined;
  /** Of the spacing, where it is not millimetres. */
  readonly unit?: string;
  readonly origin: Triple | undefined;
  readonly direction: readonly number[] | null;
}

/** How much distances between slices may differ: of their mean, and in mm. */
const EVEN_SHARE = 0.01;
const EVEN_MM = 0.002;
/** Positions nearer than this, in mm, are the same. */
const SAME_MM = 0.0005;
/** Distances of pixels that differ by less are the same, written with fewer digits. */
const SAME_SHARE = 0.001;
/** What rounded positions may be off the straight line of evenly spaced ones at most, of a distance: a slice that is missing is further off. */
const ROUNDED_SHARE = 0.2;

const dot = (a: readonly number[], b: readonly number[]): number =>
  (a[0] as number) * (b[0] as number) + (a[1] as number) * (b[1] as number) + (a[2] as number) * (b[2] as number);

/**
 * Sort the planes of one series along their normal (PS3.3 C.7.6.2.1.1). Where each position occurs equally often, the
 * planes are a series in time, in the order of their instance numbers.
 * @throws SlicescopeError `file-corrupt`, `unsupported-format` for planes that make no evenly spaced box.
 */
export function stackOf(images: readonly [DicomImage, ...DicomImage[]]): Stack {
  checkAlike(images);
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
  const row = orientation.slice(0, 3);
  const column = orientation.slice(3);
  const normal = cross(row, column);
  if (
    Math.abs(dot(row, row) - 1) > 0.01 ||
    Math.abs(dot(column, column) - 1) > 0.01 ||
    Math.abs(dot(row, column)) > 0.01
  ) {
    throw corrupt(
      first.image.path,
      `its rows and columns point along ${orientation.join(', ')}, which are not at right angles`,
    );
  }
  const groups = positionsOf(planes, normal);
  const frames = framesOf(groups);
  const distance = distanceOf(groups, normal) ?? first.image.sliceSpacing ?? 1;
  const [top] = groups as [Group];
  return {
    planes: Array.from({ length: frames }, (_, frame) => groups.map((group) => group.planes[frame] as Plane)).flat(),
    slices: groups.length,
    frames,
    ...spacingOf(first, distance),
    origin: (top.planes[0] as Plane).position as Triple,
    direction: [0, 1, 2].flatMap((axis) => [row, column, normal].map((along) => (along[axis] as number) + 0)),
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
  return {
    planes: sorted.flatMap((each) => each.planes),
    slices: isCine ? 1 : planes.length,
    frames: isCine ? planes.length : 1,
    ...spacingOf(first, image.sliceSpacing ?? 1),
    origin: first.position ?? undefined,
    direction: null,
  };
}

function spacingOf({ pixelSpacing, aspectRatio }: Plane, distance: number): Pick<Stack, 'spacing' | 'unit'> {
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
  const seen = new Set<string>();
  for (const { instanceUid, path } of [first, ...others]) {
    if (instanceUid !== '' && seen.has(instanceUid)) {
      throw corrupt(path, `the image ${instanceUid} is there twice; remove one of its files`);
    }
    seen.add(instanceUid);
  }
}

/** All planes at one position. */
interface Group {
  readonly at: number;
  readonly planes: Plane[];
}

function positionsOf(planes: readonly Plane[], normal: Triple): readonly Group[] {
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
  const groups: Group[] = [];
  for (const { plane, at } of placed) {
    const last = groups.at(-1);
    if (last !== undefined && at - last.at < SAME_MM) last.planes.push(plane);
    else groups.push({ at, planes: [plane] });
  }
  sortInTime(groups);
  return groups;
}

/** Where two lists of numbers differ first. */
function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((each, i) => each !== other[i]);
  return at < 0 ? 0 : (one[at] as number) - (other[at] as number);
}

/**
 * Sort the planes at each position by what tells them apart at every one: a time, an echo, or another number of theirs.
 * @throws SlicescopeError `unsupported-format` where nothing does: any order would be made up.
 */
function sortInTime(groups: readonly Group[]): void {
  const isEach = (keyOf: (plane: Plane) => readonly number[] | null | undefined): boolean =>
    groups.every(({ planes }) => {
      const keys = planes.map(keyOf);
      return keys.every((key) => key != null) && new Set(keys.map(String)).size === planes.length;
    });
  if (groups.every(({ planes }) => planes.length === 1)) return;
  const [first] = (groups[0] as Group).planes as [Plane];
  const found = first.times.findIndex((_, at) => isEach((plane) => plane.times[at]));
  const keyOf = (plane: Plane): readonly number[] =>
    (found < 0 ? null : plane.times[found]) ?? [plane.image.instanceNumber, plane.frame];
  if (!isEach(keyOf)) {
    const { path } = first.image;
    throw unsupported(
      path,
      'several slices are at its position, and neither times nor instance numbers tell them apart',
    );
  }
  for (const { planes } of groups) planes.sort((one, other) => compare(keyOf(one), keyOf(other)));
}

function framesOf(groups: readonly Group[]): number {
  const [first] = groups as [Group];
  const frames = first.planes.length;
  const uneven = groups.find((group) => group.planes.length !== frames);
  if (uneven === undefined) return frames;
  const [{ image }] = uneven.planes as [Plane];
  throw unsupported(
    image.path,
    `${String(uneven.planes.length)} slices are at its position, and ${String(frames)} at another; of a series in time each position has as many`,
  );
}

/** Digits behind the point that positions are written with. */
function digitsOf(groups: readonly Group[]): number {
  const positions = groups.flatMap(({ planes }) => (planes[0] as Plane).position ?? []);
  const digits = positions.map((each) => /\.(\d+)$/.exec(String(each))?.[1]?.length ?? 0);
  return digits.reduce((most, each) => Math.max(most, each), 0);
}

/** Between slices; null where there is one only. */
function distanceOf(groups: readonly Group[], normal: Triple): number | null {
  const [first] = groups as [Group];
  const last = groups.at(-1) as Group;
  if (groups.length === 1) return null;
  const mean = (last.at - first.at) / (groups.length - 1);
  const gaps = groups.slice(1).map((group, i) => group.at - (groups[i] as Group).at);
  // Positions that are written with few digits are off by half the last one; that does not add up along the stack.
  const rounding = Math.min(ROUNDED_SHARE * mean, 10 ** -digitsOf(groups));
  const isEven = (tolerance: number): boolean =>
    groups.every((group, i) => Math.abs(group.at - (first.at + i * mean)) <= tolerance);
  const least = Math.min(...gaps);
  const at = gaps.findIndex((gap) => gap - least > Math.max(EVEN_MM, EVEN_SHARE * mean));
  const { path } = (groups[Math.max(0, at)] as Group).planes[0]?.image as DicomImage;
  if (at !== -1 && !isEven(rounding)) {
    const gap = gaps[at] as number;
    throw unsupported(
      path,
      `slices are not evenly spaced: the next one is ${gap.toFixed(3)} mm away, others ${least.toFixed(3)}; is one missing?`,
    );
  }
  const [from, to] = [first, last].map((group) => (group.planes[0] as Plane).position) as [Triple, Triple];
  const path3 = from.map(
    (value, axis) => (to[axis] as number) - value - (normal[axis] as number) * (last.at - first.at),
  );
  if (Math.hypot(...path3) > Math.max(EVEN_MM, EVEN_SHARE * mean * (groups.length - 1))) {
    throw unsupported(path, 'its slices are sheared (gantry tilt); resample them onto axes that are at right angles');
  }
  return mean;
}
