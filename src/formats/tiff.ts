import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { GeoTIFF, GeoTIFFImage } from 'geotiff' with { 'resolution-mode': 'import' };
import { ARRAY_OF, isSlicescopeError, messageOf, type DType, type Shape, type VoxelArray } from '../protocol';
import { Volume } from '../volume';
import { fileHeader, type FileHeader } from './file-header';
import { aFewAtATime } from './a-few-at-a-time';
import { bytesIn, corrupt, openFile, unsupported, type Format, type OnFraction } from './format';
import { layoutOf, type StackLayout } from './tiff-layout';
import { sourceOf } from './tiff-source';
import { checkName, readHead, readRuns, toNative, type Run } from './voxels';

/** SampleFormat and BitsPerSample; https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf */
const DTYPES: Readonly<Record<string, DType>> = {
  ...{ '1 8': 'uint8', '1 16': 'uint16', '1 32': 'uint32', '2 8': 'int8', '2 16': 'int16', '2 32': 'int32' },
  ...{ '3 32': 'float32', '3 64': 'float64' },
};
const UNCOMPRESSED = 1;
const RGB = 2;
const PALETTE = 3;
const YCBCR = 6;
/** What LZW, deflate and Zstandard make of one byte at most is less. */
const MAX_COMPRESSION = 32_768;
const MOST_PAGES = 1_000_000;

/** What all pages of a file have in common. */
interface Kind {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3 | 4;
  readonly dtype: DType;
}

function isTiff(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  return (
    (a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0) ||
    (a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43))
  );
}

/** The pages, whose directories are a chain in the file. A chain that comes back to itself would never end. */
async function pagesOf(tiff: GeoTIFF, path: string): Promise<GeoTIFFImage[]> {
  const pages: GeoTIFFImage[] = [];
  const seen = new Set<number>();
  for (let at = 0; ; at += 1) {
    const page = await tiff.getImage(at);
    pages.push(page);
    const next = page.getFileDirectory().nextIFDByteOffset;
    if (next === 0) return pages;
    if (seen.has(next)) throw corrupt(path, 'its directories are a loop');
    if (pages.length === MOST_PAGES) throw unsupported(path, `more than ${String(MOST_PAGES)} pages`);
    seen.add(next);
  }
}

function kindOf(page: GeoTIFFImage, path: string): Kind {
  const [width, height, samples] = [page.getWidth(), page.getHeight(), page.getSamplesPerPixel()];
  if (![width, height, samples].every((each) => Number.isInteger(each) && each >= 1)) {
    throw corrupt(path, `its pages have ${String(width)} × ${String(height)} pixels of ${String(samples)} samples`);
  }
  const name = `${String(page.getSampleFormat(0))} ${String(page.getBitsPerSample(0))}`;
  const dtype = Object.hasOwn(DTYPES, name) ? DTYPES[name] : undefined;
  if (dtype === undefined) {
    const what = `it holds ${String(page.getBitsPerSample(0))}-bit samples of format ${String(page.getSampleFormat(0))}`;
    throw unsupported(path, `${what}, which no dtype stands for; convert it, for instance to 16 bits`);
  }
  const photometric: unknown = page.getFileDirectory().getValue('PhotometricInterpretation');
  const isColor = photometric === RGB && dtype === 'uint8' && (samples === 3 || samples === 4);
  if (photometric === PALETTE || photometric === YCBCR || (samples !== 1 && !isColor)) {
    const what = `pixels of ${String(samples)} samples of ${dtype}, photometric interpretation ${String(photometric)}`;
    throw unsupported(path, `${what}; what can be read is one sample, or 3 or 4 of uint8 as RGB`);
  }
  return { width, height, components: isColor ? samples : 1, dtype };
}

/** Where a page's bytes lie: one part after the other. */
interface Parts {
  readonly offsets: readonly number[];
  readonly counts: readonly number[];
  /** Whether they are the page's values as they are, in the file's byte order. */
  readonly isPlain: boolean;
}

