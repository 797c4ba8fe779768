import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Sharp } from 'sharp';
import { isSlicescopeError, messageOf, type DType } from '../protocol';
import { Volume } from '../volume';
import { fileHeader } from './file-header';
import {
  bytesIn,
  corrupt,
  openFile,
  readInto,
  readWhole,
  unsupported,
  type Format,
  type OnFraction,
  type ReadRequest,
} from './format';
import { looksLike } from './signatures';
import { readTiffSlices, tiff } from './tiff';

const IS_IMAGE = /\.(png|jpe?g|tiff?)$/i;
/** Names that begin with a dot are hidden: a Mac's notes on a file are called like it. */
const isSlice = (name: string): boolean => IS_IMAGE.test(name) && !name.startsWith('.');
const SIGNATURES = { png: [0x89, 0x50, 0x4e, 0x47], jpeg: [0xff, 0xd8, 0xff] } as const;
const TIFF_SIGNATURES: readonly string[] = ['49492a00', '4d4d002a', '49492b00', '4d4d002b'];
/** A picture's file is read whole: bytes that it may have. */
const MOST_PICTURE_BYTES = 2 ** 30;
/** How long the decoder may take for one picture, in seconds. */
const PATIENCE_S = 60;

/** What all slices have in common. */
interface Kind {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3 | 4;
  readonly dtype: DType;
}

/** A slice's own. */
interface PictureKind extends Kind {
  /** What sharp multiplies the values of gray with that have fewer than 8 bits, so that the greatest one is white. */
  readonly factor: number;
}

/** Whether a folder has pictures that can be slices. */
export async function hasImages(folder: string): Promise<boolean> {
  return (await readdir(folder)).some(isSlice);
}

/** The slices: a folder's in the order of their numbers, or as they are given. */
async function slicesOf([path, ...others]: ReadRequest['paths']): Promise<readonly string[]> {
  if (others.length > 0 || !(await stat(path)).isDirectory()) return [path, ...others];
  // `2.png` before `10.png`. Only here: it takes longer to make than a small file to read.
  const { compare } = new Intl.Collator('en', { numeric: true });
  const names = (await readdir(path)).filter(isSlice).sort(compare);
  return names.map((name) => join(path, name));
}

/**
 * What a file is, whatever it is called: sharp would decode any picture, also those that are programs.
 * @throws SlicescopeError `unsupported-format` for what is none of them.
 */
async function contentOf(path: string): Promise<'png' | 'jpeg' | 'tiff'> {
  const bytes = new Uint8Array(16);
  const file = await openFile(path);
  try {
    await readInto(file, bytes, 0);
  } finally {
    await file.close();
  }
  const begins = (signature: readonly number[]): boolean => signature.every((byte, at) => bytes[at] === byte);
  if (begins(SIGNATURES.png)) return 'png';
  if (begins(SIGNATURES.jpeg)) return 'jpeg';
  if (TIFF_SIGNATURES.includes(Buffer.from(bytes.subarray(0, 4)).toString('hex'))) return 'tiff';
  throw unsupported(
    path,
    `it is called a picture, and its content is none: ${looksLike(bytes)}; slices are PNG, JPEG or TIFF`,
  );
}

/** A picture whose content is known to be PNG or JPEG. */
async function decoderOf(path: string): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  return sharp(await readWhole(path, MOST_PICTURE_BYTES)).timeout({ seconds: PATIENCE_S });
}

async function kindOf(image: Sharp, path: string): Promise<PictureKind> {
  const { width, height, channels, depth, space, bitsPerSample = 8 } = await image.metadata();
  const is16 = depth === 'ushort';
  const isGray = channels <= 2;
  if ((depth !== 'uchar' && !is16) || (!isGray && space !== (is16 ? 'rgb16' : 'srgb'))) {
    const what = `${String(channels)} channels of ${depth} (${space})`;
    throw unsupported(path, `${what}; what can be read is gray and RGB of up to 16 bits, with alpha or without`);
  }
  const factor = channels === 1 && bitsPerSample < 8 ? 255 / (2 ** bitsPerSample - 1) : 1;
  // Gray with alpha is a colour: how it looks depends on what is behind it.
  return { width, height, components: channels === 2 ? 4 : channels, dtype: is16 ? 'uint16' : 'uint8', factor };
}

