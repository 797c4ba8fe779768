import { basename, dirname, join } from 'node:path';
import type { GeoTIFFImage } from 'geotiff' with { 'resolution-mode': 'import' };
import {
  isSlicescopeError,
  messageOf,
  realRange,
  type Rescale,
  type Shape,
  type Triple,
  type VoxelArray,
} from '../../protocol';
import { Volume, bytesOf, collectorOf, type Collector, type VolumeOptions } from '../../volume';
import { aFewAtATime } from '../a-few-at-a-time';
import { bytesIn, corrupt, openFile, readInto, unsupported, type OnFraction, type ReadRequest } from '../format';
import { upTo } from '../text-end';
import { checkName, readHead, readRuns, toNative, type Run } from '../voxels';
import { componentsOf, noDataOf, readBlocks, sampleArray } from './blocks';
import { imageJMetadata, type ImageJMetadata } from './imagej-metadata';
import { layoutOf, planesSaid, type Pages, type StackLayout } from './layout';
import { levelImages, mainImages } from './levels';
import { LSM, lsmInfo, lsmLayout, mendBits, type LsmInfo } from './lsm';
import { isOme, omeLayout, parseOme, type Ome } from './ome';
import {
  MAX_COMPRESSION,
  elementsOf,
  isAsStored,
  isSame,
  kindOf,
  pageOf,
  storedBytes,
  type Kind,
  type Page,
} from './page';
import { TiffFile } from './source';

/** MetaMorph's: so many planes lie behind one another. */
const UIC2 = 33_629;
/** Of PhotometricInterpretation. */
const WHITE_IS_ZERO = 0;
const MOST_METADATA_BYTES = 2 ** 26;

/** A file that is being read, and its pages. */
class Opened {
  readonly file: TiffFile;
  readonly images: readonly GeoTIFFImage[];
  readonly kind: Kind;
  readonly description: string;
  /** Of its pages, of the channels of all, or of the planes that lie behind one another in the only one. */
  readonly count: number;
  readonly lsm: LsmInfo | null;
  /** How many times as wide and high the pages of the finest level are. */
  readonly factors: readonly [number, number];
  /** The only page, if several planes lie behind one another in it. */
  readonly behind: Page | null;

  private constructor(
    opened: Pick<Opened, 'file' | 'images' | 'kind' | 'description' | 'count' | 'lsm' | 'factors' | 'behind'>,
  ) {
    this.file = opened.file;
    this.images = opened.images;
    this.kind = opened.kind;
    this.description = opened.description;
    this.count = opened.count;
    this.lsm = opened.lsm;
    this.factors = opened.factors;
    this.behind = opened.behind;
  }

  /**
   * It must be closed.
   * @param level of detail, 0 for the finest.
   */
  static async open(path: string, level = 0): Promise<Opened> {
    const file = await TiffFile.open(path);
    try {
      const all = await file.images();
      const directory = (all[0] as GeoTIFFImage).getFileDirectory();
      const said: unknown = directory.hasTag('ImageDescription') ? await directory.loadValue('ImageDescription') : '';
      const description = typeof said === 'string' ? upTo(said, '\0') : '';
      const lsm = directory.hasTag(LSM) ? lsmInfo(await directory.loadValue(LSM), file) : null;
      // OME-XML counts all pages, whatever they are.
      const finest = isOme(description) ? all : mainImages(all);
      const images = await levelImages(finest, all, level, file);
      if (lsm !== null) for (const image of images) mendBits(image, file);
      const [fine, first] = [finest[0], images[0]] as [GeoTIFFImage, GeoTIFFImage];
      const kind = await kindOf(first, file, lsm !== null);
      const factors = [fine.getWidth() / kind.width, fine.getHeight() / kind.height] as const;
      let count = images.length * (lsm?.channels ?? 1);
      if (count === 1) {
        const uic: unknown = directory.hasTag(UIC2) ? await directory.loadValue(UIC2) : null;
        // Three rationals a plane, of which the first has the tag's count of two numbers each.
        count = uic === null ? planesSaid(description, elementsOf(kind)) : Math.max(1, (uic as Uint32Array).length / 2);
      }
      // Each plane has a place in the file, or says one and how long it is.
      if (count * Math.min(storedBytes(kind), 8) > file.size) {
        throw corrupt(path, `it says ${String(count)} planes, more than its ${String(file.size)} bytes can hold`);
      }
      // Before anything is made for each of them.
      const isBehind = lsm === null && count > images.length;
      const behind = isBehind ? await behindEachOther(first, kind, file, count) : null;
      return new Opened({ file, images, kind, description, count, lsm, factors, behind });
    } catch (cause) {
      await file.close();
      throw cause;
    }
  }

