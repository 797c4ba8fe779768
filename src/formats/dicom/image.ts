import type { DataSet } from 'dicom-parser';
import type { Padding, Triple } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { withoutEnd } from '../text-end';
import type { Display } from './display';
import { checkPixels } from './frames';
import type { DicomFile, PixelPlace } from './header';
import type { Lut } from './lut';
import { mosaicOf, tileLayout, tilesOf, type Mosaic } from './mosaic';
import { numbersOf, planesIn } from './planes-in';
import { filmTimes, type PlaneFacts } from './times';
import { paletteOf, type Palette } from './palette';
import { segmentationOf, type Segmentation } from './segments';

/** How the pixels of one file are stored (PS3.3 C.7.6.3). */
export interface PixelLayout {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly samples: number;
  readonly photometric: string;
  /** Whether all red values come before all green ones. */
  readonly planar: boolean;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
}

/** One plane of pixels: a file, or a frame of one. */
export interface Plane {
  readonly image: DicomImage;
  readonly frame: number;
  /** Of the middle of the first pixel, LPS, in mm. */
  readonly position: Triple | null;
  /** Unit vectors along a row, and along a column. */
  readonly orientation: readonly number[] | null;
  /** Distance between rows, and between columns, in mm. */
  readonly pixelSpacing: readonly [number, number] | null;
  /** How many times as high as wide a pixel is, where its size is not known. */
  readonly aspectRatio: number;
  /**
   * What tells planes at one position apart, such as their time: the first of `TIMES` that all of them
   * have.
   */
  readonly times: readonly (readonly number[] | null)[];
  /** When it was taken, and what it is besides. */
  readonly facts: PlaneFacts;
  readonly slope: number;
  readonly intercept: number;
  /** A table of what stored values stand for, in place of slope and intercept (PS3.3 C.11.1). */
  readonly lut: Lut | null;
  readonly display: Display;
  /** Stored values that are no image. */
  readonly padding: Padding | null;
}

export interface DicomImage {
  readonly path: string;
  readonly fileBytes: number;
  readonly transferSyntax: string;
  readonly pixels: PixelPlace;
  /** Of each frame, also of each slice of a mosaic. */
  readonly layout: PixelLayout;
  /** Where the frames are tiles of one picture in the file: how, and how that picture is stored. */
  readonly mosaic: (Mosaic & { readonly sheet: PixelLayout }) | null;
  readonly sopClass: string;
  readonly instanceUid: string;
  readonly instanceNumber: number;
  readonly seriesUid: string;
  readonly seriesDescription: string;
  readonly modality: string;
  /** Images of one frame of reference lie in one space; empty where it is not said. */
  readonly frameOfReference: string;
  /** Distance between slices where positions do not say it, in mm. */
  readonly sliceSpacing: number | null;
  /** Whether several frames without positions follow each other in time. */
  readonly isCine: boolean;
  /** Whether the frames are tiles of a larger plane, as a slide scanner's are. */
  readonly isTiled: boolean;
  /** Whether values are names of parts, which are never mixed. */
  readonly isLabelMap: boolean;
  /** What a person must know of it. */
  readonly notes: readonly string[];
  /** When the frames of a film were taken, in seconds; null where it does not say it. */
  readonly filmTimes: readonly number[] | null;
  /** Of the frames along z, where they have no positions (PS3.3 C.8.8.3.2). */
  readonly frameOffsets: readonly number[] | null;
  readonly planes: readonly Plane[];
  /** The colours that values stand for; null where they are values or colours themselves. */
  readonly palette: Palette | null;
  /** Which segments its frames are of; null if it is no segmentation. */
  readonly segmentation: Segmentation | null;
}

const NO_SIDE =
  'The file does not say on which side of a slice of its mosaic the next one is (SliceNormalVector): it was taken along the normal of rows and columns.';
/** Which slice each frame is of, in nuclear medicine, and what else it may be of (PS3.3 C.8.4.8). */
const SLICE_VECTOR = 'x00540080';
const OTHER_VECTORS: Readonly<Record<string, string>> = {
  ...{ x00540010: 'EnergyWindowVector', x00540020: 'DetectorVector', x00540030: 'PhaseVector' },
  ...{ x00540050: 'RotationVector', x00540060: 'RRIntervalVector', x00540070: 'TimeSlotVector' },
  ...{ x00540090: 'AngularViewVector', x00540100: 'TimeSliceVector' },
};
/** FloatPixelData and DoubleFloatPixelData. */
const FLOAT_PIXELS = ['x7fe00008', 'x7fe00009'];
/** Frames that a file may have whatever its size; beyond, one for so many of its bytes. */
const ANY_FRAMES = 2 ** 13;
const LEAST_FRAME_BYTES = 256;

