import { realValue, type DType, type Rescale, type Shape, type VoxelArray } from '../protocol';
import { Volume, type VolumeOptions } from '../volume';

/**
 * A volume whose stored values `read` fills in. One slope and intercept stay the `rescale` of integers; otherwise the volume has real
 * values, as `float32`.
 * @param rescales of parts of one size that follow each other, such as frames; one for all.
 */
export async function scaledVolume(
  shape: Shape,
  dtype: DType,
  options: VolumeOptions,
  rescales: readonly Rescale[],
  read: (stored: VoxelArray) => Promise<void>,
): Promise<Volume> {
  const [first] = rescales;
  const { slope = 1, intercept = 0 } = first ?? {};
  const isSame = rescales.every((each) => each.slope === slope && each.intercept === intercept);
  const isPlain = isSame && slope === 1 && intercept === 0;
  const isKept = isPlain || (isSame && slope !== 0 && !dtype.startsWith('float'));
  const stored = Volume.alloc(shape, dtype, { ...options, rescale: isKept && !isPlain ? first : null });
  await read(stored.data);
  if (isKept) return stored;
  const scaled = Volume.alloc(shape, 'float32', options);
  const length = stored.data.length / rescales.length;
  rescales.forEach((rescale, part) => {
    scale(stored.data, rescale, scaled.data, part * length, (part + 1) * length);
  });
  return scaled;
}

function scale(stored: VoxelArray, rescale: Rescale, real: VoxelArray, start: number, end: number): void {
  for (let at = start; at < end; at++) real[at] = realValue(stored[at] as number, rescale);
}
