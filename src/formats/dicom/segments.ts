/** What the header of a segmentation says (PS3.3 C.8.20): its segments, and the segment of each frame. */
import type { DataSet } from 'dicom-parser';
import { SlicescopeError } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { hexColor } from '../hex-color';
import { colorOfLab } from './cielab';
import { textOf, type PixelLayout } from './image';
import { lookUp, paletteOf } from './palette';

/** Segmentations, and those whose values are numbers of segments. */
const SOP_CLASSES: readonly unknown[] = ['1.2.840.10008.5.1.4.1.1.66.4', '1.2.840.10008.5.1.4.1.1.66.7'];
const TYPES = ['BINARY', 'FRACTIONAL', 'LABELMAP'] as const;
/** Bits that values of each type may have; a compressed mask has bytes. */
const BITS: Readonly<Record<(typeof TYPES)[number], readonly number[]>> = {
  BINARY: [1, 8],
  FRACTIONAL: [8],
  LABELMAP: [8, 16],
};

export interface Segmentation {
  readonly type: (typeof TYPES)[number];
  /** The value of a voxel that is wholly in the segment of its frame. */
  readonly maximum: number;
  /** Of a label map: the value of what is in no segment. */
  readonly background: number;
  /** Names by number. */
  readonly segments: ReadonlyMap<number, string>;
  /** Colours by number, `#rrggbb`, of the segments that have one. */
  readonly colors: ReadonlyMap<number, string>;
  /** The segment of each frame; of a label map null. */
  readonly frames: readonly (number | null)[];
  /** SpacingBetweenSlices and SliceThickness, in mm; null where the file does not say it. */
  readonly spacing: number | null;
  readonly thickness: number | null;
}

type Item = DataSet | undefined;

const itemOf = (dataSet: Item, sequence: string): Item => dataSet?.elements[sequence]?.items?.[0]?.dataSet;

/**
 * Null for an image that is no segmentation.
 * @throws SlicescopeError `file-corrupt`, `unsupported-format`.
 */
export function segmentationOf(path: string, dataSet: DataSet, layout: PixelLayout): Segmentation | null {
  if (!SOP_CLASSES.includes(dataSet.string('x00080016'))) return null;
  const said = dataSet.string('x00620001')?.trim();
  const type = TYPES.find((each) => each === said);
  if (type === undefined)
    throw unsupported(path, `a segmentation of the type ${JSON.stringify(said ?? '')}, expected ${TYPES.join(', ')}`);
  const { bitsAllocated, signed, samples } = layout;
  if (!BITS[type].includes(bitsAllocated) || signed || samples !== 1) {
    throw corrupt(
      path,
      `its header says ${String(samples)} ${signed ? 'signed' : 'unsigned'} value(s) a pixel of ${String(bitsAllocated)} bits, expected one unsigned of ${BITS[type].join(' or ')} in a segmentation of the type ${type}`,
    );
  }
  const shared = itemOf(dataSet, 'x52009229');
  const groups = dataSet.elements.x52009230?.items ?? [];
  const measures = itemOf(shared, 'x00289110') ?? itemOf(groups[0]?.dataSet, 'x00289110');
  const number = (tag: string): number | null => {
    const value = Number(measures?.string(tag) ?? NaN);
    return value > 0 && Number.isFinite(value) ? value : null;
  };
  const segments = namesOf(path, dataSet, type);
  return {
    type,
    maximum: type === 'FRACTIONAL' ? maximumOf(path, dataSet) : 1,
    background: type === 'LABELMAP' ? backgroundOf(path, dataSet, segments) : 0,
    segments,
    colors: paletteColors(path, dataSet, layout, [...segments.keys()]) ?? colorsOf(dataSet),
    frames: Array.from({ length: layout.frames }, (_, frame) => {
      if (type === 'LABELMAP') return null;
      const own = itemOf(groups[frame]?.dataSet, 'x0062000a') ?? itemOf(shared, 'x0062000a');
      const found = own?.uint16('x0062000b');
      if (found !== undefined && segments.has(found)) return found;
      const what = found === undefined ? 'of no segment' : `of segment ${String(found)}, which it does not describe`;
      throw corrupt(path, `its frame ${String(frame)} is ${what} (ReferencedSegmentNumber)`);
    }),
    spacing: number('x00180088'),
    thickness: number('x00180050'),
  };
}

function namesOf(path: string, dataSet: DataSet, type: Segmentation['type']): Map<number, string> {
  const segments = new Map<number, string>();
  for (const { dataSet: item } of dataSet.elements.x00620002?.items ?? []) {
    const number = item?.uint16('x00620004');
    if (item === undefined || number === undefined || (number === 0 && type !== 'LABELMAP') || segments.has(number)) {
      const what = number === undefined ? 'a segment without a number' : `the segment ${String(number)}`;
      throw corrupt(path, `it describes ${what}, expected different ones from 1 on (SegmentNumber)`);
    }
    segments.set(number, textOf(item, 'x00620005', dataSet) || `Segment ${String(number)}`);
  }
  if (segments.size === 0) {
    throw unsupported(path, 'it does not say what its segments are (SegmentSequence); save it with their descriptions');
  }
  return segments;
}

/** Of RecommendedDisplayCIELabValue. */
function colorsOf(dataSet: DataSet): Map<number, string> {
  const colors = new Map<number, string>();
  for (const { dataSet: item } of dataSet.elements.x00620002?.items ?? []) {
    const number = item?.uint16('x00620004');
    const part = (at: number): number => item?.uint16('x0062000d', at) ?? 0;
    const isWhole = (item?.elements.x0062000d?.length ?? 0) >= 6; // Beyond its end it would be read on.
    if (number !== undefined && isWhole) colors.set(number, colorOfLab([part(0), part(1), part(2)]));
  }
  return colors;
}

/** Of a label map whose values stand for colours too; null without a palette, and for one that can't be read. */
function paletteColors(
  path: string,
  dataSet: DataSet,
  layout: PixelLayout,
  numbers: readonly number[],
): Map<number, string> | null {
  if (layout.photometric !== 'PALETTE COLOR') return null;
  const target = new Uint16Array(3 * numbers.length);
  try {
    const palette = paletteOf(path, dataSet, layout);
    lookUp(Uint16Array.from(numbers), palette, target);
    const bytes = Array.from(target, (part) => (palette.dtype === 'uint16' ? part >> 8 : part));
    return new Map(numbers.map((number, at) => [number, hexColor(bytes.slice(3 * at, 3 * at + 3))]));
  } catch (error) {
    // The values are good all the same: colours are only how they may be drawn.
    if (error instanceof SlicescopeError) return null;
    throw error;
  }
}

function maximumOf(path: string, dataSet: DataSet): number {
  const maximum = dataSet.uint16('x0062000e') ?? 0;
  if (maximum >= 1 && maximum <= 255) return maximum;
  throw corrupt(path, `its MaximumFractionalValue is ${String(maximum)}, expected 1 to 255`);
}

/** What is in no segment has PixelPaddingValue, which may have a name too. */
function backgroundOf(path: string, dataSet: DataSet, segments: Map<number, string>): number {
  const background = dataSet.uint16('x00280120') ?? 0;
  segments.delete(background);
  if (!segments.has(0)) return background;
  throw unsupported(
    path,
    `its segment 0 would be nothing in a label map: what is in no segment is ${String(background)} (PixelPaddingValue); number its segments from 1 on`,
  );
}