/** Whether a file has pixels that are floats. */
export function hasFloats({ dataSet }: DicomFile): boolean {
  return FLOAT_PIXELS.some((tag) => dataSet.elements[tag] !== undefined);
}

/**
 * What a file says of its image.
 * @throws SlicescopeError `unsupported-format`, `file-corrupt`.
 */
export function imageOf(file: DicomFile): DicomImage {
  const { path, dataSet, pixels } = file;
  if (pixels === null) {
    const what = hasFloats(file) ? 'pixels that are floats (FloatPixelData)' : 'a DICOM file without an image';
    throw unsupported(path, `${what}; choose one that has pixels`);
  }
  const sheet = layoutOf(file);
  const mosaic = mosaicOf(path, dataSet, sheet);
  const layout = mosaic === null ? sheet : tileLayout(sheet, mosaic);
  const segmentation = segmentationOf(path, dataSet, layout);
  // Colours of a segmentation are how it may be drawn.
  const isOfColours = layout.photometric === 'PALETTE COLOR' && segmentation === null;
  const image: Omit<DicomImage, 'planes'> = {
    path,
    fileBytes: file.bytes,
    transferSyntax: file.transferSyntax,
    pixels,
    layout,
    mosaic: mosaic && { ...mosaic, sheet },
    notes: mosaic?.side === null ? [NO_SIDE] : [],
    sopClass: dataSet.string('x00080016') ?? '',
    instanceUid: dataSet.string('x00080018') ?? '',
    instanceNumber: dataSet.intString('x00200013') ?? 0,
    seriesUid: dataSet.string('x0020000e') ?? '',
    seriesDescription: textOf(dataSet, 'x0008103e'),
    modality: dataSet.string('x00080060') ?? '',
    frameOfReference: dataSet.string('x00200052') ?? '',
    sliceSpacing: sliceSpacingOf(dataSet),
    isCine:
      ['x00181063', 'x00181065', 'x00180040'].some((tag) => (dataSet.elements[tag]?.length ?? 0) > 0) ||
      isOfOtherThings(path, dataSet),
    isTiled: dataSet.elements.x00480006 !== undefined && layout.frames > 1,
    isLabelMap: layout.bitsAllocated === 1 || dataSet.string('x00080060') === 'SEG',
    filmTimes: filmTimes(dataSet, layout.frames),
    frameOffsets: numbersOf(dataSet, 'x3004000c'),
    palette: isOfColours ? paletteOf(path, dataSet, layout) : null,
    segmentation,
  };
  // Before anything is made for each frame: a header may say any number of them.
  checkPixels({ ...image, layout: sheet });
  const planes: Plane[] = [];
  const whole: DicomImage = Object.assign(image, { planes });
  const sheets = planesIn(whole, dataSet, sheet.frames);
  for (const plane of mosaic === null ? sheets : tilesOf(whole, sheets[0] as Plane, mosaic)) planes.push(plane);
  return whole;
}

/** An image with the layout of what its file holds. */
export function asStored(image: DicomImage): DicomImage {
  return image.mosaic === null ? image : { ...image, layout: image.mosaic.sheet };
}

function layoutOf({ path, dataSet, pixels, bytes }: DicomFile): PixelLayout {
  const height = dataSet.uint16('x00280010') ?? 0;
  const width = dataSet.uint16('x00280011') ?? 0;
  const samples = dataSet.uint16('x00280002') ?? 1;
  const bitsAllocated = dataSet.uint16('x00280100') ?? 0;
  const bitsStored = dataSet.uint16('x00280101') ?? bitsAllocated;
  const frames = dataSet.elements.x00280008 === undefined ? 1 : (dataSet.intString('x00280008') ?? 1);
  if (width < 1 || height < 1) throw corrupt(path, `its header says ${width} columns and ${height} rows`);
  if (!Number.isInteger(frames) || frames < 1) throw corrupt(path, `its header says ${frames} frames`);
  if (samples !== 1 && samples !== 3) throw unsupported(path, `${samples} samples a pixel, expected 1 or 3`);
  if (![1, 8, 12, 16, 32].includes(bitsAllocated)) {
    throw unsupported(path, `${bitsAllocated} bits a sample are allocated, expected 1, 8, 12, 16 or 32`);
  }
  if (bitsStored < 1 || bitsStored > bitsAllocated) {
    throw corrupt(path, `its header says ${bitsStored} bits stored of ${bitsAllocated} allocated`);
  }
  const highBit = dataSet.uint16('x00280102') ?? bitsStored - 1;
  if (highBit !== bitsStored - 1) {
    throw unsupported(
      path,
      `the highest bit of a sample (HighBit) is ${String(highBit)} of ${String(bitsStored)} stored ones`,
    );
  }
  // A frame takes at least a byte of the file, or an eighth of it, whatever the compression.
  if (frames > bytes * 8)
    throw corrupt(path, `its header says ${frames} frames, more than its ${bytes} bytes can hold`);
  // What is said of each takes memory and time, even if it has a byte of pixels only.
  const most = Math.max(ANY_FRAMES, Math.floor(bytes / LEAST_FRAME_BYTES));
  if (frames > most) throw unsupported(path, `${frames} frames, of at most ${most} that can be opened; split it`);
  return {
    width,
    height,
    frames,
    samples,
    photometric: dataSet.string('x00280004') ?? (samples === 3 ? 'RGB' : 'MONOCHROME2'),
    planar: samples > 1 && dataSet.uint16('x00280006') === 1 && pixels?.encapsulated === false,
    bitsAllocated,
    bitsStored,
    signed: dataSet.uint16('x00280103') === 1,
  };
}

