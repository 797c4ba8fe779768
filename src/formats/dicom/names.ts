import { explicitElementToString, type DataSet, type Element } from 'dicom-parser';
import { fileHeader, type FileHeader } from '../file-header';
import { textOf } from './image';

/** The elements of a file by their keywords in the standard, others by their tags. */
export async function headerOf(dataSet: DataSet): Promise<FileHeader> {
  // Of 1.3 MB, and of use for this only.
  const { get_element: lookUp } = await import('@iwharris/dicom-data-dictionary');
  return fileHeader(
    Object.entries(dataSet.elements).map(([tag, element]) => {
      const shown = `${tag.slice(1, 5)},${tag.slice(5)}`.toUpperCase();
      const known = lookUp(shown);
      return [known?.keyword ?? `(${shown})`, valueOf(dataSet, { ...element, vr: element.vr ?? known?.vr ?? 'UN' })];
    }),
  );
}

/** A file without value representations takes them from the dictionary, which has two for some. */
function valueOf(dataSet: DataSet, element: Element): string {
  const [vr = 'UN'] = (element.vr ?? '').split(' ');
  if (element.items !== undefined) return `${String(element.items.length)} items`;
  if (vr === 'SQ') return 'a sequence';
  if (/^(OB|OW|OF|OD|OL|UN)$/.test(vr)) return `${String(element.length)} bytes`;
  if (/^(LO|LT|PN|SH|ST|UC|UT)$/.test(vr)) return textOf(dataSet, element.tag);
  return explicitElementToString(dataSet, { ...element, vr });
}
