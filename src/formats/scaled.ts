import { realValue, type Rescale, type VoxelArray } from '../protocol';
import { Volume } from '../volume';
import { corrupt } from './format';

/**
 * A volume of the values that stored ones stand for. Integers with one slope and intercept keep them
 * as `rescale`. Otherwise the values become `float32`, or `float64` if that would round the stored
 * ones.
 * @param rescales of parts of one size that follow each other, such as frames; one for all, or none.
 */
export function rescaled(stored: Volume, rescales: readonly Rescale[]): Volume {
  const [first] = rescales;
  const { slope = 1, intercept = 0 } = first ?? {};
  const isSame = rescales.every((each) => each.slope === slope && each.intercept === intercept);
  if (isSame && slope === 1 && intercept === 0) return stored;
  const { data, shape, dtype } = stored;
  if (isSame && slope !== 0 && !dtype.startsWith('float')) {
    return Volume.from(data, shape, { ...stored.toRecord(), rescale: first });
  }
  const isWide = dtype === 'float64' || dtype === 'int32' || dtype === 'uint32';
  const scaled = Volume.alloc(shape, isWide ? 'float64' : 'float32', stored.toRecord());
  const length = data.length / rescales.length;
  rescales.forEach((rescale, part) => {
    scale(data, rescale, scaled.data, part * length, (part + 1) * length);
  });
  return scaled;
}

/**
 * How stored values become real ones in netCDF and in what xarray writes (CF conventions, 8.1): `scale_factor` and `add_offset`.
 * @returns null where there are none.
 * @throws SlicescopeError `file-corrupt`.
 */
export function cfRescale(factor: unknown, offset: unknown, path: string): Rescale | null {
  const numberOf = (said: unknown, otherwise: number): number => {
    const [only = said] =
      ArrayBuffer.isView(said) && 'length' in said && said.length === 1 ? Array.from(said as Float64Array) : [];
    return only === undefined ? otherwise : Number(only);
  };
  const [slope, intercept] = [numberOf(factor, 1), numberOf(offset, 0)];
  if (!Number.isFinite(slope) || !Number.isFinite(intercept) || slope === 0) {
    const what = `${String(slope)} times the stored ones plus ${String(intercept)} (scale_factor, add_offset)`;
    throw corrupt(path, `its values are said to be ${what}`);
  }
  return slope === 1 && intercept === 0 ? null : { slope, intercept };
}

function scale(stored: VoxelArray, rescale: Rescale, real: VoxelArray, start: number, end: number): void {
  for (let at = start; at < end; at++) real[at] = realValue(stored[at] as number, rescale);
}