/** The distance between slices that have no positions, of the file or of its functional groups, in mm. */
function sliceSpacingOf(dataSet: DataSet): number | null {
  const groups = [dataSet.elements.x52009229, dataSet.elements.x52009230].map((each) => each?.items?.[0]?.dataSet);
  const all = [dataSet, ...groups.map((group) => group?.elements.x00289110?.items?.[0]?.dataSet)];
  const said = (tag: string): number | null =>
    all.map((each) => positive(Math.abs(numbersOf(each, tag)?.[0] ?? 0))).find((each) => each !== null) ?? null;
  // Below 0 in nuclear medicine, where it says a direction too (PS3.3 C.8.4.15).
  return said('x00180088') ?? said('x00180050');
}

/**
 * Whether frames differ in something else than their slices, as those of a film do.
 * @throws SlicescopeError `unsupported-format` if they differ in both, or in several things.
 */
function isOfOtherThings(path: string, dataSet: DataSet): boolean {
  const differs = (tag: string): boolean => {
    const length = (dataSet.elements[tag]?.length ?? 0) / 2;
    const first = dataSet.uint16(tag, 0);
    for (let at = 1; at < length; at++) if (dataSet.uint16(tag, at) !== first) return true;
    return false;
  };
  const others = Object.keys(OTHER_VECTORS).filter(differs);
  if (others.length === 0) return false;
  if (others.length === 1 && !differs(SLICE_VECTOR)) return true;
  const names = [...others.map((tag) => OTHER_VECTORS[tag]), ...(differs(SLICE_VECTOR) ? ['SliceVector'] : [])];
  throw unsupported(path, `its frames differ in several ways (${names.join(', ')}); save each series of them alone`);
}

/**
 * A text, in the character set that the file names (PS3.3 C.12.1.1.2).
 * @param file the elements of the file, if `dataSet` is an item in it.
 */
export function textOf(dataSet: DataSet, tag: string, file: DataSet = dataSet): string {
  const element = dataSet.elements[tag];
  if (element === undefined) return '';
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  return withoutEnd(new TextDecoder(charsetOf(file)).decode(bytes), '\0').trim();
}

/** By DICOM's defined terms, the encoding by the name that the web has for it. */
const CHARSETS: Readonly<Record<string, string>> = {
  ...{ 'ISO_IR 192': 'utf-8', GB18030: 'gb18030', GBK: 'gbk', 'ISO_IR 13': 'shift_jis', 'ISO_IR 166': 'windows-874' },
  ...{ 'ISO_IR 100': 'latin1', 'ISO_IR 101': 'iso-8859-2', 'ISO_IR 109': 'iso-8859-3', 'ISO_IR 110': 'iso-8859-4' },
  ...{ 'ISO_IR 144': 'iso-8859-5', 'ISO_IR 127': 'iso-8859-6', 'ISO_IR 126': 'iso-8859-7', 'ISO_IR 138': 'iso-8859-8' },
  ...{ 'ISO_IR 148': 'windows-1254', 'ISO 2022 IR 87': 'iso-2022-jp', 'ISO 2022 IR 159': 'iso-2022-jp' },
  ...{ 'ISO 2022 IR 149': 'euc-kr', 'ISO 2022 IR 58': 'gb2312' },
};

/** Of several sets the last that is known: the others are those that it goes beyond. */
function charsetOf(dataSet: DataSet): string {
  const named = (dataSet.string('x00080005') ?? '').split('\\').map((term) => {
    const plain = term.trim();
    return CHARSETS[plain] ?? CHARSETS[plain.replace(/^ISO 2022 IR (?!87|159|149|58)/, 'ISO_IR ')];
  });
  return named.reverse().find((charset) => charset !== undefined) ?? 'latin1';
}

export const cross = ([a = 0, b = 0, c = 0]: readonly number[], [d = 0, e = 0, f = 0]: readonly number[]): Triple => [
  b * f - c * e,
  c * d - a * f,
  a * e - b * d,
];

function positive(value: number | undefined): number | null {
  return value !== undefined && value > 0 ? value : null;
}
