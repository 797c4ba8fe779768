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

/** Whether values are stored in the order of a volume. */
function isInOrder(axes: readonly StoredAxis[], first: number): boolean {
  let next = 1;
  return [...axes].reverse().every(({ size, stride }) => {
    const isNext = size === 1 || stride === next;
    next *= size;
    return isNext && first === 0;
  });
}

/**
 * Have values read, and put into the order of a volume if they are stored in another one.
 * @param axes of the volume, the slowest first.
 * @param first where the first value of the volume is stored.
 * @param read fills in values as they are stored.
 */
export async function readInOrder(
  axes: readonly StoredAxis[],
  first: number,
  target: VoxelArray,
  read: (stored: VoxelArray) => Promise<void>,
): Promise<void> {
  if (isInOrder(axes, first)) {
    await read(target);
    return;
  }
  const stored = target.slice();
  await read(stored);
  inVolumeOrder(axes, first, stored, target);
}
