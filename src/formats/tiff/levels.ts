import type { GeoTIFFImage } from 'geotiff' with { 'resolution-mode': 'import' };
import { corrupt, unsupported } from '../format';
import type { TiffFile } from './source';

/** Bits of NewSubfileType: a page is a small copy of another one, or says which pixels of it count. */
const REDUCED = 1;
const MASK = 4;
/** The same in SubfileType, which it replaced. */
const OLD_REDUCED = 2;
/** Coarser copies that a page has at most. */
const MOST_LEVELS = 64;

function subfileOf(image: GeoTIFFImage): number {
  const directory = image.getFileDirectory();
  const kind = directory.getValue('NewSubfileType') ?? 0;
  return directory.getValue('SubfileType') === OLD_REDUCED ? kind | REDUCED : kind;
}

/** The pages that are pictures of their own; all where none is. */
export function mainImages(all: readonly GeoTIFFImage[]): readonly GeoTIFFImage[] {
  const mains = all.filter((image) => (subfileOf(image) & (REDUCED | MASK)) === 0);
  return mains.length === 0 ? all : mains;
}

/**
 * The pages of a level of detail. Coarser copies are pages that say so, or that a page names
 * (`SubIFDs`); each size has as many as there are pages.
 * @throws SlicescopeError `unsupported-format` if it has no such level.
 */
export async function levelImages(
  finest: readonly GeoTIFFImage[],
  all: readonly GeoTIFFImage[],
  level: number,
  file: TiffFile,
): Promise<readonly GeoTIFFImage[]> {
  if (level === 0) return finest;
  const copies = all.filter((image) => (subfileOf(image) & (REDUCED | MASK)) === REDUCED && !finest.includes(image));
  for (const page of finest) {
    const offsets = await file.list(page.getFileDirectory(), 'SubIFDs');
    for (const offset of offsets.slice(0, MOST_LEVELS)) {
      if (offset >= file.size) throw corrupt(file.path, 'truncated, a coarser level (SubIFDs) lies past its end');
      copies.push(await file.imageAt(offset));
    }
  }
  const [first] = finest as [GeoTIFFImage];
  const kindOf = (image: GeoTIFFImage): string =>
    [image.getSamplesPerPixel(), image.getBitsPerSample(0), image.getSampleFormat(0)].join(' ');
  const sizes = new Map<string, GeoTIFFImage[]>();
  for (const copy of copies.filter((each) => kindOf(each) === kindOf(first))) {
    const size = `${String(copy.getWidth())} × ${String(copy.getHeight())}`;
    sizes.set(size, [...(sizes.get(size) ?? []), copy]);
  }
  const pixels = ([image]: readonly GeoTIFFImage[]): number => (image?.getWidth() ?? 0) * (image?.getHeight() ?? 0);
  const levels = [finest, ...[...sizes.values()].filter(({ length }) => length === finest.length)];
  levels.sort((one, other) => pixels(other) - pixels(one));
  const found = levels[level];
  if (found !== undefined) return found;
  throw unsupported(file.path, `it has no level ${String(level)}; its levels are 0 to ${String(levels.length - 1)}`);
}