  /** Where the values of the pages lie. */
  async pages(wanted: readonly number[]): Promise<Page[]> {
    const { file, images, kind, lsm } = this;
    const channels = lsm?.channels ?? 1;
    const pages: Page[] = [];
    for (const at of wanted) {
      const image = images[Math.floor(at / channels)] as GeoTIFFImage;
      const own = await kindOf(image, file, lsm !== null);
      if (!isSame(kind, own)) {
        const what = `page ${String(Math.floor(at / channels))} is of another size or type than page 0`;
        throw unsupported(file.path, `${what}; what can be read are pages of one`);
      }
      pages.push(await pageOf(image, own, file, at % channels, lsm !== null));
    }
    return pages;
  }
}

/** A page or plane of a file, and which slice of the volume's memory it is. */
type Placed = Pick<StackLayout['planes'][number], 'page' | 'place'>;

/** What one file has of a volume, before memory is taken for it. */
interface Part {
  readonly opened: Opened;
  /** Bytes that are read as they lie in the file, and the planes that they are. */
  readonly runs: readonly Run[];
  readonly plain: readonly Placed[];
  /** Pages that are decoded. */
  readonly packed: readonly (readonly [Page, Placed])[];
  /** Bytes of all of them in the file. */
  readonly stored: number;
}

/** Where the planes of a file lie in it, all of them within the file. */
async function partOf(opened: Opened, placed: readonly Placed[]): Promise<Part> {
  if (opened.behind !== null) return planesOf(opened, opened.behind, placed);
  const pages = await opened.pages(placed.map(({ page }) => page));
  const all = pages.map((page, at) => [page, placed[at] as Placed] as const);
  const plain = all.filter(([{ isPlain }]) => isPlain);
  return {
    opened,
    runs: runsOf(opened.kind, plain),
    plain: plain.map(([, place]) => place),
    packed: all.filter(([{ isPlain }]) => !isPlain),
    stored: pages.reduce((sum, { stored }) => sum + stored, 0),
  };
}

/**
 * The only page of a file that has several planes, which lie behind one another, the first one where its directory says.
 * @throws SlicescopeError `unsupported-format`, `file-corrupt`.
 */
async function behindEachOther(image: GeoTIFFImage, kind: Kind, file: TiffFile, count: number): Promise<Page> {
  const page = await pageOf(image, kind, file);
  const { blocks, isUnpacked } = page;
  const length = storedBytes(kind);
  const [first] = blocks as [Page['blocks'][number]];
  const isTogether = blocks.every(({ offset, y }) => offset === first.offset + (y * length) / kind.height);
  if (!isUnpacked || !isTogether) {
    const what = `it says ${String(count)} planes in one directory`;
    throw unsupported(file.path, `${what}, and its strips do not lie behind one another`);
  }
  const end = first.offset + count * length;
  if (end > file.size) {
    const what = `it has ${String(file.size)} bytes, and its ${String(count)} planes end at ${String(end)}`;
    throw corrupt(file.path, `truncated, ${what}`);
  }
  return page;
}

