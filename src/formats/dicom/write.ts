import { SlicescopeError } from '../../protocol';
import { unsupported } from '../format';
import { checkCounts, leftOut } from '../left-out';
import type { Plain, WriteOptions, Writer } from '../writer';

const TITLE = 'DICOM SEG';
/** What a segment's name has at most (LO). */
const MOST_CHARACTERS = 64;

/** A name as DICOM can have it; null where nothing is left of it. */
export function segmentName(name: string): string | null {
  const plain = name.replace(/[\u0000-\u001f\u007f\\]+/g, ' ').trim();
  return Array.from(plain).slice(0, MOST_CHARACTERS).join('').trim() || null;
}

/** The values of segments that have names or colours. */
export function namedValues({ labels }: Plain): readonly number[] {
  const values = Object.keys(labels ?? {}).filter((value) => /^[1-9]\d{0,4}$/.test(value));
  return values.map(Number).filter((value) => value <= 65_535);
}

function check(plain: Plain, path: string, { over }: WriteOptions): readonly string[] {
  if (over === undefined) {
    const expected = 'the folder, or the files, of the DICOM series that the label map was drawn on';
    const message = `${path}: over is missing, expected ${expected}`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'over' });
  }
  checkCounts(plain, path, TITLE, { frames: false, colors: [] });
  const { direction, unit, labels } = plain;
  if (direction === null || unit !== 'mm') {
    const what = direction === null ? 'no direction' : `distances in ${unit}`;
    throw unsupported(path, `the label map has ${what}, expected a place in the patient, in mm: that of its series`);
  }
  const all = Object.values(labels ?? {});
  const unnamed = all.length - namedValues(plain).length;
  return [
    ...leftOut(plain, TITLE, ['spacing', 'origin', 'direction', 'labels']),
    ...(unnamed > 0 ? [`${TITLE} has no place for labels that are no whole numbers from 1 to 65535.`] : []),
    ...(all.some(({ name = '' }) => Array.from(name.trim()).length > MOST_CHARACTERS)
      ? [`${TITLE} has no place for names of more than ${String(MOST_CHARACTERS)} characters: they are cut.`]
      : []),
    ...(all.some(({ color = '' }) => color.length > 7)
      ? [`${TITLE} has no place for colours that can be seen through: they are written opaque.`]
      : []),
  ];
}

/** A label map as segments, over the series that it was drawn on. */
export const segmentation: Writer = {
  name: 'dicom',
  title: TITLE,
  endings: ['.dcm'],
  isStore: false,
  dtypes: ['uint8', 'uint16'],
  heeds: ['over', 'deidentify'],
  holdsRescale: () => false,
  check,
  write: async (...given) => await (await import('./write-segmentation.js')).write(...given),
};
