import type sharpModule from 'sharp';
import type { Sharp } from 'sharp';

/** sharp takes about 50 ms and 15 MB to load: not before the first picture. */
export async function loadSharp(): Promise<typeof sharpModule> {
  return (await import('sharp')).default;
}

/** Pixels an inch of a picture that has no length: what programs take for nothing. Without any sharp writes 25.4. */
const NO_DENSITY = 72;

/** What a file says of its picture. */
interface Said {
  /** Pixels a centimetre; null where that has no meaning. */
  readonly perCentimetre: number | null;
  readonly description: string;
}

/** What a file says of its picture, in the metadata of sharp's formats. */
export function described(image: Sharp, { perCentimetre, description }: Said): Sharp {
  const said = image.withExif({ IFD0: { ImageDescription: description, Software: 'slicescope' } });
  return said.withDensity(perCentimetre === null ? NO_DENSITY : perCentimetre * 2.54);
}
