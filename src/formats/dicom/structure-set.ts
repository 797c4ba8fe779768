/** The header of a structure set (RTSTRUCT, PS3.3 A.19): its structures, and the series that they are drawn over. */
import type { DataSet } from 'dicom-parser';
import { corrupt } from '../format';
import { CONTOURS, STRUCTURE_SET, type DicomFile } from './header';
import { textOf } from './image';

/** As many as there are labels. */
const MOST_STRUCTURES = 65_535;

export interface StructureSet {
  readonly file: DicomFile;
  readonly seriesUid: string;
  readonly seriesDescription: string;
  /** Names by number (ROIName, ROINumber). */
  readonly names: ReadonlyMap<number, string>;
  /** The frame of reference of each; empty where it is not said. */
  readonly frameOf: ReadonlyMap<number, string>;
  /** The series that it is drawn over. */
  readonly overSeries: readonly string[];
}

const itemsOf = (dataSet: DataSet | undefined, tag: string): readonly DataSet[] =>
  (dataSet?.elements[tag]?.items ?? []).flatMap(({ dataSet: item }) => (item === undefined ? [] : [item]));

export function isStructureSet({ dataSet }: DicomFile): boolean {
  return dataSet.string('x00080016') === STRUCTURE_SET;
}

/** @throws SlicescopeError `file-corrupt`. */
export function structureSetOf(file: DicomFile): StructureSet {
  const { path, dataSet } = file;
  const names = new Map<number, string>();
  const frameOf = new Map<number, string>();
  for (const item of itemsOf(dataSet, 'x30060020')) {
    const number = item.intString('x30060022');
    if (number === undefined || !Number.isInteger(number) || names.has(number)) {
      const what = number === undefined ? 'a structure without a number' : `the structure ${String(number)} twice`;
      throw corrupt(path, `it describes ${what} (ROINumber)`);
    }
    names.set(number, textOf(item, 'x30060026', dataSet) || `Structure ${String(number)}`);
    frameOf.set(number, item.string('x30060024') ?? '');
  }
  if (names.size === 0 || names.size > MOST_STRUCTURES) {
    const what = names.size === 0 ? 'no structures' : `more than ${String(MOST_STRUCTURES)} structures`;
    throw corrupt(path, `it describes ${what} (StructureSetROISequence)`);
  }
  if (dataSet.elements[CONTOURS] === undefined) throw corrupt(path, 'it has no contours (ROIContourSequence)');
  const overSeries = itemsOf(dataSet, 'x30060010')
    .flatMap((frame) => itemsOf(frame, 'x30060012'))
    .flatMap((study) => itemsOf(study, 'x30060014'))
    .map((series) => series.string('x0020000e') ?? '');
  return {
    file,
    seriesUid: dataSet.string('x0020000e') ?? '',
    seriesDescription: textOf(dataSet, 'x0008103e') || textOf(dataSet, 'x30060002'),
    names,
    frameOf,
    overSeries: [...new Set(overSeries)].filter((uid) => uid !== ''),
  };
}
