import { unsupported, type ReadRequest } from '../format';
import { choicesOf, imagesBeside, imagesOf, type Choice, type Found, type Images } from './series';
import type { StructureSet } from './structure-set';

/**
 * The series that a structure set is drawn over: in what `over` gives, in the folder that is opened, or beside the set.
 * @throws SlicescopeError `unsupported-format` if it is not there; what is wrong with it.
 */
export async function imagesUnder(
  { over, strict = false }: ReadRequest,
  { file: { path }, overSeries, frameOf }: StructureSet,
  found: Found,
): Promise<Images> {
  const around = over !== undefined ? await imagesOf({ paths: over }, () => undefined) : await besides(path, found);
  const choices = choicesOf(around, strict).filter(({ images: [first] }) => first?.segmentation === null);
  const named = choices.filter((choice) => overSeries.includes(uidOf(choice)));
  // A copy with other identifiers lies in the same space, but only a person can know that it is one.
  const isGuess = over !== undefined || overSeries.length === 0;
  const frames = new Set([...frameOf.values()].filter((frame) => frame !== ''));
  const alike = isGuess ? choices.filter(({ images: [first] }) => frames.has(first?.frameOfReference ?? '')) : [];
  const fitting = named.length > 0 ? named : alike;
  const [chosen, ...others] = fitting;
  const uids = [...new Set(fitting.map(uidOf))];
  const what = `its contours are drawn over the series ${overSeries.join(', ') || 'that it does not say'}`;
  if (chosen === undefined) {
    const where = over === undefined ? 'beside it' : `in ${over[0]}`;
    throw unsupported(path, `${what}, which is not ${where}; give its folder with the option over`);
  }
  if (others.length > 0 && uids.length > 1)
    throw unsupported(
      path,
      `its contours fit several series: ${uids.join(', ')}; give the files of one with the option over`,
    );
  if (chosen.error !== null) throw chosen.error;
  // Of a series with pictures of other sizes or directions the largest part is the first.
  return chosen.images as Images;
}

function uidOf({ images: [first] }: Choice): string {
  return first?.seriesUid ?? '';
}

function besides(path: string, found: Found): Promise<Found> | Found {
  return found.images.length > 0 ? found : imagesBeside(path);
}
