import type sharpModule from 'sharp';

/** sharp takes about 50 ms and 15 MB to load: not before the first picture. */
export async function loadSharp(): Promise<typeof sharpModule> {
  return (await import('sharp')).default;
}
