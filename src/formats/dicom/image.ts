import type { DataSet } from 'dicom-parser';
import type { Padding, Triple } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { withoutEnd } from '../text-end';
import { displayOf, paddingIn, type Display } from './display';
import { checkPixels } from './frames';
import type { DicomFile, PixelPlace } from './header';
import { lutIn, type Lut } from './lut';
import { mosaicOf, tileLayout, tilesOf, type Mosaic } from './mosaic';
import { factsOf, filmTimes, type PlaneFacts } from './times';
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

/** What tells the times of planes at one position apart, in the order in which it is asked. */
const TIMES = [
  'x00200100', // TemporalPositionIdentifier
  'x00189087', // DiffusionBValue, a double
  'x00180081', // EchoTime
  'x00181060', // TriggerTime
  'x00200012', // AcquisitionNumber
  'x0008002a', // AcquisitionDateTime
  'x00080032', // AcquisitionTime
];
/** Frames of a file at most: what is said of each takes memory. */
const MOST_FRAMES = 65_536;
const NO_SIDE =
  'The file does not say on which side of a slice of its mosaic the next one is (SliceNormalVector): it was taken along the normal of rows and columns.';
const B_VALUE = 'x00189087';
/** Whole numbers that place a frame in its object, such as TemporalPositionIndex, and stack and position in it. */
const FRAME_CONTENT = 'x00209111';
/** Which slice each frame is of, in nuclear medicine, and what else it may be of (PS3.3 C.8.4.8). */
const SLICE_VECTOR = 'x00540080';
const OTHER_VECTORS: Readonly<Record<string, string>> = {
  ...{ x00540010: 'EnergyWindowVector', x00540020: 'DetectorVector', x00540030: 'PhaseVector' },
  ...{ x00540050: 'RotationVector', x00540060: 'RRIntervalVector', x00540070: 'TimeSlotVector' },
  ...{ x00540090: 'AngularViewVector', x00540100: 'TimeSliceVector' },
};
/** FloatPixelData and DoubleFloatPixelData. */
const FLOAT_PIXELS = ['x7fe00008', 'x7fe00009'];

const numbersOf = (dataSet: DataSet | undefined, tag: string): number[] | null => {
  const text = dataSet?.string(tag);
  if (text === undefined || text === '') return null;
  const numbers = text.split('\\').map(Number);
  return numbers.every(Number.isFinite) ? numbers : null;
};

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
  if (frames > MOST_FRAMES)
    throw unsupported(path, `${frames} frames, of at most ${MOST_FRAMES} that can be opened; split it`);
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

/** The planes of a file. Frames of which nothing is said by itself share what is said of all. */
function planesIn(image: DicomImage, dataSet: DataSet, frames: number): readonly Plane[] {
  const items = dataSet.elements.x52009230?.items;
  const tables = { lut: lutOf(image.path, dataSet, image.layout), displays: new Map<DataSet, Display>() };
  let common: Plane | null = null;
  return Array.from({ length: frames }, (_, frame) => {
    const own = items?.[frame]?.dataSet;
    if (own !== undefined) return planeOf(image, dataSet, frame, own, tables);
    common ??= planeOf(image, dataSet, 0, undefined, tables);
    return { ...common, frame, position: positionOf(image, dataSet, frame, undefined) };
  });
}

/** Tables that planes share, and how they are drawn. */
interface Tables {
  readonly lut: Lut | null;
  readonly displays: Map<DataSet, Display>;
}

/** The numbers of an element in a functional group, of the first group that has it, else in the file (PS3.3 C.7.6.16). */
function valuesIn(
  dataSet: DataSet,
  groups: readonly (DataSet | undefined)[],
  sequence: string,
  tag: string,
): number[] | null {
  for (const group of groups) {
    const found = numbersOf(group?.elements[sequence]?.items?.[0]?.dataSet, tag);
    if (found !== null) return found;
  }
  return numbersOf(dataSet, tag);
}

function groupsOf(dataSet: DataSet, own: DataSet | undefined): readonly [DataSet | undefined, DataSet | undefined] {
  return [own, dataSet.elements.x52009229?.items?.[0]?.dataSet];
}

/** Where the middle of a frame's first pixel is. */
function positionOf(image: DicomImage, dataSet: DataSet, frame: number, own: DataSet | undefined): Plane['position'] {
  const groups = groupsOf(dataSet, own);
  if (own?.elements.x0020930e !== undefined) {
    const what = 'its frames lie in a space of their own (PlanePositionVolumeSequence), which is not the patient’s';
    throw unsupported(image.path, `${what}; save it with PlanePositionSequence`);
  }
  const orientation = valuesIn(dataSet, groups, 'x00209116', 'x00200037');
  const placed = placedFrame(image, valuesIn(dataSet, groups, 'x00209113', 'x00200032'), frame);
  const between = valuesIn(dataSet, groups, 'x00289110', 'x00180088')?.[0] ?? 0;
  // Frames of one position, and a distance between slices, are slices, unless it is a film.
  const isStack =
    own?.elements.x00209113 === undefined &&
    image.mosaic === null &&
    image.layout.frames > 1 &&
    image.frameOffsets === null &&
    !image.isCine;
  const offset = image.frameOffsets?.[0] === 0 ? image.frameOffsets[frame] : 0;
  const position = shifted(placed, orientation, isStack ? frame * Math.abs(between) : offset);
  return position?.length === 3 ? (position as unknown as Triple) : null;
}

