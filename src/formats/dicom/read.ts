import { basename } from 'node:path';
import {
  ARRAY_OF,
  SlicescopeError,
  realValue,
  type DType,
  type Padding,
  type Rescale,
  type VoxelArray,
} from '../../protocol';
import { Volume, type VolumeOptions } from '../../volume';
import type { FileHeader } from '../file-header';
import { unsupported, type OnFraction, type ReadRequest } from '../format';
import { usedBits } from './display';
import { readDicomFile } from './header';
import type { DicomImage, PixelLayout, Plane } from './image';
import { headerOf } from './names';
import { lookUp } from './palette';
import { PlaneReader } from './plane-reader';
import { readSegmentation } from './read-segmentation';
import { readStructures } from './read-structures';
import { askedFor, chosen, imagesOf, setAskedFor } from './series';
import { stackOf, type Stack } from './stack';
import { structureSetOf } from './structure-set';
import { framesSaid } from './times';
import { imagesUnder } from './under-structures';

/** Share of the progress that headers take. */
const HEADERS = 0.2;

function dtypeOf({ bitsAllocated, signed }: PixelLayout): DType {
  if (bitsAllocated === 1) return 'uint8';
  return `${signed ? 'int' : 'uint'}${String(bitsAllocated === 12 ? 16 : bitsAllocated)}` as DType;
}

/** Of bits that are allocated and not stored, which may hold anything, what the stored ones say. */
function clearUnused(values: VoxelArray, layout: PixelLayout): void {
  if (layout.bitsStored >= 8 * values.BYTES_PER_ELEMENT) return;
  for (let i = 0; i < values.length; i++) values[i] = usedBits(values[i] as number, layout);
}

/** What the values of all planes stand for; undefined where it is not the same for all, or no rescale. */
function rescaleOf([first, ...others]: readonly Plane[]): Rescale | undefined {
  const { slope, intercept } = first as Plane;
  if ([first as Plane, ...others].some((plane) => plane.lut !== null)) return undefined;
  const isOne = others.every((other) => other.slope === slope && other.intercept === intercept);
  return isOne && slope !== 0 ? { slope, intercept } : undefined;
}

/** When frames were taken, and what they are besides. */
function framesOf({ planes, frames }: Stack): Pick<VolumeOptions, 'frameTimes' | 'frameLabels'> {
  const firsts = Array.from({ length: frames }, (_, frame) => planes[(frame * planes.length) / frames] as Plane);
  const [{ image }] = firsts as [Plane];
  const isFilm = frames > 1 && planes.every((plane) => plane.image === image) && image.isCine;
  if (isFilm && image.filmTimes?.length === frames) return { frameTimes: image.filmTimes };
  return framesSaid(firsts.map(({ facts }) => facts));
}

/** @throws SlicescopeError `unsupported-format` for tiles, which would be taken for slices. */
function checkNoTiles({ path, isTiled }: DicomImage): void {
  if (isTiled) throw unsupported(path, 'its frames are tiles of one plane (a slide); put them together first');
}

/** @throws SlicescopeError `unsupported-format` for a segmentation among others: segments of two may have one number. */
function checkNoSegments({ path, segmentation }: DicomImage): void {
  if (segmentation !== null)
    throw unsupported(path, 'a segmentation among other images of its series; open it alone, by its path');
}

export async function read(request: ReadRequest, onFraction: OnFraction): Promise<Volume> {
  const [path] = request.paths;
  const found = await imagesOf(request, (fraction) => {
    onFraction(HEADERS * fraction);
  });
  const asked = setAskedFor(request, found);
  const set = asked === null ? null : structureSetOf(asked.file);
  if (set === null && request.over !== undefined) {
    const message = `${path}: over is for structure sets (RTSTRUCT), and it is none; leave it out`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'over' });
  }
  const images = set === null ? chosen(request, found) : await imagesUnder(request, set, found);
  images.forEach(checkNoTiles);
  const strict = request.strict === true;
  if (asked !== null && set !== null) {
    const { series, structure } = asked;
    return await readStructures({ set, images, series, structure, strict }, (fraction) => {
      onFraction(HEADERS + (1 - HEADERS) * fraction);
    });
  }
  const [first] = images;
  const { layout, segmentation } = first;
  const name = first.seriesDescription.trim() || basename(path).replace(/\.dcm$/i, '');
  if (images.length > 1) images.forEach(checkNoSegments);
  if (segmentation !== null) {
    const segments = { image: first, segmentation, ...askedFor(request, found), strict };
    return await readSegmentation(segments, { name, notes: found.notes }, (fraction) => {
      onFraction(HEADERS + (1 - HEADERS) * fraction);
    });
  }
  const stack = await stackOf(images, strict);
  const { spacing, unit, origin, direction, slices, frames, planes, notes, emptySlices } = stack;
  const { palette } = images[0];
  const isColour = layout.samples === 3 || palette !== null;
  const rescale = isColour ? null : rescaleOf(planes);
  const { display } = planes[planes.length >> 1] as Plane;
  const options: VolumeOptions = {
    spacing,
    unit,
    origin,
    direction,
    frames,
    ...framesOf(stack),
    components: isColour ? 3 : 1,
    name,
    window: isColour ? null : display.window,
    invert: display.invert,
    padding: isColour ? null : paddingOf(planes, true),
    rescale,
    notes: [...found.notes, ...notes],
    emptySlices,
  };
  const stored = dtypeOf(layout);
  const isScaled = !isColour && rescale === undefined;
  const dtype = isScaled ? 'float32' : palette === null ? stored : palette.dtype;
  const volume = Volume.alloc([layout.width, layout.height, slices], dtype, options);
  await fill(volume, stack, isScaled || palette !== null ? stored : null, onFraction);
  return volume;
}

