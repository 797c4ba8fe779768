import {
  ARRAY_OF,
  isReversed,
  realDType,
  realValue,
  type DType,
  type Projection,
  type Rescale,
  type ValueKind,
  type VoxelArray,
} from '../protocol';
import type { Ordered } from './statistics';

/** The real values in ascending order. */
export function realOrder(stored: Ordered, rescale: Rescale | null): Ordered {
  const { count } = stored;
  const isTurned = isReversed(rescale);
  return { count, at: (rank) => realValue(stored.at(isTurned ? count - 1 - rank : rank), rescale) };
}

/** What of the stored values behind each other gives the projection of the real ones. */
export function storedProjection(projection: Projection, rescale: Rescale | null): Projection {
  if (projection === 'mean' || !isReversed(rescale)) return projection;
  return projection === 'max' ? 'min' : 'max';
}

/** Stored values as real ones, in the smallest dtype that holds all that there can be; as they are without a rescale. */
export function realValues(data: VoxelArray, kind: ValueKind): { readonly dtype: DType; readonly data: VoxelArray } {
  const { rescale } = kind;
  if (rescale === null) return { dtype: kind.dtype, data };
  const dtype = realDType(kind);
  const real = new ARRAY_OF[dtype](data.length);
  for (let i = 0; i < real.length; i++) real[i] = realValue(data[i] as number, rescale);
  return { dtype, data: real };
}
