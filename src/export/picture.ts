import type { Picture } from '../shading';
import type { FileFormat } from './files';
import { loadSharp } from './sharp';

/** Half the time of zlib's usual level 6, for a file that is 2 % larger. */
const PNG = { compressionLevel: 3 } as const;

function isOpaque(data: Uint8Array): boolean {
  for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha] !== 255) return false;
  return true;
}

/** How a picture is written. */
export interface Encoding {
  /** From 1 to 100; without it JPEG has 90, AVIF 80, and WebP loses nothing. */
  readonly quality?: number | undefined;
  /** Pixels a centimetre; null where that has no meaning. */
  readonly perCentimetre: number | null;
  readonly description: string;
}

/** The bytes of a PNG: 8-bit RGB, or RGBA where a pixel is transparent. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  const image = await imageOf(picture);
  return await image.png(PNG).toBuffer();
}

async function imageOf({ width, height, data }: Picture) {
  const sharp = await loadSharp();
  // The limit is against bombs in files; these pixels are here already.
  const image = sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false });
  return isOpaque(data) ? image.removeAlpha() : image;
}

/** The bytes of a file with the picture. JPEG has no transparency: what is transparent is black. */
export async function encodePicture(picture: Picture, format: FileFormat, how: Encoding): Promise<Uint8Array> {
  const { quality, perCentimetre, description } = how;
  const exif = { IFD0: { ImageDescription: description, Software: 'slicescope' } };
  const described = (await imageOf(picture)).withExif(exif);
  const image = perCentimetre === null ? described : described.withDensity(perCentimetre * 2.54);
  switch (format) {
    case 'jpeg':
      return await image
        .flatten({ background: '#000' })
        .jpeg({ quality: quality ?? 90, chromaSubsampling: '4:4:4' })
        .toBuffer();
    case 'webp':
      return await image.webp(quality === undefined ? { lossless: true } : { quality }).toBuffer();
    case 'avif':
      return await image.avif({ quality: quality ?? 80, chromaSubsampling: '4:4:4' }).toBuffer();
    case 'tiff': {
      // Pixels a millimetre.
      const resolution = perCentimetre === null ? {} : { xres: perCentimetre / 10, yres: perCentimetre / 10 };
      return await image.tiff({ compression: 'deflate', ...resolution }).toBuffer();
    }
    default:
      return await image.png(PNG).toBuffer();
  }
}

/**
 * A picture that moves: all of one size, so many a second, again and again. sharp takes all of its pixels at once.
 * @param order which picture is shown when: each one, and then, of those, what comes again.
 */
export async function encodeAnimation(
  pictures: AsyncIterable<Picture>,
  order: readonly number[],
  format: 'webp' | 'gif',
  perSecond: number,
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  let [data, size, count] = [new Uint8Array(0), { width: 0, height: 0 }, 0];
  for await (const picture of pictures) {
    if (count === 0) [data, size] = [new Uint8Array(picture.data.length * order.length), picture];
    data.set(picture.data, picture.data.length * count);
    count++;
  }
  const length = data.length / order.length;
  for (let at = count; at < order.length; at++) {
    const from = length * (order[at] as number);
    data.copyWithin(length * at, from, from + length);
  }
  const { width, height } = size;
  const raw = { width, height: height * order.length, channels: 4, pageHeight: height } as const;
  const image = sharp(data, { raw, limitInputPixels: false });
  const timing = { loop: 0, delay: order.map(() => Math.round(1000 / perSecond)) };
  return await (format === 'gif' ? image.gif(timing) : image.webp({ lossless: true, ...timing })).toBuffer();
}
