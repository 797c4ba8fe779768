import type { DataSet } from 'dicom-parser';
import type { Triple, Window } from '../../protocol';
import { corrupt, unsupported } from '../format';
import type { DicomFile, PixelPlace } from './header';

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
  readonly slope: number;
  readonly intercept: number;
  readonly window: Window | null;
}

export interface DicomImage {
  readonly path: string;
  readonly fileBytes: number;
  readonly transferSyntax: string;
  readonly pixels: PixelPlace;
  readonly layout: PixelLayout;
  readonly instanceUid: string;
  readonly instanceNumber: number;
  readonly seriesUid: string;
  readonly seriesDescription: string;
  /** Distance between slices where positions do not say it, in mm. */
  readonly sliceSpacing: number | null;
  /** Whether several frames without positions follow each other in time. */
  readonly isCine: boolean;
  /** Of the frames along z, where they have no positions (PS3.3 C.8.8.3.2). */
  readonly frameOffsets: readonly number[] | null;
  readonly planes: readonly Plane[];
}

const numbersOf = (dataSet: DataSet | undefined, tag: string): number[] | null => {
  const text = dataSet?.string(tag);
  if (text === undefined || text === '') return null;
  const numbers = text.split('\\').map(Number);
  return numbers.every(Number.isFinite) ? numbers : null;
};

/**
 * What a file says of its image.
 * @throws SlicescopeError `unsupported-format`, `file-corrupt`.
 */
export function imageOf(file: DicomFile): DicomImage {
  const { path, dataSet, pixels } = file;
  if (pixels === null) throw unsupported(path, 'a DICOM file without an image; choose one that has pixels');
  const layout = layoutOf(file);
  const image: Omit<DicomImage, 'planes'> = {
    path,
    fileBytes: file.bytes,
    transferSyntax: file.transferSyntax,
    pixels,
    layout,
    instanceUid: dataSet.string('x00080018') ?? '',
    instanceNumber: dataSet.intString('x00200013') ?? 0,
    seriesUid: dataSet.string('x0020000e') ?? '',
    seriesDescription: dataSet.string('x0008103e') ?? '',
    sliceSpacing: positive(numbersOf(dataSet, 'x00180088')?.[0]) ?? positive(numbersOf(dataSet, 'x00180050')?.[0]),
    isCine: ['x00181063', 'x00181065', 'x00180040'].some((tag) => (dataSet.elements[tag]?.length ?? 0) > 0),
    frameOffsets: numbersOf(dataSet, 'x3004000c'),
  };
  const planes: Plane[] = [];
  const whole: DicomImage = Object.assign(image, { planes });
  for (let frame = 0; frame < layout.frames; frame++) planes.push(planeOf(whole, dataSet, frame));
  return whole;
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
  if (![1, 8, 16, 32].includes(bitsAllocated)) {
    throw unsupported(path, `${bitsAllocated} bits a sample are allocated, expected 1, 8, 16 or 32`);
  }
  if (bitsStored < 1 || bitsStored > bitsAllocated) {
    throw corrupt(path, `its header says ${bitsStored} bits stored of ${bitsAllocated} allocated`);
  }
  // A frame takes at least a byte of the file, or an eighth of it, whatever the compression.
  if (frames > bytes * 8)
    throw corrupt(path, `its header says ${frames} frames, more than its ${bytes} bytes can hold`);
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

/** The element's value in a frame's functional group, in those that all frames share, or in the file itself (PS3.3 C.7.6.16). */
function planeOf(image: DicomImage, dataSet: DataSet, frame: number): Plane {
  const groups = [dataSet.elements.x52009230?.items?.[frame]?.dataSet, dataSet.elements.x52009229?.items?.[0]?.dataSet];
  const values = (sequence: string, tag: string): number[] | null => {
    for (const group of groups) {
      const found = numbersOf(group?.elements[sequence]?.items?.[0]?.dataSet, tag);
      if (found !== null) return found;
    }
    return numbersOf(dataSet, tag);
  };
  const orientation = values('x00209116', 'x00200037');
  const position = shifted(values('x00209113', 'x00200032'), orientation, image.frameOffsets?.[frame]);
  const spacing = values('x00289110', 'x00280030') ?? numbersOf(dataSet, 'x00181164');
  const [row = 0, column = 0] = spacing ?? [];
  const center = values('x00289132', 'x00281050')?.[0];
  const width = values('x00289132', 'x00281051')?.[0];
  const dose = numbersOf(dataSet, 'x3004000e')?.[0];
  return {
    image,
    frame,
    position: position?.length === 3 ? (position as unknown as Triple) : null,
    orientation: orientation?.length === 6 ? orientation : null,
    pixelSpacing: row > 0 && column > 0 ? [row, column] : null,
    slope: dose ?? values('x00289145', 'x00281053')?.[0] ?? 1,
    intercept: values('x00289145', 'x00281052')?.[0] ?? 0,
    window: windowOf(center, width),
  };
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

/** From the first value at which white or black begins to the last (PS3.3 C.11.2.1.2.1). */
function windowOf(center: number | undefined, width: number | undefined): Window | null {
  if (center === undefined || width === undefined || width <= 1) return null;
  return [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2];
}

function positive(value: number | undefined): number | null {
  return value !== undefined && value > 0 ? value : null;
}