function kindOfVolume({ shape: [width, height], components, dtype }: Volume): Kind {
  return { width, height, components, dtype };
}

function check(kind: Kind, first: Kind, path: string, firstPath: string): void {
  const text = ({ width, height, components, dtype }: Kind): string =>
    `${String(width)} × ${String(height)} ${dtype}${components === 1 ? '' : ' in colours'}`;
  if (text(kind) === text(first) && kind.components === first.components) return;
  throw unsupported(path, `it is ${text(kind)}, and ${basename(firstPath)} is ${text(first)}; slices are of one kind`);
}

/** The values as they are stored: what sharp makes of gray otherwise is colours, and of 16 bits 8. */
async function pixelsOf(image: Sharp, { components, dtype, factor }: PictureKind): Promise<Uint8Array> {
  const is16 = dtype === 'uint16';
  const space = components === 1 ? (is16 ? 'grey16' : 'b-w') : is16 ? 'rgb16' : 'srgb';
  const pixels = await image
    .toColourspace(space)
    .raw({ depth: is16 ? 'ushort' : 'uchar' })
    .toBuffer();
  return factor === 1 ? pixels : pixels.map((value) => value / factor);
}

async function readImages(request: ReadRequest, onFraction: OnFraction): Promise<Volume> {
  const paths = await slicesOf(request.paths);
  const [firstPath] = paths;
  if (firstPath === undefined) throw unsupported(request.paths[0], 'a folder without PNG, JPEG or TIFF files');
  const name = basename(request.paths[0], extname(request.paths[0]));
  const contents: string[] = [];
  for (const path of paths) contents.push(await contentOf(path));
  if (contents.includes('tiff')) {
    const other = paths.find((_, at) => contents[at] !== 'tiff');
    if (other !== undefined)
      throw unsupported(other, 'it lies beside TIFF slices; give the paths of those that are meant');
    const checkSlice = (slice: Volume, first: Volume, path: string): void => {
      check(kindOfVolume(slice), kindOfVolume(first), path, firstPath);
    };
    return await readTiffSlices([firstPath, ...paths.slice(1)], name, checkSlice, onFraction);
  }
  const attempt = async <T>(path: string, use: (image: Sharp) => Promise<T>): Promise<T> => {
    try {
      return await use(await decoderOf(path));
    } catch (cause) {
      throw isSlicescopeError(cause) ? cause : corrupt(path, `it can’t be decoded (${messageOf(cause)})`, cause);
    }
  };
  const first = await attempt(firstPath, (image) => kindOf(image, firstPath));
  const kinds: PictureKind[] = [];
  for (const path of paths) {
    const kind = await attempt(path, (image) => kindOf(image, path));
    check(kind, first, path, firstPath);
    kinds.push(kind);
  }
  const { width, height, components, dtype } = first;
  const volume = Volume.alloc([width, height, paths.length], dtype, { components, name });
  const target = bytesIn(volume.data);
  const sliceBytes = target.length / paths.length;
  for (const [z, path] of paths.entries()) {
    target.set(
      (await attempt(path, (image) => pixelsOf(image, kinds[z] as PictureKind))).subarray(0, sliceBytes),
      z * sliceBytes,
    );
    onFraction((z + 1) / paths.length);
  }
  return volume;
}

/** PNG, JPEG and TIFF: a folder of numbered slices, several paths, or one picture. */
export const images: Format = {
  name: 'images',
  title: 'slices (a folder of PNG, JPEG or TIFF files)',
  matches: (head) => (head[0] === 0x89 && head[1] === 0x50) || (head[0] === 0xff && head[1] === 0xd8),
  read: readImages,
  header: async ({ paths }) => {
    const [first] = (await slicesOf(paths)) as [string];
    if ((await contentOf(first)) === 'tiff') return (await tiff.header?.({ paths: [first] })) ?? {};
    return fileHeader(Object.entries(await (await decoderOf(first)).metadata()));
  },
};
