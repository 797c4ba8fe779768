import { ARRAY_OF, type DType, type Shape } from '../../protocol';
import { Volume } from '../volume';
import type { VolumeOptions } from '../description';

/** The value of a phantom's voxel, a whole number from 0 to 250 that differs along every axis. */
export function phantomValue(x: number, y: number, z: number): number {
  return (7 * x + 31 * y + 101 * z + x * y * z) % 251;
}

/** A volume whose every voxel is known: `phantomValue`, by default of uint16. */
export function phantom(shape: Shape, dtype: DType = 'uint16', options: VolumeOptions = {}): Volume {
  const [width, height, depth] = shape;
  const data = new ARRAY_OF[dtype](width * height * depth);
  let at = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data[at++] = phantomValue(x, y, z);
  }
  return Volume.from(data, shape, options);
}
