/**
 * Where the frames of a segmentation lie. A writer may leave out frames of zeros (PS3.3 C.8.20.2). So
 * the box is that of the frames of all segments, and slices without a frame are background.
 */
import type { VolumeOptions } from '../../volume';
import { corrupt, unsupported } from '../format';
import { tiltNote } from '../skew';
import { EVEN_MM } from './gaps';
import type { DicomImage } from './image';
import type { Segmentation } from './segments';
import { axesOf, digitsOf, lineOf, placeOf, positionsOf, spacingOf } from './stack';

export interface SegmentBox {
  readonly slices: number;
  /** The slice of each frame. */
  readonly sliceOf: readonly number[];
  readonly place: Pick<VolumeOptions, 'spacing' | 'unit' | 'origin' | 'direction' | 'notes'>;
}

/** Shares of a distance that slices may be off, also where their positions are rounded. */
const EVEN_SHARE = 0.01;
const ROUNDED_SHARE = 0.2;
/** The least distance of frames may be so many slices. */
const MOST_LEFT_OUT = 3;
/** Bytes of any box; beyond, so many times the size of its file: it may have two frames, far from each other. */
const ANY_BYTES = 2 ** 30;
const MOST_TIMES = 2000;

/** @throws SlicescopeError `file-corrupt`, `unsupported-format`. */
export function boxOf(image: DicomImage, segmentation: Segmentation, strict: boolean): SegmentBox {
  const { planes, path } = image;
  const [first] = planes;
  if (first === undefined) throw corrupt(path, 'it has no frames');
  const isPlaced = planes.map(({ position, orientation }) => position !== null && orientation !== null);
  if (!isPlaced.includes(true)) {
    if (new Set(segmentation.frames).size === planes.length)
      return { slices: 1, sliceOf: planes.map(() => 0), place: { ...spacingOf(first, 1), direction: null } };
    throw unsupported(path, 'its frames do not say where they are (PlanePositionSequence, PlaneOrientationSequence)');
  }
  const lost = isPlaced.indexOf(false);
  if (lost >= 0)
    throw corrupt(path, `its frame ${String(lost)} does not say where it is (PlanePositionSequence), as others do`);
  const axes = axesOf(first);
  const groups = positionsOf(planes, axes.normal);
  const rounding = 10 ** -digitsOf(groups);
  const at = groups.map((group) => group.at);
  const { distance, steps } = stepsOf(path, at, rounding, segmentation);
  const { along, degrees } = lineOf(groups, axes.normal, rounding, strict);
  const slices = (steps.at(-1) as number) + 1;
  const sliceOfPlane = new Map(groups.flatMap((group, i) => group.planes.map((plane) => [plane, steps[i]] as const)));
  const { width, height, bitsAllocated } = image.layout;
  const bytes = width * height * slices * Math.ceil(bitsAllocated / 8);
  if (bytes > ANY_BYTES && bytes > image.fileBytes * MOST_TIMES) {
    throw corrupt(
      path,
      `its ${String(planes.length)} frames are up to ${String(slices)} slices apart, a volume of ${String(bytes)} bytes from a file of ${String(image.fileBytes)}`,
    );
  }
  return {
    slices,
    sliceOf: planes.map((plane) => sliceOfPlane.get(plane) as number),
    place: {
      ...spacingOf(first, distance * Math.hypot(...along)),
      ...placeOf(groups[0] as (typeof groups)[number], axes, along),
      notes: degrees > 0 ? [tiltNote(degrees)] : [],
    },
  };
}

/**
 * The slice at each position along the normal. Slices are SpacingBetweenSlices apart; if positions
 * contradict it, the largest distance counts that all positions are multiples of.
 * @throws SlicescopeError `unsupported-format` if no distance fits.
 */
function stepsOf(
  path: string,
  at: readonly number[],
  rounding: number,
  { spacing, thickness }: Segmentation,
): { readonly distance: number; readonly steps: readonly number[] } {
  const gaps = at.slice(1).map((each, i) => each - (at[i] as number));
  if (gaps.length === 0) return { distance: spacing ?? thickness ?? 1, steps: [0] };
  const toleranceOf = (distance: number): number =>
    Math.max(EVEN_MM, EVEN_SHARE * distance, Math.min(ROUNDED_SHARE * distance, rounding));
  const onGrid = (guess: number): { distance: number; steps: number[] } | null => {
    const steps = [0];
    for (const gap of gaps) steps.push((steps.at(-1) as number) + Math.round(gap / guess));
    const [start, most] = [at[0] as number, steps.at(-1) as number];
    if (most === 0) return null;
    const distance = ((at.at(-1) as number) - start) / most;
    const isOnLine = at.every(
      (each, i) => Math.abs(each - start - distance * (steps[i] as number)) <= toleranceOf(distance),
    );
    return isOnLine ? { distance, steps } : null;
  };
  if (spacing !== null) {
    const found = onGrid(spacing);
    if (found !== null && Math.abs(found.distance - spacing) <= toleranceOf(spacing)) return found;
  }
  const least = gaps.reduce((few, gap) => Math.min(few, gap), Infinity);
  const near = gaps.filter((gap) => gap < 1.5 * least);
  const mean = near.reduce((sum, gap) => sum + gap, 0) / near.length;
  for (let parts = 1; parts <= MOST_LEFT_OUT; parts++) {
    const found = onGrid(mean / parts);
    if (found !== null) return found;
  }
  throw unsupported(
    path,
    `its frames are not on slices of one distance: ${least.toFixed(3)} mm at least, and no multiples of it (PlanePositionSequence)`,
  );
}
