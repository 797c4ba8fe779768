/** Attributes of HDF5's arrays, of Imaris' and of MINC's. h5py has written the files. */
import { expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeByPython } from '../python';
import { casesOf, type Files, type Outcome, type Said, type TableCases } from './cases';

const { folder } = madeByPython(join(__dirname, '../write-fields.py'));
const VALUES = Array.from({ length: 24 }, (_, i) => 3 + 7 * i);

type Named = readonly (readonly [name: string, then: Outcome])[];

/** Cases by fields, each with the names of its files. */
function table(title: string, ending: string, fields: Readonly<Record<string, Named>>): TableCases {
  const file = (name: string): Files => ({ [`a.${ending}`]: readFileSync(join(folder, `${name}.${ending}`)) });
  const said: Said = Object.fromEntries(
    Object.entries(fields).map(([field, all]) => [field, all.map(([name, then]) => [file(name), then] as const)]),
  );
  return { title, cases: casesOf(file('base'), said) };
}
const alone = (...names: readonly string[]): Readonly<Record<string, Named>> =>
  Object.fromEntries(names.map((name) => [name, [[name, {}]]]));

export const HDF5: TableCases = table('HDF5', 'h5', {
  element_size_um: [['element_size_um', { spacing: [2, 3, 4], unit: 'µm' }]],
  axistags: [
    ['axistags', { shape: [2, 3, 4], data: expect.any(Array) }],
    ['axistags-odd', '(axistags)'],
  ],
  DIMENSION_LABELS: [
    ['dimension_labels', { shape: [2, 3, 4], data: expect.any(Array) }],
    ['dimension_labels-words', {}],
  ],
  scale_factor: [['scale_factor', { rescale: { slope: 0.5, intercept: 0 } }]],
  add_offset: [['add_offset', { rescale: { slope: 1, intercept: -7 } }]],
  ...alone('_FillValue', 'units', 'long_name', 'DISPLAY_ORIGIN', 'IMAGE_MINMAXRANGE', 'resolution', 'offset'),
});

export const IMARIS: TableCases = table('Imaris', 'ims', {
  ImageSizeX: [
    [
      'ImageSizeX',
      { shape: [2, 3, 2], spacing: [4, 3, 4], origin: [2, 1.5, 2], data: VALUES.filter((_, i) => i % 4 < 2) },
    ],
  ],
  ImageSizeY: [
    [
      'ImageSizeY',
      { shape: [4, 2, 2], spacing: [2, 4.5, 4], origin: [1, 2.25, 2], data: VALUES.filter((_, i) => i % 12 < 8) },
    ],
  ],
  ImageSizeZ: [
    ['ImageSizeZ', { shape: [4, 3, 1], spacing: [2, 3, 8], origin: [1, 1.5, 4], data: VALUES.slice(0, 12) }],
  ],
  ExtMin0: [['ExtMin0', { spacing: [4, 3, 4], origin: [-6, 1.5, 2] }]],
  ExtMin1: [['ExtMin1', { spacing: [2, 6, 4], origin: [1, -6, 2] }]],
  ExtMin2: [['ExtMin2', { spacing: [2, 3, 8], origin: [1, 1.5, -4] }]],
  ExtMax0: [['ExtMax0', { spacing: [4, 3, 4], origin: [2, 1.5, 2] }]],
  ExtMax1: [['ExtMax1', { spacing: [2, 6, 4], origin: [1, 3, 2] }]],
  ExtMax2: [['ExtMax2', { spacing: [2, 3, 8], origin: [1, 1.5, 4] }]],
  Unit: [['Unit', { unit: 'nm' }]],
  ...alone('HistogramMin', 'HistogramMax', 'Name', 'RecordingDate'),
});

export const MINC: TableCases = table('MINC 2', 'mnc', {
  dimorder: [['dimorder', { direction: expect.any(Array), spacing: [2, 4, 3] }]],
  valid_range: [['valid_range', { rescale: { slope: 0.25, intercept: 0 } }]],
  'image-min': [['image-min', { rescale: { slope: 0.4, intercept: 20 } }]],
  'image-max': [['image-max', { rescale: { slope: 1.5, intercept: 0 } }]],
  start: [['start', { origin: [-1, -20, 30] }]],
  step: [['step', { spacing: [5, 3, 4] }]],
  direction_cosines: [['direction_cosines', { direction: [1, 0, 0, 0, -1, 0, 0, 0, 1], origin: [10, -20, 30] }]],
  units: [
    ['units', { unit: 'µm' }],
    ['units-differ', 'its axes are in the units'],
  ],
  spacing: [['spacing', '(xspace is irregular)']],
  alignment: [['alignment', '(alignment)']],
  ...alone('spacetype', 'length', 'width', 'comments', 'complete', 'valid_min', 'valid_max'),
});