/** Planes of the only page of a file. */
function planesOf(opened: Opened, page: Page, placed: readonly Placed[]): Part {
  const { kind, count } = opened;
  const { blocks, isPlain } = page;
  const length = storedBytes(kind);
  const [first] = blocks as [Page['blocks'][number]];
  const stored = count * length;
  if (!isPlain) {
    const at = (step: number): Page => ({
      ...page,
      blocks: blocks.map((block) => ({ ...block, offset: block.offset + step * length })),
    });
    const packed = placed.map((each) => [at(each.page), each] as const);
    return { opened, runs: [], plain: [], packed, stored };
  }
  const runs = placed.map((each) => ({ from: first.offset + each.page * length, at: each.place * length, length }));
  return { opened, runs, plain: placed, packed: [], stored };
}

/**
 * Where the bytes of plain pages go. Those that lie together are read together: pages may be small, or
 * have hundreds of strips.
 */
function runsOf(kind: Kind, pages: readonly (readonly [Page, Placed])[]): Run[] {
  const bytes = storedBytes(kind);
  const rowBytes = bytes / kind.height;
  const runs: Run[] = [];
  for (const [{ blocks }, { place }] of pages) {
    for (const { offset: from, y, rows } of blocks) {
      // What its rows need: bytes may follow them that are nothing.
      const [at, length] = [place * bytes + y * rowBytes, rows * rowBytes];
      const last = runs.at(-1);
      if (last !== undefined && from === last.from + last.length && at === last.at + last.length) {
        runs[runs.length - 1] = { ...last, length: last.length + length };
      } else runs.push({ from, at, length });
    }
  }
  return runs;
}

/** Read what one file has of a volume. */
async function readPart(
  { opened, runs, plain, packed }: Part,
  collector: Collector,
  onFraction: OnFraction,
): Promise<void> {
  const { file, kind } = opened;
  const elements = elementsOf(kind);
  const targetOf = ({ place }: Placed): VoxelArray =>
    collector.values().subarray(place * elements, (place + 1) * elements);
  const share = plain.length / (plain.length + packed.length);
  if (plain.length > 0) {
    await readRuns({ file: file.handle, path: file.path }, runs, bytesIn(collector.values()), (fraction) => {
      onFraction(share * fraction);
    });
  }
  for (const each of plain) toNative(targetOf(each), file.littleEndian);
  const decode = async ([page, placed]: Part['packed'][number]): Promise<void> => {
    if (isAsStored(page.kind)) {
      await readBlocks(file, page.kind, page, targetOf(placed));
      return;
    }
    const { dtype, count } = page.kind.samples;
    const samples = sampleArray(dtype, new ArrayBuffer(kind.width * kind.height * count * bytesOf(dtype)));
    await readBlocks(file, page.kind, page, samples);
    collector.put(componentsOf(samples, page.kind), placed.place * elements);
  };
  await aFewAtATime(packed, decode, (done) => {
    onFraction(share + ((1 - share) * done) / packed.length);
  });
}

/** OME-XML of a file, or of the one beside it that describes it. */
async function omeOf(description: string, path: string): Promise<Ome> {
  const ome = await parseOme(description, path);
  const { metadataFile } = ome;
  if (metadataFile === null) return ome;
  if (metadataFile !== basename(metadataFile))
    throw unsupported(path, `its description lies elsewhere, in ${metadataFile}`);
  const beside = join(dirname(path), metadataFile);
  let text = '';
  if (/\.tiff?$/i.test(metadataFile)) {
    const opened = await Opened.open(beside);
    await opened.file.close();
    text = opened.description;
  } else {
    const handle = await openFile(beside);
    try {
      const { size } = await handle.stat();
      if (size > MOST_METADATA_BYTES) throw unsupported(beside, `a description of ${String(size)} bytes`);
      const bytes = new Uint8Array(size);
      await readInto(handle, bytes, 0);
      text = new TextDecoder().decode(bytes);
    } finally {
      await handle.close();
    }
  }
  return { ...(await parseOme(text, beside)), uuid: ome.uuid };
}

