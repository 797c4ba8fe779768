/** Segmentations as label maps, or, of one segment, as the share of it in each voxel. */
import type { VoxelArray } from '../../protocol';
import { Volume, type VolumeOptions } from '../../volume';
import { corrupt, unsupported, type OnFraction } from '../format';
import { readLabels, withLabels } from '../labels';
import type { DicomImage } from './image';
import { overlapOf, partAsked, toChoose, type LabelParts } from './label-parts';
import { PlaneReader } from './plane-reader';
import { boxOf, type SegmentBox } from './segment-box';
import type { Segmentation } from './segments';

/** A segmentation, and what of it is asked for. */
export interface SegmentRequest {
  readonly image: DicomImage;
  readonly segmentation: Segmentation;
  /** The option `series` without a segment. */
  readonly series: string | undefined;
  /** A segment, by its number or its name; null for all of them. */
  readonly segment: string | null;
  readonly strict: boolean;
}

/**
 * @param options what is known of the volume besides its geometry and its segments.
 * @throws SlicescopeError `unknown-series` where a segment has to be chosen; `unsupported-format`, `file-corrupt`.
 */
export async function readSegmentation(
  request: SegmentRequest,
  options: VolumeOptions,
  onFraction: OnFraction,
): Promise<Volume> {
  const { image, segmentation, strict } = request;
  const { layout, path, planes } = image;
  const { segments, colors, type, frames, maximum } = segmentation;
  if (planes.some(({ slope, intercept, lut }) => slope !== 1 || intercept !== 0 || lut !== null))
    throw unsupported(path, 'a segmentation whose values are rescaled (RescaleSlope, ModalityLUTSequence)');
  const named = partsOf(request);
  const only = partAsked(named, request.segment);
  const box = boxOf(image, segmentation, strict);
  const numbers = only === null ? [...segments.keys()] : [only];
  const [single] = numbers as [number];
  const asked = new Set(numbers);
  const wanted = planes.map((_, at) => at).filter((at) => only === null || frames[at] === null || frames[at] === only);
  checkFrames(image, segmentation, box);
  const reader = new PlaneReader();
  const size = layout.width * layout.height;
  const stored = layout.bitsAllocated === 16 ? new Uint16Array(size) : new Uint8Array(size);
  const each = async (take: (values: VoxelArray, frame: number) => void, isLast: boolean): Promise<void> => {
    for (const [done, at] of wanted.entries()) {
      await reader.read(planes[at] as DicomImage['planes'][number], stored);
      take(stored, at);
      if (isLast) onFraction((done + 1) / wanted.length);
    }
  };
  try {
    let parts = 0;
    const check = (values: VoxelArray, at: number): void => {
      for (const value of values) {
        if (value > maximum)
          throw corrupt(
            path,
            `its frame ${String(at)} has the value ${String(value)}, above its maximum ${String(maximum)}`,
          );
        if (value > 0 && value < maximum) parts += 1;
      }
    };
    if (type === 'FRACTIONAL') await each(check, false);
    const isFraction = parts > 0;
    if (isFraction && numbers.length > 1)
      throw toChoose(named, 'its voxels are partly in segments (FRACTIONAL), which a label map cannot say');
    const dtype = isFraction || Math.max(...numbers) < 256 ? 'uint8' : 'uint16';
    const labels = readLabels(
      numbers.map((number) => [number, { name: segments.get(number), color: colors.get(number) }] as const),
    );
    const placed = { ...options, ...box.place, notes: [...(options.notes ?? []), ...(box.place.notes ?? [])] };
    const volume = Volume.alloc(
      [layout.width, layout.height, box.slices],
      dtype,
      isFraction
        ? { ...placed, name: segments.get(single), rescale: { slope: 1 / maximum, intercept: 0 }, window: [0, 1] }
        : withLabels(placed, labels),
    );
    const put = (values: VoxelArray, at: number): void => {
      const from = (box.sliceOf[at] as number) * size;
      const target = volume.data.subarray(from, from + size);
      if (isFraction) target.set(values);
      else if (type === 'LABELMAP') putNumbers(request, values, asked, target);
      else putMask(request, values, { number: frames[at] as number, z: box.sliceOf[at] as number, at }, target);
    };
    await each(put, true);
    return volume;
  } finally {
    await reader.close();
  }
}

/** @throws SlicescopeError `unsupported-format` where two frames of a segment are at one place, such as those of two times. */
function checkFrames({ path }: DicomImage, { frames }: Segmentation, { sliceOf }: SegmentBox): void {
  const seen = new Map<string, number>();
  for (const [at, z] of sliceOf.entries()) {
    const place = `${String(frames[at])} ${String(z)}`;
    const other = seen.get(place);
    if (other !== undefined) {
      const whose = frames[at] === null ? '' : ` of segment ${String(frames[at])}`;
      throw unsupported(
        path,
        `its frames ${String(other)} and ${String(at)}${whose} are at one position; expected one frame for each`,
      );
    }
    seen.set(place, at);
  }
}

/** Put a mask's segment where it is 1. */
function putMask(
  request: SegmentRequest,
  values: VoxelArray,
  { number, z, at }: { readonly number: number; readonly z: number; readonly at: number },
  target: VoxelArray,
): void {
  const { image, segmentation } = request;
  const { maximum } = segmentation;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value === 0) continue;
    if (value !== maximum)
      throw corrupt(
        image.path,
        `its frame ${String(at)} has the value ${String(value)}, expected 0 or ${String(maximum)}`,
      );
    const other = target[i] as number;
    if (other !== 0) {
      const voxel = [i % image.layout.width, Math.floor(i / image.layout.width), z];
      throw overlapOf(partsOf(request), [other, number], voxel);
    }
    target[i] = number;
  }
}

/** Put values that are numbers of segments. */
function putNumbers(
  { image, segmentation }: SegmentRequest,
  values: VoxelArray,
  wanted: ReadonlySet<number>,
  target: VoxelArray,
): void {
  const { background, segments } = segmentation;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value === background) continue;
    if (wanted.has(value)) target[i] = value;
    else if (!segments.has(value) && value !== 0)
      throw corrupt(
        image.path,
        `it has voxels of segment ${String(value)}, which it does not describe (SegmentSequence)`,
      );
  }
}

function partsOf({ image, segmentation, series }: SegmentRequest): LabelParts {
  const { segments, frames } = segmentation;
  const slicesOf = (number: number): number => frames.filter((each) => each === null || each === number).length;
  return { path: image.path, word: 'segment', names: segments, series, slicesOf };
}
