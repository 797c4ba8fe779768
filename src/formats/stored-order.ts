import type { VoxelArray } from '../protocol';

/** An axis of values as they are stored: how many there are along it, and how many values lie from one to the next. */
export interface StoredAxis {
  readonly size: number;
  readonly stride: number;
}

/**
 * Put values in the order of a volume.
 * @param axes of the volume, the slowest first.
 * @param first where the first value of the volume is stored.
 */
export function inVolumeOrder(
  axes: readonly StoredAxis[],
  first: number,
  stored: VoxelArray,
  target: VoxelArray,
): void {
  let to = 0;
  const copy = (depth: number, from: number): void => {
    const { size, stride } = axes[depth] as StoredAxis;
    const isLast = depth === axes.length - 1;
    for (let at = 0; at < size; at += 1) {
      if (isLast) target[to++] = stored[from + at * stride] as number;
      else copy(depth + 1, from + at * stride);
    }
  };
  copy(0, first);
}