/**
 * Read a file, and the files beside it that its OME-XML speaks of.
 * @throws SlicescopeError `file-not-found`, `file-unreadable`, `file-corrupt`, `unsupported-format`, `invalid-argument`.
 */
export async function readTiff(
  path: string,
  { series, level }: Pick<ReadRequest, 'series' | 'level'>,
  onFraction: OnFraction,
): Promise<Volume> {
  const { isPacked } = await readHead(path, 8);
  checkName(path, isPacked);
  if (isPacked) throw unsupported(path, 'a TIFF file packed with gzip; unpack it');
  const beside = new Map<string, Opened>();
  let opened: Opened | null = null;
  try {
    opened = await Opened.open(path, level);
    const { kind, description, images, lsm, factors } = opened;
    const [first] = images as [GeoTIFFImage];
    const resolution = [await rational(first, 'XResolution'), await rational(first, 'YResolution')] as const;
    const metadata = await metadataOf(first, opened.file.littleEndian);
    const pages: Pages = { path, count: opened.count, resolution, metadata };
    const other = async (name: string): Promise<Opened> => {
      const known = beside.get(name);
      if (known !== undefined) return known;
      const next = await Opened.open(join(dirname(path), name), level);
      beside.set(name, next);
      if (isSame(kind, next.kind)) return next;
      throw unsupported(
        next.file.path,
        `its pages are of another size or type than those of ${basename(path)}, which it belongs to`,
      );
    };
    const layout = isOme(description)
      ? await omeLayout(await omeOf(description, path), pages, series, async (name) => (await other(name)).count)
      : lsm === null
        ? layoutOf(description, pages)
        : lsmLayout(lsm, pages);
    const { planes, depth, channelInfo, ...said } = layout;
    const parts: Part[] = [];
    for (const file of new Set(planes.map((plane) => plane.file))) {
      const from = file === null ? opened : await other(file);
      parts.push(
        await partOf(
          from,
          planes.filter((plane) => plane.file === file),
        ),
      );
    }
    const needed = storedBytes(kind) * depth * layout.channels * layout.frames;
    // Planes may share their bytes, which then count once.
    const sizes = parts.map((part) => Math.min(part.stored, part.opened.file.size));
    const stored = sizes.reduce((sum, each) => sum + each, 0);
    if (stored * MAX_COMPRESSION < needed) {
      throw corrupt(path, `truncated, it has ${String(stored)} bytes of pixels, and its size needs ${String(needed)}`);
    }
    const shape: Shape = [kind.width, kind.height, depth];
    const { components } = kind;
    const rescale = layout.rescale ?? (components === 1 ? await gdalRescale(first) : undefined);
    const drawn = components === 1 && layout.channels === 1 ? await displayOf(first, rescale ?? null) : {};
    const name = basename(path).replace(/(\.ome)?\.(tiff?|stk|lsm)$/i, '');
    const options: VolumeOptions = {
      ...{ ...said, ...atLevel(said, factors), ...drawn, components, name, rescale, notes: await notesOf(first) },
      channelInfo: components === 1 ? channelInfo : null, // Colours have neither windows nor others.
    };
    const collector = collectorOf(
      kind.dtype,
      (dtype) => Volume.alloc(shape, dtype, options).data,
      (what) => unsupported(path, what),
    );
    for (const [at, part] of parts.entries()) {
      await readPart(part, collector, (fraction) => {
        onFraction((at + fraction) / parts.length);
      });
    }
    return Volume.from(collector.values(), shape, options);
  } catch (cause) {
    throw isSlicescopeError(cause) ? cause : corrupt(path, `it can’t be decoded (${messageOf(cause)})`, cause);
  } finally {
    for (const each of [opened, ...beside.values()]) await each?.file.close();
  }
}

/** ImageJ's own tag, and bytes of each of its blocks. */
const METADATA = 50_839;
const METADATA_COUNTS = 50_838;

