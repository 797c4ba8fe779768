import type { Format } from '../format';
import { isDicomHead } from './prefix';

export { hasDicom } from './prefix';

/** Its reader is loaded when there is something to read: files of other formats do not wait for it. */
export const dicom: Format = {
  name: 'dicom',
  title: 'DICOM (a file, a folder, a series)',
  several: ['series', 'over'],
  matches: (head) => isDicomHead(head),
  read: async (request, onFraction) => await (await import('./read.js')).read(request, onFraction),
  header: async (request) => await (await import('./read.js')).header(request),
};