/** Where the page's bytes lie must be in the file: the reader takes what is missing for zeros. */
async function partsOf(page: GeoTIFFImage, kind: Kind, size: number, path: string): Promise<Parts> {
  const directory = page.getFileDirectory();
  const list = async (
    name: 'StripOffsets' | 'StripByteCounts' | 'TileOffsets' | 'TileByteCounts',
  ): Promise<number[]> =>
    directory.hasTag(name) ? Array.from((await directory.loadValue(name)) as ArrayLike<number>, Number) : [];
  const tiled = directory.hasTag('TileOffsets');
  const offsets = await list(tiled ? 'TileOffsets' : 'StripOffsets');
  const counts = await list(tiled ? 'TileByteCounts' : 'StripByteCounts');
  const isInside =
    offsets.length === counts.length && offsets.every((offset, at) => offset + (counts[at] ?? 0) <= size);
  if (offsets.length === 0 || !isInside) {
    throw corrupt(path, `truncated, it has ${String(size)} bytes, and pixels are said to lie past its end or nowhere`);
  }
  const stored = counts.reduce((sum, count) => sum + count, 0);
  const needed = elementsOf(kind) * ARRAY_OF[kind.dtype].BYTES_PER_ELEMENT;
  const compression: unknown = directory.getValue('Compression') ?? UNCOMPRESSED;
  const most = compression === UNCOMPRESSED ? stored : stored * MAX_COMPRESSION;
  if (most < needed) {
    throw corrupt(
      path,
      `truncated, a page has ${String(stored)} bytes of pixels, and its size needs ${String(needed)}`,
    );
  }
  const isTogether = kind.components === 1 || (directory.getValue('PlanarConfiguration') ?? 1) === 1;
  return { offsets, counts, isPlain: compression === UNCOMPRESSED && !tiled && isTogether };
}

/** Values of a page. */
function elementsOf({ width, height, components }: Kind): number {
  return width * height * components;
}

function isSame(one: Kind, other: Kind): boolean {
  return (['width', 'height', 'components', 'dtype'] as const).every((name) => one[name] === other[name]);
}

/** A file that is being read: its pages, what they have in common, and where they go. */
interface Opened {
  readonly file: FileHandle;
  readonly path: string;
  readonly littleEndian: boolean;
  readonly kind: Kind;
  readonly layout: StackLayout;
  readonly pages: readonly { readonly page: GeoTIFFImage; readonly parts: Parts }[];
}

/** Where the bytes of plain pages go. Those that lie together are read together: a page has hundreds of strips, or is small. */
function runsOf({ kind, layout }: Opened, pages: readonly [number, Parts][]): readonly Run[] {
  const pageBytes = elementsOf(kind) * ARRAY_OF[kind.dtype].BYTES_PER_ELEMENT;
  const runs: Run[] = [];
  for (const [page, { offsets, counts }] of pages) {
    let at = layout.placeOf(page) * pageBytes;
    const end = at + pageBytes;
    for (const [part, from] of offsets.entries()) {
      const length = Math.min(end - at, counts[part] as number);
      const last = runs.at(-1);
      if (last !== undefined && from === last.from + last.length && at === last.at + last.length) {
        runs[runs.length - 1] = { ...last, length: last.length + length };
      } else runs.push({ from, at, length });
      at += length;
    }
  }
  return runs;
}