async function metadataOf(page: GeoTIFFImage, littleEndian: boolean): Promise<ImageJMetadata | null> {
  const directory = page.getFileDirectory();
  if (!directory.hasTag(METADATA) || !directory.hasTag(METADATA_COUNTS)) return null;
  const bytes: unknown = await directory.loadValue(METADATA);
  const counts: unknown = await directory.loadValue(METADATA_COUNTS);
  const list = ArrayBuffer.isView(counts) ? Array.from(counts as Uint32Array) : [Number(counts)];
  return bytes instanceof Uint8Array ? imageJMetadata(bytes, list, littleEndian) : null;
}

/** Where the pixels of a coarser level are: each in the middle of those that it stands for. */
function atLevel(
  { spacing = [1, 1, 1], origin = [0, 0, 0], unit = 'px' }: Pick<StackLayout, 'spacing' | 'origin' | 'unit'>,
  [across, down]: readonly [number, number],
): Pick<StackLayout, 'spacing' | 'origin' | 'unit'> {
  if (across === 1 && down === 1) return {};
  const factors = [across, down, 1];
  const along = (of: (factor: number, axis: 0 | 1 | 2) => number): Triple =>
    [0, 1, 2].map((axis) => of(factors[axis] as number, axis as 0 | 1 | 2)) as unknown as Triple;
  return {
    spacing: along((factor, axis) => spacing[axis] * factor),
    origin: along((factor, axis) => origin[axis] + ((factor - 1) / 2) * spacing[axis]),
    unit,
  };
}

/** Of Orientation: the first row is the highest one, and the first column the leftmost. */
const AS_STORED = 1;

/** What a person must know of how the pages are meant to lie. */
async function notesOf(page: GeoTIFFImage): Promise<readonly string[]> {
  const directory = page.getFileDirectory();
  const said: unknown = directory.hasTag('Orientation') ? await directory.loadValue('Orientation') : AS_STORED;
  if (said === AS_STORED) return [];
  return [
    `The file says that its pages are to be turned or mirrored (Orientation ${String(said)}). They are shown as they are stored.`,
  ];
}

/** GDAL's XML; https://gdal.org/en/stable/drivers/raster/gtiff.html */
const GDAL_METADATA = 42_112;

/** How stored values become real ones, as GDAL says it of the first band. */
async function gdalRescale(page: GeoTIFFImage): Promise<Rescale | undefined> {
  const directory = page.getFileDirectory();
  const said: unknown = directory.hasTag(GDAL_METADATA) ? await directory.loadValue(GDAL_METADATA) : '';
  const items = [...String(said).matchAll(/<Item\b([^<>]*)>([^<]*)</g)];
  const numberOf = (role: string, otherwise: number): number => {
    const item = items.find(([, attributes = '']) => attributes.includes(`role="${role}"`));
    return item === undefined ? otherwise : Number(item[2]);
  };
  const [slope, intercept] = [numberOf('scale', 1), numberOf('offset', 0)];
  const isNone = !Number.isFinite(slope) || !Number.isFinite(intercept) || slope === 0;
  return isNone || (slope === 1 && intercept === 0) ? undefined : { slope, intercept };
}

/** Whether its lowest values are meant to be white, and what the value of pixels that are none stands for. */
async function displayOf(
  page: GeoTIFFImage,
  rescale: Rescale | null,
): Promise<Pick<VolumeOptions, 'invert' | 'padding'>> {
  const directory = page.getFileDirectory();
  const noData = await noDataOf(directory);
  return {
    invert: directory.getValue('PhotometricInterpretation') === WHITE_IS_ZERO,
    padding: noData === null || !Number.isFinite(noData) ? null : realRange([noData, noData], rescale),
  };
}

async function rational(page: GeoTIFFImage, name: 'XResolution' | 'YResolution'): Promise<number | null> {
  const directory = page.getFileDirectory();
  const value: unknown = directory.hasTag(name) ? await directory.loadValue(name) : null;
  const [numerator, denominator] = (value ?? []) as readonly (number | undefined)[];
  const ratio = numerator === undefined || denominator === undefined ? NaN : numerator / denominator;
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}
