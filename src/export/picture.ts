import { SlicescopeError } from '../protocol';
import type { Picture } from '../shading';
import type { Content, FileFormat } from './files';
import { checkPixels } from './room';
import { described, loadSharp } from './sharp';
import { deflated, encodeTiff, type Page } from './tiff';

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

/** Pixels along an edge that formats have at most. */
const MOST_EDGE: Readonly<Partial<Record<FileFormat, number>>> = {
  webp: 16_383,
  avif: 16_384,
  jpeg: 65_500,
  gif: 65_535,
};

/** Lines that libvips takes of a picture, and of all pictures of an animation together, which are one to it. */
const MOST_LINES = 10_000_000;

/** @throws SlicescopeError `limit-exceeded` where an animation would not fit into what encodes it. */
function checkAnimation({ width, height }: Picture, count: number): void {
  checkPixels({ width, height, count });
  const lines = height * count;
  if (lines <= MOST_LINES) return;
  const message = `an animation has at most ${String(MOST_LINES)} lines in all, and these ${String(count)} pictures ${String(lines)}; give fewer slices with { step }, or a smaller scale`;
  throw new SlicescopeError('limit-exceeded', message, { limit: 'lines', value: lines });
}

/** @throws SlicescopeError `limit-exceeded`. */
function checkEdges({ width, height }: Pick<Picture, 'width' | 'height'>, format: FileFormat): void {
  const [most = Infinity, value] = [MOST_EDGE[format], Math.max(width, height)];
  if (value <= most) return;
  const message = `${format} has at most ${String(most)} pixels along an edge, and this picture ${String(width)} × ${String(height)}; write .png or .tif, or give a smaller scale`;
  throw new SlicescopeError('limit-exceeded', message, { limit: format, value });
}

/** The pixels of a picture as they are in a TIFF: 8-bit RGB, or RGBA where a pixel is transparent. */
function pageOf({ width, height, data }: Picture): Page {
  if (!isOpaque(data)) return { width, height, components: 4, dtype: 'uint8', data };
  const colors = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) colors[3 * pixel + channel] = data[4 * pixel + channel] as number;
  }
  return { width, height, components: 3, dtype: 'uint8', data: colors };
}

/**
 * What is in a file with the picture. JPEG has no transparency: what is transparent is black.
 * @throws SlicescopeError `limit-exceeded`.
 */
export async function encodePicture(picture: Picture, format: FileFormat, how: Encoding): Promise<Content> {
  checkEdges(picture, format);
  const { quality, perCentimetre, description } = how;
  if (format === 'tiff') {
    const square = perCentimetre === null ? null : ([perCentimetre, perCentimetre] as const);
    return encodeTiff([await deflated(pageOf(picture))], 1, { description, perCentimetre: square });
  }
  const image = described(await imageOf(picture), how);
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
    default:
      return await image.png(PNG).toBuffer();
  }
}

/**
 * A picture that moves: all of one size, so many a second, again and again. sharp takes all of its pixels at once. A GIF
 * says nothing of what it shows.
 * @throws SlicescopeError `limit-exceeded`.
 * @param order which picture is shown when: each one, and then, of those, what comes again.
 */
export async function encodeAnimation(
  pictures: AsyncIterable<Picture>,
  order: readonly number[],
  format: 'webp' | 'gif',
  how: Omit<Encoding, 'quality'> & { readonly perSecond: number },
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  let [data, size, count] = [new Uint8Array(0), { width: 0, height: 0 }, 0];
  for await (const picture of pictures) {
    checkEdges(picture, format);
    if (count === 0) {
      checkAnimation(picture, order.length);
      [data, size] = [new Uint8Array(picture.data.length * order.length), picture];
    }
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
  const image = described(sharp(data, { raw, limitInputPixels: false }), how);
  const timing = { loop: 0, delay: order.map(() => Math.round(1000 / how.perSecond)) };
  return await (format === 'gif' ? image.gif(timing) : image.webp({ lossless: true, ...timing })).toBuffer();
}
