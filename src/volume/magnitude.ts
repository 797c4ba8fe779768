import { SlicescopeError, realValue, type DType, type Rescale, type VoxelArray } from '../protocol';
import type { Description } from './description';

/**
 * What lengths of vectors of a volume are of: float32 holds those of all but large integers and float64.
 * @throws SlicescopeError `invalid-argument` for colours.
 */
export function magnitudeDType({ components, dtype }: Description & { readonly dtype: DType }, caller: string): DType {
  if (components !== 1) {
    const message = `${caller}: it has ${String(components)} components, which are colours; vectors are channels`;
    throw new SlicescopeError('invalid-argument', message, { argument: 'components' });
  }
  return ['int32', 'uint32', 'float64'].includes(dtype) ? 'float64' : 'float32';
}

/** Fill in the length of each vector, whose components lie apart, one array each. */
export function fillMagnitude(components: readonly VoxelArray[], rescale: Rescale | null, target: VoxelArray): void {
  for (let at = 0; at < target.length; at++) {
    let sum = 0;
    for (const values of components) sum += realValue(values[at] as number, rescale) ** 2;
    target[at] = Math.sqrt(sum);
  }
}