async function readPages(opened: Opened, volume: Volume, onFraction: OnFraction): Promise<void> {
  const { file, path, littleEndian, kind, layout, pages } = opened;
  const elements = elementsOf(kind);
  const targetOf = (page: number): VoxelArray => {
    const start = layout.placeOf(page) * elements;
    return volume.data.subarray(start, start + elements);
  };
  const all = [...pages.entries()];
  const plain = all.flatMap(([at, { parts }]): [number, Parts][] => (parts.isPlain ? [[at, parts]] : []));
  const share = plain.length / pages.length;
  await readRuns({ file, path }, runsOf(opened, plain), bytesIn(volume.data), (fraction) => {
    onFraction(share * fraction);
  });
  for (const [page] of plain) toNative(targetOf(page), littleEndian);
  const decode = async ([at, { page }]: (typeof all)[number]): Promise<void> => {
    const values = (await page.readRasters({ interleave: true })) as unknown as VoxelArray;
    targetOf(at).set(values.subarray(0, elements));
  };
  const others = all.filter(([, { parts }]) => !parts.isPlain);
  await aFewAtATime(others, decode, (done) => {
    onFraction(share + ((1 - share) * done) / others.length);
  });
}

async function readTiff(path: string, onFraction: OnFraction): Promise<Volume> {
  const { isPacked } = await readHead(path, 8);
  checkName(path, isPacked);
  if (isPacked) throw unsupported(path, 'a TIFF file packed with gzip; unpack it');
  const { GeoTIFF } = await import('geotiff');
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const tiff = await GeoTIFF.fromSource(sourceOf(file));
    const images = await pagesOf(tiff, path);
    const [first] = images as [GeoTIFFImage];
    const kind = kindOf(first, path);
    const pages: Opened['pages'][number][] = [];
    for (const [at, page] of images.entries()) {
      if (!isSame(kind, kindOf(page, path))) {
        throw unsupported(
          path,
          `page ${String(at)} is of another size or type than page 0; what can be read are pages of one`,
        );
      }
      pages.push({ page, parts: await partsOf(page, kind, size, path) });
    }
    const description: unknown = await first.getFileDirectory().loadValue('ImageDescription');
    const resolution = [await rational(first, 'XResolution'), await rational(first, 'YResolution')] as const;
    const layout = layoutOf(typeof description === 'string' ? description : '', resolution, pages.length, path);
    const shape: Shape = [kind.width, kind.height, layout.depth];
    const name = basename(path).replace(/(\.ome)?\.tiff?$/i, '');
    const { channels, frames, spacing, unit } = layout;
    const volume = Volume.alloc(shape, kind.dtype, {
      components: kind.components,
      channels,
      frames,
      spacing,
      unit,
      name,
    });
    await readPages({ file, path, littleEndian: tiff.littleEndian, kind, layout, pages }, volume, onFraction);
    return volume;
  } catch (cause) {
    throw isSlicescopeError(cause) ? cause : corrupt(path, `it can’t be decoded (${messageOf(cause)})`, cause);
  } finally {
    await file.close();
  }
}

async function rational(page: GeoTIFFImage, name: 'XResolution' | 'YResolution'): Promise<number | null> {
  const value: unknown = page.getFileDirectory().hasTag(name) ? await page.getFileDirectory().loadValue(name) : null;
  const [numerator, denominator] = (value ?? []) as readonly (number | undefined)[];
  const ratio = numerator === undefined || denominator === undefined ? NaN : numerator / denominator;
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}

/** The tags of the first page, without those that say where its parts lie. */
async function headerOf(path: string): Promise<FileHeader> {
  const { GeoTIFF } = await import('geotiff');
  const file = await openFile(path);
  try {
    const tiff = await GeoTIFF.fromSource(sourceOf(file));
    const directory = (await tiff.getImage(0)).getFileDirectory();
    for (const tag of directory.deferredFields.keys()) await directory.loadValue(tag as number);
    return fileHeader(Object.entries(directory.toObject()));
  } finally {
    await file.close();
  }
}

/** TIFF of one page or of many of one size, BigTIFF, and what ImageJ and OME say in one. */
export const tiff: Format = {
  name: 'tiff',
  title: 'TIFF (.tif, .tiff)',
  matches: (head) => isTiff(head),
  read: async ({ paths: [path] }, onFraction) => await readTiff(path, onFraction),
  prepare: () => import('geotiff'),
  header: async ({ paths: [path] }) => await headerOf(path),
};