/**
 * @param stored the dtype in the files, if it is not the volume's: each plane has its own slope, or
 *   values are indices of colours.
 */
async function fill(
  volume: Volume,
  { planes, mixes }: Stack,
  stored: DType | null,
  onFraction: OnFraction,
): Promise<void> {
  const size = volume.data.length / mixes.length;
  const reader = new PlaneReader();
  const read = async (plane: Plane, target: VoxelArray): Promise<void> => {
    const values = stored === null ? target : new ARRAY_OF[stored](size / (plane.image.palette === null ? 1 : 3));
    await reader.read(plane, values);
    const { layout, palette } = plane.image;
    if (layout.samples === 1) clearUnused(values, layout);
    if (palette !== null) lookUp(values, palette, target);
    else if (values !== target) scale(values, plane, target);
  };
  const padding = volume.components > 1 ? null : paddingOf(planes, stored !== null);
  let around = new Map<Plane, VoxelArray>();
  try {
    for (const [i, mix] of mixes.entries()) {
      const target = volume.data.subarray(i * size, (i + 1) * size);
      if (mix?.share === 0) await read(mix.low, target);
      else if (mix !== null) {
        const kept = around;
        around = new Map();
        for (const plane of [mix.low, mix.high]) {
          const values = kept.get(plane) ?? new ARRAY_OF[volume.dtype](size);
          if (!kept.has(plane)) await read(plane, values);
          around.set(plane, values);
        }
        const [low, high] = [...around.values()] as [VoxelArray, VoxelArray];
        between(low, high, mix.share, padding, target);
      }
      onFraction(HEADERS + ((1 - HEADERS) * (i + 1)) / mixes.length);
    }
  } finally {
    await reader.close();
  }
  const isEmpty = mixes.map((mix) => mix === null);
  if (isEmpty.includes(true)) fillEmpty(volume, isEmpty, padding);
}

/**
 * The range of values that are not image, as they are stored or as real ones. Null if planes have
 * none, or different ones.
 */
function paddingOf(planes: readonly Plane[], isReal: boolean): Padding | null {
  const [first, ...others] = planes.map((plane) => {
    if (plane.padding === null || !isReal) return plane.padding;
    const [one, other] = plane.padding.map((value) => realOf(value, plane)) as [number, number];
    return [Math.min(one, other), Math.max(one, other)] as const;
  });
  return others.every((other) => String(other) === String(first)) ? (first ?? null) : null;
}

/**
 * A slice between two: a share of each, rounded if values are whole. Next to padding, the nearer slice
 * counts alone.
 */
function between(low: VoxelArray, high: VoxelArray, share: number, padding: Padding | null, target: VoxelArray): void {
  const isWhole = !(target instanceof Float32Array || target instanceof Float64Array);
  const isImage = (value: number): boolean => padding === null || value < padding[0] || value > padding[1];
  for (let i = 0; i < target.length; i++) {
    const [one, other] = [low[i] as number, high[i] as number];
    const value = isImage(one) && isImage(other) ? one * (1 - share) + other * share : share < 0.5 ? one : other;
    target[i] = isWhole ? Math.round(value) : value;
  }
}

/** Fill the empty slices with the padding value or, without one, with the lowest value of the series. */
function fillEmpty({ data, rescale, components }: Volume, isEmpty: readonly boolean[], padding: Padding | null): void {
  const size = data.length / isEmpty.length;
  const isLower = (one: number, other: number): boolean => ((rescale?.slope ?? 1) > 0 ? one < other : one > other);
  let value = padding?.[0];
  if (components > 1) value = 0;
  if (value === undefined) {
    for (let i = 0; i < data.length; i++) {
      const each = data[i] as number;
      if (isEmpty[Math.floor(i / size)] !== true && (value === undefined || isLower(each, value))) value = each;
    }
  }
  for (const [i, empty] of isEmpty.entries()) if (empty) data.fill(value ?? 0, i * size, (i + 1) * size);
}

function scale(stored: VoxelArray, plane: Plane, real: VoxelArray): void {
  for (let i = 0; i < real.length; i++) real[i] = realOf(stored[i] as number, plane);
}

/** What a stored value of a plane stands for. */
function realOf(stored: number, plane: Plane): number {
  const { lut } = plane;
  if (lut === null) return realValue(stored, plane);
  return lut.values[Math.max(0, Math.min(lut.values.length - 1, stored - lut.first))] as number;
}

/** What the first file of the series says. */
export async function header(request: ReadRequest): Promise<FileHeader> {
  const found = await imagesOf(request, () => undefined);
  const asked = setAskedFor(request, found);
  if (asked !== null) return await headerOf(asked.file.dataSet);
  const [first] = chosen(request, found);
  return await headerOf((await readDicomFile(first.path)).dataSet);
}
