import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ARRAY_OF, SlicescopeError, realValue, type DType, type Rescale, type VoxelArray } from '../../protocol';
import { Volume, type VolumeOptions } from '../../volume';
import type { FileHeader } from '../file-header';
import { bytesIn, unsupported, type OnFraction, type ReadRequest } from '../format';
import { Frames, checkPixels } from './frames';
import { readDicomFile } from './header';
import { imageOf, type DicomImage, type PixelLayout, type Plane } from './image';
import { headerOf } from './names';
import { lookUp } from './palette';
import { isDicom } from './prefix';
import { stackOf, type Stack } from './stack';

/** Share of the progress that headers take. */
const HEADERS = 0.2;

type Images = readonly [DicomImage, ...DicomImage[]];

/** The images of a folder, without files of other kinds and without those of DICOM that have no image, or of files. */
async function imagesOf({ paths: [path, ...others] }: ReadRequest, onFraction: OnFraction): Promise<Images> {
  const isFolder = others.length === 0 && (await stat(path)).isDirectory();
  const paths = isFolder ? (await readdir(path)).sort().map((name) => join(path, name)) : [path, ...others];
  const images: DicomImage[] = [];
  for (const [i, each] of paths.entries()) {
    if (!isFolder || (await isDicom(each))) {
      const file = await readDicomFile(each);
      if (!isFolder || file.pixels !== null) images.push(imageOf(file));
    }
    onFraction((HEADERS * (i + 1)) / paths.length);
  }
  const [first, ...rest] = images;
  if (first === undefined)
    throw unsupported(path, 'no DICOM images in it; expected a folder of one series of them, or their paths');
  return [first, ...rest];
}

/** The images of the series that was asked for, or of the only one. */
function chosen(path: string, images: Images, series: string | undefined): Images {
  const all = new Map<string, DicomImage[]>();
  for (const image of images) all.set(image.seriesUid, [...(all.get(image.seriesUid) ?? []), image]);
  const only: readonly DicomImage[] = all.size === 1 ? images : [];
  const [first, ...rest] = series === undefined ? only : (all.get(series) ?? []);
  if (first !== undefined) return [first, ...rest];
  const listed = [...all].map(([uid, [one, ...more]]) => ({
    uid,
    description: one?.seriesDescription ?? '',
    slices: [one, ...more].reduce((sum, image) => sum + (image?.planes.length ?? 0), 0),
  }));
  const what = series === undefined ? `${String(all.size)} DICOM series` : `no DICOM series ${JSON.stringify(series)}`;
  const shown = listed
    .slice(0, 20)
    .map((each) => `${each.uid} ${JSON.stringify(each.description)} (${String(each.slices)} slices)`);
  const message = `${path}: ${what}; choose one with the option series: ${shown.join(', ')}${listed.length > 20 ? ', …' : ''}`;
  throw new SlicescopeError('unknown-series', message, { path, series: listed });
}

function dtypeOf({ bitsAllocated, signed }: PixelLayout): DType {
  if (bitsAllocated === 1) return 'uint8';
  return `${signed ? 'int' : 'uint'}${String(bitsAllocated === 12 ? 16 : bitsAllocated)}` as DType;
}

/** Of bits that are allocated and not stored, which may hold anything, what the stored ones say. */
function clearUnused(values: VoxelArray, { bitsStored, signed }: PixelLayout): void {
  if (bitsStored >= 8 * values.BYTES_PER_ELEMENT) return;
  const shift = 32 - bitsStored;
  for (let i = 0; i < values.length; i++) {
    const high = (values[i] as number) << shift;
    values[i] = signed ? high >> shift : high >>> shift;
  }
}

/** What the values of all planes stand for; undefined where it is not the same for all, or no rescale. */
function rescaleOf([first, ...others]: readonly Plane[]): Rescale | undefined {
  const { slope, intercept } = first as Plane;
  if ([first as Plane, ...others].some((plane) => plane.lut !== null)) return undefined;
  const isOne = others.every((other) => other.slope === slope && other.intercept === intercept);
  return isOne && slope !== 0 ? { slope, intercept } : undefined;
}

/** @throws SlicescopeError `unsupported-format` for tiles, which would be taken for slices. */
function checkNoTiles({ path, isTiled }: DicomImage): void {
  if (isTiled) throw unsupported(path, 'its frames are tiles of one plane (a slide); put them together first');
}

export async function read(request: ReadRequest, onFraction: OnFraction): Promise<Volume> {
  const [path] = request.paths;
  const images = chosen(path, await imagesOf(request, onFraction), request.series);
  images.forEach(checkPixels);
  images.forEach(checkNoTiles);
  const stack = stackOf(images);
  const [{ layout, seriesDescription }] = images;
  const { spacing, unit, origin, direction, slices, frames, planes } = stack;
  const { palette } = images[0];
  const isColour = layout.samples === 3 || palette !== null;
  const rescale = isColour ? null : rescaleOf(planes);
  const options: VolumeOptions = {
    spacing,
    unit,
    origin,
    direction,
    frames,
    components: isColour ? 3 : 1,
    name: seriesDescription.trim() || basename(path).replace(/\.dcm$/i, ''),
    window: isColour ? null : (planes[planes.length >> 1] as Plane).window,
    rescale,
  };
  const stored = dtypeOf(layout);
  const isScaled = !isColour && rescale === undefined;
  const dtype = isScaled ? 'float32' : palette === null ? stored : palette.dtype;
  const volume = Volume.alloc([layout.width, layout.height, slices], dtype, options);
  await fill(volume, stack, isScaled || palette !== null ? stored : null, onFraction);
  return volume;
}

/** @param stored the dtype of what is in the files, where it is not what the volume has: slope and intercept are another one's for each plane, or it is indices of colours. */
async function fill(volume: Volume, { planes }: Stack, stored: DType | null, onFraction: OnFraction): Promise<void> {
  const size = volume.data.length / planes.length;
  for (let i = 0; i < planes.length;) {
    const { image } = planes[i] as Plane;
    const frames = await Frames.open(image);
    try {
      for (let plane = planes[i]; plane?.image === image; plane = planes[i]) {
        const target = volume.data.subarray(i * size, (i + 1) * size);
        const values = stored === null ? target : new ARRAY_OF[stored](image.layout.width * image.layout.height);
        await frames.read(plane.frame, bytesIn(values));
        if (image.layout.samples === 1) clearUnused(values, image.layout);
        if (image.palette !== null) lookUp(values, image.palette, target);
        else if (values !== target) scale(values, plane, target);
        i += 1;
        onFraction(HEADERS + ((1 - HEADERS) * i) / planes.length);
      }
    } finally {
      await frames.close();
    }
  }
}

function scale(stored: VoxelArray, plane: Plane, real: VoxelArray): void {
  const { lut } = plane;
  for (let i = 0; i < real.length; i++) {
    const value = stored[i] as number;
    real[i] =
      lut === null
        ? realValue(value, plane)
        : (lut.values[Math.max(0, Math.min(lut.values.length - 1, value - lut.first))] as number);
  }
}

/** What the first file of the series says. */
export async function header(request: ReadRequest): Promise<FileHeader> {
  const [first] = chosen(request.paths[0], await imagesOf(request, () => undefined), request.series);
  return await headerOf((await readDicomFile(first.path)).dataSet);
}
