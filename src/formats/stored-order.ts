import type { VoxelArray } from '../protocol';

/** An axis of values as they are stored: how many there are along it, and how many values lie from one to the next. */
export interface StoredAxis {
  readonly size: number;
  readonly stride: number;
}

/**
 * Put values into the order of a volume, in place.
 * @param axes of the volume, the slowest first; none if they are in order.
 * @param first where the first value of the volume is stored.
 */
export function putInOrder(values: VoxelArray, axes: readonly StoredAxis[], first = 0): void {
  if (isInOrder(axes, first)) return;
  const stored = values.slice();
  let to = 0;
  const copy = (depth: number, from: number): void => {
    const { size, stride } = axes[depth] as StoredAxis;
    const isLast = depth === axes.length - 1;
    for (let at = 0; at < size; at += 1) {
      if (isLast) values[to++] = stored[from + at * stride] as number;
      else copy(depth + 1, from + at * stride);
    }
  };
  copy(0, first);
}

function isInOrder(axes: readonly StoredAxis[], first: number): boolean {
  let next = 1;
  return [...axes].reverse().every(({ size, stride }) => {
    const isNext = size === 1 || stride === next;
    next *= size;
    return isNext && first === 0;
  });
}