function planeOf(image: DicomImage, dataSet: DataSet, frame: number, own: DataSet | undefined, tables: Tables): Plane {
  const groups = groupsOf(dataSet, own);
  const values = (sequence: string, tag: string): number[] | null => valuesIn(dataSet, groups, sequence, tag);
  const orientation = values('x00209116', 'x00200037');
  const spacing = values('x00289110', 'x00280030') ?? numbersOf(dataSet, 'x00181164');
  const [row = 0, column = 0] = spacing ?? [];
  const [high = 1, wide = 1] = numbersOf(dataSet, 'x00280034') ?? [];
  const content = own?.elements[FRAME_CONTENT]?.items?.[0]?.dataSet;
  const dose = numbersOf(dataSet, 'x3004000e')?.[0];
  const slope = dose ?? values('x00289145', 'x00281053')?.[0] ?? 1;
  const intercept = values('x00289145', 'x00281052')?.[0] ?? 0;
  const drawn = [...groups.map((group) => group?.elements.x00289132?.items?.[0]?.dataSet), dataSet];
  const said = (tag: string): DataSet | undefined => drawn.find((each) => (each?.elements[tag]?.length ?? 0) > 0);
  const table = said('x00283010')?.elements.x00283010?.items?.[0]?.dataSet;
  const voi = {
    center: values('x00289132', 'x00281050')?.[0],
    width: values('x00289132', 'x00281051')?.[0],
    shape: said('x00281056')?.string('x00281056'),
    table,
  };
  const isByTable = table !== undefined && (voi.center === undefined || voi.width === undefined);
  const known = isByTable ? tables.displays.get(table) : undefined;
  const display = known ?? displayOf(image.path, voi, image.layout, image.layout.signed || intercept < 0);
  if (isByTable) tables.displays.set(table, display);
  return {
    image,
    frame,
    position: positionOf(image, dataSet, frame, own),
    orientation: orientation?.length === 6 ? orientation : null,
    pixelSpacing: row > 0 && column > 0 ? [row, column] : null,
    aspectRatio: high > 0 && wide > 0 ? high / wide : 1,
    facts: factsOf(dataSet, groups),
    times: [...indicesOf(content), ...TIMES.map((tag) => timeOf(dataSet, tag))],
    slope,
    intercept,
    lut: tables.lut,
    display,
    padding: paddingIn(dataSet, image.layout),
  };
}

/** Where a dose's grid says the z of each frame itself, that is its place (PS3.3 C.8.8.3.2, b). */
function placedFrame({ path, frameOffsets }: DicomImage, position: number[] | null, frame: number): number[] | null {
  const [first = 0] = frameOffsets ?? [];
  if (position === null || first === 0) return position;
  const [x = 0, y = 0, z = 0] = position;
  if (Math.abs(first - z) > 0.01) {
    throw corrupt(
      path,
      `its frames begin at ${String(first)} (GridFrameOffsetVector), which is neither 0 nor their z, ${String(z)}`,
    );
  }
  return [x, y, frameOffsets?.[frame] ?? NaN];
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

/** Of an enhanced object: TemporalPositionIndex, and where the frame is in all its dimensions. */
function indicesOf(content: DataSet | undefined): readonly (readonly number[] | null)[] {
  const whole = (tag: string): readonly number[] | null => {
    const element = content?.elements[tag];
    if (content === undefined || element === undefined) return null;
    return Array.from({ length: element.length / 4 }, (_, at) => content.uint32(tag, at) ?? 0);
  };
  return [whole('x00209128'), whole('x00209157')];
}

/** A number, or a time of day or a date and time as one: its digits are in the order of time. */
function timeOf(dataSet: DataSet, tag: string): readonly number[] | null {
  const isDouble = tag === B_VALUE && dataSet.elements[tag]?.length === 8;
  const value = isDouble ? dataSet.double(tag) : numbersOf(dataSet, tag)?.[0];
  return value === undefined ? null : [value];
}

/** @throws SlicescopeError `file-corrupt`, `unsupported-format`. */
function lutOf(path: string, dataSet: DataSet, { signed }: PixelLayout): Lut | null {
  const table = dataSet.elements.x00283000?.items?.[0]?.dataSet;
  // Of angiographies the table is for the picture, and not for what values mean.
  if (table === undefined || /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.12\.[12]/.test(dataSet.string('x00080016') ?? ''))
    return null;
  return lutIn(path, table, 'Modality LUT', signed);
}

/** Moved along the normal: a dose's frames have one position, and their distances from it. */
function shifted(position: number[] | null, orientation: number[] | null, distance = 0): number[] | null {
  if (position === null || orientation === null || distance === 0) return position;
  const normal = cross(orientation.slice(0, 3), orientation.slice(3));
  return position.map((at, axis) => at + distance * (normal[axis] as number));
}

export const cross = ([a = 0, b = 0, c = 0]: readonly number[], [d = 0, e = 0, f = 0]: readonly number[]): Triple => [
  b * f - c * e,
  c * d - a * f,
  a * e - b * d,
];

function positive(value: number | undefined): number | null {
  return value !== undefined && value > 0 ? value : null;
}
