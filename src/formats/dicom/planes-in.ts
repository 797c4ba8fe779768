/** What a file says of each plane of its pixels: where it lies, when it was taken, and what its values stand for. */
import type { DataSet } from 'dicom-parser';
import type { Triple } from '../../protocol';
import { corrupt, unsupported } from '../format';
import { displayOf, paddingIn, type Display } from './display';
import { cross, type DicomImage, type PixelLayout, type Plane } from './image';
import { lutIn, type Lut } from './lut';
import { factsOf } from './times';

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
const B_VALUE = 'x00189087';
/** Whole numbers that place a frame in its object, such as TemporalPositionIndex, and stack and position in it. */
const FRAME_CONTENT = 'x00209111';

/** The numbers of an element; null where there are none. */
export const numbersOf = (dataSet: DataSet | undefined, tag: string): number[] | null => {
  const text = dataSet?.string(tag);
  if (text === undefined || text === '') return null;
  const numbers = text.split('\\').map(Number);
  return numbers.every(Number.isFinite) ? numbers : null;
};

/** The planes of a file. A frame without an item of its own has what the file says of all frames. */
export function planesIn(image: DicomImage, dataSet: DataSet, frames: number): readonly Plane[] {
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
